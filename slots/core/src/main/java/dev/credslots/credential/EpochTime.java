package dev.credslots.credential;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.Optional;

/**
 * A time as clients write it: a number of seconds or of milliseconds since 1970. Nobody says which,
 * but the two don't meet: 1e12 ms is the year 2001, 1e12 s the year 33658.
 */
public final class EpochTime {
  /** Above this a number is milliseconds. */
  private static final long MILLISECONDS_FROM = 1_000_000_000_000L;

  /** The last millisecond of the year 9999, beyond which ISO-8601 has no plain form. */
  private static final long LAST_MILLISECOND = 253_402_300_799_999L;

  /** No time has an exponent beyond this; JDK 17 takes minutes over one of a billion. */
  private static final long WIDEST_SCALE = 400;

  /** A sign and so many digits always fit a {@code long}. */
  private static final int SURELY_LONG = 18;

  private EpochTime() {}

  /**
   * The time of a number as JSON writes it.
   *
   * @return empty if it is none that can be used: zero, negative, NaN, beyond the year 9999, or no
   *     number
   */
  public static Optional<Instant> of(String number) {
    if (!isLong(number)) {
      return Decimals.instant(number);
    }
    long value = Long.parseLong(number);
    if (value <= 0) {
      return Optional.empty();
    }
    long milliseconds = value > MILLISECONDS_FROM ? value : value * 1000;
    return milliseconds > LAST_MILLISECOND
        ? Optional.empty()
        : Optional.of(Instant.ofEpochMilli(milliseconds));
  }

  /** Whether it is a number and zero, however written. */
  static boolean isZero(String number) {
    return isLong(number) ? Long.parseLong(number) == 0 : Decimals.isZero(number);
  }

  /** Whether a number that is a time is one in seconds. */
  static boolean isSeconds(String number) {
    Optional<Instant> time = of(number);
    return time.isPresent() && Double.parseDouble(number) <= MILLISECONDS_FROM;
  }

  private static boolean isLong(String number) {
    int start = number.startsWith("-") ? 1 : 0;
    if (number.length() == start || number.length() > SURELY_LONG) {
      return false;
    }
    for (int i = start; i < number.length(); i++) {
      if (number.charAt(i) < '0' || number.charAt(i) > '9') {
        return false;
      }
    }
    return true;
  }

  /**
   * Numbers that are no {@code long}, exact whatever they are: 1e308 and 0.1 neither overflow nor
   * round. Apart, because the first decimal of a JVM takes it 6 ms.
   */
  private static final class Decimals {
    private static final BigDecimal FROM = BigDecimal.valueOf(MILLISECONDS_FROM);
    private static final BigDecimal LAST = BigDecimal.valueOf(LAST_MILLISECOND);

    private Decimals() {}

    static Optional<Instant> instant(String number) {
      BigDecimal value = decimal(number).orElse(BigDecimal.ZERO);
      if (value.signum() <= 0 || Math.abs((long) value.scale()) > WIDEST_SCALE) {
        return Optional.empty();
      }
      BigDecimal milliseconds = value.compareTo(FROM) > 0 ? value : value.movePointRight(3);
      return milliseconds.compareTo(LAST) > 0
          ? Optional.empty()
          : Optional.of(Instant.ofEpochMilli(milliseconds.longValue()));
    }

    static boolean isZero(String number) {
      return decimal(number).map(value -> value.signum() == 0).orElse(false);
    }

    private static Optional<BigDecimal> decimal(String number) {
      try {
        return Optional.of(new BigDecimal(number));
      } catch (NumberFormatException e) {
        return Optional.empty(); // 1e2147483648 is JSON, and beyond what a decimal can hold.
      }
    }
  }
}
