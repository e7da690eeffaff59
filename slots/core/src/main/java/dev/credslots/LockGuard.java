package dev.credslots;

import java.time.Duration;
import java.util.List;

/**
 * Says who is busy. Asked before a switch or heal takes a lock and, if {@link #quick}, once more
 * under it. It must not call the {@link SlotManager} that asks. A guard that throws counts as busy.
 * Called from whichever thread switches: implementations are thread-safe.
 */
@FunctionalInterface
public interface LockGuard {
  /** The holds of this moment; empty means free. */
  List<Hold> holds();

  /**
   * Whether it answers in milliseconds. One that may take longer, because it runs a program or asks
   * over a network, is never asked while a lock is held, which others wait for.
   */
  default boolean quick() {
    return true;
  }

  /**
   * Called when a switch begins to wait for holds to end, so that new ones can be kept back and a
   * busy fleet cannot make it wait for ever. Unless overridden it does nothing.
   *
   * @param limit how long the switch will wait at most
   * @return closed once, when the wait is over, whatever came of it
   * @throws RuntimeException then the switch waits all the same
   */
  default AutoCloseable waiting(Duration limit) {
    return () -> {};
  }
}
