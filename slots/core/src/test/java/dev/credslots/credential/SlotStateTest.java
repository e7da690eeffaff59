package dev.credslots.credential;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SlotStateTest {
  private static final Instant NOW = Instant.parse("2026-01-18T12:00:00Z");
  private static final Duration GRACE = Duration.ofSeconds(300);

  /** Ends are milliseconds from now; an empty end is none. */
  private static Credential credential(
      @Nullable String access, @Nullable String refresh, @Nullable Long end, @Nullable Long login) {
    return new Credential(
        Optional.ofNullable(access).map(Secret::of),
        Optional.ofNullable(refresh).map(Secret::of),
        Optional.ofNullable(end).map(NOW::plusMillis),
        false,
        Optional.ofNullable(login).map(NOW::plusMillis),
        Optional.empty(),
        Optional.empty(),
        List.of());
  }

  @ParameterizedTest(name = "refresh {0}, ends {1}, login ends {2}: {3}")
  @CsvSource({
    "r,  3600000,         , FRESH",
    "r,   300001,         , FRESH",
    "r,   300000,         , EXPIRING",
    "r,   299999,         , EXPIRING",
    "r,        1,         , EXPIRING",
    "r,        0,         , REFRESHABLE",
    "r,       -1,         , REFRESHABLE",
    "r,         ,         , REFRESHABLE",
    "r,       -1,        1, REFRESHABLE",
    "r,       -1,        0, EXPIRED",
    "r,       -1,       -1, EXPIRED",
    "r,         ,       -1, EXPIRED",
    " ,  3600000,         , FRESH",
    " ,   300000,         , EXPIRING",
    " ,        0,         , EXPIRED",
    " ,         ,         , EXPIRED",
    " ,       -1,  3600000, EXPIRED",
    "'',  300001,         , FRESH",
    "'',      -1,         , EXPIRED",
  })
  void of(@Nullable String refresh, @Nullable Long end, @Nullable Long login, SlotState expected) {
    assertEquals(expected, SlotState.of(credential("a", refresh, end, login), NOW, GRACE));
  }

  @Test
  void wiped_comes_before_everything_else() {
    assertEquals(SlotState.WIPED, SlotState.of(credential("", "", 3600_000L, null), NOW, GRACE));
    assertEquals(SlotState.WIPED, SlotState.of(credential("", null, -1L, -1L), NOW, GRACE));
    Credential zero =
        new Credential(
            Optional.of(Secret.of("a")),
            Optional.of(Secret.of("r")),
            Optional.empty(),
            true,
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            List.of());
    assertEquals(SlotState.WIPED, SlotState.of(zero, NOW, GRACE));
  }

  @Test
  void without_grace_only_the_end_itself_counts() {
    assertEquals(SlotState.FRESH, SlotState.of(credential("a", "r", 1L, null), NOW, Duration.ZERO));
    assertEquals(
        SlotState.REFRESHABLE, SlotState.of(credential("a", "r", 0L, null), NOW, Duration.ZERO));
  }

  @Test
  void a_grace_without_end_makes_every_token_expiring() {
    Duration forever = ChronoUnit.FOREVER.getDuration();
    assertEquals(
        SlotState.EXPIRING, SlotState.of(credential("a", "r", 3600_000L, null), NOW, forever));
  }

  @ParameterizedTest
  @CsvSource({
    "FRESH, true",
    "EXPIRING, true",
    "REFRESHABLE, true",
    "EXPIRED, false",
    "WIPED, false",
    "UNREADABLE, false",
    "MISSING, false"
  })
  void sound_is_what_the_link_may_lead_to(SlotState state, boolean sound) {
    assertEquals(sound, state.sound());
  }
}
