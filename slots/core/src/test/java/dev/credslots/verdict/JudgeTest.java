package dev.credslots.verdict;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.credslots.credential.SlotState;
import dev.credslots.verdict.Facts.Kind;
import dev.credslots.verdict.Facts.Request;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class JudgeTest {
  private static final Map<String, SlotState> SOUND =
      Map.of("alice", SlotState.FRESH, "bob", SlotState.FRESH, "erik", SlotState.FRESH);

  private static Evidence piece(Rank rank, String slot) {
    return new Evidence(rank, slot, "because");
  }

  private static Request told(String slot, boolean force) {
    return new Request(Optional.of(slot), force, false);
  }

  private static Facts file(
      SlotState state, List<Evidence> evidence, @Nullable String chosen, Request request) {
    return file(state, evidence, Map.of(), chosen, SOUND, request);
  }

  private static Facts file(
      SlotState state,
      List<Evidence> evidence,
      Map<String, Succession> succession,
      @Nullable String chosen,
      Map<String, SlotState> states,
      Request request) {
    return new Facts(
        Kind.FILE,
        state,
        Optional.empty(),
        Optional.empty(),
        evidence,
        succession,
        Facts.Newcomer.NO,
        Optional.ofNullable(chosen),
        states,
        request);
  }

  private static Facts link(SlotState state, @Nullable IdentityState identity) {
    return new Facts(
        Kind.LINK,
        state,
        Optional.of("bob"),
        Optional.ofNullable(identity),
        List.of(),
        Map.of(),
        Facts.Newcomer.NO,
        Optional.of("bob"),
        Map.of(),
        Request.PLAIN);
  }

  private static void assertDecision(Verdict verdict, Plan plan, Facts facts) {
    assertEquals(new Decision(verdict, plan), Judge.decide(facts));
  }

  private static Plan.Refuse assertRefused(Verdict verdict, boolean attention, Facts facts) {
    Decision decision = Judge.decide(facts);
    assertEquals(verdict, decision.verdict());
    Plan.Refuse refuse = assertInstanceOf(Plan.Refuse.class, decision.plan());
    assertEquals(attention, refuse.attention());
    assertFalse(refuse.reason().isBlank());
    return refuse;
  }

  @ParameterizedTest
  @CsvSource({
    "ABSENT, ABSENT",
    "BROKEN, BROKEN",
    "FOREIGN_LINK, FOREIGN_LINK",
    "NOT_A_FILE, NOT_A_FILE",
    "MOUNT_POINT, NOT_A_FILE"
  })
  void what_is_neither_a_file_nor_a_slot_is_refused_whatever_is_asked(Kind kind, Verdict verdict) {
    for (Request request :
        List.of(Request.PLAIN, told("bob", true), new Request(Optional.empty(), true, true))) {
      assertRefused(
          verdict,
          false,
          new Facts(
              kind,
              SlotState.MISSING,
              Optional.empty(),
              Optional.empty(),
              List.of(),
              Map.of(),
              Facts.Newcomer.NO,
              Optional.of("bob"),
              SOUND,
              request));
    }
  }

  static Stream<Arguments> links() {
    return Stream.of(
        arguments(IdentityState.MATCH, Verdict.LINKED, new Plan.Nothing()),
        arguments(IdentityState.NO_BASELINE, Verdict.LINKED, new Plan.Nothing()),
        arguments(null, Verdict.LINKED, new Plan.Nothing()),
        arguments(IdentityState.ROTATED, Verdict.ROTATED, new Plan.Capture("bob")));
  }

  @ParameterizedTest
  @MethodSource("links")
  void a_link_to_a_sound_slot(@Nullable IdentityState identity, Verdict verdict, Plan plan) {
    for (SlotState state : List.of(SlotState.FRESH, SlotState.EXPIRING, SlotState.REFRESHABLE)) {
      assertDecision(verdict, plan, link(state, identity));
    }
  }

  @Test
  void a_link_to_a_slot_with_an_unproven_token_wants_attention() {
    assertRefused(Verdict.IDENTITY_CHANGED, true, link(SlotState.FRESH, IdentityState.CHANGED));
    assertRefused(Verdict.UNVERIFIED, true, link(SlotState.FRESH, IdentityState.UNVERIFIED));
  }

  @ParameterizedTest
  @EnumSource(names = {"EXPIRED", "WIPED", "UNREADABLE", "MISSING"})
  void a_link_to_a_slot_gone_bad_is_damage(SlotState state) {
    for (IdentityState identity : IdentityState.values()) {
      assertRefused(Verdict.DAMAGED, false, link(state, identity));
    }
  }

  @ParameterizedTest
  @CsvSource({"WIPED, WIPED", "EXPIRED, EXPIRED", "UNREADABLE, UNREADABLE"})
  void a_useless_file_is_never_absorbed(SlotState state, Verdict verdict) {
    List<Evidence> proof = List.of(piece(Rank.BYTES, "bob"), piece(Rank.LINEAGE, "bob"));
    assertRefused(verdict, false, file(state, proof, "alice", Request.PLAIN));
    assertRefused(verdict, false, file(state, proof, "alice", told("bob", true)));
    Request relink = new Request(Optional.empty(), false, true);
    assertDecision(verdict, new Plan.PutAside("alice"), file(state, proof, "alice", relink));
    assertRefused(verdict, false, file(state, proof, null, relink));
    Map<String, SlotState> bad = Map.of("alice", SlotState.EXPIRED, "bob", SlotState.FRESH);
    assertRefused(verdict, false, file(state, proof, Map.of(), "alice", bad, relink));
    assertRefused(verdict, false, file(state, proof, Map.of(), "gone", bad, relink));
  }

  @Test
  void a_files_own_bytes_need_only_the_link() {
    List<Evidence> bytes = List.of(piece(Rank.BYTES, "bob"), piece(Rank.LINEAGE, "bob"));
    assertDecision(
        Verdict.OWN_BYTES,
        new Plan.Relink("bob", "bob"),
        file(SlotState.FRESH, bytes, null, Request.PLAIN));
    assertDecision(
        Verdict.OWN_BYTES,
        new Plan.Relink("bob", "alice"),
        file(SlotState.REFRESHABLE, bytes, "alice", Request.PLAIN));
  }

  @Test
  void own_lineage_is_absorbed_and_an_old_session_does_not_move_the_link() {
    List<Evidence> lineage = List.of(piece(Rank.LINEAGE, "bob"));
    for (SlotState state : List.of(SlotState.FRESH, SlotState.EXPIRING, SlotState.REFRESHABLE)) {
      assertDecision(
          Verdict.OWN_LINEAGE,
          new Plan.Absorb("bob", "alice"),
          file(state, lineage, "alice", Request.PLAIN));
      assertDecision(
          Verdict.OWN_LINEAGE,
          new Plan.Absorb("bob", "bob"),
          file(state, lineage, null, Request.PLAIN));
    }
  }

  @Test
  void an_ancestor_is_kept_and_replaces_nothing() {
    assertDecision(
        Verdict.OWN_LINEAGE,
        new Plan.KeepAsGeneration("bob", "alice"),
        file(
            SlotState.FRESH,
            List.of(piece(Rank.LINEAGE, "bob")),
            Map.of("bob", Succession.SLOT_LATER),
            "alice",
            SOUND,
            Request.PLAIN));
  }

  @Test
  void the_link_does_not_return_to_a_chosen_slot_that_went_bad() {
    Map<String, SlotState> bad = Map.of("alice", SlotState.WIPED, "bob", SlotState.FRESH);
    List<Evidence> lineage = List.of(piece(Rank.LINEAGE, "bob"));
    assertDecision(
        Verdict.OWN_LINEAGE,
        new Plan.Absorb("bob", "bob"),
        file(SlotState.FRESH, lineage, Map.of(), "alice", bad, Request.PLAIN));
  }

  @ParameterizedTest
  @EnumSource(names = {"EXPIRED", "WIPED", "UNREADABLE", "MISSING"})
  void an_ancestor_does_not_put_the_link_on_a_slot_gone_bad(SlotState state) {
    Map<String, SlotState> bad = Map.of("bob", state);
    List<Evidence> lineage = List.of(piece(Rank.LINEAGE, "bob"));
    for (String chosen : new String[] {null, "bob"}) {
      Decision decision =
          Judge.decide(
              file(
                  SlotState.FRESH,
                  lineage,
                  Map.of("bob", Succession.SLOT_LATER),
                  chosen,
                  bad,
                  Request.PLAIN));
      assertEquals(new Plan.Stash(), decision.plan());
    }
  }

  @Test
  void without_evidence_nobody_can_say() {
    assertDecision(
        Verdict.UNRESOLVED,
        new Plan.Stash(),
        file(SlotState.FRESH, List.of(), "bob", Request.PLAIN));
  }

  @Test
  void the_journal_alone_infers_for_a_fresh_file_and_says_so() {
    List<Evidence> journal = List.of(piece(Rank.JOURNAL, "bob"));
    assertDecision(
        Verdict.INFERRED,
        new Plan.Absorb("bob", "bob"),
        file(SlotState.FRESH, journal, "bob", Request.PLAIN));
    assertDecision(
        Verdict.UNRESOLVED,
        new Plan.Stash(),
        file(SlotState.REFRESHABLE, journal, "bob", Request.PLAIN));
  }

  @Test
  void evidence_that_names_two_slots_is_a_conflict() {
    for (Rank one : List.of(Rank.BYTES, Rank.LINEAGE, Rank.MARKER, Rank.ACCOUNT)) {
      for (Rank other : List.of(Rank.BYTES, Rank.LINEAGE, Rank.MARKER, Rank.ACCOUNT)) {
        List<Evidence> conflict = List.of(piece(one, "bob"), piece(other, "alice"));
        assertDecision(
            Verdict.UNRESOLVED,
            new Plan.Stash(),
            file(SlotState.FRESH, conflict, "bob", Request.PLAIN));
        assertRefused(
            Verdict.TOLD, false, file(SlotState.FRESH, conflict, "bob", told("bob", false)));
      }
    }
  }

  @Test
  void the_callers_word_counts_for_a_fresh_file_alone() {
    List<Evidence> word = List.of(piece(Rank.WORD, "bob"));
    assertDecision(
        Verdict.TOLD,
        new Plan.Absorb("bob", "bob"),
        file(SlotState.FRESH, word, "alice", told("bob", false)));
    for (boolean force : new boolean[] {false, true}) {
      assertRefused(
          Verdict.TOLD, false, file(SlotState.EXPIRING, word, "alice", told("bob", force)));
      assertRefused(
          Verdict.TOLD, false, file(SlotState.REFRESHABLE, word, "alice", told("bob", force)));
    }
  }

  @Test
  void the_callers_word_against_proof_needs_force() {
    List<Evidence> against = List.of(piece(Rank.LINEAGE, "alice"), piece(Rank.WORD, "bob"));
    Plan.Refuse refuse =
        assertRefused(
            Verdict.TOLD, false, file(SlotState.FRESH, against, null, told("bob", false)));
    assertTrue(refuse.reason().contains("alice"));
    assertDecision(
        Verdict.TOLD,
        new Plan.Absorb("bob", "bob"),
        file(SlotState.FRESH, against, null, told("bob", true)));
  }

  @Test
  void the_callers_word_with_proof_is_the_proof() {
    List<Evidence> both = List.of(piece(Rank.LINEAGE, "bob"), piece(Rank.WORD, "bob"));
    assertDecision(
        Verdict.OWN_LINEAGE,
        new Plan.KeepAsGeneration("bob", "bob"),
        file(
            SlotState.FRESH,
            both,
            Map.of("bob", Succession.SLOT_LATER),
            "bob",
            SOUND,
            told("bob", true)));
  }

  /** Every set of at most two pieces of evidence, and what else there is. */
  private static List<Facts> everything() {
    List<Evidence> pieces = new ArrayList<>();
    for (Rank rank : Rank.values()) {
      pieces.add(piece(rank, "alice"));
      pieces.add(piece(rank, "bob"));
    }
    Set<List<Evidence>> evidence = new LinkedHashSet<>();
    evidence.add(List.of());
    for (Evidence one : pieces) {
      for (Evidence other : pieces) {
        evidence.add(one.equals(other) ? List.of(one) : List.of(one, other));
      }
    }
    List<Request> requests = new ArrayList<>();
    for (Optional<String> told : List.of(Optional.<String>empty(), Optional.of("bob"))) {
      for (boolean force : new boolean[] {false, true}) {
        for (boolean relink : new boolean[] {false, true}) {
          requests.add(new Request(told, force, relink));
        }
      }
    }
    List<Facts> all = new ArrayList<>();
    for (Kind kind : Kind.values()) {
      for (SlotState state : SlotState.values()) {
        for (List<Evidence> set : evidence) {
          for (Request request : requests) {
            all.addAll(facts(kind, state, set, request));
          }
        }
      }
    }
    return all;
  }

  private static List<Facts> facts(
      Kind kind, SlotState state, List<Evidence> evidence, Request request) {
    List<Facts> all = new ArrayList<>();
    for (Optional<String> chosen : List.of(Optional.<String>empty(), Optional.of("alice"))) {
      for (SlotState slots : List.of(SlotState.FRESH, SlotState.WIPED, SlotState.SUSPECT)) {
        for (Succession succession : Succession.values()) {
          for (IdentityState identity : IdentityState.values()) {
            if (kind == Kind.FILE && identity != IdentityState.MATCH) {
              continue; // Asked of links only.
            }
            if (kind != Kind.FILE && !evidence.isEmpty()) {
              continue; // Gathered of files only.
            }
            Map<String, SlotState> states = new HashMap<>();
            states.put("alice", slots);
            states.put("bob", slots);
            for (Facts.Newcomer newcomer : Facts.Newcomer.values()) {
              if (kind != Kind.FILE && newcomer != Facts.Newcomer.NO) {
                continue; // Asked of files only.
              }
              all.add(
                  new Facts(
                      kind,
                      state,
                      kind == Kind.LINK ? Optional.of("bob") : Optional.empty(),
                      kind == Kind.LINK ? Optional.of(identity) : Optional.empty(),
                      evidence,
                      Map.of("alice", succession, "bob", succession),
                      newcomer,
                      chosen,
                      states,
                      request));
            }
          }
        }
      }
    }
    return all;
  }

  @Test
  void in_no_case_is_a_slot_written_without_proof_a_word_or_an_inference_that_says_so() {
    for (Facts facts : everything()) {
      Decision decision = Judge.decide(facts);
      Plan plan = decision.plan();
      if (plan instanceof Plan.Absorb absorb) {
        Set<String> proven =
            facts.evidence().stream()
                .filter(piece -> piece.rank().proves())
                .map(Evidence::slot)
                .collect(Collectors.toSet());
        boolean proof = proven.equals(Set.of(absorb.slot()));
        boolean word =
            facts.request().told().equals(Optional.of(absorb.slot()))
                && facts.state() == SlotState.FRESH
                && (proven.isEmpty() || facts.request().force());
        boolean inference =
            decision.verdict() == Verdict.INFERRED
                && proven.isEmpty()
                && facts.newcomer() == Facts.Newcomer.NO
                && facts.state() == SlotState.FRESH
                && facts.evidence().stream()
                    .anyMatch(
                        piece ->
                            piece.rank() == Rank.JOURNAL && piece.slot().equals(absorb.slot()));
        assertTrue(proof || word || inference, facts::toString);
        assertTrue(facts.state().sound(), facts::toString);
      } else if (plan instanceof Plan.Capture) {
        assertEquals(Optional.of(IdentityState.ROTATED), facts.identity());
      }
    }
  }

  @Test
  void in_no_case_does_the_link_go_to_a_slot_that_is_known_to_be_bad() {
    for (Facts facts : everything()) {
      Plan plan = Judge.decide(facts).plan();
      if (plan instanceof Plan.Absorb absorb && !absorb.active().equals(absorb.slot())) {
        assertTrue(facts.states().get(absorb.active()).sound(), facts::toString);
      } else if (plan instanceof Plan.KeepAsGeneration keep) {
        assertTrue(facts.states().get(keep.active()).sound(), facts::toString);
      } else if (plan instanceof Plan.PutAside aside) {
        assertTrue(facts.states().get(aside.active()).sound(), facts::toString);
      }
      // Relink: the live bytes are the slot's, and they are sound.
    }
  }

  @Test
  void in_no_case_is_a_useful_file_put_aside() {
    for (Facts facts : everything()) {
      if (Judge.decide(facts).plan() instanceof Plan.PutAside) {
        assertEquals(Kind.FILE, facts.kind());
        assertFalse(facts.state().sound(), facts::toString);
        assertTrue(facts.request().relink());
      }
    }
  }
}
