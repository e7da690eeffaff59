package dev.credslots.hooks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.credslots.SlotEvent;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What hooks are told. */
class HookInputTest {
  private static final Path DIRECTORY = Path.of("/home/u/.claude");
  private static final Instant NOW = Instant.parse("2026-05-01T10:00:00Z");
  private static final String COMMON =
      "\"at\":\"2026-05-01T10:00:00Z\",\"dir\":\"/home/u/.claude\"";

  private static String json(HookInput input) {
    return new String(input.json(), StandardCharsets.UTF_8);
  }

  private static void assertTold(HookEvent whose, String word, String fields, SlotEvent event) {
    HookInput input = HookInput.of(event, DIRECTORY).orElseThrow();
    assertEquals(whose, input.event());
    assertEquals(
        "{\"schemaVersion\":1,\"event\":\"" + word + "\"," + COMMON + fields + "}\n", json(input));
  }

  @Test
  void each_event_has_its_directory_word_and_fields() {
    Optional<String> hash = Optional.of("ab12");
    assertTold(
        HookEvent.ON_SWITCH,
        "switched",
        ",\"from\":\"bob\",\"to\":\"alice\",\"reason\":\"quota\"",
        new SlotEvent.Switched(NOW, Optional.of("bob"), "alice", "quota"));
    assertTold(
        HookEvent.ON_SWITCH,
        "switched",
        ",\"from\":null,\"to\":\"alice\",\"reason\":\"quota\"",
        new SlotEvent.Switched(NOW, Optional.empty(), "alice", "quota"));
    assertTold(
        HookEvent.ON_HEAL,
        "healed",
        ",\"slot\":\"bob\",\"active\":\"alice\"",
        new SlotEvent.Healed(NOW, "bob", "alice"));
    assertTold(
        HookEvent.ON_HEAL,
        "relinked",
        ",\"slot\":\"bob\",\"active\":\"alice\"",
        new SlotEvent.Relinked(NOW, "bob", "alice"));
    assertTold(
        HookEvent.ON_HEAL,
        "stashed",
        ",\"sha256\":\"ab12\",\"reason\":\"nobody's\"",
        new SlotEvent.Stashed(NOW, "ab12", "nobody's"));
    assertTold(
        HookEvent.ON_DRIFT,
        "drifted",
        ",\"sha256\":\"ab12\",\"reason\":\"a file\"",
        new SlotEvent.Drifted(NOW, hash, "a file"));
    assertTold(
        HookEvent.ON_IDENTITY,
        "identity-changed",
        ",\"slot\":\"bob\",\"reason\":\"another\"",
        new SlotEvent.IdentityChanged(NOW, "bob", "another"));
    assertTold(
        HookEvent.ON_EXPIRING,
        "expiring",
        ",\"slot\":\"bob\",\"loginEndsAt\":\"2026-05-04T10:00:00Z\",\"days\":3",
        new SlotEvent.Expiring(NOW, "bob", NOW.plusSeconds(3 * 86_400), 3));
    assertEquals(Optional.empty(), HookInput.of(new SlotEvent.Added(NOW, "bob"), DIRECTORY));
  }

  @Test
  void every_field_that_has_a_value_is_a_variable() {
    assertEquals(
        Map.of(
            "SLOTS_EVENT", "expiring",
            "SLOTS_AT", "2026-05-01T10:00:00Z",
            "SLOTS_DIR", "/home/u/.claude",
            "SLOTS_SLOT", "bob",
            "SLOTS_LOGIN_ENDS_AT", "2026-05-02T10:00:00Z",
            "SLOTS_DAYS", "1"),
        HookInput.of(new SlotEvent.Expiring(NOW, "bob", NOW.plusSeconds(86_400), 1), DIRECTORY)
            .orElseThrow()
            .variables());
    assertEquals(
        Map.of(
            "SLOTS_EVENT", "switched",
            "SLOTS_AT", "2026-05-01T10:00:00Z",
            "SLOTS_DIR", "/home/u/.claude",
            "SLOTS_TO", "alice",
            "SLOTS_REASON", "quota"),
        HookInput.of(new SlotEvent.Switched(NOW, Optional.empty(), "alice", "quota"), DIRECTORY)
            .orElseThrow()
            .variables());
  }

  @Test
  void a_reason_that_no_variable_or_json_could_hold_is_made_to_fit() {
    String odd = "a\0b\nc \uD83D d" + "x".repeat(200_000);
    HookInput input =
        HookInput.of(new SlotEvent.Switched(NOW, Optional.empty(), "alice", odd), DIRECTORY)
            .orElseThrow();
    String reason = String.valueOf(input.variables().get("SLOTS_REASON"));
    assertTrue(reason.startsWith("a b c   dx"), reason.substring(0, 20));
    assertEquals(1000, reason.length());
    assertTrue(json(input).contains("\"reason\":\"a b c   dx"));
  }

  @ParameterizedTest
  @EnumSource(HookEvent.class)
  void a_sample_says_that_it_is_one_and_is_for_its_event(HookEvent event) {
    HookInput sample = HookInput.sample(event, DIRECTORY, NOW);
    assertEquals(event, sample.event());
    assertTrue(json(sample).endsWith(",\"test\":true}\n"), json(sample));
    assertEquals("true", sample.variables().get("SLOTS_TEST"));
  }
}
