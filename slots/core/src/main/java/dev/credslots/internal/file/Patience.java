package dev.credslots.internal.file;

import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * What somebody who waits for directory locks has seen so far. One for all the tries of one wait;
 * not thread-safe.
 *
 * <p>A lock's age is told by its mtime. One dated far in the future (a clock was set back, another
 * machine's is wrong) would block for ever, as it does Claude Code [thread]; it counts as abandoned
 * once it was seen unchanged for longer than the 5 s after which a living holder touches it.
 */
public final class Patience {
  /** Clocks of machines that share a directory differ; further ahead is nobody's clock. */
  static final Duration FUTURE = Duration.ofSeconds(60);

  /** Claude Code touches its lock every 5 s [reverse]. */
  static final Duration UNCHANGED = Duration.ofSeconds(6);

  private final InstantSource clock;
  private final LongSupplier nanoTime;
  private final Map<Path, Sight> futures = new HashMap<>();

  /**
   * @param modified what is dated in the future
   * @param nanos when it was first seen like that
   */
  private record Sight(FileTime modified, long nanos) {}

  /**
   * @param clock tells the age of locks
   * @param nanoTime monotonic, as {@link System#nanoTime}
   */
  public Patience(InstantSource clock, LongSupplier nanoTime) {
    this.clock = clock;
    this.nanoTime = nanoTime;
  }

  Instant now() {
    return clock.instant();
  }

  /**
   * How long something that was modified then has still to be respected, if nobody touches it; zero
   * if it is abandoned. Remembers what is dated in the future.
   */
  Duration remaining(Path path, FileTime modified, Duration staleAfter) {
    Duration age = Duration.between(modified.toInstant(), now());
    if (age.compareTo(FUTURE.negated()) >= 0) {
      futures.remove(path);
      return positive(staleAfter.minus(age));
    }
    long nanos = nanoTime.getAsLong();
    Sight first = futures.get(path);
    if (first == null || !first.modified().equals(modified)) {
      first = new Sight(modified, nanos);
      futures.put(path, first);
    }
    return positive(UNCHANGED.minusNanos(nanos - first.nanos()));
  }

  /** Whether it is dated so far ahead that its age says nothing. */
  boolean isFuture(FileTime modified) {
    return modified.toInstant().isAfter(now().plus(FUTURE));
  }

  private static Duration positive(Duration duration) {
    return duration.isNegative() ? Duration.ZERO : duration;
  }
}
