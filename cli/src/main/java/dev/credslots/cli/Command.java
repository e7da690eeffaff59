package dev.credslots.cli;

import java.util.List;

/**
 * A command, declared: parsing, help, the manual page and completion all come from this.
 *
 * @param name the word after {@code slots}
 * @param summary one line, without a full stop
 * @param details what help says beneath, in paragraphs
 * @param parameters its arguments, in order
 * @param options its own; the global ones come with every command
 * @param examples at least one
 * @param exits what its exit codes mean, beyond 1 and 2, which mean the same everywhere
 * @param handler what it does
 */
record Command(
    String name,
    String summary,
    List<String> details,
    List<Parameter> parameters,
    List<Opt> options,
    List<Example> examples,
    List<Exit> exits,
    Handler handler) {

  /** What an argument is, for completion. */
  enum Kind {
    /** A slot that exists. */
    SLOT,
    COMMAND,
    SHELL,
    PROFILE,
    /** Another program's command line, behind {@code --}. */
    PROGRAM,
    /** Nothing that could be guessed. */
    WORD
  }

  /**
   * An argument.
   *
   * @param label as in help: {@code SLOT}
   */
  record Parameter(String label, Kind kind, boolean optional, boolean repeated) {
    static Parameter one(String label, Kind kind) {
      return new Parameter(label, kind, false, false);
    }

    static Parameter optional(String label, Kind kind) {
      return new Parameter(label, kind, true, false);
    }

    static Parameter any(String label, Kind kind) {
      return new Parameter(label, kind, true, true);
    }

    String shown() {
      if (kind == Kind.PROGRAM) {
        return optional ? "[-- " + label + "...]" : "-- " + label + "...";
      }
      String shown = repeated ? label + "..." : label;
      return optional ? "[" + shown + "]" : shown;
    }
  }

  /**
   * @param line the whole command line
   * @param meaning what it is good for
   */
  record Example(String line, String meaning) {}

  /** An exit code and when this command ends with it. */
  record Exit(ExitCode code, String when) {}

  /** Turns the words of a command line into a request. */
  interface Handler {
    /**
     * Understands the words; touches nothing.
     *
     * @throws Failure if they make no sense
     */
    Request parse(Words words);
  }

  /** What was asked for, understood and typed. */
  interface Request {
    /** Does it. */
    Reply run(Session session);
  }

  int leastArguments() {
    int least = 0;
    for (Parameter parameter : parameters) {
      least += parameter.optional() || parameter.kind() == Kind.PROGRAM ? 0 : 1;
    }
    return least;
  }

  int mostArguments() {
    for (Parameter parameter : parameters) {
      if (parameter.repeated() && parameter.kind() != Kind.PROGRAM) {
        return Integer.MAX_VALUE;
      }
    }
    return takesProgram() ? parameters.size() - 1 : parameters.size();
  }

  /** Whether what follows a {@code --} is another program's. */
  boolean takesProgram() {
    return !parameters.isEmpty() && parameters.get(parameters.size() - 1).kind() == Kind.PROGRAM;
  }

  boolean needsProgram() {
    return takesProgram() && !parameters.get(parameters.size() - 1).optional();
  }

  /** As in help: {@code slots switch SLOT [options]}. */
  String synopsis() {
    StringBuilder line = new StringBuilder("slots ").append(name);
    String behind = "";
    for (Parameter parameter : parameters) {
      if (parameter.kind() == Kind.PROGRAM) {
        behind = " " + parameter.shown();
      } else {
        line.append(' ').append(parameter.shown());
      }
    }
    if (!options.isEmpty()) {
      line.append(" [options]");
    }
    return line.append(behind).toString();
  }
}
