package dev.credslots.oauth;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PausesTest {
  @ParameterizedTest
  @CsvSource({"1, PT0.25S, PT0.75S", "2, PT0.5S, PT1.5S"})
  void pause_is_short_and_differs(int retry, Duration least, Duration most) {
    Pauses pauses = Pauses.jittered(new Random(1));
    Duration first = pauses.before(retry);
    boolean differs = false;
    for (int i = 0; i < 1000; i++) {
      Duration pause = pauses.before(retry);
      assertTrue(pause.compareTo(least) >= 0 && pause.compareTo(most) < 0, pause.toString());
      differs |= !pause.equals(first);
    }
    assertTrue(differs);
  }
}
