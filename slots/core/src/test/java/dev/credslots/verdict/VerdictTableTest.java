package dev.credslots.verdict;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.credslots.credential.SlotState;
import dev.credslots.verdict.Facts.Kind;
import dev.credslots.verdict.Facts.Newcomer;
import dev.credslots.verdict.Facts.Request;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The table of the design and what follows for combinations of evidence, written out by hand: a
 * change of a verdict is a change of a line here. bob is the slot last chosen, alice another.
 */
class VerdictTableTest {
  private static final Map<String, SlotState> SOUND =
      Map.of("alice", SlotState.FRESH, "bob", SlotState.FRESH, "erik", SlotState.FRESH);

  /**
   * Ranks in their order: bytes, lineage, marker, account, word, journal. {@code .} silent, {@code
   * b} names bob, {@code a} alice, {@code 2} both, {@code n} a login of no slot, {@code A} and
   * {@code B} a word that is forced. Then the state of the live file, verdict and plan.
   */
  private static final String COMBINATIONS =
      """
      ......  FRESH       UNRESOLVED    stash
      .....b  FRESH       INFERRED      absorb bob > bob
      .....b  EXPIRING    UNRESOLVED    stash
      .....b  REFRESHABLE UNRESOLVED    stash
      .....b  EXPIRED     EXPIRED       refuse
      .....b  WIPED       WIPED         refuse
      .....b  UNREADABLE  UNREADABLE    refuse

      b.....  FRESH       OWN_BYTES     relink bob > bob
      a.....  FRESH       OWN_BYTES     relink alice > bob
      2.....  FRESH       UNRESOLVED    stash
      b....b  FRESH       OWN_BYTES     relink bob > bob
      a....b  FRESH       OWN_BYTES     relink alice > bob
      2....b  FRESH       UNRESOLVED    stash
      a....b  REFRESHABLE OWN_BYTES     relink alice > bob
      a....b  EXPIRING    OWN_BYTES     relink alice > bob
      a....b  EXPIRED     EXPIRED       refuse
      a....b  WIPED       WIPED         refuse
      a....b  UNREADABLE  UNREADABLE    refuse

      .b...b  FRESH       OWN_LINEAGE   absorb bob > bob
      .a...b  FRESH       OWN_LINEAGE   absorb alice > bob
      .2...b  FRESH       UNRESOLVED    stash
      .b....  FRESH       OWN_LINEAGE   absorb bob > bob
      .a....  FRESH       OWN_LINEAGE   absorb alice > bob
      .a...b  REFRESHABLE OWN_LINEAGE   absorb alice > bob
      .a...b  EXPIRING    OWN_LINEAGE   absorb alice > bob
      .2...b  REFRESHABLE UNRESOLVED    stash

      ..b..b  FRESH       OWN_LINEAGE   absorb bob > bob
      ..a..b  FRESH       OWN_LINEAGE   absorb alice > bob
      ..2..b  FRESH       UNRESOLVED    stash
      ..n..b  FRESH       UNRESOLVED    stash
      ..n...  FRESH       UNRESOLVED    stash
      ..a..b  REFRESHABLE OWN_LINEAGE   absorb alice > bob
      ..n..b  REFRESHABLE UNRESOLVED    stash
      ..a...  FRESH       OWN_LINEAGE   absorb alice > bob

      ...b.b  FRESH       SAME_ACCOUNT  absorb bob > bob
      ...a.b  FRESH       SAME_ACCOUNT  absorb alice > alice
      ...2.b  FRESH       UNRESOLVED    stash
      ...n.b  FRESH       FOREIGN       stash
      ...n..  FRESH       FOREIGN       stash
      ...a..  FRESH       SAME_ACCOUNT  absorb alice > alice
      ...a.b  REFRESHABLE SAME_ACCOUNT  absorb alice > alice
      ...n.b  REFRESHABLE FOREIGN       stash
      ..na.b  FRESH       SAME_ACCOUNT  absorb alice > alice
      ..nb.b  FRESH       SAME_ACCOUNT  absorb bob > bob
      ..n2.b  FRESH       UNRESOLVED    stash
      ..nn.b  FRESH       FOREIGN       stash

      bb...b  FRESH       OWN_BYTES     relink bob > bob
      aa...b  FRESH       OWN_BYTES     relink alice > bob
      ba...b  FRESH       UNRESOLVED    stash
      ab...b  FRESH       UNRESOLVED    stash
      b.b..b  FRESH       OWN_BYTES     relink bob > bob
      a.a..b  FRESH       OWN_BYTES     relink alice > bob
      b.a..b  FRESH       UNRESOLVED    stash
      a.b..b  FRESH       UNRESOLVED    stash
      b..b.b  FRESH       OWN_BYTES     relink bob > bob
      a..a.b  FRESH       OWN_BYTES     relink alice > bob
      b..a.b  FRESH       UNRESOLVED    stash
      a..b.b  FRESH       UNRESOLVED    stash
      a..n.b  FRESH       OWN_BYTES     relink alice > bob
      .bb..b  FRESH       OWN_LINEAGE   absorb bob > bob
      .aa..b  FRESH       OWN_LINEAGE   absorb alice > bob
      .ba..b  FRESH       UNRESOLVED    stash
      .ab..b  FRESH       UNRESOLVED    stash
      .an..b  FRESH       OWN_LINEAGE   absorb alice > bob
      .b.b.b  FRESH       OWN_LINEAGE   absorb bob > bob
      .a.a.b  FRESH       OWN_LINEAGE   absorb alice > bob
      .b.a.b  FRESH       UNRESOLVED    stash
      .a.b.b  FRESH       UNRESOLVED    stash
      .a.n.b  FRESH       OWN_LINEAGE   absorb alice > bob
      ..bb.b  FRESH       OWN_LINEAGE   absorb bob > bob
      ..aa.b  FRESH       OWN_LINEAGE   absorb alice > bob
      ..ba.b  FRESH       UNRESOLVED    stash
      ..ab.b  FRESH       UNRESOLVED    stash
      bbbb.b  FRESH       OWN_BYTES     relink bob > bob
      aaaa.b  FRESH       OWN_BYTES     relink alice > bob
      aaab.b  FRESH       UNRESOLVED    stash
      abaa.b  FRESH       UNRESOLVED    stash
      2aaa.b  FRESH       UNRESOLVED    stash
      2222.b  FRESH       UNRESOLVED    stash

      ....bb  FRESH       TOLD          absorb bob > bob
      ....ab  FRESH       TOLD          absorb alice > alice
      ....a.  FRESH       TOLD          absorb alice > alice
      ....ab  EXPIRING    TOLD          refuse
      ....ab  REFRESHABLE TOLD          refuse
      ....Ab  REFRESHABLE TOLD          refuse
      ....Ab  EXPIRED     EXPIRED       refuse
      ....Ab  WIPED       WIPED         refuse
      ....Ab  UNREADABLE  UNREADABLE    refuse
      ..n.ab  FRESH       TOLD          absorb alice > alice
      ...nab  FRESH       TOLD          absorb alice > alice
      b...bb  FRESH       OWN_BYTES     relink bob > bob
      b...ab  FRESH       TOLD          refuse
      b...Ab  FRESH       TOLD          absorb alice > alice
      a...ab  FRESH       OWN_BYTES     relink alice > bob
      a...bb  FRESH       TOLD          refuse
      .a..ab  FRESH       OWN_LINEAGE   absorb alice > bob
      .a..bb  FRESH       TOLD          refuse
      .a..Bb  FRESH       TOLD          absorb bob > bob
      .a..Bb  REFRESHABLE TOLD          refuse
      ..a.ab  FRESH       OWN_LINEAGE   absorb alice > bob
      ..a.bb  FRESH       TOLD          refuse
      ..a.Bb  FRESH       TOLD          absorb bob > bob
      ...aab  FRESH       SAME_ACCOUNT  absorb alice > alice
      ...abb  FRESH       TOLD          refuse
      ...aBb  FRESH       TOLD          absorb bob > bob
      .2..bb  FRESH       TOLD          refuse
      .2..Bb  FRESH       TOLD          absorb bob > bob
      .b.abb  FRESH       TOLD          refuse
      .b.aBb  FRESH       TOLD          absorb bob > bob
      .b.aBb  REFRESHABLE TOLD          refuse
      .b.a.b  REFRESHABLE UNRESOLVED    stash
      .a..ab  REFRESHABLE OWN_LINEAGE   absorb alice > bob
      """;

  static Stream<String> combinations() {
    return COMBINATIONS.lines().filter(line -> !line.isBlank());
  }

  private static Facts combination(String ranks, SlotState state) {
    List<Evidence> evidence = new ArrayList<>();
    Newcomer newcomer = Newcomer.NO;
    Request request = Request.PLAIN;
    for (Rank rank : Rank.values()) {
      char says = ranks.charAt(rank.ordinal());
      if (says == 'n') {
        newcomer = rank == Rank.ACCOUNT ? Newcomer.ACCOUNT : Newcomer.LOGIN;
        continue;
      }
      List<String> named =
          switch (says) {
            case 'b', 'B' -> List.of("bob");
            case 'a', 'A' -> List.of("alice");
            case '2' -> List.of("alice", "bob");
            default -> List.of();
          };
      named.forEach(slot -> evidence.add(new Evidence(rank, slot, "because")));
      if (rank == Rank.WORD && !named.isEmpty()) {
        request = new Request(Optional.of(named.get(0)), Character.isUpperCase(says), false);
      }
    }
    // Where the journal's slot does not fit the file, it is silent, and is the chosen one all the
    // same.
    return file(state, evidence, Map.of(), newcomer, SOUND, request);
  }

  private static Facts file(
      SlotState state,
      List<Evidence> evidence,
      Map<String, Succession> succession,
      Newcomer newcomer,
      Map<String, SlotState> states,
      Request request) {
    return new Facts(
        Kind.FILE,
        state,
        Optional.empty(),
        Optional.empty(),
        evidence,
        succession,
        newcomer,
        Optional.of("bob"),
        states,
        request);
  }

  private static String words(Plan plan) {
    String turn = plan.turnsTo().map(slot -> " > " + slot).orElse("");
    String home = plan.home().map(slot -> " " + slot).orElse("");
    if (plan instanceof Plan.Absorb) {
      return "absorb" + home + turn;
    } else if (plan instanceof Plan.Relink) {
      return "relink" + home + turn;
    } else if (plan instanceof Plan.KeepAsGeneration) {
      return "generation" + home + turn;
    } else if (plan instanceof Plan.PutAside) {
      return "aside" + turn;
    } else if (plan instanceof Plan.Capture) {
      return "capture" + home;
    } else if (plan instanceof Plan.Stash) {
      return "stash";
    } else if (plan instanceof Plan.Refuse refuse) {
      return refuse.attention() ? "attention" : "refuse";
    }
    return "nothing";
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("combinations")
  void a_combination_of_evidence(String line) {
    String[] column = line.split("\\s+", 4);
    Decision decision = Judge.decide(combination(column[0], SlotState.valueOf(column[1])));
    assertEquals(
        column[2] + " " + column[3], decision.verdict() + " " + words(decision.plan()), line);
  }

  @Test
  void the_combinations_are_many_and_none_is_there_twice() {
    List<String> keys =
        combinations()
            .map(line -> String.join(" ", line.split("\\s+", 3)[0], state(line)))
            .toList();
    assertTrue(keys.size() >= 80, () -> keys.size() + " combinations");
    assertEquals(keys.stream().distinct().toList(), keys);
    for (Rank rank : Rank.values()) {
      List<Character> said =
          keys.stream().map(key -> key.charAt(rank.ordinal())).distinct().toList();
      assertTrue(said.contains('.') && said.contains('b'), rank::word);
      assertTrue(rank == Rank.JOURNAL || said.contains('a'), rank::word);
      assertTrue(!rank.proves() || said.contains('2'), rank::word);
    }
  }

  private static String state(String line) {
    return line.split("\\s+", 3)[1];
  }

  /** Whatever the evidence: without rank 1 to 4, a word or an inference nothing is written. */
  @Test
  void no_combination_at_all_writes_without_proof_word_or_inference() {
    String[] said = {".ab2", ".ab2", ".ab2n", ".ab2n", ".abAB", ".b"};
    List<String> all = List.of("");
    for (String one : said) {
      all =
          all.stream().flatMap(ranks -> one.chars().mapToObj(what -> ranks + (char) what)).toList();
    }
    assertEquals(4 * 4 * 5 * 5 * 5 * 2, all.size());
    for (String ranks : all) {
      for (SlotState state : List.of(SlotState.FRESH, SlotState.REFRESHABLE, SlotState.WIPED)) {
        Decision decision = Judge.decide(combination(ranks, state));
        String proof = ranks.substring(0, 4);
        boolean alice = proof.indexOf('a') >= 0 || proof.indexOf('2') >= 0;
        boolean bob = proof.indexOf('b') >= 0 || proof.indexOf('2') >= 0;
        Optional<String> home = decision.plan().home();
        if (home.isEmpty()) {
          continue;
        }
        boolean proven = home.get().equals("bob") ? bob && !alice : alice && !bob;
        char word = ranks.charAt(Rank.WORD.ordinal());
        boolean told =
            Character.toLowerCase(word) == home.get().charAt(0)
                && state == SlotState.FRESH
                && (Character.isUpperCase(word) || (!alice && !bob));
        boolean inferred =
            decision.verdict() == Verdict.INFERRED
                && ranks.matches("\\.{5}b")
                && state == SlotState.FRESH;
        assertTrue(proven || told || inferred, () -> ranks + " " + state + " " + decision);
        assertTrue(state.sound(), () -> ranks + " " + decision);
      }
    }
  }

  /** The design's rows for a link, and for what is neither a link nor a file. */
  @ParameterizedTest(name = "{0} {1} {2}: {3}, {4}")
  @CsvSource({
    "LINK, FRESH, MATCH, LINKED, nothing",
    "LINK, EXPIRING, MATCH, LINKED, nothing",
    "LINK, REFRESHABLE, MATCH, LINKED, nothing",
    "LINK, FRESH, NO_BASELINE, LINKED, nothing",
    "LINK, FRESH, ROTATED, ROTATED, capture bob",
    "LINK, REFRESHABLE, ROTATED, ROTATED, capture bob",
    "LINK, FRESH, CHANGED, IDENTITY_CHANGED, attention",
    "LINK, FRESH, UNVERIFIED, UNVERIFIED, attention",
    "LINK, SUSPECT, MATCH, LINKED, nothing",
    "LINK, WIPED, MATCH, DAMAGED, refuse",
    "LINK, EXPIRED, UNVERIFIED, DAMAGED, refuse",
    "LINK, UNREADABLE, UNVERIFIED, DAMAGED, refuse",
    "LINK, REJECTED, MATCH, DAMAGED, refuse",
    "BROKEN, MISSING, , BROKEN, refuse",
    "FOREIGN_LINK, MISSING, , FOREIGN_LINK, refuse",
    "NOT_A_FILE, MISSING, , NOT_A_FILE, refuse",
    "MOUNT_POINT, FRESH, , NOT_A_FILE, refuse",
    "ABSENT, MISSING, , ABSENT, refuse"
  })
  void a_row_without_a_file(
      Kind kind, SlotState state, IdentityState identity, Verdict verdict, String plan) {
    Decision decision =
        Judge.decide(
            new Facts(
                kind,
                state,
                kind == Kind.LINK ? Optional.of("bob") : Optional.empty(),
                Optional.ofNullable(identity),
                List.of(),
                Map.of(),
                Newcomer.NO,
                Optional.of("bob"),
                Map.of(),
                Request.PLAIN));
    assertEquals(verdict + " " + plan, decision.verdict() + " " + words(decision.plan()));
  }

  /** The design's rows for a file: evidence as above, and what is asked besides. */
  @ParameterizedTest(name = "{0} {1}, {2} later, chosen {3}, relink {4}: {5}, {6}")
  @CsvSource({
    "......, WIPED,      LIVE, FRESH,   false, WIPED,       refuse",
    "......, EXPIRED,    LIVE, FRESH,   false, EXPIRED,     refuse",
    "......, UNREADABLE, LIVE, FRESH,   false, UNREADABLE,  refuse",
    "......, WIPED,      LIVE, FRESH,   true,  WIPED,       aside > bob",
    "......, EXPIRED,    LIVE, FRESH,   true,  EXPIRED,     aside > bob",
    "......, UNREADABLE, LIVE, FRESH,   true,  UNREADABLE,  aside > bob",
    "......, WIPED,      LIVE, WIPED,   true,  WIPED,       refuse",
    "......, WIPED,      LIVE, SUSPECT, true,  WIPED,       refuse",
    "......, WIPED,      LIVE, MISSING, true,  WIPED,       refuse",
    "b....., FRESH,      LIVE, FRESH,   false, OWN_BYTES,   relink bob > bob",
    "b....., FRESH,      LIVE, FRESH,   true,  OWN_BYTES,   relink bob > bob",
    ".b...b, FRESH,      LIVE, FRESH,   false, OWN_LINEAGE, absorb bob > bob",
    ".b...b, FRESH,      SLOT, FRESH,   false, OWN_LINEAGE, generation bob > bob",
    ".a...b, FRESH,      SLOT, FRESH,   false, OWN_LINEAGE, generation alice > bob",
    ".a...b, FRESH,      LIVE, WIPED,   false, OWN_LINEAGE, absorb alice > alice",
    ".a...b, FRESH,      SLOT, WIPED,   false, OWN_LINEAGE, generation alice > alice",
    ".b...b, FRESH,      SLOT, WIPED,   false, OWN_LINEAGE, stash",
    ".b...b, FRESH,      SLOT, SUSPECT, false, OWN_LINEAGE, stash",
    ".a...b, FRESH,      LIVE, SUSPECT, false, OWN_LINEAGE, absorb alice > alice",
    ".a...b, FRESH,      LIVE, REJECTED, false, OWN_LINEAGE, absorb alice > alice",
    ".a...b, FRESH,      LIVE, EXPIRED, false, OWN_LINEAGE, absorb alice > alice",
    ".a...b, FRESH,      LIVE, REFRESHABLE, false, OWN_LINEAGE, absorb alice > bob",
    "..b..b, REFRESHABLE, LIVE, FRESH,  false, OWN_LINEAGE, absorb bob > bob",
    "...b.b, FRESH,      LIVE, FRESH,   false, SAME_ACCOUNT, absorb bob > bob",
    "...a.b, FRESH,      LIVE, WIPED,   false, SAME_ACCOUNT, absorb alice > alice",
    "...n.b, FRESH,      LIVE, FRESH,   false, FOREIGN,     stash",
    "....bb, FRESH,      LIVE, FRESH,   false, TOLD,        absorb bob > bob",
    ".....b, FRESH,      LIVE, FRESH,   false, INFERRED,    absorb bob > bob",
    "......, FRESH,      LIVE, FRESH,   false, UNRESOLVED,  stash"
  })
  void a_row_for_a_file(
      String ranks,
      SlotState state,
      String later,
      SlotState chosen,
      boolean relink,
      Verdict verdict,
      String plan) {
    Map<String, SlotState> states = new HashMap<>(SOUND);
    states.put("bob", chosen);
    Facts seen = combination(ranks, state);
    Succession succession = Succession.valueOf(later + "_LATER");
    Decision decision =
        Judge.decide(
            file(
                state,
                seen.evidence(),
                Map.of("alice", succession, "bob", succession),
                seen.newcomer(),
                states,
                new Request(seen.request().told(), seen.request().force(), relink)));
    assertEquals(verdict + " " + plan, decision.verdict() + " " + words(decision.plan()));
  }

  @Test
  void every_verdict_has_a_row() {
    List<String> rows = new ArrayList<>(combinations().map(line -> line.split("\\s+")[2]).toList());
    rows.addAll(
        List.of("LINKED", "ROTATED", "IDENTITY_CHANGED", "UNVERIFIED", "DAMAGED", "BROKEN"));
    rows.addAll(List.of("FOREIGN_LINK", "NOT_A_FILE", "ABSENT"));
    assertEquals(
        List.of(),
        Arrays.stream(Verdict.values()).filter(one -> !rows.contains(one.name())).toList());
  }
}
