package dev.credslots.accounts;

import dev.credslots.accounts.Next.State;
import dev.credslots.accounts.SessionPin.Kind;
import java.util.Optional;

/** Where a session's next call goes, decided from values alone. */
sealed interface SessionDecision {

  /** To the slot it is pinned to. */
  record Stay(SessionPin pin) implements SessionDecision {}

  /** To this slot, and it is pinned to it automatically. */
  record Move(String slot) implements SessionDecision {}

  /** Nowhere. */
  record Stop(String message) implements SessionDecision {}

  /**
   * Decides.
   *
   * @param pin the session's, if it is not new
   * @param choosing the slots, and which one is live
   */
  static SessionDecision of(String session, Optional<SessionPin> pin, Choosing choosing) {
    if (pin.isEmpty()) {
      return choosing.next() instanceof Next.Chosen next
          ? new Move(next.slot())
          : live(session, choosing);
    }
    SessionPin kept = pin.get();
    if (kept.kind() == Kind.USER) {
      Optional<String> problem = problem(kept.slot(), choosing.withoutOrder());
      return problem.isEmpty() ? new Stay(kept) : new Stop(advice(session, problem.get()));
    }
    if (isUsable(kept.slot(), choosing)) {
      return new Stay(kept);
    }
    // Of many sessions that were on one slot, the first turns the link and the others come after:
    // did each take the next after the live one, they would turn it for ever.
    SessionDecision live = live(session, choosing);
    return live instanceof Stop && choosing.next() instanceof Next.Chosen next
        ? new Move(next.slot())
        : live;
  }

  /** To the slot that is live, if it may be used. */
  private static SessionDecision live(String session, Choosing choosing) {
    return choosing
        .active()
        .filter(live -> isUsable(live, choosing))
        .<SessionDecision>map(Move::new)
        .orElseGet(
            () ->
                new Stop(
                    "session " + session + ": " + choosing.asIfNoneWereActive().next().message()));
  }

  private static boolean isUsable(String slot, Choosing choosing) {
    return choosing
        .standingOf(slot)
        .filter(standing -> standing.state() == State.ELIGIBLE)
        .isPresent();
  }

  /** Why the slot cannot be used; empty if it can. */
  private static Optional<String> problem(String slot, Choosing choosing) {
    Optional<Next.Standing> standing = choosing.standingOf(slot);
    if (standing.isEmpty()) {
      return Optional.of("there is no slot " + slot);
    }
    return standing.map(Next.Standing::sentence).filter(sentence -> !sentence.isEmpty());
  }

  /** What to do where a pinned slot cannot be used. */
  static String advice(String session, String problem) {
    return "session "
        + session
        + " is pinned by hand: "
        + problem
        + "; slots session reset "
        + session
        + " lets it move, slots session pin "
        + session
        + " SLOT pins another slot";
  }
}
