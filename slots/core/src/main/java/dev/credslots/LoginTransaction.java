package dev.credslots;

import dev.credslots.credential.AccountProfile;
import dev.credslots.credential.IdentityBlock;
import dev.credslots.internal.file.Deadline;
import dev.credslots.internal.file.RecoveryFile;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * One login of one slot, from the moment when everything is in place to exchange a code for it. The
 * network code exchanges; what it commits goes through here:
 *
 * <ol>
 *   <li>{@link #received}, with the reply as it came, before anything else is done with it: it is
 *       durable afterwards;
 *   <li>{@link #commit}, once it was asked whose login it is, or {@link #failed} or {@link
 *       #refused};
 *   <li>{@link #close()}, in any case.
 * </ol>
 *
 * <p>Holds the slot's lease, so that nobody renews the login that is about to be replaced; never
 * the lock under which slots change, so that other slots can be switched meanwhile. Killed at any
 * moment, the next command that changes something puts a reply that was received into the stash,
 * unless the slot has it. Confined to the thread that began it.
 */
public final class LoginTransaction implements AutoCloseable {
  private final Settings settings;
  private final String slot;
  private final Resources held;
  private final Exclusive exclusive;
  private final LoginHome home;
  private final Custody custody;
  private final Notices notices;

  LoginTransaction(
      Settings settings,
      String slot,
      Resources held,
      Exclusive exclusive,
      Adoption adoption,
      LoginHome home,
      Consumer<String> trouble,
      List<Warning> before) {
    this.settings = settings;
    this.slot = slot;
    this.held = held;
    this.exclusive = exclusive;
    this.home = home;
    this.custody = new Custody("the new login for " + slot, held, adoption, trouble);
    this.notices = new Notices(settings);
    before.forEach(notices::warn);
  }

  /** The slot that is to get the login. */
  public String slot() {
    return slot;
  }

  /**
   * Keeps a reply: in the file that was allocated for it, else in the runtime directory. It is
   * durable afterwards, unless neither can be written: then {@link #commit} goes on trying.
   *
   * @param reply the body of a reply with a 2xx status, as it came
   */
  public void received(byte[] reply) {
    Instant at = settings.clock().instant();
    custody.received(new RecoveryFile.Header(slot, Optional.empty(), at, at), reply, at);
  }

  /**
   * Stores what was received in the slot if it is the login of the account that the slot is on
   * record as; else in the stash. So also where nobody can say whose it is and the slot is on
   * record, where another slot is on record as that account and this one is not, and where a client
   * is writing a live slot until the lock timeout. The login is durable afterwards, and so is its
   * account.
   *
   * @param whose empty if nobody could find out; of a client whose file says whose login it is,
   *     what that says counts instead
   * @param accept take it whosever it is
   * @throws StoreException if nothing can be written; the reply is safe, and the next command that
   *     changes something puts it in the stash
   */
  public LoginOutcome commit(Optional<AccountProfile> whose, boolean accept) {
    RecoveryFile.Content content = custody.content();
    Optional<AccountProfile> known = home.named(content).or(() -> whose);
    LoginOutcome outcome = custody.bringHome(() -> committed(content, known, accept));
    notices.tell();
    return outcome;
  }

  private LoginOutcome committed(
      RecoveryFile.Content content, Optional<AccountProfile> whose, boolean accept) {
    Optional<LoginHome.Place> place =
        locked(
            "storing the new login of " + slot,
            (journal, locks) -> home.store(content, whose, accept, journal, locks, notices));
    if (place.isPresent()) {
      custody.settled();
      return outcome(place.get(), whose);
    }
    String blocked = notices.blocked();
    Optional<LoginHome.Place> aside =
        locked(
            "putting the new login of " + slot + " aside",
            (journal, locks) -> home.putAside(content, blocked, journal, notices));
    if (aside.isPresent()) {
      custody.settled();
    }
    if (aside.isPresent() && aside.get() instanceof LoginHome.Place.InStash stashed) {
      return new LoginOutcome.Deferred(
          slot,
          Optional.of(stashed.entry().sha256()),
          blocked + "; " + Messages.loginInStash(slot, stashed.entry()),
          notices.warnings());
    }
    return new LoginOutcome.Deferred(
        slot,
        Optional.empty(),
        blocked + "; the new login is safe and the next command puts it in the stash",
        notices.warnings());
  }

  private Optional<LoginHome.Place> locked(String doing, Exclusive.Body<LoginHome.Place> body) {
    return exclusive.run(
        doing,
        Exclusive.Scope.OURS,
        Optional.of(slot),
        notices,
        Deadline.in(settings.lockTimeout()),
        body);
  }

  private LoginOutcome outcome(LoginHome.Place place, Optional<AccountProfile> whose) {
    if (place instanceof LoginHome.Place.InStash stashed) {
      return new LoginOutcome.Refused(
          slot,
          Optional.of(stashed.entry().sha256()),
          "not stored in "
              + slot
              + ": "
              + stashed.reason()
              + "; "
              + Messages.loginInStash(slot, stashed.entry()),
          notices.warnings());
    }
    if (place instanceof LoginHome.Place.Nowhere nowhere) {
      return failed("the token server's answer " + nowhere.reason());
    }
    LoginHome.Place.InSlot stored = (LoginHome.Place.InSlot) place;
    Optional<String> account =
        whose.map(AccountProfile::account).map(IdentityBlock::account).map(LoginHome::shown);
    if (account.isEmpty()) {
      notices.warn(
          "account-unknown",
          "nobody could say whose login it is: after a switch the client may show another account,"
              + " and the next login of slot "
              + slot
              + " cannot be compared");
    }
    String who = account.map(name -> " as " + name).orElse("");
    return new LoginOutcome.LoggedIn(
        slot,
        stored.added(),
        stored.expiresAt(),
        account,
        stored.added()
            ? "logged in"
                + who
                + ": slot "
                + slot
                + " is new; slots switch "
                + slot
                + " makes it live"
            : "logged in" + who + ": slot " + slot + " has the new login, the old one is kept",
        notices.warnings());
  }

  /** What a person should know besides, whatever becomes of it. */
  public void warn(Warning warning) {
    notices.warn(warning);
  }

  /** No login came, and the slot is as it was. */
  public LoginOutcome failed(String because) {
    return new LoginOutcome.Failed(
        slot, "not logged in to " + slot + ": " + because, notices.warnings());
  }

  /** The server would not give one. */
  public LoginOutcome refused(String because) {
    return new LoginOutcome.Refused(
        slot, Optional.empty(), "not logged in to " + slot + ": " + because, notices.warnings());
  }

  /** The server asked to be left alone. */
  public LoginOutcome deferred(String because) {
    return new LoginOutcome.Deferred(
        slot, Optional.empty(), "deferred: " + because + "; try again", notices.warnings());
  }

  /**
   * Lets go of the lease. A reply that was received and not stored is left for the next command.
   */
  @Override
  public void close() {
    held.release(custody.over());
  }
}
