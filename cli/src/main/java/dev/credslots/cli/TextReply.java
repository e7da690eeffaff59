package dev.credslots.cli;

/**
 * Text that is itself the answer: help, a completion script, a manual page.
 *
 * @param text whole lines, from us alone
 */
record TextReply(String text) implements Reply {

  @Override
  public ExitCode exit() {
    return ExitCode.DONE;
  }

  @Override
  public void text(Page page) {
    page.verbatim(text);
  }

  @Override
  public void json(Json json) {
    json.text("text", text);
  }
}
