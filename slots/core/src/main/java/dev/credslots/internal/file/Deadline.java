package dev.credslots.internal.file;

import java.time.Duration;

/** An instant of the monotonic clock until which an operation may wait, all its locks together. */
public final class Deadline {
  /** For ever, and short of what nanoseconds in a long can tell. */
  private static final Duration LONGEST = Duration.ofDays(36_500);

  private final long end;

  private Deadline(long end) {
    this.end = end;
  }

  /** In so many nanoseconds. */
  public static Deadline inNanos(long nanos) {
    return new Deadline(System.nanoTime() + Math.min(nanos, LONGEST.toNanos()));
  }

  public static Deadline in(Duration limit) {
    Duration counted = limit.compareTo(LONGEST) < 0 ? limit : LONGEST;
    return new Deadline(System.nanoTime() + counted.toNanos());
  }

  /** Nanoseconds left, 0 when over. */
  public long remaining() {
    return Math.max(0, end - System.nanoTime());
  }
}
