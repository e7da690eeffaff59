package dev.credslots;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.slf4j.LoggerFactory;

/** Asks the guards. */
final class Holds {
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

  /**
   * Begins to wait for them.
   *
   * @param told is told who is waited for, at first and whenever that changes
   */
  HoldWait waitFor(Duration limit, Optional<Consumer<List<Hold>>> told) {
    return new HoldWait(this, guards, limit, told);
  }

  /** Whether all of them answer at once. */
  boolean quick() {
    for (LockGuard guard : guards) {
      if (!guard.quick()) {
        return false;
      }
    }
    return true;
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
