package dev.credslots.internal.file;

import java.time.Duration;

/** An instant of the monotonic clock until which an operation may wait, all its locks together. */
public final class Deadline {
  private final long end;

  private Deadline(long end) {
    this.end = end;
  }

  public static Deadline in(Duration limit) {
    return new Deadline(System.nanoTime() + limit.toNanos());
  }

  /** Nanoseconds left, 0 when over. */
  public long remaining() {
    return Math.max(0, end - System.nanoTime());
  }
}
