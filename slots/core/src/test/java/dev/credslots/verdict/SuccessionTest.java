package dev.credslots.verdict;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.credslots.credential.Credential;
import dev.credslots.credential.Fingerprint;
import dev.credslots.credential.Secret;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SuccessionTest {

  private static Credential credential(@Nullable String refresh, @Nullable Long end) {
    return new Credential(
        Optional.of(Secret.of("a")),
        Optional.ofNullable(refresh).map(Secret::of),
        Optional.ofNullable(end).map(Instant::ofEpochSecond),
        false,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        List.of());
  }

  @ParameterizedTest(name = "lineage {0}, live {1} until {2}, slot {3} until {4}: {5}")
  @CsvSource({
    "r1 r2 r3, r3, 10, r2, 99, LIVE_LATER",
    "r1 r2 r3, r3, 10, r1, 99, LIVE_LATER",
    "r1 r2 r3, r2, 99, r3, 10, SLOT_LATER",
    "r1 r2 r3, r1,   , r3,   , SLOT_LATER",
    // The same token: whichever ends later, and the slot if neither does.
    "r1 r2,    r2, 11, r2, 10, LIVE_LATER",
    "r1 r2,    r2, 10, r2, 10, SLOT_LATER",
    "r1 r2,    r2, 10, r2, 11, SLOT_LATER",
    "r1 r2,    r2, 10, r2,   , LIVE_LATER",
    "r1 r2,    r2,   , r2, 10, SLOT_LATER",
    "r1 r2,    r2,   , r2,   , SLOT_LATER",
    "'',       r2, 10, r2,  9, LIVE_LATER",
    // A slot token nobody has seen came after all that were.
    "r1 r2,    r2, 99, r9, 10, SLOT_LATER",
    "r1,       r1, 99, r9, 10, SLOT_LATER",
    // Nothing to lose in the slot.
    "r1,       r1, 10,   ,   , LIVE_LATER",
    "r1,       r1, 10, '', 99, LIVE_LATER",
    // A live token that is in no lineage proves nothing about which came later.
    "r1 r2,    r9, 99, r2, 10, SLOT_LATER",
    "r1 r2,      , 99, r2, 10, SLOT_LATER",
  })
  void of(
      String lineage,
      @Nullable String live,
      @Nullable Long liveEnd,
      @Nullable String slot,
      @Nullable Long slotEnd,
      Succession expected) {
    List<Fingerprint> seen =
        Arrays.stream(lineage.split(" "))
            .filter(token -> !token.isEmpty())
            .map(token -> Fingerprint.of(Secret.of(token)))
            .toList();
    Optional<Credential> stored =
        slot == null ? Optional.empty() : Optional.of(credential(slot, slotEnd));
    assertEquals(expected, Succession.of(seen, credential(live, liveEnd), stored));
  }
}
