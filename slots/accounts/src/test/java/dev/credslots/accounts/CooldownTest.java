package dev.credslots.accounts;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** How long a slot is spared, to the minute. */
final class CooldownTest {
  private static final Instant NOW = Instant.parse("2026-01-18T12:00:00Z");

  private static Rotation failed(Rotation rotation, Outcome outcome, Instant at) {
    return rotation.reported("bob", outcome, Optional.empty(), at);
  }

  private static Optional<Duration> spared(Rotation rotation, Instant now) {
    return rotation.usageOf("bob").unusableUntil(now).map(until -> Duration.between(now, until));
  }

  @ParameterizedTest(name = "failure {0} in a row: {1} minutes")
  @CsvSource({"1, 1", "2, 5", "3, 25", "4, 60", "5, 60", "6, 60", "40, 60"})
  void spared_for_minutes_by_failures_in_a_row(int failures, long minutes) {
    Rotation rotation = Rotation.EMPTY;
    for (int i = 0; i < failures; i++) {
      rotation = failed(rotation, Outcome.RATE_LIMIT, NOW);
    }
    assertEquals(Optional.of(Duration.ofMinutes(minutes)), spared(rotation, NOW));
    assertEquals(failures, rotation.usageOf("bob").errorCount());
    assertEquals(Map.of(Outcome.RATE_LIMIT, failures), rotation.usageOf("bob").failures());
  }

  @ParameterizedTest(name = "billing failure {0}: {1} hours")
  @CsvSource({"1, 5", "2, 10", "3, 20", "4, 24", "5, 24", "40, 24"})
  void spared_for_hours_while_nobody_pays(int failures, long hours) {
    Rotation rotation = Rotation.EMPTY;
    for (int i = 0; i < failures; i++) {
      rotation = failed(rotation, Outcome.BILLING, NOW);
    }
    assertEquals(Optional.of(Duration.ofHours(hours)), spared(rotation, NOW));
    assertTrue(rotation.usageOf("bob").isUnpaid(NOW));
  }

  @ParameterizedTest
  @EnumSource(
      value = Outcome.class,
      mode = EnumSource.Mode.EXCLUDE,
      names = {"OK", "BILLING"})
  void every_other_failure_cools_alike(Outcome outcome) {
    assertEquals(
        Optional.of(Duration.ofMinutes(1)), spared(failed(Rotation.EMPTY, outcome, NOW), NOW));
  }

  @Test
  void an_ended_cooldown_is_over_at_its_end_and_the_next_failure_is_the_second() {
    Rotation once = failed(Rotation.EMPTY, Outcome.TIMEOUT, NOW);
    Instant end = NOW.plusSeconds(60);
    assertEquals(Optional.of(end), once.usageOf("bob").unusableUntil(end.minusMillis(1)));
    assertEquals(Optional.empty(), once.usageOf("bob").unusableUntil(end));
    assertEquals(
        Optional.of(Duration.ofMinutes(5)), spared(failed(once, Outcome.TIMEOUT, end), end));
  }

  @Test
  void the_order_sees_ended_cooldowns_as_cleared() {
    Usage cooling = failed(Rotation.EMPTY, Outcome.AUTH, NOW).usageOf("bob");
    assertEquals(1, cooling.clearedAt(NOW).errorCount());
    Usage over = cooling.clearedAt(NOW.plusSeconds(60));
    assertEquals(Optional.empty(), over.cooldownUntil());
    assertEquals(0, over.errorCount());
    assertEquals(Map.of(), over.failures());
  }

  @Test
  void one_that_ended_is_cleared_while_the_other_lasts() {
    Rotation both = failed(failed(Rotation.EMPTY, Outcome.RATE_LIMIT, NOW), Outcome.BILLING, NOW);
    Usage later = both.usageOf("bob").clearedAt(NOW.plus(Duration.ofHours(1)));
    assertEquals(Optional.empty(), later.cooldownUntil());
    assertEquals(Optional.of(NOW.plus(Duration.ofHours(5))), later.disabledUntil());
    assertEquals(2, later.errorCount());
  }

  @ParameterizedTest(name = "{0} s after the last failure: {1} minutes")
  @CsvSource({"86399, 5", "86400, 5", "86401, 1"})
  void counts_restart_after_a_day_without_failure(long seconds, long minutes) {
    Instant later = NOW.plusSeconds(seconds);
    Rotation twice =
        failed(failed(Rotation.EMPTY, Outcome.RATE_LIMIT, NOW), Outcome.RATE_LIMIT, later);
    assertEquals(Optional.of(Duration.ofMinutes(minutes)), spared(twice, later));
    assertEquals(minutes == 1 ? 1 : 2, twice.usageOf("bob").errorCount());
  }

  @Test
  void a_success_sets_the_last_use_and_clears_the_rest() {
    Rotation failing =
        failed(failed(Rotation.EMPTY, Outcome.RATE_LIMIT, NOW), Outcome.BILLING, NOW);
    Instant later = NOW.plusSeconds(5);
    Usage usage = failed(failing, Outcome.OK, later).usageOf("bob");
    assertEquals(
        new Usage(
            Optional.of(later), Optional.empty(), Optional.empty(), Map.of(), 0, Optional.empty()),
        usage);
    assertEquals(
        Optional.of(Duration.ofMinutes(1)),
        spared(failed(failed(failing, Outcome.OK, later), Outcome.RATE_LIMIT, later), later));
  }

  @Test
  void a_slot_taken_out_by_hand_stays_out_after_a_success() {
    Rotation rotation = failed(Rotation.EMPTY.disabled("bob"), Outcome.OK, NOW);
    assertTrue(rotation.disabled().contains("bob"));
    assertFalse(rotation.enabled("bob").disabled().contains("bob"));
  }

  @Test
  void failures_of_several_kinds_count_together_and_billing_by_itself() {
    Rotation rotation = Rotation.EMPTY;
    for (Outcome outcome : List.of(Outcome.AUTH, Outcome.TIMEOUT, Outcome.BILLING)) {
      rotation = failed(rotation, outcome, NOW);
    }
    assertEquals(Optional.of(Duration.ofHours(5)), spared(rotation, NOW));
    Rotation fourth = failed(rotation, Outcome.RATE_LIMIT, NOW);
    assertEquals(
        Optional.of(NOW.plus(Duration.ofMinutes(60))), fourth.usageOf("bob").cooldownUntil());
    assertEquals(
        Optional.of(Duration.ofHours(5)), spared(fourth, NOW), "unusable until the later of both");
  }

  @ParameterizedTest(name = "reset {0} s ahead: spared for {1} s")
  @CsvSource({
    "30, 30",
    "7200, 7200",
    "691200, 691200",
    // More than 8 days ahead, now and past: not believed, the reckoning counts.
    "691201, 60",
    "0, 60",
    "-5, 60"
  })
  void a_provider_reset_time_beats_the_reckoning(long ahead, long seconds) {
    Rotation rotation =
        Rotation.EMPTY.reported(
            "bob", Outcome.RATE_LIMIT, Optional.of(NOW.plusSeconds(ahead)), NOW);
    assertEquals(Optional.of(Duration.ofSeconds(seconds)), spared(rotation, NOW));
  }

  @Test
  void a_provider_reset_time_shortens_what_was_reckoned_and_is_not_shortened_by_reckoning() {
    Rotation hour = Rotation.EMPTY;
    for (int i = 0; i < 4; i++) {
      hour = failed(hour, Outcome.RATE_LIMIT, NOW);
    }
    Optional<Instant> soon = Optional.of(NOW.plusSeconds(600));
    Rotation told = hour.reported("bob", Outcome.RATE_LIMIT, soon, NOW);
    assertEquals(soon, told.usageOf("bob").unusableUntil(NOW));

    Optional<Instant> late = Optional.of(NOW.plus(Duration.ofHours(4)));
    Rotation first = Rotation.EMPTY.reported("bob", Outcome.RATE_LIMIT, late, NOW);
    assertEquals(late, failed(first, Outcome.RATE_LIMIT, NOW).usageOf("bob").cooldownUntil());
  }

  @Test
  void a_provider_reset_time_holds_for_billing_too() {
    Optional<Instant> reset = Optional.of(NOW.plusSeconds(90));
    Rotation rotation = Rotation.EMPTY.reported("bob", Outcome.BILLING, reset, NOW);
    assertEquals(reset, rotation.usageOf("bob").disabledUntil());
  }

  @Test
  void renaming_moves_all_and_forgetting_drops_all() {
    Rotation rotation =
        failed(Rotation.EMPTY.ordered(List.of("bob", "alice")).disabled("bob"), Outcome.AUTH, NOW);
    Rotation renamed = rotation.disabled("carol").renamed("bob", "carol");
    assertEquals(List.of("carol", "alice"), renamed.order());
    assertEquals(rotation.usageOf("bob"), renamed.usageOf("carol"));
    assertTrue(renamed.disabled().contains("carol"));
    assertFalse(renamed.mentions("bob"));
    assertEquals(
        new Rotation(List.of("alice"), Map.of(), java.util.Set.of()), renamed.forgetting("carol"));
    assertEquals(rotation, rotation.renamed("erik", "carol"), "nothing is known of erik");
  }

  @Test
  void an_order_names_each_slot_once() {
    assertThrows(
        IllegalArgumentException.class, () -> Rotation.EMPTY.ordered(List.of("bob", "bob")));
    assertEquals(List.of(), Rotation.EMPTY.ordered(List.of("bob")).orderCleared().order());
  }
}
