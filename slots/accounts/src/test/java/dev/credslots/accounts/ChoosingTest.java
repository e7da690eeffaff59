package dev.credslots.accounts;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.credslots.accounts.Next.Standing;
import dev.credslots.accounts.Next.State;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Which slot is next. In the tables a list of slots is separated by spaces, {@code dan:30} means 30
 * minutes from now, or ago for uses.
 */
final class ChoosingTest {
  private static final Instant NOW = Instant.parse("2026-01-18T12:00:00Z");
  private static final List<String> ALL = List.of("bob", "alice", "erik", "dan");

  @ParameterizedTest(name = "order [{0}] configured {1} used [{2}] cooling [{3}] out [{4}]: {5}")
  @CsvSource({
    // Round robin: never used before all, then longest ago; names decide between equals.
    "'',                false, '',                       '',              '',      alice",
    "'',                false, 'alice:5 erik:9 dan:7',   '',              '',      erik",
    "'',                false, 'alice:5 erik:9',         '',              '',      dan",
    "'',                false, 'alice:9 erik:9 dan:9',   '',              '',      alice",
    "'',                false, 'alice:9 erik:9 dan:7',   'alice:1',       '',      erik",
    "'',                false, 'alice:9 erik:8 dan:7',   '',              'alice', erik",
    // A configured order is as given, uses or not; bob is active.
    "'',                true,  '',                       '',              '',      alice",
    "'',                true,  'alice:5 erik:9 dan:7',   '',              '',      alice",
    "'',                true,  '',                       'alice:1',       '',      erik",
    "'',                true,  '',                       'alice:1 dan:9', 'erik',  none",
    // An explicit order beats both, and leaves out what it does not name.
    "'dan erik bob',    true,  'alice:5 erik:9 dan:7',   '',              '',      dan",
    "'bob dan alice',   false, 'alice:9 dan:7',          '',              '',      dan",
    "'dan erik',        false, '',                       'dan:60',        '',      erik",
    "'dan erik',        false, '',                       'dan:60 erik:5', '',      none",
    "'bob',             false, '',                       '',              '',      none",
    "'gone dan',        false, '',                       '',              '',      dan",
  })
  void the_next(
      String order, boolean configured, String used, String cooling, String out, String expected) {
    Next next = choosing(order, configured, used, cooling, out).next();
    String actual = next instanceof Next.Chosen chosen ? chosen.slot() : "none";
    assertEquals(expected, actual, next.message());
  }

  @ParameterizedTest(name = "order [{0}] configured {1} used [{2}] cooling [{3}]: {4}")
  @CsvSource({
    "'',               false, 'alice:5 erik:9 dan:7', '',                       bob erik dan alice",
    "'',               false, 'alice:5 erik:9 dan:7', 'erik:60 dan:25',         bob alice dan erik",
    "'',               true,  'alice:5 erik:9 dan:7', 'alice:60 erik:5',        bob dan erik alice",
    "'dan bob',        true,  '',                     '',                       dan bob alice erik",
    "'dan erik alice', true,  '',                     'dan:9 erik:8 alice:7',   bob alice erik dan",
  })
  void cooling_ones_are_last_by_soonest_end(
      String order, boolean configured, String used, String cooling, String expected) {
    Next next = choosing(order, configured, used, cooling, "").next();
    assertEquals(
        expected, next.standings().stream().map(Standing::slot).collect(Collectors.joining(" ")));
  }

  @Test
  void nothing_eligible_names_every_reason_and_the_soonest() {
    Rotation rotation =
        Rotation.EMPTY
            .disabled("dan")
            .reported("bob", Outcome.RATE_LIMIT, in(3), NOW)
            .reported("alice", Outcome.RATE_LIMIT, in(20), NOW)
            .reported("erik", Outcome.BILLING, in(9), NOW);
    Map<String, String> refusals = Map.of("fred", "refusing to switch to fred: it is wiped");
    List<String> five = Stream.concat(ALL.stream(), Stream.of("fred")).toList();
    Next next =
        new Choosing(five, false, rotation, Map.of(), Optional.of("bob"), refusals, NOW).next();
    Next.None none = assertInstanceOf(Next.None.class, next);
    assertEquals(
        Map.of(
            "bob", State.ACTIVE,
            "alice", State.COOLING,
            "erik", State.BILLING,
            "dan", State.DISABLED,
            "fred", State.REFUSED),
        none.standings().stream().collect(Collectors.toMap(Standing::slot, Standing::state)));
    assertEquals(
        "no other slot can be used now: bob is active (itself cooling until 2026-01-18T12:03:00Z);"
            + " dan is disabled (slots enable dan takes it back);"
            + " refusing to switch to fred: it is wiped;"
            + " erik waits for its billing until 2026-01-18T12:09:00Z;"
            + " alice is cooling until 2026-01-18T12:20:00Z;"
            + " the soonest is erik, at 2026-01-18T12:09:00Z",
        none.message());
    assertEquals("erik", none.soonest().orElseThrow().slot());
    assertEquals(in(9), none.soonest().orElseThrow().until());
  }

  @Test
  void waiting_is_not_advised_where_it_does_not_help() {
    Next next = choosing("bob", false, "", "alice:5", "").next();
    assertEquals(Optional.empty(), assertInstanceOf(Next.None.class, next).soonest());
    assertTrue(next.message().endsWith("; none becomes usable by waiting"), next.message());
  }

  @Test
  void a_slot_is_eligible_at_the_instant_its_cooldown_ends() {
    Rotation rotation = Rotation.EMPTY.reported("alice", Outcome.TIMEOUT, in(5), NOW);
    Choosing before = of(rotation, NOW.plus(Duration.ofMinutes(5)).minusMillis(1));
    assertInstanceOf(Next.None.class, before.next());
    assertInstanceOf(Next.Chosen.class, of(rotation, NOW.plus(Duration.ofMinutes(5))).next());
  }

  private static Choosing of(Rotation rotation, Instant now) {
    return new Choosing(
        List.of("alice", "bob"), false, rotation, Map.of(), Optional.of("bob"), Map.of(), now);
  }

  @Test
  void a_reported_success_is_a_use() {
    Rotation rotation =
        Rotation.EMPTY.reported("alice", Outcome.OK, Optional.empty(), NOW.minusSeconds(1));
    Map<String, Instant> uses = Map.of("alice", NOW.minusSeconds(900), "erik", NOW.minusSeconds(9));
    Next next =
        new Choosing(
                List.of("alice", "erik"), false, rotation, uses, Optional.empty(), Map.of(), NOW)
            .next();
    assertEquals("erik", assertInstanceOf(Next.Chosen.class, next).slot());
    assertEquals("erik was not used for longest, since 2026-01-18T11:59:51Z", next.message());
  }

  private static Choosing choosing(
      String order, boolean configured, String used, String cooling, String out) {
    Rotation rotation = Rotation.EMPTY.ordered(words(order));
    for (String word : words(cooling)) {
      rotation = rotation.reported(name(word), Outcome.RATE_LIMIT, in(minutes(word)), NOW);
    }
    for (String slot : words(out)) {
      rotation = rotation.disabled(slot);
    }
    Map<String, Instant> uses = new HashMap<>();
    for (String word : words(used)) {
      uses.put(name(word), NOW.minus(Duration.ofMinutes(minutes(word))));
    }
    return new Choosing(ALL, configured, rotation, uses, Optional.of("bob"), Map.of(), NOW);
  }

  private static Optional<Instant> in(long minutes) {
    return Optional.of(NOW.plus(Duration.ofMinutes(minutes)));
  }

  private static List<String> words(String text) {
    return text.isEmpty() ? List.of() : List.of(text.split(" "));
  }

  private static String name(String word) {
    return word.substring(0, word.indexOf(':'));
  }

  private static long minutes(String word) {
    return Long.parseLong(word.substring(word.indexOf(':') + 1));
  }
}
