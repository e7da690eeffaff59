package dev.credslots.cli;

import dev.credslots.Freshness;
import dev.credslots.Hold;
import dev.credslots.Status;
import dev.credslots.Warning;
import dev.credslots.cli.Page.Cell;
import dev.credslots.cli.Page.Style;
import dev.credslots.credential.SlotState;
import dev.credslots.internal.text.Spans;
import dev.credslots.verdict.IdentityState;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** {@code slots status}. */
final class StatusCommand implements Command.Handler {

  @Override
  public Command.Request parse(Words words) {
    return new Ask();
  }

  private record Ask() implements Command.Request {
    @Override
    public Reply run(Session session) {
      var slots = session.slots();
      Status status = slots.status();
      return new Told(slots.directory(), status, session.now(), warnings(status));
    }

    /** A login written through the link shows in the slot's identity alone. */
    private static List<Warning> warnings(Status status) {
      List<Warning> warnings = new ArrayList<>(status.warnings());
      for (Status.Slot slot : status.slots()) {
        if (slot.active() && slot.identity().drift()) {
          warnings.add(
              new Warning(
                  "identity-drift",
                  "the login in the active slot "
                      + slot.name()
                      + " may not be its own: "
                      + slot.identity().reason()));
        }
        if (slot.active() && !slot.freshness().state().sound()) {
          warnings.add(
              new Warning(
                  "active-" + slot.freshness().state().word(),
                  "the active slot " + slot.name() + " is useless: " + slot.freshness().reason()));
        }
      }
      return warnings;
    }
  }

  private record Told(Path directory, Status status, Instant now, List<Warning> found)
      implements Reply {
    @Override
    public ExitCode exit() {
      // Whatever it found: a status line must not fail.
      return ExitCode.DONE;
    }

    @Override
    public void text(Page page) {
      if (status.slots().isEmpty()) {
        page.sentence(
            "no slots in " + directory + " yet; log in with your client, then: slots add NAME", 2);
      } else {
        page.table(rows());
      }
      for (Hold hold : status.holds()) {
        page.sentence("busy: ", Style.CAREFUL, Holders.text(hold, now));
      }
      for (Warning warning : found) {
        page.sentence("warning: ", Style.CAREFUL, warning.message());
      }
    }

    private List<List<Cell>> rows() {
      List<List<Cell>> rows = new ArrayList<>();
      for (Status.Slot slot : status.slots()) {
        Freshness freshness = slot.freshness();
        rows.add(
            List.of(
                new Cell(
                    (slot.active() ? "* " : "  ") + slot.name(),
                    slot.active() ? Style.STRONG : Style.PLAIN),
                new Cell(freshness.state().word(), style(freshness.state())),
                Cell.of(end(freshness)),
                new Cell(remark(slot), Style.BAD)));
      }
      return rows;
    }

    private String end(Freshness freshness) {
      Optional<Instant> end = freshness.expiresAt();
      if (freshness.state() == SlotState.EXPIRED && over(freshness.loginExpiresAt())) {
        end = freshness.loginExpiresAt();
      }
      if (end.isEmpty()) {
        return "";
      }
      String span = Spans.text(Duration.between(now, end.get()));
      return over(end) ? span + " ago" : "in " + span;
    }

    private boolean over(Optional<Instant> end) {
      return end.isPresent() && !end.get().isAfter(now);
    }

    /** What is notable of the identity. */
    private static String remark(Status.Slot slot) {
      IdentityState state = slot.identity().state();
      return switch (state) {
        case CHANGED -> "another's login";
        case UNVERIFIED -> "unverified login";
        case MATCH, ROTATED, NO_BASELINE -> "";
      };
    }

    private static Style style(SlotState state) {
      return switch (state) {
        case FRESH -> Style.GOOD;
        case EXPIRING, REFRESHABLE -> Style.CAREFUL;
        case REJECTED, SUSPECT, EXPIRED, WIPED, UNREADABLE, MISSING -> Style.BAD;
      };
    }

    @Override
    public void json(Json json) {
      json.text("active", status.active());
      json.object("live")
          .text("state", status.live().state().word())
          .text("matches", status.live().matches())
          .text("sha256", status.live().sha256())
          .endObject();
      json.list("slots");
      for (Status.Slot slot : status.slots()) {
        slot(json, slot);
      }
      json.endList().holds(status.holds()).warnings(found);
    }

    private void slot(Json json, Status.Slot slot) {
      Freshness freshness = slot.freshness();
      json.object()
          .text("name", slot.name())
          .flag("active", slot.active())
          .text("state", freshness.state().word())
          .time("expiresAt", freshness.expiresAt());
      if (freshness.expiresAt().isPresent()) {
        json.number(
            "expiresInSeconds", Duration.between(now, freshness.expiresAt().get()).toSeconds());
      } else {
        json.nothing("expiresInSeconds");
      }
      json.time("loginExpiresAt", freshness.loginExpiresAt())
          .object("identity")
          .text("state", slot.identity().state().word())
          .endObject()
          .text("account", slot.account())
          .endObject();
    }
  }
}
