package dev.credslots.cli;

import java.util.Optional;

/** {@code slots help}. */
final class HelpCommand implements Command.Handler {

  @Override
  public Command.Request parse(Words words) {
    Optional<String> name = words.argument(0);
    if (name.isEmpty()) {
      return new Ask(Help.all());
    }
    Command command = Commands.find(name.get());
    if (command == null) {
      throw Failure.usage(
          "unknown command " + Plain.quoted(name.get()) + Nearest.hint(name.get(), Commands.NAMES),
          "slots help lists them");
    }
    return new Ask(Help.of(command));
  }

  private record Ask(String text) implements Command.Request {
    @Override
    public Reply run(Session session) {
      return new TextReply(text);
    }
  }
}
