package dev.credslots;

import dev.credslots.internal.text.Spans;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Consumer;
import org.slf4j.LoggerFactory;

/**
 * Tells what a watcher finds: reports to its own listener, events to those of the manager. What a
 * listener throws stops nothing. Confined to the watcher's thread.
 */
final class Announcements {
  private final Settings settings;
  private final Consumer<WatchReport> listener;

  Announcements(Settings settings, Consumer<WatchReport> listener) {
    this.settings = settings;
    this.listener = listener;
  }

  private Instant now() {
    return settings.clock().instant();
  }

  private static String leadsTo(Optional<String> active) {
    return active.map(slot -> "; slot " + slot + " is live").orElse("; no slot is live");
  }

  void started(Optional<String> active, boolean listening) {
    String how = listening ? "" : ", by looking from time to time: the system tells nothing";
    report(
        new WatchReport.Started(
            now(),
            settings.layout().directory(),
            active,
            "watching " + settings.layout().directory() + how + leadsTo(active)));
  }

  void gone(String why) {
    report(new WatchReport.Gone(now(), why + "; waiting for it"));
  }

  void returned(Optional<String> active) {
    report(
        new WatchReport.Returned(
            now(), active, settings.layout().directory() + " is there again" + leadsTo(active)));
  }

  void mended(HealOutcome outcome) {
    report(new WatchReport.Mended(now(), outcome));
  }

  void drifted(Optional<String> sha256, HealOutcome outcome) {
    Instant at = now();
    report(new WatchReport.Drifted(at, sha256, outcome));
    event(new SlotEvent.Drifted(at, sha256, outcome.message()));
  }

  void identityChanged(Optional<String> slot, HealOutcome outcome) {
    Instant at = now();
    report(new WatchReport.IdentityChanged(at, slot, outcome));
    slot.ifPresent(name -> event(new SlotEvent.IdentityChanged(at, name, outcome.message())));
  }

  void expiring(String slot, Instant end, int days) {
    Instant at = now();
    String message =
        "the login of slot "
            + slot
            + " ends in "
            + Spans.text(Duration.between(at, end))
            + ", at "
            + end
            + "; log in again before that";
    report(new WatchReport.Expiring(at, Optional.of(slot), end, days, message));
    event(new SlotEvent.Expiring(at, slot, end, days));
  }

  void failed(String message, String remedy) {
    report(new WatchReport.Failed(now(), message, remedy));
  }

  private void event(SlotEvent event) {
    Notices notices = new Notices(settings);
    notices.event(event);
    notices.tell();
    notices.warnings().forEach(warning -> failed(warning.message(), "its own log says more"));
  }

  private void report(WatchReport report) {
    try {
      listener.accept(report);
    } catch (RuntimeException e) {
      LoggerFactory.getLogger(SlotWatcher.class).warn("the listener of a watcher failed", e);
    }
  }
}
