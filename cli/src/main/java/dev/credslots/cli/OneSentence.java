package dev.credslots.cli;

/** A reply of one sentence: on standard output if it is done, on standard error if it is not. */
interface OneSentence extends Reply {

  /** What is done, or why it is not and what to do. */
  String sentence();

  @Override
  default void text(Page page) {
    if (exit() == ExitCode.DONE) {
      page.sentence(sentence(), 2);
    }
  }

  @Override
  default String complaint() {
    return exit() == ExitCode.DONE ? "" : sentence();
  }
}
