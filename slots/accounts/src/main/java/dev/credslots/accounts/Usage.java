package dev.credslots.accounts;

import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

/**
 * How one slot fared lately. Immutable.
 *
 * @param lastUsed when a call with it last worked
 * @param cooldownUntil it is spared before this
 * @param disabledUntil nobody paid; it is spared before this
 * @param failures how many of each kind are in {@code errorCount}
 * @param errorCount failures in a row: since the last success, and none 24 h after the one before
 * @param lastFailure the latest
 */
public record Usage(
    Optional<Instant> lastUsed,
    Optional<Instant> cooldownUntil,
    Optional<Instant> disabledUntil,
    Map<Outcome, Integer> failures,
    int errorCount,
    Optional<Instant> lastFailure) {

  /** Of a slot nobody has reported on. */
  public static final Usage NONE =
      new Usage(
          Optional.empty(), Optional.empty(), Optional.empty(), Map.of(), 0, Optional.empty());

  /** The largest count: more could be written, but not be read again. */
  static final int MOST = 999_999_999;

  /** Provider limits run a week at most; a reset later than this is a slip. */
  static final Duration LONGEST_RESET = Duration.ofDays(8);

  /** A failure that comes later than this after the last one is the first again. */
  private static final Duration MEMORY = Duration.ofHours(24);

  private static final Duration FIRST_COOLDOWN = Duration.ofMinutes(1);
  private static final Duration LONGEST_COOLDOWN = Duration.ofHours(1);
  private static final int COOLDOWN_GROWTH = 5;
  private static final Duration FIRST_BILLING = Duration.ofHours(5);
  private static final Duration LONGEST_BILLING = Duration.ofHours(24);
  private static final int BILLING_GROWTH = 2;

  public Usage {
    failures = Map.copyOf(failures);
    if (errorCount < 0 || failures.values().stream().anyMatch(count -> count < 1)) {
      throw new IllegalArgumentException("counts are not negative");
    }
  }

  /** The end of whichever lasts longer, cooldown or billing; empty if both are over. */
  public Optional<Instant> unusableUntil(Instant now) {
    return later(cooldownUntil, disabledUntil).filter(now::isBefore);
  }

  /** Whether it is billing that lasts longer. */
  boolean isUnpaid(Instant now) {
    return disabledUntil.isPresent() && unusableUntil(now).equals(disabledUntil);
  }

  /**
   * As the order sees it: what has ended is cleared, and when nothing is left the counts are
   * dropped. What is kept is not this: an ended cooldown proves nothing, and a slot that fails
   * again right after it has failed twice in a row.
   */
  public Usage clearedAt(Instant now) {
    if (unusableUntil(now).isEmpty()) {
      return new Usage(lastUsed, Optional.empty(), Optional.empty(), Map.of(), 0, lastFailure);
    }
    return new Usage(
        lastUsed,
        cooldownUntil.filter(now::isBefore),
        disabledUntil.filter(now::isBefore),
        failures,
        errorCount,
        lastFailure);
  }

  /** After a call that worked: nothing but the time of it. */
  Usage succeeded(Instant now) {
    return new Usage(
        Optional.of(now), Optional.empty(), Optional.empty(), Map.of(), 0, Optional.empty());
  }

  /** After a failure; see {@link Rotation#reported}. */
  Usage failed(Outcome outcome, Optional<Instant> resetsAt, Instant now) {
    boolean afresh = lastFailure.filter(last -> now.isAfter(last.plus(MEMORY))).isPresent();
    Map<Outcome, Integer> counts = new EnumMap<>(Outcome.class);
    counts.putAll(afresh ? Map.of() : failures);
    int ofThisKind = counts.merge(outcome, 1, Usage::sum);
    int inARow = sum(afresh ? 0 : errorCount, 1);
    boolean billing = outcome == Outcome.BILLING;
    Duration backoff = billing ? billing(ofThisKind) : cooldown(inARow);
    Optional<Instant> before = billing ? disabledUntil : cooldownUntil;
    // A failure without a provider's word shortens nothing that an earlier word has set.
    Optional<Instant> until =
        believable(resetsAt, now).or(() -> later(before, Optional.of(now.plus(backoff))));
    return new Usage(
        lastUsed,
        billing ? cooldownUntil : until,
        billing ? until : disabledUntil,
        counts,
        inARow,
        Optional.of(now));
  }

  /** A provider's reset time, if it lies ahead and not absurdly far. */
  static Optional<Instant> believable(Optional<Instant> resetsAt, Instant now) {
    return resetsAt.filter(reset -> reset.isAfter(now) && !reset.isAfter(now.plus(LONGEST_RESET)));
  }

  /** As somebody else remembered it: without ends that no provider gives. */
  Usage believedAt(Instant now) {
    Instant last = now.plus(LONGEST_RESET);
    return new Usage(
        lastUsed.filter(time -> !time.isAfter(now)),
        cooldownUntil.filter(time -> !time.isAfter(last)),
        disabledUntil.filter(time -> !time.isAfter(last)),
        failures,
        errorCount,
        lastFailure.filter(time -> !time.isAfter(now)));
  }

  private static Duration cooldown(int inARow) {
    return grown(FIRST_COOLDOWN, COOLDOWN_GROWTH, inARow, LONGEST_COOLDOWN);
  }

  private static Duration billing(int times) {
    return grown(FIRST_BILLING, BILLING_GROWTH, times, LONGEST_BILLING);
  }

  private static Duration grown(Duration first, int factor, int times, Duration longest) {
    Duration duration = first;
    for (int i = 1; i < times && duration.compareTo(longest) < 0; i++) {
      duration = duration.multipliedBy(factor);
    }
    return duration.compareTo(longest) < 0 ? duration : longest;
  }

  /** Stays at the largest count: the file may hold any up to that. */
  private static int sum(int a, int b) {
    return Math.min(MOST, a + b);
  }

  static Optional<Instant> later(Optional<Instant> a, Optional<Instant> b) {
    return a.isPresent() && (b.isEmpty() || a.get().isAfter(b.get())) ? a : b;
  }

  Usage usedAt(Instant when) {
    return new Usage(
        later(lastUsed, Optional.of(when)),
        cooldownUntil,
        disabledUntil,
        failures,
        errorCount,
        lastFailure);
  }
}
