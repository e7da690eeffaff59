package dev.credslots.cli;

import dev.credslots.HealOutcome;
import dev.credslots.Hold;
import dev.credslots.Warning;
import dev.credslots.WatchReport;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A line for each report: for people, or with {@code --json} an object. */
final class WatchLines implements Consumer<WatchReport> {
  private static final int COLUMN = 17;

  private final Output output;
  private final boolean json;
  private boolean gone;
  private @Nullable Runnable whenGone;

  WatchLines(Output output, boolean json) {
    this.output = output;
    this.json = json;
  }

  /** What to do when nobody reads any more; at once, if it is so already. */
  synchronized void onReaderGone(Runnable action) {
    whenGone = action;
    if (gone) {
      action.run();
    }
  }

  @Override
  public synchronized void accept(WatchReport report) {
    boolean arrived =
        json
            ? output.out(object(report))
            : output.out(line(report).getBytes(StandardCharsets.UTF_8));
    if (!arrived && !gone) {
      gone = true;
      if (whenGone != null) {
        whenGone.run();
      }
    }
  }

  private static String line(WatchReport report) {
    StringBuilder text = new StringBuilder();
    line(text, report.at(), word(report), report.slot().orElse(""), sentence(report));
    for (Warning warning : report.warnings()) {
      line(text, report.at(), "warning", "", warning.message());
    }
    return text.toString();
  }

  private static void line(
      StringBuilder text, Instant at, String what, String slot, String sentence) {
    String head = what + " ".repeat(Math.max(2, COLUMN - what.length()));
    String whose = slot.isEmpty() ? "" : slot + "  ";
    text.append(at.truncatedTo(ChronoUnit.SECONDS))
        .append("  ")
        .append(Plain.text(head + whose + sentence))
        .append('\n');
  }

  private static String sentence(WatchReport report) {
    return report instanceof WatchReport.Failed failed
        ? failed.message() + "; " + failed.remedy()
        : report.message();
  }

  private static String word(WatchReport report) {
    if (report instanceof WatchReport.Started) {
      return "started";
    }
    if (report instanceof WatchReport.Mended mended) {
      return mended.outcome() instanceof HealOutcome.Healed
          ? "healed"
          : mended.outcome() instanceof HealOutcome.Relinked ? "relinked" : "captured";
    }
    if (report instanceof WatchReport.Drifted drifted) {
      return drifted.outcome() instanceof HealOutcome.Deferred ? "deferred" : "drifted";
    }
    if (report instanceof WatchReport.IdentityChanged) {
      return "identity-changed";
    }
    if (report instanceof WatchReport.Expiring) {
      return "expiring";
    }
    if (report instanceof WatchReport.Gone) {
      return "gone";
    }
    return report instanceof WatchReport.Returned ? "returned" : "failed";
  }

  /** Every line has every field, so that a reader need not ask which event has which. */
  private static byte[] object(WatchReport report) {
    Optional<HealOutcome> outcome = outcome(report);
    Json line = new Json();
    line.text("at", report.at().toString())
        .text("event", word(report))
        .text("slot", report.slot())
        .text("message", sentence(report))
        .text("verdict", outcome.map(found -> found.verdict().word()))
        .text("active", active(report))
        .text(
            "sha256",
            report instanceof WatchReport.Drifted drifted ? drifted.sha256() : Optional.empty());
    if (report instanceof WatchReport.Expiring expiring) {
      line.time("loginEndsAt", Optional.of(expiring.loginEndsAt())).number("days", expiring.days());
    } else {
      line.nothing("loginEndsAt").nothing("days");
    }
    return line.holds(outcome.map(WatchLines::holds).orElse(List.of()))
        .warnings(report.warnings())
        .finish();
  }

  private static Optional<HealOutcome> outcome(WatchReport report) {
    if (report instanceof WatchReport.Mended mended) {
      return Optional.of(mended.outcome());
    }
    if (report instanceof WatchReport.Drifted drifted) {
      return Optional.of(drifted.outcome());
    }
    return report instanceof WatchReport.IdentityChanged changed
        ? Optional.of(changed.outcome())
        : Optional.empty();
  }

  /** The slot that is live now; what a heal would have made of it is not. */
  private static Optional<String> active(WatchReport report) {
    if (report instanceof WatchReport.Started || report instanceof WatchReport.Returned) {
      return report.slot();
    }
    if (!(report instanceof WatchReport.Mended mended)) {
      return Optional.empty();
    }
    if (mended.outcome() instanceof HealOutcome.Healed healed) {
      return Optional.of(healed.active());
    }
    return mended.outcome() instanceof HealOutcome.Relinked relinked
        ? Optional.of(relinked.active())
        : report.slot();
  }

  private static List<Hold> holds(HealOutcome outcome) {
    return outcome instanceof HealOutcome.Deferred deferred ? deferred.holds() : List.of();
  }
}
