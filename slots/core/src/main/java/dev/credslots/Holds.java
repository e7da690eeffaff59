package dev.credslots;

import dev.credslots.internal.file.Deadline;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.slf4j.LoggerFactory;

/** Asks the guards. */
final class Holds {
  private static final long LOOK_AGAIN_MILLIS = 200;

  /** Where a look may start programs. */
  private static final long LOOK_AGAIN_SLOWLY_MILLIS = 1_000;

  private final List<LockGuard> guards;

  Holds(List<LockGuard> guards) {
    this.guards = guards;
  }

  /** Everybody who is busy now. A guard that fails means busy: nobody knows that it is safe. */
  List<Hold> now() {
    return ask(false);
  }

  /** As {@link #now}, while the lock is held: of those guards alone that answer at once. */
  List<Hold> underLock() {
    return ask(true);
  }

  private List<Hold> ask(boolean locked) {
    List<Hold> holds = new ArrayList<>();
    for (LockGuard guard : guards) {
      if (locked && !guard.quick()) {
        continue;
      }
      try {
        holds.addAll(guard.holds());
      } catch (Exception e) {
        // Guards are the embedding program's and may throw anything, declared or not.
        LoggerFactory.getLogger(SlotManager.class).warn("a lock guard failed", e);
        holds.add(Hold.named("a lock guard that failed: " + e.getClass().getSimpleName()));
      }
    }
    return holds;
  }

  /** Waits until nobody is busy; what is left when the limit is over or the thread interrupted. */
  List<Hold> waitFor(Duration limit) {
    Deadline deadline = Deadline.in(limit);
    List<Hold> holds = now();
    while (!holds.isEmpty() && deadline.remaining() > 0) {
      try {
        TimeUnit.MILLISECONDS.sleep(pause());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return holds;
      }
      holds = now();
    }
    return holds;
  }

  private long pause() {
    for (LockGuard guard : guards) {
      if (!guard.quick()) {
        return LOOK_AGAIN_SLOWLY_MILLIS;
      }
    }
    return LOOK_AGAIN_MILLIS;
  }

  static String names(List<Hold> holds) {
    return holds.stream()
        .map(
            hold ->
                hold.pid().isPresent()
                    ? hold.name() + " (pid " + hold.pid().getAsLong() + ")"
                    : hold.name())
        .collect(Collectors.joining(", "));
  }
}
