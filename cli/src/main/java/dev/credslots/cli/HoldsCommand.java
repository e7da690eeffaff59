package dev.credslots.cli;

import dev.credslots.Hold;
import dev.credslots.SlotManager;
import dev.credslots.Warning;
import java.time.Instant;
import java.util.List;

/** {@code slots holds}. */
final class HoldsCommand implements Command.Handler {

  @Override
  public Command.Request parse(Words words) {
    return new Ask();
  }

  private record Ask() implements Command.Request {
    @Override
    public Reply run(Session session) {
      SlotManager slots = session.slots();
      return new Told(slots.holds(), session.setup().pidFiles().dead(), session.now());
    }
  }

  private record Told(List<Hold> holds, List<Warning> found, Instant now) implements Reply {
    @Override
    public ExitCode exit() {
      return ExitCode.DONE;
    }

    @Override
    public void text(Page page) {
      if (holds.isEmpty()) {
        page.line("nobody is busy");
      }
      for (Hold hold : holds) {
        page.sentence(Holders.text(hold, now) + " [" + hold.source() + "]", 2);
      }
    }

    @Override
    public List<Warning> warnings() {
      return found;
    }

    @Override
    public void json(Json json) {
      json.holds(holds).warnings(found);
    }
  }
}
