package dev.credslots.accounts;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import dev.credslots.accounts.SessionPin.Kind;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Where a session goes. The slots are bob, alice and erik, and who was never used comes first. */
final class SessionDecisionTest {
  private static final Instant NOW = Instant.parse("2026-01-18T12:00:00Z");
  private static final List<String> ALL = List.of("bob", "alice", "erik");

  @ParameterizedTest(name = "pin {0}, live {1}, cooling [{2}] disabled [{3}] refused [{4}]: {6}")
  @CsvSource({
    // A new session: whoever is next; the live one if there is no other.
    "none,       bob,  '',             '',      '',      '',          move alice",
    "none,       bob,  'alice',        '',      '',      '',          move erik",
    "none,       bob,  'alice erik',   '',      '',      '',          move bob",
    "none,       bob,  'alice erik',   'bob',   '',      '',          stop",
    "none,       bob,  '',             '',      '',      'erik bob',  move erik",
    "none,       none, '',             '',      '',      '',          move alice",
    // An automatic pin stays, whoever is live and whatever the order says is next.
    "auto:erik,  bob,  '',             '',      '',      '',          stay erik",
    "auto:erik,  erik, '',             '',      '',      '',          stay erik",
    "auto:erik,  bob,  'alice',        'bob',   '',      'bob erik',  stay erik",
    // Until its slot is no use: then to the live one, and if that is no use to the next.
    "auto:erik,  bob,  'erik',         '',      '',      '',          move bob",
    "auto:erik,  bob,  '',             'erik',  '',      '',          move bob",
    "auto:erik,  bob,  '',             '',      'erik',  '',          move bob",
    "auto:erik,  bob,  '',             '',      '',      'alice bob', move bob",
    "auto:gone,  bob,  '',             '',      '',      '',          move bob",
    "auto:erik,  erik, 'erik',         '',      '',      '',          move alice",
    "auto:erik,  bob,  'erik bob',     '',      '',      '',          move alice",
    "auto:erik,  bob,  'erik',         'bob',   '',      '',          move alice",
    "auto:erik,  bob,  'erik',         '',      'bob',   '',          move alice",
    "auto:erik,  bob,  'erik',         '',      '',      'alice',     move alice",
    "auto:erik,  bob,  'erik bob',     'alice', '',      '',          stop",
    // A user's pin never moves.
    "user:erik,  bob,  '',             '',      '',      '',          stay erik",
    "user:erik,  bob,  '',             '',      '',      'alice bob', stay erik",
    "user:erik,  bob,  'erik',         '',      '',      '',          stop",
    "user:erik,  bob,  'erik',         '',      '',      'alice bob', stop",
    "user:erik,  erik, 'erik',         '',      '',      '',          stop",
    "user:erik,  bob,  '',             'erik',  '',      '',          stop",
    "user:erik,  bob,  '',             '',      'erik',  '',          stop",
    "user:gone,  bob,  '',             '',      '',      '',          stop",
  })
  void a_session_goes(
      String pin,
      String live,
      String cooling,
      String disabled,
      String refused,
      String order,
      String expected) {
    SessionDecision decision = decide(pin, live, cooling, disabled, refused, order);
    String actual =
        decision instanceof SessionDecision.Stay stay
            ? "stay " + stay.pin().slot()
            : decision instanceof SessionDecision.Move move ? "move " + move.slot() : "stop";
    assertEquals(expected, actual, decision::toString);
  }

  @Test
  void a_users_pin_that_fails_says_until_when_and_what_to_do() {
    Map<String, String> said = new HashMap<>();
    said.put("cooling", message(decide("user:erik", "bob", "erik", "", "", "")));
    said.put("disabled", message(decide("user:erik", "bob", "", "erik", "", "")));
    said.put("refused", message(decide("user:erik", "bob", "", "", "erik", "")));
    said.put("gone", message(decide("user:gone", "bob", "", "", "", "")));
    String advice =
        "; slots session reset s1 lets it move, slots session pin s1 SLOT pins another slot";
    assertEquals(
        Map.of(
            "cooling",
                "session s1 is pinned by hand: erik is cooling until 2026-01-18T12:30:00Z" + advice,
            "disabled",
                "session s1 is pinned by hand: erik is disabled (slots enable erik takes it back)"
                    + advice,
            "refused",
                "session s1 is pinned by hand: refusing to switch to erik: it is wiped" + advice,
            "gone", "session s1 is pinned by hand: there is no slot gone" + advice),
        said);
  }

  @Test
  void where_no_slot_is_left_every_one_is_named_with_the_soonest() {
    assertEquals(
        "session s1: no slot can be used now: alice is disabled (slots enable alice takes it"
            + " back); bob is cooling until 2026-01-18T12:30:00Z; erik is cooling until"
            + " 2026-01-18T12:30:00Z; the soonest is bob, at 2026-01-18T12:30:00Z",
        message(decide("auto:erik", "bob", "bob erik", "alice", "", "")));
  }

  private static String message(SessionDecision decision) {
    return assertInstanceOf(SessionDecision.Stop.class, decision).message();
  }

  private static SessionDecision decide(
      String pin, String live, String cooling, String disabled, String refused, String order) {
    Rotation rotation = Rotation.EMPTY.ordered(words(order));
    for (String slot : words(cooling)) {
      Instant until = NOW.plus(Duration.ofMinutes(30));
      rotation = rotation.reported(slot, Outcome.RATE_LIMIT, Optional.of(until), NOW);
    }
    for (String slot : words(disabled)) {
      rotation = rotation.disabled(slot);
    }
    Map<String, String> refusals = new HashMap<>();
    for (String slot : words(refused)) {
      refusals.put(slot, "refusing to switch to " + slot + ": it is wiped");
    }
    Optional<String> active = Optional.of(live).filter(slot -> !slot.equals("none"));
    Choosing choosing = new Choosing(ALL, false, rotation, Map.of(), active, refusals, NOW);
    return SessionDecision.of("s1", pin(pin), choosing);
  }

  private static Optional<SessionPin> pin(String word) {
    int colon = word.indexOf(':');
    return colon < 0
        ? Optional.empty()
        : Kind.of(word.substring(0, colon))
            .map(kind -> new SessionPin(word.substring(colon + 1), kind, NOW, NOW));
  }

  private static List<String> words(String text) {
    return text.isEmpty() ? List.of() : List.of(text.split(" "));
  }
}
