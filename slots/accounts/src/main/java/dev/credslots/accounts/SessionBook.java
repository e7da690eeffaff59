package dev.credslots.accounts;

import dev.credslots.ChangeOutcome;
import dev.credslots.SlotEvent;
import dev.credslots.SlotManager;
import dev.credslots.StateDocument;
import dev.credslots.StoreException;
import dev.credslots.SwitchOption;
import dev.credslots.SwitchOutcome;
import dev.credslots.accounts.SessionPin.Kind;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * Sessions that stay with a slot, kept in {@code .slots/sessions.json}: a conversation that goes on
 * with one login keeps what the provider has cached for it.
 *
 * <p>Immutable and thread-safe; any number of books and processes may work on one directory. What
 * only reads takes no lock. Every method throws a {@link StoreException} of kind {@code REFUSED} if
 * the file is not what this class writes; it is never taken for an empty one, nor overwritten.
 */
public final class SessionBook {
  private static final String FULL =
      "1,000 sessions are pinned by hand already; slots session end ID forgets one";

  private final SlotManager slots;
  private final RotationBook rotation;
  private final Clock clock;

  /**
   * @param rotation of the same manager
   */
  public SessionBook(SlotManager slots, RotationBook rotation, Clock clock) {
    this.slots = slots;
    this.rotation = rotation;
    this.clock = clock;
  }

  /** Which session is pinned to which slot; {@link Sessions#EMPTY} if none ever was. */
  public Sessions read() {
    return slots.document(StateDocument.SESSIONS).map(this::parsed).orElse(Sessions.EMPTY);
  }

  /**
   * Pins a session to a slot by hand, whatever it was pinned to. Switches nothing.
   *
   * @return {@code Refused} if the manager has no such slot, or 1,000 sessions are pinned by hand;
   *     {@code Deferred} if somebody else had the lock until the timeout
   * @throws IllegalArgumentException if it is no session's id
   */
  public ChangeOutcome pin(String session, String slot) {
    requireId(session);
    if (!slots.slots().contains(slot)) {
      String known = String.join(", ", slots.slots());
      return new ChangeOutcome.Refused(
          slot, Optional.empty(), "no such slot; there are " + known, List.of());
    }
    Instant now = now();
    boolean[] full = new boolean[1];
    boolean done =
        change(
            sessions -> {
              Optional<Sessions> pinned = sessions.pinned(session, slot, Kind.USER, now);
              full[0] = pinned.isEmpty();
              return pinned.orElse(sessions);
            });
    return full[0]
        ? new ChangeOutcome.Refused(slot, Optional.empty(), FULL, List.of())
        : changed(done, slot, "session " + session + " stays with " + slot);
  }

  /**
   * Forgets the session's pin, whoever made it: the session begins afresh, or is over.
   *
   * @return {@code Done} also if it had none; {@code Deferred} as {@link #pin}
   * @throws IllegalArgumentException if it is no session's id
   */
  public ChangeOutcome forget(String session) {
    requireId(session);
    return forget(session, read().pin(session), sessions -> sessions.without(session));
  }

  private ChangeOutcome forget(
      String session, Optional<SessionPin> before, UnaryOperator<Sessions> forgetting) {
    return changed(
        before.isEmpty() || change(forgetting),
        before.map(SessionPin::slot).orElse(""),
        "session "
            + session
            + before.map(pin -> " is no longer pinned to " + pin.slot()).orElse(" was not pinned"));
  }

  /**
   * After a session was compacted, so that nothing is cached for it: an automatic pin is forgotten.
   *
   * @return as {@link #forget}
   * @throws IllegalArgumentException if it is no session's id
   */
  public ChangeOutcome compacted(String session) {
    requireId(session);
    Optional<SessionPin> before = read().pin(session);
    boolean stays = before.filter(pin -> pin.kind() == Kind.USER).isPresent();
    return stays
        ? changed(
            true,
            before.get().slot(),
            "session " + session + " stays with " + before.get().slot() + ": it was pinned by hand")
        : forget(session, before, sessions -> sessions.compacted(session));
  }

  private static ChangeOutcome changed(boolean done, String slot, String message) {
    return done
        ? new ChangeOutcome.Done(slot, message, List.of())
        : new ChangeOutcome.Deferred(slot, List.of(), RotationBook.LOCKED, List.of());
  }

  /**
   * Switches to the session's slot. A session without one gets the next, as {@link
   * RotationBook#switchNext} chooses it, or the live one if there is no other, and is pinned to it
   * automatically. If an automatically pinned slot cools, is disabled, out of the order, refused or
   * gone, the session moves: to the slot that is live, if that may be used, else to the next.
   * Whoever asks for the same session meanwhile gets the same slot.
   *
   * @param options as for {@link SlotManager#switchTo}; with {@link SwitchOption#ifActive} nothing
   *     is chosen unless that slot is active
   * @return as {@link RotationBook#switchNext}; {@code Refused} also if the session is pinned by
   *     hand to a slot that cools, is disabled, refused or gone
   * @throws StoreException as {@link SlotManager#switchTo}, or if the rotation or the sessions
   *     cannot be read: nothing is switched then
   * @throws IllegalArgumentException if it is no session's id
   */
  public SwitchOutcome switchNext(String session, String reason, SwitchOption... options) {
    requireId(session);
    List<SwitchOption> asked = List.of(options);
    Optional<String> leaving = RotationBook.leaving(asked);
    if (leaving.isPresent() && !leaving.equals(rotation.active())) {
      return RotationBook.already(leaving.get(), rotation.active(), List.of());
    }
    Map<String, String> refusals = rotation.refusals(asked);
    // Ends: a turn that does not answer took a slot out, or somebody else made a decision.
    while (true) {
      Optional<SessionPin> pin = read().pin(session);
      Choosing choosing = rotation.choosing(rotation.active(), refusals);
      SessionDecision decision = SessionDecision.of(session, pin, choosing);
      if (decision instanceof SessionDecision.Stop stop) {
        return refused(stop.message());
      }
      String slot =
          decision instanceof SessionDecision.Move move
              ? move.slot()
              : ((SessionDecision.Stay) decision).pin().slot();
      Settled settled =
          asked.contains(SwitchOption.DRY_RUN) ? Settled.YES : settle(session, pin, decision);
      switch (settled) {
        case OTHERWISE -> {
          continue;
        }
        case FULL -> {
          return refused(FULL);
        }
        case LOCKED -> {
          return new SwitchOutcome.Deferred(slot, List.of(), RotationBook.LOCKED, List.of());
        }
        case YES -> {}
      }
      SwitchOutcome outcome = slots.switchTo(slot, reason, options);
      if (!(outcome instanceof SwitchOutcome.Refused refused) || refused.state().isEmpty()) {
        return outcome;
      }
      refusals.put(slot, refused.message());
    }
  }

  private static SwitchOutcome refused(String message) {
    return new SwitchOutcome.Refused("", Optional.empty(), message, List.of());
  }

  /** What became of a decision. */
  private enum Settled {
    /** It is on the disk. */
    YES,
    /** Meanwhile somebody else decided. */
    OTHERWISE,
    FULL,
    LOCKED
  }

  /** Writes the decision down, if the session is still pinned as when it was made. */
  private Settled settle(String session, Optional<SessionPin> seen, SessionDecision decision) {
    Instant now = now();
    if (decision instanceof SessionDecision.Stay stay && !stay.pin().isDue(now)) {
      return Settled.YES;
    }
    Settled[] settled = {Settled.LOCKED};
    change(
        sessions -> {
          Optional<SessionPin> found = sessions.pin(session);
          if (found.isPresent() != seen.isPresent()
              || found.filter(pin -> !pin.bindsAs(seen.orElseThrow())).isPresent()) {
            settled[0] = Settled.OTHERWISE;
            return sessions;
          }
          settled[0] = Settled.YES;
          if (!(decision instanceof SessionDecision.Move move)) {
            return sessions.used(session, now);
          }
          Optional<Sessions> pinned = sessions.pinned(session, move.slot(), Kind.AUTO, now);
          settled[0] = pinned.isPresent() ? Settled.YES : Settled.FULL;
          return pinned.orElse(sessions);
        });
    return settled[0];
  }

  /** Follows what happens to slots, as {@link RotationBook#listener} does. */
  public void follow(SlotEvent event) {
    boolean done = true;
    if (event instanceof SlotEvent.Renamed renamed && read().mentions(renamed.from())) {
      done = change(sessions -> sessions.renamed(renamed.from(), renamed.to()));
    } else if (event instanceof SlotEvent.Removed removed && read().mentions(removed.slot())) {
      done = change(sessions -> sessions.forgetting(removed.slot()));
    }
    if (!done) {
      throw new IllegalStateException(RotationBook.LOCKED);
    }
  }

  private boolean change(UnaryOperator<Sessions> change) {
    return slots.updateDocument(
        StateDocument.SESSIONS,
        before -> {
          Sessions old = before.map(this::parsed).orElse(Sessions.EMPTY);
          Sessions changed = change.apply(old);
          return changed.equals(old) ? Optional.empty() : Optional.of(SessionFile.write(changed));
        });
  }

  private Sessions parsed(byte[] bytes) {
    Path file = slots.directory().resolve(".slots").resolve(StateDocument.SESSIONS.fileName());
    return SessionFile.read(bytes, file);
  }

  private static void requireId(String session) {
    if (!Sessions.isId(session)) {
      throw new IllegalArgumentException(
          "a session's id is 1 to 128 printable ASCII characters without spaces");
    }
  }

  private Instant now() {
    return clock.instant().truncatedTo(ChronoUnit.MILLIS);
  }
}
