package dev.credslots;

import dev.credslots.credential.Credential;
import dev.credslots.credential.Fingerprint;
import dev.credslots.credential.Secret;
import dev.credslots.internal.file.Deadline;
import dev.credslots.internal.file.Journal;
import dev.credslots.internal.file.JournalRecord;
import dev.credslots.internal.file.JournalRecord.Field;
import dev.credslots.internal.file.RecoveryFile;
import dev.credslots.internal.file.SlotRecord;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * One renewal of one slot, from the moment when everything is in place to ask its server. The
 * network code asks; what it commits goes through here:
 *
 * <ol>
 *   <li>{@link #stillCurrent()}, right before the request is sent;
 *   <li>{@link #received}, with the reply as it came, before anything else is done with it: it is
 *       durable afterwards;
 *   <li>{@link #commit}, or one of the other ends;
 *   <li>{@link #close()}, in any case.
 * </ol>
 *
 * <p>Holds the slot's lease, and the client's locks if the slot is live; never the lock under which
 * slots change, so that other slots can be switched meanwhile. The client's locks are not touched:
 * clients respect them for 60 s [source], a request takes 30 s at most. Killed at any moment, the
 * next command that changes something adopts the reply, if one had been received. Confined to the
 * thread that began it.
 */
public final class RefreshTransaction implements AutoCloseable {
  private static final Duration LONGEST_RETRY_AFTER = Duration.ofHours(1);

  private final Settings settings;
  private final String slot;
  private final Credential login;
  private final Fingerprint posted;
  private final boolean live;
  private final Resources held;
  private final Parts parts;
  private final Custody custody;
  private final Notices notices;

  /** What it works with. */
  record Parts(
      SlotDirectory directory,
      Exclusive exclusive,
      Adoption adoption,
      Captures captures,
      SlotFiles files) {}

  RefreshTransaction(
      Settings settings,
      String slot,
      Credential login,
      boolean live,
      Resources held,
      Parts parts,
      Consumer<String> trouble,
      List<Warning> before) {
    this.settings = settings;
    this.slot = slot;
    this.login = login;
    this.posted = login.fingerprint().orElseThrow();
    this.live = live;
    this.held = held;
    this.parts = parts;
    this.custody = new Custody("the renewed login of " + slot, held, parts.adoption(), trouble);
    this.notices = new Notices(settings);
    before.forEach(notices::warn);
  }

  /** The slot whose login is to be renewed. */
  public String slot() {
    return slot;
  }

  /** The token to post. */
  public Secret refreshToken() {
    return login.usableRefreshToken().orElseThrow();
  }

  /** The scopes the login has, as far as its file says. */
  public List<String> scopes() {
    return login.scopes();
  }

  /**
   * Whether everything still is as when this began: the lease and the client's locks ours, a live
   * slot live, the token the slot's. If not, nothing may be sent.
   *
   * @throws StoreException if it cannot be found out
   */
  public boolean stillCurrent() {
    try {
      return held.lease != null
          && held.lease.stillOurs()
          && (held.client == null || held.client.stillOurs())
          && (!live || parts.files().isLive(slot))
          && parts.directory().read(slot).token().equals(Optional.of(posted));
    } catch (IOException e) {
      throw Failures.failed("looking at the locks of " + slot, e);
    }
  }

  /**
   * Keeps a reply: in the file that was allocated for it, else in the runtime directory. It is
   * durable afterwards, unless neither can be written: then {@link #commit} goes on trying.
   *
   * @param reply the body of a reply with a 2xx status, as it came
   */
  public void received(byte[] reply) {
    Instant at = settings.clock().instant();
    custody.received(new RecoveryFile.Header(slot, Optional.of(posted), at, at), reply, at);
  }

  /**
   * Stores what was received in the slot, if the posted token is still the slot's; else where that
   * token is, else in the stash. The new login is durable afterwards.
   *
   * @throws StoreException if the slot cannot be written; the reply is safe, and the next command
   *     that changes something stores it
   */
  public RefreshOutcome commit() {
    RecoveryFile.Content content = custody.content();
    return custody.bringHome(() -> committed(content));
  }

  private RefreshOutcome committed(RecoveryFile.Content content) {
    Optional<Adoption.Home> home =
        parts
            .exclusive()
            .run(
                "storing the renewed login of " + slot,
                Exclusive.Scope.OURS,
                Optional.of(slot),
                notices,
                Deadline.in(settings.lockTimeout()),
                (journal, locks) -> parts.adoption().store(content, journal, notices));
    if (home.isEmpty()) {
      return new RefreshOutcome.Deferred(
          slot,
          Optional.empty(),
          notices.blocked() + "; the renewed login is safe and the next command stores it",
          notices.warnings());
    }
    custody.settled();
    notices.tell();
    return outcome(home.get());
  }

  private RefreshOutcome outcome(Adoption.Home home) {
    if (home instanceof Adoption.Home.Stored done) {
      String where = done.slot().equals(slot) ? slot : slot + ", now " + done.slot() + ",";
      return new RefreshOutcome.Refreshed(
          slot,
          done.expiresAt(),
          "renewed " + where + " until " + done.expiresAt(),
          notices.warnings());
    }
    if (home instanceof Adoption.Home.Stashed stashed) {
      return new RefreshOutcome.Refused(
          slot,
          Messages.renewedToStash(slot, stashed.reason(), stashed.entry()),
          notices.warnings());
    }
    return failed("the token server's answer " + ((Adoption.Home.Nothing) home).reason());
  }

  /**
   * The server says that the login is over ({@code invalid_grant}). Looks again first: somebody may
   * have renewed it. Otherwise this generation is condemned, and not used or posted again.
   *
   * @throws StoreException as {@link SlotManager#switchTo}
   */
  public RefreshOutcome invalidGrant() {
    Optional<RefreshOutcome> outcome =
        parts
            .exclusive()
            .run(
                "condemning the login of " + slot,
                Exclusive.Scope.OURS,
                Optional.of(slot),
                notices,
                Deadline.in(settings.lockTimeout()),
                (journal, locks) -> condemn(journal));
    notices.tell();
    return outcome.orElseGet(
        () ->
            new RefreshOutcome.Deferred(
                slot, Optional.empty(), notices.blocked(), notices.warnings()));
  }

  private RefreshOutcome condemn(Journal journal) throws IOException {
    SlotReading reading = parts.directory().read(slot);
    if (!reading.token().equals(Optional.of(posted))) {
      return new RefreshOutcome.Unchanged(
          slot, slot + " has been renewed meanwhile", notices.warnings());
    }
    Instant now = settings.clock().instant();
    JournalRecord begun = journal.begin(now, Intent.to("report").with(Field.SLOT, slot).fields());
    SlotRecord record = reading.record().condemning(posted);
    Optional<Fingerprint> generation = login.generation();
    parts.captures().remember(slot, generation.map(record::condemning).orElse(record));
    journal.end(begun, now, journal.state().known(), Intent.outcome("rejected").fields());
    return new RefreshOutcome.Refused(
        slot,
        "the token server says that the login of "
            + slot
            + " is over (invalid_grant); log in again",
        notices.warnings());
  }

  /**
   * The server asked to be left alone; nobody asks it for this slot before {@code until}, at most
   * an hour.
   *
   * @throws StoreException as {@link SlotManager#switchTo}
   */
  public RefreshOutcome postponed(Instant until, String because) {
    Instant now = settings.clock().instant();
    Instant latest = now.plus(LONGEST_RETRY_AFTER);
    Instant then = until.isAfter(latest) ? latest : until;
    parts
        .exclusive()
        .run(
            "postponing the renewal of " + slot,
            Exclusive.Scope.OURS,
            Optional.of(slot),
            notices,
            Deadline.in(settings.lockTimeout()),
            (journal, locks) -> {
              SlotRecord record = parts.directory().read(slot).record();
              parts.captures().remember(slot, record.retryingAfter(Optional.of(then)));
              return true;
            });
    return new RefreshOutcome.Deferred(
        slot,
        Optional.of(then),
        "deferred: " + because + "; try again after " + then,
        notices.warnings());
  }

  /** It did not work, and surely nothing was used up. */
  public RefreshOutcome failed(String because) {
    return new RefreshOutcome.Failed(
        slot,
        "could not renew " + slot + ": " + because + "; its login is as it was",
        notices.warnings());
  }

  /** It was sent and no answer came. */
  public RefreshOutcome unknown(String because) {
    return new RefreshOutcome.Unknown(
        slot,
        "nobody knows whether "
            + slot
            + " was renewed: "
            + because
            + "; its login may be used up: slots auth refresh "
            + slot
            + " finds out, and if it is refused, log in again",
        notices.warnings());
  }

  /**
   * Lets go of the locks. A reply that was received and not stored is left for the next command.
   */
  @Override
  public void close() {
    held.release(custody.over());
  }
}
