package dev.credslots.oauth;

import java.time.Duration;
import java.util.random.RandomGenerator;

/** How long to wait before one more try. */
@FunctionalInterface
interface Pauses {
  /**
   * How long, zero or more.
   *
   * @param retry 1 before the second try, 2 before the third
   */
  Duration before(int retry);

  /**
   * A quarter to three quarters of a second, then twice that: a network that is just coming up gets
   * its moment, and processes that failed together do not come back together.
   */
  static Pauses jittered(RandomGenerator random) {
    return retry -> Duration.ofMillis(retry * (250L + random.nextInt(500)));
  }
}
