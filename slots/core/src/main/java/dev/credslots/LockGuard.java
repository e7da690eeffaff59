package dev.credslots;

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
}
