package dev.credslots;

import dev.credslots.credential.AccountId;
import dev.credslots.credential.AccountProfile;
import dev.credslots.credential.Credential;
import dev.credslots.credential.CredentialFormat.Reading;
import dev.credslots.credential.Fingerprint;
import dev.credslots.credential.IdentityBlock;
import dev.credslots.credential.MalformedJsonException;
import dev.credslots.credential.Renewal;
import dev.credslots.credential.SharedKeys;
import dev.credslots.credential.TokenReply;
import dev.credslots.internal.file.FileContent;
import dev.credslots.internal.file.Journal;
import dev.credslots.internal.file.JournalRecord;
import dev.credslots.internal.file.JournalRecord.Field;
import dev.credslots.internal.file.RecoveryFile;
import dev.credslots.internal.file.Stash;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Where a login goes that a server has just given: into the slot it was asked for if it is the
 * slot's person's, else into the stash. Under the lock.
 */
final class LoginHome {
  private final Settings settings;
  private final SlotDirectory directory;
  private final Captures captures;
  private final Homecoming homecoming;
  private final Splicing splicing;
  private final Stash stash;
  private final SlotFiles files;

  LoginHome(
      Settings settings,
      SlotDirectory directory,
      Captures captures,
      Homecoming homecoming,
      Splicing splicing) {
    this.settings = settings;
    this.directory = directory;
    this.captures = captures;
    this.homecoming = homecoming;
    this.splicing = splicing;
    this.stash = new Stash(settings.layout());
    this.files = new SlotFiles(settings.layout());
  }

  /**
   * Whose the login is by what its own file will say; empty for a client whose file names nobody.
   */
  Optional<AccountProfile> named(RecoveryFile.Content content) {
    RecoveryFile.Reply answer = content.reply().orElseThrow();
    if (!(TokenReply.parse(answer.body()) instanceof TokenReply.Granted granted)) {
      return Optional.empty();
    }
    try {
      byte[] file =
          settings
              .format()
              .created(renewal(granted, answer.at()), Optional.empty(), Optional.empty());
      return credential(file)
          .flatMap(Credential::account)
          .flatMap(IdentityBlock::naming)
          .map(block -> new AccountProfile(block, Optional.empty(), Optional.empty()));
    } catch (MalformedJsonException e) {
      return Optional.empty(); // Nor can it be stored, which is where that is said.
    }
  }

  private Optional<Credential> credential(byte[] file) {
    return settings.format().read(file) instanceof Reading.Login login
        ? Optional.of(login.credential())
        : Optional.empty();
  }

  /** What became of a login. */
  sealed interface Place {
    /** It is the slot's. */
    record InSlot(boolean added, Instant expiresAt) implements Place {}

    /** It is in the stash. */
    record InStash(String reason, Fingerprint entry) implements Place {}

    /** There was none in the reply. */
    record Nowhere(String reason) implements Place {}
  }

  /**
   * Stores the login in the slot, or puts it aside.
   *
   * @param whose empty if nobody could find out
   * @param accept whether the operator takes it whosever it is
   * @throws Exclusive.Later if a client has the locks of a live slot: nothing is changed
   */
  Place store(
      RecoveryFile.Content content,
      Optional<AccountProfile> whose,
      boolean accept,
      Journal journal,
      ClientLocks locks,
      Notices notices)
      throws IOException {
    String slot = content.header().slot();
    RecoveryFile.Reply answer = content.reply().orElseThrow();
    if (!(TokenReply.parse(answer.body()) instanceof TokenReply.Granted granted)) {
      return putAside(content, "", journal, notices);
    }
    SlotReading before = directory.read(slot);
    Optional<String> refusal = refusal(slot, before, whose, accept);
    if (refusal.isPresent()) {
      return putAside(content, refusal.get(), journal, notices);
    }
    boolean live = files.isLive(slot);
    if (live && !locks.held() && !locks.tryAcquire(journal)) {
      throw new Exclusive.Later(Messages.clientBusy(locks.busy()));
    }
    boolean added = !files.present(slot);
    byte[] bytes = file(granted, answer.at(), whose, before);
    Instant now = settings.clock().instant();
    JournalRecord begun =
        journal.begin(
            now,
            Intent.to("login")
                .with(Field.SLOT, slot)
                .hash(Field.TARGET, Optional.of(Fingerprint.ofBytes(bytes)))
                .fields());
    Journal.Known known = journal.state().known();
    if (!write(slot, added, before, bytes, whose.map(AccountProfile::account), locks)) {
      journal.end(begun, now, known, Intent.outcome("refused").fields());
      throw new Exclusive.Later(Messages.beingChanged(slot));
    }
    if (live) {
      SlotReading stored = directory.read(slot);
      files.freshen(slot, now.toEpochMilli(), stored.modified(), before.modified());
      known =
          splicing
              .afterTurn(slot, stored, known, locks, notices)
              .choosing(journal.state().chosen());
    }
    journal.end(begun, now, known, Intent.outcome("logged-in").fields());
    notices.event(added ? new SlotEvent.Added(now, slot) : new SlotEvent.Captured(now, slot));
    // What the file says: the end may be in the token, and not as the reply has it.
    Optional<Instant> end = credential(bytes).flatMap(Credential::expiresAt);
    return new Place.InSlot(added, end.orElse(answer.at().plus(granted.lifetime())));
  }

  /** False if somebody else has just made a slot of that name. */
  private boolean write(
      String slot,
      boolean added,
      SlotReading before,
      byte[] bytes,
      Optional<IdentityBlock> account,
      ClientLocks locks)
      throws IOException {
    captures.keep(slot, before);
    locks.requireOurs();
    if (!added) {
      // Until the new login is on record the slot must not be on record as another's.
      captures.prepareFor(slot, before, account.map(IdentityBlock::account));
      homecoming.store(slot, before, bytes);
    } else if (!files.create(slot, bytes)) {
      return false;
    }
    Optional<Credential> login = credential(bytes);
    if (login.isPresent()) {
      captures.captureLogin(slot, login.get(), account);
    }
    return true;
  }

  /** Why the slot may not have the login, as the middle of a sentence. */
  private Optional<String> refusal(
      String slot, SlotReading before, Optional<AccountProfile> whose, boolean accept) {
    if (before.content() instanceof FileContent.Refused refused) {
      return Optional.of("slot " + slot + " is " + refused.reason());
    }
    if (accept) {
      return Optional.empty();
    }
    Optional<AccountId> had = before.accountId();
    if (whose.isEmpty()) {
      return had.map(
          account ->
              "nobody could say whose login it is, and slot " + slot + " is " + named(account));
    }
    AccountId is = whose.get().account().account();
    if (had.isPresent()) {
      return is.sameAs(had.get())
          ? Optional.empty()
          : Optional.of("it is " + named(is) + ", and slot " + slot + " is " + named(had.get()));
    }
    for (String other : directory.names()) {
      if (!other.equals(slot) && Identities.belongs(directory.read(other), is)) {
        return Optional.of("it is " + named(is) + ", as slot " + other + " is");
      }
    }
    return Optional.empty();
  }

  /** As people know it, in the genitive. */
  private static String named(AccountId account) {
    return shown(account) + "'s";
  }

  static String shown(AccountId account) {
    return account.emailAddress().orElse(account.accountUuid());
  }

  /**
   * A file with the login and, of what the slot had, the keys that are the machine's. What the
   * client knows of the plan is of the same person's earlier login where the provider did not say.
   */
  private byte[] file(
      TokenReply.Granted granted, Instant at, Optional<AccountProfile> whose, SlotReading before)
      throws IOException {
    Optional<Credential> earlier =
        whose.isEmpty() || same(before, whose.get()) ? before.credential() : Optional.empty();
    byte[] created =
        created(
            renewal(granted, at),
            whose
                .flatMap(AccountProfile::subscriptionType)
                .or(() -> earlier.flatMap(Credential::subscriptionType)),
            whose
                .flatMap(AccountProfile::rateLimitTier)
                .or(() -> earlier.flatMap(Credential::rateLimitTier)));
    if (before.bytes().isEmpty()) {
      return created;
    }
    try {
      return new SharedKeys(settings.format().sharedKeys(before.bytes().get()))
          .carry(before.bytes().get(), created)
          .orElse(created);
    } catch (MalformedJsonException e) {
      return created; // What the slot had was no file of the client's.
    }
  }

  private static boolean same(SlotReading slot, AccountProfile whose) {
    return Identities.belongs(slot, whose.account().account());
  }

  private static Renewal renewal(TokenReply.Granted granted, Instant at) {
    return new Renewal(
        Optional.of(granted.accessToken()),
        granted.refreshToken(),
        Optional.of(at.plus(granted.lifetime())),
        granted.loginLifetime().map(at::plus),
        granted.scopes(),
        granted.idToken(),
        Optional.of(at));
  }

  private byte[] created(
      Renewal login, Optional<String> subscriptionType, Optional<String> rateLimitTier)
      throws IOException {
    try {
      return settings.format().created(login, subscriptionType, rateLimitTier);
    } catch (MalformedJsonException e) {
      throw new IOException("a login cannot be written", e);
    }
  }

  /** Whether the slot has what was granted: a killed command had stored it. */
  boolean has(SlotReading slot, TokenReply.Granted granted) {
    return slot.credential()
        .flatMap(Credential::accessToken)
        .equals(Optional.of(granted.accessToken()));
  }

  /**
   * Puts a login into the stash, for a person to claim. The bytes follow from the reply alone, so
   * that who does it again after a kill finds it done.
   */
  Place putAside(RecoveryFile.Content content, String because, Journal journal, Notices notices)
      throws IOException {
    RecoveryFile.Reply answer = content.reply().orElseThrow();
    TokenReply reply = TokenReply.parse(answer.body());
    if (reply instanceof TokenReply.Nothing nothing) {
      return new Place.Nowhere(nothing.reason());
    }
    String reason = because;
    Renewal login;
    if (reply instanceof TokenReply.Doubtful doubtful) {
      reason = "the server's answer " + doubtful.reason();
      login =
          new Renewal(
              doubtful.accessToken(),
              doubtful.refreshToken(),
              Optional.empty(),
              Optional.empty(),
              List.of());
    } else {
      login = renewal((TokenReply.Granted) reply, answer.at());
    }
    byte[] bytes = created(login, Optional.empty(), Optional.empty());
    Instant now = settings.clock().instant();
    JournalRecord begun =
        journal.begin(now, Intent.to("login").with(Field.SLOT, content.header().slot()).fields());
    Fingerprint entry = stash.keep(bytes);
    journal.end(begun, now, journal.state().known(), Intent.outcome("stashed").fields());
    notices.event(new SlotEvent.Stashed(now, entry.sha256(), reason));
    return new Place.InStash(reason, entry);
  }
}
