package dev.credslots.cli;

import dev.credslots.StoreException;
import dev.credslots.Warning;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.List;

/** The command: from words to an exit code. Everything of the outside world is handed in. */
final class Cli {
  private final Surroundings surroundings;

  Cli(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  /** Runs one command line to its end. */
  int run(String... args) {
    Output output = new Output(surroundings);
    ExitCode exit;
    try {
      exit = answer(args, output);
    } catch (Failure e) {
      exit = fail(e, e, args, output);
    } catch (StoreException e) {
      boolean refused = e.kind() == StoreException.Kind.REFUSED;
      String sentence = String.valueOf(e.getMessage());
      Failure failure =
          refused
              ? Failure.refused("refused", sentence, e.remedy())
              : Failure.failed("failed", sentence, e.remedy(), e);
      exit = fail(failure, e, args, output);
    } catch (RuntimeException | Error e) {
      // Also an Error: the user is owed a sentence, and a program that reads JSON an object.
      exit =
          fail(
              Failure.failed(
                  "internal",
                  "internal error: " + e.getClass().getName(),
                  "run with -v for the stack trace, and report it",
                  e),
              e,
              args,
              output);
    }
    String trouble = output.trouble();
    if (!trouble.isEmpty()) {
      output.err("slots: the output cannot be written: " + Plain.text(trouble) + "\n");
      return exit == ExitCode.DONE ? ExitCode.FAILED.number() : exit.number();
    }
    return exit.number();
  }

  private ExitCode answer(String[] args, Output output) {
    int place = Parser.commandAt(args);
    if (place < 0) {
      return withoutCommand(args, output);
    }
    String name = args[place];
    String[] rest = Parser.without(args, place);
    if (Hidden.knows(name)) {
      return Hidden.run(name, rest, surroundings, output);
    }
    Command command = Commands.find(name);
    if (command == null) {
      throw Failure.usage(
          "unknown command " + Plain.quoted(name) + Nearest.hint(name, Commands.NAMES),
          "slots help lists them");
    }
    Words words = Parser.parse(command, rest);
    Session session = new Session(surroundings, words, output);
    if (words.has("help")) {
      return print(new TextReply(Help.of(command)), session);
    }
    Parser.checkArguments(command, words);
    return print(command.handler().parse(words).run(session), session);
  }

  private ExitCode withoutCommand(String[] args, Output output) {
    Words words = Parser.parse(List.of(Opt.flag("version", "")), args, "see slots --help");
    Session session = new Session(surroundings, words, output);
    if (words.has("version")) {
      return print(new TextReply("slots " + Help.version() + "\n"), session);
    }
    if (words.has("help")) {
      return print(new TextReply(Help.all()), session);
    }
    if (words.has("json")) {
      throw Failure.usage("there is no command", "slots help lists them");
    }
    return print(new TextReply(Help.brief()), session);
  }

  private static ExitCode print(Reply reply, Session session) {
    Words words = session.words();
    boolean json = words.has("json");
    boolean quiet = words.has("quiet") && reply.exit() == ExitCode.DONE;
    if (reply.spoken()) {
      // Nothing more to say.
    } else if (json) {
      Json object = new Json();
      Path directory = session.directory();
      if (directory != null) {
        object.text("dir", directory.toString());
      }
      reply.json(object);
      session.output().out(object.finish());
    } else if (!quiet) {
      Page page = new Page(session.output().colour(words.has("no-color")));
      reply.text(page);
      session.output().out(page.toString());
    }
    StringBuilder err = new StringBuilder();
    if (!reply.complaint().isEmpty()) {
      err.append("slots: ").append(Plain.text(reply.complaint())).append('\n');
    }
    if (!quiet) {
      err.append(shown(reply.warnings()));
    }
    session.output().err(err.toString());
    return reply.exit();
  }

  /** Warnings, as they go to standard error. */
  static String shown(List<Warning> warnings) {
    StringBuilder err = new StringBuilder();
    for (Warning warning : warnings) {
      err.append("slots: warning: ").append(Plain.text(warning.message())).append('\n');
    }
    return err.toString();
  }

  /** Says why; the command line may be what is wrong, so its switches are looked for by eye. */
  private static ExitCode fail(Failure failure, Throwable cause, String[] args, Output output) {
    String message = Plain.text(failure.sentence());
    String remedy = Plain.text(failure.remedy());
    if (given(args, "--json", "--json")) {
      Json object = new Json().object("error");
      object.text("code", failure.code()).text("message", message).text("remedy", remedy);
      output.out(object.endObject().finish());
    }
    output.err("slots: " + message + advice(message, remedy) + "\n");
    if (given(args, "-v", "--verbose")) {
      StringWriter trace = new StringWriter();
      cause.printStackTrace(new PrintWriter(trace));
      output.err(trace.toString());
    }
    return failure.exit();
  }

  private static String advice(String message, String remedy) {
    if (remedy.isEmpty()) {
      return "";
    }
    return message.endsWith("?") ? " (" + remedy + ")" : "; " + remedy;
  }

  private static boolean given(String[] args, String letter, String name) {
    for (String word : args) {
      if (word.equals("--")) {
        return false;
      }
      if (word.equals(letter) || word.equals(name)) {
        return true;
      }
    }
    return false;
  }
}
