package dev.credslots.verdict;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MarkerTest {
  private static final Instant END = Instant.parse("2026-02-15T12:00:00Z");

  private static List<Instant> ends(@Nullable String seconds) {
    return seconds == null
        ? List.of()
        : Arrays.stream(seconds.split(" "))
            .map(text -> END.plusMillis(Math.round(Double.parseDouble(text) * 1000)))
            .toList();
  }

  /** Ends of logins in seconds from one instant; nothing where none is known. */
  @ParameterizedTest(name = "live {0}, bob {1}, alice {2}: {3}")
  @CsvSource({
    // Equal to exactly one.
    "0, 0,          9999999,    bob",
    "0, 9999999,    0,          alice",
    "0, 0,          ,           bob",
    "0, 0,          30,         bob",
    "0, 30,         0,          alice",
    "0, '7200 0',   9999999,    bob",
    "0, '0 7200',   9999999,    bob",
    // Within a minute of exactly one, to either side.
    "0, 59.999,     9999999,    bob",
    "0, -60,        9999999,    bob",
    "0, 60,         9999999,    bob",
    "0, 60,         61,         bob",
    "0, 60,         ,           bob",
    "0, '9999 -60', 3600,       bob",
    // Two it may be.
    "0, 0,          0,          silent",
    "0, 60,         -60,        silent",
    "0, 1,          59,         silent",
    "0, '0 0',      '5 0',      silent",
    // Neither near enough to be the same nor far enough to be new.
    "0, 60.001,     9999999,    silent",
    "0, -60.001,    9999999,    silent",
    "0, 3600,       9999999,    silent",
    "0, -3600,      -9999999,   silent",
    "0, 1800,       1800,       silent",
    "0, '9999 1800', 9999999,   silent",
    // More than an hour from every one, all known.
    "0, 3600.001,   9999999,    new",
    "0, -3600.001,  -9999999,   new",
    "0, '7200 -7200', 9999999,  new",
    "0, 7200,       7200,       new",
    // One of them unknown.
    "0, 9999999,    ,           silent",
    "0, ,           ,           silent",
    // The file has none.
    " , 0,          9999999,    silent",
    " , ,           ,           silent"
  })
  void of(@Nullable String live, @Nullable String bob, @Nullable String alice, String expected) {
    Map<String, List<Instant>> known = new HashMap<>();
    known.put("bob", ends(bob));
    known.put("alice", ends(alice));
    Marker marker = Marker.of(ends(live).stream().findFirst(), known);
    String said =
        marker instanceof Marker.Same same
            ? same.slot()
            : marker instanceof Marker.NewLogin ? "new" : "silent";
    assertEquals(expected, said);
  }

  @ParameterizedTest
  @CsvSource({"0", "-9999999"})
  void where_there_are_no_slots_it_is_silent(String live) {
    assertEquals(new Marker.Silent(), Marker.of(Optional.of(ends(live).get(0)), Map.of()));
  }
}
