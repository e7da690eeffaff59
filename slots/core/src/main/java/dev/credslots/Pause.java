package dev.credslots;

import dev.credslots.internal.file.Deadline;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** Pauses between looks, each twice as long as the last. Confined to one wait. */
final class Pause {
  private final long longest;
  private long next;

  Pause(Duration first, Duration longest) {
    this.next = first.toNanos();
    this.longest = longest.toNanos();
  }

  /** Sleeps, but not beyond the deadline. */
  void sleep(Deadline deadline) throws InterruptedException {
    TimeUnit.NANOSECONDS.sleep(Math.min(next, deadline.remaining()));
    next = Math.min(next * 2, longest);
  }
}
