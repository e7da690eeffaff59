package dev.credslots;

import java.util.List;

/**
 * Says who is busy. Asked before a switch or heal takes a lock and once more under it, so it must
 * answer in milliseconds and must not call the {@link SlotManager} that asks. A guard that throws
 * counts as busy. Called from whichever thread switches: implementations are thread-safe.
 */
@FunctionalInterface
public interface LockGuard {
  /** The holds of this moment; empty means free. */
  List<Hold> holds();
}
