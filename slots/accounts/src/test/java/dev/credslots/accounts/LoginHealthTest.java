package dev.credslots.accounts;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.credslots.Freshness;
import dev.credslots.accounts.LoginHealth.Status;
import dev.credslots.accounts.LoginHealth.Unusable;
import dev.credslots.credential.SlotState;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a person has to do about a login, and why it cannot be used. */
final class LoginHealthTest {
  private static final Instant NOW = Instant.parse("2026-01-18T12:00:00Z");

  private static Optional<Instant> in(String hours) {
    return hours == null
        ? Optional.empty()
        : Optional.of(NOW.plus(Duration.ofHours(Long.parseLong(hours))));
  }

  private static LoginHealth slot(
      SlotState state, boolean renewable, String token, String login, Rotation rotation) {
    return LoginHealth.ofSlot(
        "claude", new Freshness("bob", state, in(token), in(login), ""), renewable, rotation, NOW);
  }

  @ParameterizedTest
  @CsvSource({
    "FRESH,       true,    7,     , ok",
    "FRESH,       true,    7,  480, ok",
    "REFRESHABLE, true,   -3,     , ok",
    "REFRESHABLE, true,   -3,  480, ok",
    "REFRESHABLE, true,   -3,   25, ok",
    "REFRESHABLE, true,   -3,   24, expiring",
    "FRESH,       true,    7,    1, expiring",
    "FRESH,       true,    7,    0, expired",
    "EXPIRED,     true,   -3,   -1, expired",
    "FRESH,       false, 480,     , ok",
    "FRESH,       false,  25,     , ok",
    "FRESH,       false,  24,     , expiring",
    "EXPIRING,    false,   1,     , expiring",
    "EXPIRED,     false,  -1,     , expired",
    "REJECTED,    true,    7,  480, expired",
    "SUSPECT,     true,    7,  480, ok",
    "WIPED,       false,    ,     , missing",
    "UNREADABLE,  false,    ,     , missing",
    "MISSING,     false,    ,     , missing"
  })
  void what_can_be_renewed_counts_by_the_end_of_the_login(
      SlotState state, boolean renewable, String token, String login, String status) {
    assertEquals(status, slot(state, renewable, token, login, Rotation.EMPTY).status().word());
  }

  @ParameterizedTest
  @CsvSource({
    "EXPIRED,    -1, expired",
    "REJECTED,  480, rejected",
    "SUSPECT,   480, suspect",
    "WIPED,     480, wiped",
    "UNREADABLE,480, unreadable",
    "MISSING,   480, missing",
    "FRESH,      -1, expired"
  })
  void a_login_that_is_no_good_says_why(SlotState state, String login, String reason) {
    Rotation disabled = Rotation.EMPTY.disabled("bob");
    assertEquals(
        Optional.of(new Unusable(reason, Optional.empty())),
        slot(state, true, "7", login, disabled).unusable());
  }

  @Test
  void a_good_one_may_be_spared() {
    assertEquals(Optional.empty(), fresh(Rotation.EMPTY));
    assertEquals(
        Optional.of(new Unusable("disabled", Optional.empty())),
        fresh(Rotation.EMPTY.disabled("bob")));
    assertEquals(
        Optional.of(new Unusable("unlisted", Optional.empty())),
        fresh(Rotation.EMPTY.ordered(List.of("alice"))));
    assertEquals(Optional.empty(), fresh(Rotation.EMPTY.ordered(List.of("bob"))));
    Rotation cooling = Rotation.EMPTY.reported("bob", Outcome.RATE_LIMIT, Optional.empty(), NOW);
    assertEquals(
        Optional.of(new Unusable("cooldown", Optional.of(NOW.plus(Duration.ofMinutes(1))))),
        fresh(cooling));
    Rotation unpaid = cooling.reported("bob", Outcome.BILLING, Optional.empty(), NOW);
    assertEquals(
        Optional.of(new Unusable("billing", Optional.of(NOW.plus(Duration.ofHours(5))))),
        fresh(unpaid));
    assertEquals(
        Optional.empty(),
        fresh(
            Rotation.EMPTY.reported(
                "bob", Outcome.RATE_LIMIT, Optional.empty(), NOW.minusSeconds(61))));
  }

  private static Optional<Unusable> fresh(Rotation rotation) {
    return slot(SlotState.FRESH, true, "7", "480", rotation).unusable();
  }

  @ParameterizedTest
  @CsvSource({"25, ok", "24, expiring", "0, expired", "-1, expired", ", ok"})
  void a_token_counts_by_its_own_end(String hours, String status) {
    LoginHealth token = LoginHealth.ofToken("claude", "claude", in(hours), NOW);
    assertEquals(status, token.status().word());
    assertEquals(status.equals("expired"), token.unusable().isPresent());
    assertEquals("claude:claude", token.id());
  }

  @Test
  void an_api_key_has_no_end() {
    assertEquals(Status.STATIC, LoginHealth.ofApiKey("claude", "work", true).status());
    LoginHealth gone = LoginHealth.ofApiKey("claude", "work", false);
    assertEquals(Status.MISSING, gone.status());
    assertEquals("missing", gone.unusable().orElseThrow().reason());
  }

  @Test
  void of_several_the_best_serves_and_the_worst_is_to_be_seen_to() {
    LoginHealth ok = slot(SlotState.FRESH, true, "7", "480", Rotation.EMPTY);
    LoginHealth over = slot(SlotState.EXPIRED, true, "-7", "-1", Rotation.EMPTY);
    LoginHealth key = LoginHealth.ofApiKey("claude", "work", true);
    assertEquals(Status.OK, LoginHealth.best(List.of(over, ok)));
    assertEquals(Status.EXPIRED, LoginHealth.worst(List.of(ok, over, key)));
    assertEquals(Status.STATIC, LoginHealth.best(List.of(over, key)));
    assertEquals(Status.MISSING, LoginHealth.best(List.of()));
    assertEquals(Status.MISSING, LoginHealth.worst(List.of()));
  }
}
