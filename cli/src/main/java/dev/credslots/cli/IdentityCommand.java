package dev.credslots.cli;

import dev.credslots.IdentityDrift;
import dev.credslots.SlotManager;
import dev.credslots.cli.Page.Style;
import java.util.ArrayList;
import java.util.List;

/** {@code slots identity}. */
final class IdentityCommand implements Command.Handler {

  @Override
  public Command.Request parse(Words words) {
    return new Ask(words.arguments());
  }

  private record Ask(List<String> named) implements Command.Request {
    @Override
    public Reply run(Session session) {
      SlotManager slots = session.slots();
      List<String> known = slots.slots();
      List<IdentityDrift> identities = new ArrayList<>();
      for (String slot : named.isEmpty() ? known : named) {
        try {
          identities.add(slots.detectIdentityDrift(slot));
        } catch (IllegalArgumentException e) {
          throw Failure.refused("unknown-slot", e.getMessage() + Nearest.hint(slot, known), "");
        }
      }
      return new Told(identities);
    }
  }

  private record Told(List<IdentityDrift> identities) implements Reply {
    @Override
    public ExitCode exit() {
      for (IdentityDrift identity : identities) {
        if (identity.drift()) {
          return ExitCode.ATTENTION;
        }
      }
      return ExitCode.DONE;
    }

    @Override
    public void text(Page page) {
      for (IdentityDrift identity : identities) {
        String state = identity.state().word();
        page.sentence(
            state + " ".repeat(Math.max(1, 12 - state.length())),
            identity.drift() ? Style.BAD : Style.PLAIN,
            identity.slot() + ": " + identity.reason());
      }
    }

    @Override
    public void json(Json json) {
      json.list("slots");
      for (IdentityDrift identity : identities) {
        json.object()
            .text("name", identity.slot())
            .text("state", identity.state().word())
            .flag("drift", identity.drift())
            .text("storedFingerprint", identity.storedFingerprint())
            .text("currentFingerprint", identity.currentFingerprint())
            .text("reason", identity.reason())
            .endObject();
      }
      json.endList();
    }
  }
}
