package dev.credslots.hooks;

import dev.credslots.Hold;
import dev.credslots.HoldLeases;
import dev.credslots.LockGuard;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;

/**
 * Busy while somebody has taken a hold on the credentials directory, by {@code slots hold} or
 * {@link HoldLeases#take}; keeps new ones back while a switch waits. Thread-safe. Where nobody
 * holds, asking costs one failed call to the system.
 */
public final class LeaseGuard implements LockGuard {
  private final HoldLeases leases;

  /**
   * @param credentialsDirectory as the slot manager's
   * @param clock tells when a wait began
   */
  public LeaseGuard(Path credentialsDirectory, Clock clock) {
    this.leases = new HoldLeases(credentialsDirectory, clock);
  }

  @Override
  public List<Hold> holds() {
    return leases.live();
  }

  @Override
  public AutoCloseable waiting(Duration limit) {
    // The limit needs no writing down: the mark goes with the wait, however that ends.
    return leases.announce();
  }
}
