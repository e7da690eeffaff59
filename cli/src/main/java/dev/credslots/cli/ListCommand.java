package dev.credslots.cli;

import java.util.List;
import java.util.Optional;

/** {@code slots list}. */
final class ListCommand implements Command.Handler {

  @Override
  public Command.Request parse(Words words) {
    return new Ask();
  }

  private record Ask() implements Command.Request {
    @Override
    public Reply run(Session session) {
      var slots = session.slots();
      return new Told(slots.availableSlots(), slots.activeSlot());
    }
  }

  private record Told(List<String> slots, Optional<String> active) implements Reply {
    @Override
    public ExitCode exit() {
      return ExitCode.DONE;
    }

    @Override
    public void text(Page page) {
      for (String slot : slots) {
        page.line(slot);
      }
    }

    @Override
    public void json(Json json) {
      json.list("slots");
      for (String slot : slots) {
        json.object()
            .text("name", slot)
            .flag("active", active.equals(Optional.of(slot)))
            .endObject();
      }
      json.endList();
    }
  }
}
