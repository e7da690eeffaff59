package dev.credslots;

import dev.credslots.credential.AccountId;
import dev.credslots.credential.Credential;
import dev.credslots.credential.Fingerprint;
import dev.credslots.internal.file.Journal;
import dev.credslots.internal.file.JournalRecord;
import dev.credslots.internal.file.JournalRecord.Field;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/**
 * Named credential files beside a live link, and the safe ways to turn the link.
 *
 * <pre>{@code
 * ~/.claude/.credentials.json         -> .credentials.json.bob     the live link
 * ~/.claude/.credentials.json.bob     slot "bob"
 * ~/.claude/.credentials.json.alice   slot "alice"
 * }</pre>
 *
 * <p>Immutable and thread-safe; any number of managers and processes may work on one directory.
 *
 * <p><b>What blocks.</b> Methods that only read take no lock and never wait. Methods that change
 * something wait for other threads and processes until the lock timeout, then answer {@code
 * Deferred}; {@link SwitchOption#waitUpTo} adds a wait for holds before that. An interrupt ends a
 * wait with {@code Deferred} and leaves the thread interrupted; one that strikes during the short
 * change itself is answered by finishing or undoing the change first.
 *
 * <p><b>What is true after a failure.</b> A {@link StoreException} leaves the live path as it was
 * or as the method was to leave it, complete and never dangling; every credential is still on disk;
 * what was begun is finished or undone at the latest by the next changing call on the directory,
 * from whatever process.
 */
public final class SlotManager {
  private final Settings settings;
  private final SlotDirectory directory;
  private final Switching switching;
  private final Healing healing;
  private final Registering registering;
  private final Keeping keeping;
  private final Diagnosis diagnosis;
  private final Refreshing refreshing;
  private final LoggingIn loggingIn;
  private final Documents documents;
  private final Exporting exporting;
  private final Identity identity;

  SlotManager(Settings settings) {
    this.settings = settings;
    this.directory = new SlotDirectory(settings);
    Identity identity = new Identity(settings.identityFile());
    this.identity = identity;
    Captures captures = new Captures(settings, directory);
    Splicing splicing = new Splicing(settings, identity);
    Homecoming homecoming = new Homecoming(settings, directory, captures, identity);
    Recovery recovery = new Recovery(settings, directory, captures, homecoming);
    LoginHome logins = new LoginHome(settings, directory, captures, homecoming, splicing);
    Adoption adoption = new Adoption(settings, directory, captures, homecoming, logins);
    Exclusive exclusive = new Exclusive(settings, directory, recovery, adoption, splicing);
    Changes changes = new Changes(settings, exclusive);
    this.switching =
        new Switching(
            settings,
            directory,
            exclusive,
            captures,
            homecoming,
            splicing,
            adoption,
            this::renewed);
    this.healing =
        new Healing(settings, directory, exclusive, captures, homecoming, splicing, identity);
    this.refreshing =
        new Refreshing(settings, directory, exclusive, adoption, captures, identity, healing);
    this.loggingIn = new LoggingIn(settings, directory, exclusive, adoption, logins, healing);
    this.registering =
        new Registering(settings, directory, changes, captures, homecoming, identity);
    this.keeping = new Keeping(settings, directory, changes, captures, homecoming);
    this.exporting = new Exporting(settings, directory);
    this.documents = new Documents(settings, exclusive);
    this.diagnosis = new Diagnosis(settings, directory, exclusive, adoption);
  }

  /**
   * Begins a manager of the slots in {@code credentialsDirectory}.
   *
   * @param credentialsDirectory on any file system with symbolic links; it need not exist yet
   */
  public static SlotManagerBuilder builder(Path credentialsDirectory) {
    return new SlotManagerBuilder(credentialsDirectory);
  }

  Settings settings() {
    return settings;
  }

  /** The credentials directory, absolute. */
  public Path directory() {
    return settings.layout().directory();
  }

  /** How long before its end a token counts as ending. */
  public Duration grace() {
    return settings.grace();
  }

  /** Every slot this manager cares for, in its order, whether its file exists or not. */
  public List<String> slots() {
    return directory.names();
  }

  /**
   * The slots whose files exist, in the manager's order; whether they are any good is not asked.
   */
  public List<String> availableSlots() {
    return directory.names().stream().filter(directory::exists).toList();
  }

  /**
   * The slot the live link leads to, by resolved paths. Empty for a regular file (a client wrote
   * it), a broken link, a link elsewhere, and nothing.
   */
  public Optional<String> activeSlot() {
    return directory.active();
  }

  /** The slot an operator last chose, by the journal, whatever the live path is now. */
  public Optional<String> chosenSlot() {
    return journal().chosen();
  }

  /** The end of the slot's access token; empty if there is none that can be used. */
  public Optional<Instant> expiry(String slot) {
    return freshness(slot).expiresAt();
  }

  /** What the slot's file and the manager's clock and grace say. Never throws for the file. */
  public Freshness freshness(String slot) {
    return freshness(slot, settings.grace(), settings.clock().instant());
  }

  /**
   * What the slot's file says at {@code now}.
   *
   * @param grace how long before its end a token counts as ending; not negative
   */
  public Freshness freshness(String slot, Duration grace, Instant now) {
    requireNotNegative("grace", grace);
    return SlotNames.problem(slot).isPresent()
        ? unknownFreshness(slot)
        : directory.freshness(slot, directory.read(slot), grace, now);
  }

  private static Freshness unknownFreshness(String slot) {
    return new Freshness(
        slot,
        dev.credslots.credential.SlotState.MISSING,
        Optional.empty(),
        Optional.empty(),
        SlotNames.problem(slot).orElseThrow());
  }

  /** Whether {@link #switchTo} would activate the slot, holds apart, and why not. */
  public Optional<String> refusal(String slot) {
    return refusal(slot, settings.expiryPolicy());
  }

  /**
   * As {@link #refusal(String)}, under another policy, as {@link SwitchOption#ifExpired} has it.
   */
  public Optional<String> refusal(String slot, ExpiryPolicy policy) {
    return Activation.refusal(slot, freshness(slot), policy, settings.renewer().isPresent(), false);
  }

  /**
   * The live bytes against every slot's. Empty only when nothing is at the live path; a broken link
   * is drift without a live hash, and so is what cannot be read.
   */
  public Optional<Drift> detectDrift() {
    return new StatusReading(settings, directory, identity).drift();
  }

  /**
   * The slot's refresh token against the captured one.
   *
   * @throws IllegalArgumentException if the manager has no such slot
   */
  public IdentityDrift detectIdentityDrift(String slot) {
    if (!directory.names().contains(slot)) {
      throw new IllegalArgumentException(
          Messages.unknownSlot(slot, directory.names(), settings.layout()));
    }
    return new Identities(directory).of(slot, directory.read(slot), () -> loggedInTo(slot));
  }

  /** Who logged in since our last change, if that can be the login in {@code slot}. */
  private Optional<AccountId> loggedInTo(String slot) {
    return directory.active().equals(Optional.of(slot))
        ? Memory.of(journal(), identity).loggedIn()
        : Optional.empty();
  }

  private Journal.State journal() {
    try {
      return Journal.peek(settings.layout());
    } catch (IOException e) {
      throw Failures.failed("reading the journal", e);
    }
  }

  /** The whole directory at one moment. */
  public Status status() {
    return new StatusReading(settings, directory, identity).status();
  }

  /** The login at the live path, and whose it is by the client's identity file. */
  public LiveLogin liveLogin() {
    return LiveLogin.read(settings, directory, identity);
  }

  /**
   * The slot that has or had the refresh token of a login that lies elsewhere, or is on record as
   * its account's: two copies of one login revoke each other when both refresh.
   */
  public Optional<String> slotSharing(LiveLogin login) {
    return login.slotIn(directory);
  }

  /** Who is busy now, by every guard. */
  public List<Hold> holds() {
    return new Holds(settings.guards()).now();
  }

  /**
   * Turns the live link to {@code slot}. The outgoing live content is brought home first: equal
   * bytes need nothing, a login known to be a slot's is stored there, anything else goes to the
   * stash with a warning.
   *
   * <p>The first turn of a JVM loads a native library, on Linux, which takes some 60 ms: the link
   * is exchanged, not renamed over, so that a file a client puts there at that instant is kept.
   *
   * @param slot the target
   * @param reason for listeners and the log, in the caller's words; cut to 1,000 characters
   * @return never null; {@code Switched} only once the turn is durable
   * @throws StoreException if the directory is refused or a read or write failed: the live link
   *     leads where it led, or to {@code slot}, and never nowhere
   */
  public SwitchOutcome switchTo(String slot, String reason, SwitchOption... options) {
    Objects.requireNonNull(reason, "reason");
    return switching.switchTo(slot, reason, List.of(options));
  }

  /**
   * Brings a live file home that a client renamed over the link, when the evidence says whose it
   * is. Unresolved: a copy goes to the stash and the live file stays.
   *
   * @throws StoreException as {@link #switchTo}
   */
  public HealOutcome heal(HealOption... options) {
    return healing.heal(Optional.empty(), set(options));
  }

  /**
   * Brings the live file home as {@code slot}'s, on the caller's word. The slot's old bytes are
   * kept as a generation. Refuses unknown slots, a link, a live file without a fresh login, and a
   * file known to be another slot's unless forced.
   *
   * @throws StoreException as {@link #switchTo}
   */
  public HealOutcome healDriftTo(String slot, HealOption... options) {
    return healing.heal(Optional.of(slot), set(options));
  }

  /**
   * Takes the slot's current refresh token as its own, as after a login that was meant.
   *
   * @return the fingerprint that is captured now; empty if the slot is missing or has no refresh
   *     token, or somebody else had the lock until the timeout
   * @throws StoreException as {@link #switchTo}
   */
  public Optional<String> captureFingerprint(String slot) {
    return capture(slot).ok()
        ? directory.read(slot).token().map(Fingerprint::sha256)
        : Optional.empty();
  }

  /**
   * As {@link #captureFingerprint}, with a sentence.
   *
   * @throws StoreException as {@link #switchTo}
   */
  public ChangeOutcome capture(String slot) {
    return registering.capture(slot);
  }

  /**
   * Adopts the live file as a new slot and puts the link in its place.
   *
   * @param force add it although another slot has the same login
   * @throws StoreException as {@link #switchTo}
   */
  public ChangeOutcome addSlot(String name, boolean force) {
    return registering.add(name, Optional.empty(), force);
  }

  /**
   * Copies a credential file into a new slot; the live path is not touched.
   *
   * @param force add it although another slot has the same login
   * @throws StoreException as {@link #switchTo}
   */
  public ChangeOutcome addSlot(String name, Path from, boolean force) {
    return registering.add(name, Optional.of(LoginOrigin.file(from)), force);
  }

  /**
   * Puts a login into a new slot; the live path is not touched.
   *
   * @param credentialFile as the client would have written it
   * @param origin where it comes from, as a message begins
   * @return {@code Refused} also if another slot has the login, by {@link #slotWith}
   * @throws StoreException as {@link #switchTo}
   */
  public ChangeOutcome addSlot(String name, byte[] credentialFile, String origin) {
    return registering.add(name, Optional.of(LoginOrigin.bytes(origin, credentialFile)), false);
  }

  /** Why {@link #addSlot(String, byte[], String)} would refuse, unless a slot has the login. */
  public Optional<String> addRefusal(String name, byte[] credentialFile, String origin) {
    return registering.refusal(name, LoginOrigin.bytes(origin, credentialFile));
  }

  /**
   * The slot that has, or had, the login in a credential file: its refresh token, or the account it
   * names, or, if it has no refresh token, its access token.
   *
   * @return empty also if there is no login in it
   */
  public Optional<String> slotWith(byte[] credentialFile) {
    return registering.slotWith(LoginOrigin.bytes("", credentialFile));
  }

  /**
   * Removes a slot that is not active. Its last content goes to the stash.
   *
   * @throws StoreException as {@link #switchTo}
   */
  public ChangeOutcome removeSlot(String name) {
    return registering.remove(name);
  }

  /**
   * Gives a slot another name; the live link follows.
   *
   * @throws StoreException as {@link #switchTo}
   */
  public ChangeOutcome renameSlot(String from, String to) {
    return registering.rename(from, to);
  }

  /**
   * Puts an earlier login back into a slot, on the caller's word; what the slot has now is kept as
   * a generation, so that this can be undone the same way.
   *
   * @param generation by number; empty for the captured login if the slot has another one now, else
   *     for the latest that differs
   * @throws StoreException as {@link #switchTo}
   */
  public ChangeOutcome restore(String slot, Optional<Long> generation) {
    return keeping.restore(slot, generation);
  }

  /**
   * What is kept besides the slots.
   *
   * @param slot whose generations to list
   */
  public Kept kept(Optional<String> slot) {
    try {
      boolean named = slot.isPresent() && SlotNames.problem(slot.get()).isEmpty();
      return new Kept(named ? keeping.generations(slot.get()) : List.of(), keeping.stash());
    } catch (IOException e) {
      throw Failures.failed("reading what is kept", e);
    }
  }

  /**
   * Takes stashed bytes as {@code slot}'s, on the caller's word; what the slot has now is kept as a
   * generation, and the slot is suspect no longer.
   *
   * @param sha256 the entry, or the beginning of it; empty for the one the slot is suspect for
   * @throws StoreException as {@link #switchTo}
   */
  public ChangeOutcome claim(String slot, Optional<String> sha256) {
    return keeping.claim(slot, sha256);
  }

  /**
   * Deletes an entry of the stash for good.
   *
   * @param slotOrSha256 a suspect slot, or the entry or the beginning of it
   * @throws StoreException as {@link #switchTo}
   */
  public ChangeOutcome drop(String slotOrSha256) {
    return keeping.drop(slotOrSha256);
  }

  /**
   * Says that a server refused the slot's current token (HTTP 401), whatever its {@code expiresAt}:
   * it is not activated again until its lineage moves on.
   *
   * @throws StoreException as {@link #switchTo}
   */
  public ChangeOutcome reject(String slot) {
    return keeping.reject(slot);
  }

  /**
   * What happened, oldest first, as far as the journal goes back.
   *
   * @param limit at most so many, the latest; positive
   */
  public List<LogEntry> log(int limit) {
    if (limit <= 0) {
      throw new IllegalArgumentException("a limit is positive: " + limit);
    }
    List<JournalRecord> ended;
    try {
      ended = Journal.history(settings.layout());
    } catch (IOException e) {
      throw Failures.failed("reading the journal", e);
    }
    return ended.subList(Math.max(0, ended.size() - limit), ended.size()).stream()
        .map(SlotManager::entry)
        .toList();
  }

  private static LogEntry entry(JournalRecord ended) {
    return new LogEntry(
        ended.at(),
        Intent.operation(ended),
        ended.get(Field.OUTCOME).orElse(""),
        ended.get(Field.FROM),
        ended.get(Field.SLOT),
        ended.get(Field.REASON).orElse(""));
  }

  private Optional<RefreshOutcome> renewed(String slot) {
    return settings.renewer().map(renewer -> renewer.renew(this, slot));
  }

  /**
   * Begins to renew a slot's login: takes the slot's lease, allocates the place for the reply, and
   * takes the client's locks if the slot is live. Waits for another renewal of the slot, and then
   * finds that there is nothing left to do.
   *
   * @return begun, and then to be closed; or ended, with nothing to ask
   * @throws StoreException as {@link #switchTo}; nothing is held then, and nothing may be sent
   */
  public RefreshStart beginRefresh(String slot, RefreshRequest request) {
    return refreshing.begin(slot, request);
  }

  /**
   * Why nobody can log in to {@code slot}: no such name may be, or what is there is no file. Looks
   * only; the slot need not exist.
   */
  public Optional<String> loginRefusal(String slot) {
    return loggingIn.refusal(slot);
  }

  /**
   * Gets everything ready to exchange a code for a login into {@code slot}, which may be new, as
   * may the directory: a live file that a client wrote is brought home if the slot exists, the
   * slot's lease taken, the place for the reply allocated.
   *
   * @param trouble is told, in a sentence, while a login cannot be written anywhere
   * @return begun, and then to be closed; or ended, with nothing to ask
   * @throws StoreException as {@link #switchTo}; nothing is held then, and nothing may be sent
   */
  public LoginStart beginLogin(String slot, Consumer<String> trouble) {
    return loggingIn.begin(slot, trouble);
  }

  /**
   * The slot's login, tokens among it, for callers that use it themselves.
   *
   * @return empty if there is no such slot, or no login in it
   */
  public Optional<Credential> credential(String slot) {
    return SlotNames.problem(slot).isPresent()
        ? Optional.empty()
        : directory.read(slot).credential();
  }

  /**
   * Writes a slot's login, and nothing that is the machine's, to {@code out}. The tokens in it are
   * the slot's own: who renews one of two copies ends the other.
   *
   * @return {@code Refused} if there is no login in the slot, or a client wrote a later one over
   *     the live link that is not brought home yet; nothing was written then
   * @throws StoreException if writing failed
   */
  public ChangeOutcome exportSlot(String slot, OutputStream out) {
    return exporting.export(slot, out);
  }

  /**
   * As {@link #exportSlot(String, OutputStream)}, to a new file that is 0600 from its first
   * instant, durably; {@code Refused} also if anything is there.
   */
  public ChangeOutcome exportSlot(String slot, Path file) {
    return exporting.export(slot, file);
  }

  /**
   * What another module keeps beside the slots, as it is now; takes no lock.
   *
   * @return its bytes; empty if nothing was ever kept
   * @throws StoreException if what is in its place is no readable file
   */
  public Optional<byte[]> document(StateDocument document) {
    return documents.read(document);
  }

  /**
   * Changes what another module keeps beside the slots, under the lock and durably: a reader sees
   * the old bytes or the new.
   *
   * @param change given the bytes as they are, the bytes as they shall be; empty or equal leaves
   *     them. It is called once at most, must not call this manager, and what it throws is thrown
   * @return false if somebody else had the lock until the timeout; nothing was changed then
   * @throws StoreException as {@link #switchTo}
   */
  public boolean updateDocument(StateDocument document, UnaryOperator<Optional<byte[]>> change) {
    return documents.update(document, change);
  }

  /** Everything that is wrong with the directory; reads only. */
  public List<Finding> diagnose() {
    return diagnosis.diagnose();
  }

  /**
   * Mends every fixable finding.
   *
   * @throws StoreException as {@link #switchTo}
   */
  public RepairOutcome repair() {
    return diagnosis.repair();
  }

  private static Set<HealOption> set(HealOption... options) {
    Set<HealOption> set = EnumSet.noneOf(HealOption.class);
    set.addAll(List.of(options));
    return set;
  }

  static void requireNotNegative(String what, Duration value) {
    if (value.isNegative()) {
      throw new IllegalArgumentException(what + " cannot be negative: " + value);
    }
  }
}
