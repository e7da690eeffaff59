package dev.credslots.internal.text;

import java.time.Duration;

/** Durations as people say them: the two largest units, {@code 6h 12m}, {@code 45s}. */
public final class Spans {

  private Spans() {}

  /** The length of {@code span}, its sign left out. */
  public static String text(Duration span) {
    Duration length = span.abs();
    long days = length.toDays();
    if (days > 0) {
      return two(days, "d", length.toHoursPart(), "h");
    }
    if (length.toHours() > 0) {
      return two(length.toHours(), "h", length.toMinutesPart(), "m");
    }
    if (length.toMinutes() > 0) {
      return two(length.toMinutes(), "m", length.toSecondsPart(), "s");
    }
    return length.toSeconds() + "s";
  }

  private static String two(long large, String largeUnit, long small, String smallUnit) {
    return small == 0 ? large + largeUnit : large + largeUnit + " " + small + smallUnit;
  }
}
