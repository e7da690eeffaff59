package dev.credslots.cli;

import dev.credslots.Drift;
import java.util.Map;
import java.util.Optional;

/** {@code slots drift}. */
final class DriftCommand implements Command.Handler {

  @Override
  public Command.Request parse(Words words) {
    return new Ask();
  }

  private record Ask() implements Command.Request {
    @Override
    public Reply run(Session session) {
      // Nothing at the live path has drifted nowhere.
      return new Told(
          session
              .slots()
              .detectDrift()
              .orElse(new Drift(false, Optional.empty(), Optional.empty(), Map.of())));
    }
  }

  private record Told(Drift drift) implements Reply {
    @Override
    public ExitCode exit() {
      return drift.drift() ? ExitCode.ATTENTION : ExitCode.DONE;
    }

    @Override
    public void text(Page page) {
      if (!drift.drift()) {
        page.line(
            drift.matchingSlot().isPresent()
                ? "no drift: the live credential is " + drift.matchingSlot().get() + "'s"
                : "no drift: there is nothing at the live path to read");
      } else if (drift.liveHash().isPresent()) {
        page.line("drift: the live credential is no slot's; slots heal brings it home");
      } else {
        page.line("drift: the live link leads to nothing; slots switch SLOT mends it");
      }
    }

    @Override
    public void json(Json json) {
      json.flag("drift", drift.drift())
          .text("matchingSlot", drift.matchingSlot())
          .text("liveHash", drift.liveHash())
          .object("slotHashes");
      for (Map.Entry<String, String> hash : drift.slotHashes().entrySet()) {
        json.text(hash.getKey(), hash.getValue());
      }
      json.endObject();
    }
  }
}
