package dev.credslots.verdict;

import dev.credslots.credential.SlotState;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Decides what the live path is and what is to be done: a function of {@link Facts}, with no input,
 * output, clock or state. A slot is written on proof, on the caller's word, or on an inference that
 * says so and can be undone.
 */
public final class Judge {

  private Judge() {}

  public static Decision decide(Facts facts) {
    return switch (facts.kind()) {
      case ABSENT -> refuse(Verdict.ABSENT, "there is nothing at the live path");
      case BROKEN -> refuse(Verdict.BROKEN, "the live link leads to nothing");
      case FOREIGN_LINK -> refuse(Verdict.FOREIGN_LINK, "the live link leads to no slot");
      case NOT_A_FILE -> refuse(Verdict.NOT_A_FILE, "the live path is not a file");
      case MOUNT_POINT ->
          refuse(
              Verdict.NOT_A_FILE,
              "the live path is a mount point, and nothing can be renamed over it");
      case LINK -> link(facts);
      case FILE -> file(facts);
    };
  }

  private static Decision link(Facts facts) {
    String slot = facts.linked().orElseThrow();
    if (!facts.state().sound() && facts.state() != SlotState.SUSPECT) {
      return refuse(Verdict.DAMAGED, "the active slot " + slot + " is " + facts.state().word());
    }
    return switch (facts.identity().orElse(IdentityState.NO_BASELINE)) {
      case MATCH, NO_BASELINE -> new Decision(Verdict.LINKED, new Plan.Nothing());
      case ROTATED -> new Decision(Verdict.ROTATED, new Plan.Capture(slot));
      case CHANGED ->
          attention(Verdict.IDENTITY_CHANGED, "slot " + slot + " holds another login than its own");
      case UNVERIFIED ->
          attention(
              Verdict.UNVERIFIED,
              "slot " + slot + " has a refresh token that nothing proves to be its own");
    };
  }

  private static Decision file(Facts facts) {
    if (!facts.state().sound()) {
      return useless(facts);
    }
    Set<String> proven = new TreeSet<>();
    facts.evidence().stream()
        .filter(piece -> piece.rank().proves())
        .forEach(piece -> proven.add(piece.slot()));
    Optional<String> told = facts.request().told();
    if (told.isPresent() && !(proven.size() == 1 && proven.contains(told.get()))) {
      return told(facts, told.get(), proven);
    }
    if (proven.size() == 1) {
      return own(facts, proven.iterator().next());
    }
    return proven.isEmpty() ? unproven(facts) : stash(Verdict.UNRESOLVED);
  }

  /** The file is proven to be of {@code slot} and of no other. */
  private static Decision own(Facts facts, String slot) {
    if (!any(facts, slot, Rank.BYTES, Rank.LINEAGE, Rank.MARKER)) {
      // A new login of the account: whoever logged in meant to use it.
      return new Decision(Verdict.SAME_ACCOUNT, new Plan.Absorb(slot, slot));
    }
    String active = linkAfterWriteBack(facts, slot);
    if (any(facts, slot, Rank.BYTES)) {
      return new Decision(Verdict.OWN_BYTES, new Plan.Relink(slot, active));
    }
    // A token of the login that was never seen is its newest; a seen one may be an ancestor.
    if (facts.succession().get(slot) != Succession.SLOT_LATER) {
      return new Decision(Verdict.OWN_LINEAGE, new Plan.Absorb(slot, active));
    }
    // The slot's later token may be wiped or over: it keeps it, and the link does not go there.
    return new Decision(
        Verdict.OWN_LINEAGE,
        sound(facts, active) ? new Plan.KeepAsGeneration(slot, active) : new Plan.Stash());
  }

  private static boolean any(Facts facts, String slot, Rank... ranks) {
    List<Rank> wanted = List.of(ranks);
    return facts.evidence().stream()
        .anyMatch(piece -> piece.slot().equals(slot) && wanted.contains(piece.rank()));
  }

  private static Decision unproven(Facts facts) {
    if (facts.newcomer() == Facts.Newcomer.ACCOUNT) {
      return stash(Verdict.FOREIGN);
    }
    Optional<String> inferred =
        facts.evidence().stream()
            .filter(piece -> piece.rank() == Rank.JOURNAL)
            .map(Evidence::slot)
            .findFirst();
    boolean mayInfer = facts.newcomer() == Facts.Newcomer.NO && facts.state() == SlotState.FRESH;
    return inferred
        .filter(slot -> mayInfer)
        .map(slot -> new Decision(Verdict.INFERRED, new Plan.Absorb(slot, slot)))
        .orElseGet(() -> stash(Verdict.UNRESOLVED));
  }

  private static Decision stash(Verdict verdict) {
    return new Decision(verdict, new Plan.Stash());
  }

  /**
   * An old session wrote back: the operator's choice stands, unless that slot is known to be bad.
   */
  private static String linkAfterWriteBack(Facts facts, String slot) {
    return facts.chosen().filter(chosen -> sound(facts, chosen)).orElse(slot);
  }

  private static Decision told(Facts facts, String slot, Set<String> proven) {
    if (!proven.isEmpty() && !facts.request().force()) {
      return refuse(
          Verdict.TOLD,
          "the live file is known to be of " + String.join(" and ", proven) + ", not " + slot);
    }
    if (facts.state() != SlotState.FRESH) {
      return refuse(
          Verdict.TOLD,
          "the live token is "
              + facts.state().word()
              + ", and only a fresh one is taken on somebody's word");
    }
    return new Decision(Verdict.TOLD, new Plan.Absorb(slot, slot));
  }

  private static Decision useless(Facts facts) {
    Verdict verdict =
        switch (facts.state()) {
          case WIPED -> Verdict.WIPED;
          case EXPIRED -> Verdict.EXPIRED;
          default -> Verdict.UNREADABLE;
        };
    Optional<String> chosen = facts.chosen().filter(slot -> sound(facts, slot));
    if (facts.request().relink() && chosen.isPresent()) {
      return new Decision(verdict, new Plan.PutAside(chosen.get()));
    }
    String reason = "the live file is " + facts.state().word();
    return refuse(
        verdict,
        facts.request().relink() ? reason + " and no sound slot was chosen before" : reason);
  }

  private static boolean sound(Facts facts, String slot) {
    return facts.states().getOrDefault(slot, SlotState.MISSING).sound();
  }

  private static Decision refuse(Verdict verdict, String reason) {
    return new Decision(verdict, new Plan.Refuse(false, reason));
  }

  private static Decision attention(Verdict verdict, String reason) {
    return new Decision(verdict, new Plan.Refuse(true, reason));
  }
}
