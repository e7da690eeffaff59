package dev.credslots.accounts;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import dev.credslots.accounts.SessionPin.Kind;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is remembered of sessions. */
final class SessionsTest {
  private static final Instant NOW = Instant.parse("2026-01-18T12:00:00Z");

  private static Sessions pinned(Sessions sessions, String id, String slot, Kind kind) {
    return sessions.pinned(id, slot, kind, NOW).orElseThrow();
  }

  @ParameterizedTest(name = "{0} pin: {1}")
  @CsvSource({
    "AUTO, compacted, ''",
    "AUTO, reset,     ''",
    "AUTO, rename,    robert",
    "AUTO, remove,    ''",
    "AUTO, other,     bob",
    "USER, compacted, bob",
    "USER, reset,     ''",
    "USER, rename,    robert",
    "USER, remove,    bob",
    "USER, other,     bob",
  })
  void what_ends_a_pin(Kind kind, String what, String slot) {
    Sessions before = pinned(Sessions.EMPTY, "s1", "bob", kind);
    Sessions after =
        switch (what) {
          case "compacted" -> before.compacted("s1");
          case "reset" -> before.without("s1");
          case "rename" -> before.renamed("bob", "robert");
          case "remove" -> before.forgetting("bob");
          default -> before.compacted("s2").without("s2").renamed("erik", "eric").forgetting("x");
        };
    assertEquals(slot, after.pin("s1").map(SessionPin::slot).orElse(""));
  }

  @Test
  void automatic_pins_that_nobody_used_for_thirty_days_go_with_the_next_pin() {
    Map<String, SessionPin> pins = new HashMap<>();
    Instant month = NOW.minus(Duration.ofDays(30));
    pins.put("old", new SessionPin("bob", Kind.AUTO, month, month.minusMillis(1)));
    pins.put("edge", new SessionPin("bob", Kind.AUTO, month, month));
    pins.put("by-hand", new SessionPin("bob", Kind.USER, month, Instant.EPOCH));
    Sessions after = pinned(new Sessions(pins), "new", "alice", Kind.AUTO);
    assertEquals(Set.of("edge", "by-hand", "new"), after.pins().keySet());
  }

  @Test
  void beyond_a_thousand_the_automatic_one_unused_for_longest_goes() {
    Map<String, SessionPin> pins = new HashMap<>();
    for (int i = 0; i < Sessions.MOST; i++) {
      Kind kind = i == 0 ? Kind.USER : Kind.AUTO;
      pins.put("s" + i, new SessionPin("bob", kind, NOW, NOW.minusSeconds(Sessions.MOST - i)));
    }
    Sessions after = pinned(new Sessions(pins), "new", "alice", Kind.AUTO);
    assertEquals(Sessions.MOST, after.pins().size());
    assertEquals(Optional.empty(), after.pin("s1"));
    assertEquals("bob", after.pin("s0").orElseThrow().slot(), "pinned by hand");
  }

  @Test
  void a_thousand_pinned_by_hand_leave_no_room() {
    Map<String, SessionPin> pins = new HashMap<>();
    for (int i = 0; i < Sessions.MOST; i++) {
      pins.put("s" + i, new SessionPin("bob", Kind.USER, NOW, NOW));
    }
    Sessions full = new Sessions(pins);
    assertEquals(Optional.empty(), full.pinned("new", "alice", Kind.AUTO, NOW));
    assertEquals("alice", pinned(full, "s7", "alice", Kind.USER).pin("s7").orElseThrow().slot());
  }

  @Test
  void a_use_is_noted_once_a_minute() {
    Sessions sessions = pinned(Sessions.EMPTY, "s1", "bob", Kind.AUTO);
    assertSame(sessions, sessions.used("s1", NOW.plusSeconds(59)));
    SessionPin later = sessions.used("s1", NOW.plusSeconds(60)).pin("s1").orElseThrow();
    assertEquals(new SessionPin("bob", Kind.AUTO, NOW, NOW.plusSeconds(60)), later);
  }

  @ParameterizedTest
  @ValueSource(strings = {"a", "7f3c0d9e-1b2a-4c5d-8e9f-0a1b2c3d4e5f", "!~", "../x", "$(x)"})
  void what_can_be_a_sessions_id(String id) {
    assertEquals(true, Sessions.isId(id));
  }

  @Test
  void what_cannot_be_a_sessions_id() {
    for (String id : List.of("", "a b", "a\n", "\u007f", "é", "x".repeat(129))) {
      assertEquals(false, Sessions.isId(id), id);
    }
    assertEquals(true, Sessions.isId("x".repeat(128)));
  }
}
