package dev.credslots.cli;

import java.util.Optional;

/** {@code slots active}. */
final class ActiveCommand implements Command.Handler {

  @Override
  public Command.Request parse(Words words) {
    return new Ask();
  }

  private record Ask() implements Command.Request {
    @Override
    public Reply run(Session session) {
      return new Told(session.slots().activeSlot(), session.words().has("quiet"));
    }
  }

  private record Told(Optional<String> active, boolean quiet) implements Reply {
    @Override
    public ExitCode exit() {
      return ExitCode.DONE;
    }

    @Override
    public void text(Page page) {
      if (active.isPresent()) {
        page.line(active.get());
      }
    }

    @Override
    public void json(Json json) {
      json.text("active", active);
    }

    @Override
    public String complaint() {
      return active.isPresent() || quiet ? "" : "no slot is active; slots status says what is live";
    }
  }
}
