package dev.credslots;

import dev.credslots.credential.Credential;
import dev.credslots.credential.CredentialFormat.Reading;
import dev.credslots.credential.Fingerprint;
import dev.credslots.credential.MalformedJsonException;
import dev.credslots.credential.Renewal;
import dev.credslots.credential.TokenReply;
import dev.credslots.internal.file.AtomicFile;
import dev.credslots.internal.file.FileContent;
import dev.credslots.internal.file.Generations;
import dev.credslots.internal.file.Journal;
import dev.credslots.internal.file.JournalRecord;
import dev.credslots.internal.file.JournalRecord.Field;
import dev.credslots.internal.file.Layout;
import dev.credslots.internal.file.LockFile;
import dev.credslots.internal.file.RecoveryFile;
import dev.credslots.internal.file.SlotRecord;
import dev.credslots.internal.file.Stash;
import dev.credslots.internal.file.TempName;
import dev.credslots.internal.file.VendorLock;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Brings home what a token server answered: of the renewal that asked, or of one that was killed.
 * Under the lock. The successor goes where the posted token still is, and nowhere else; if that is
 * nowhere, to the stash.
 */
final class Adoption {
  private static final byte[] NO_FILE = "{}".getBytes(StandardCharsets.UTF_8);

  private final Settings settings;
  private final Layout layout;
  private final SlotDirectory directory;
  private final Captures captures;
  private final Homecoming homecoming;
  private final LoginHome logins;
  private final Stash stash;
  private final SlotFiles files;

  Adoption(
      Settings settings,
      SlotDirectory directory,
      Captures captures,
      Homecoming homecoming,
      LoginHome logins) {
    this.logins = logins;
    this.settings = settings;
    this.layout = settings.layout();
    this.directory = directory;
    this.captures = captures;
    this.homecoming = homecoming;
    this.stash = new Stash(layout);
    this.files = new SlotFiles(layout);
  }

  /** What became of a reply. */
  sealed interface Home {
    /** It is the slot's now, or was already. */
    record Stored(String slot, Instant expiresAt) implements Home {}

    /** It is in the stash. */
    record Stashed(String reason, Fingerprint entry) implements Home {}

    /** There was no token in it. */
    record Nothing(String reason) implements Home {}
  }

  /** Whether somebody is renewing the slot's login, or a reply to it waits. */
  boolean inFlight(String slot) {
    return Files.exists(layout.recovery(slot));
  }

  /** What renewals that were killed left, for whoever looks and takes no lock. */
  List<Path> waiting() throws IOException {
    List<Path> found = new ArrayList<>();
    for (Path place : places()) {
      if (!Files.exists(place)) {
        continue; // Nothing was ever renewed here.
      }
      try (DirectoryStream<Path> entries = Files.newDirectoryStream(place)) {
        for (Path entry : entries) {
          if (!TempName.isOurs(entry.getFileName().toString())) {
            found.add(entry);
          }
        }
      }
    }
    return found;
  }

  /** The refuge first: what it has answers the file that could not be written. */
  private List<Path> places() {
    Optional<Path> shared = settings.runtimeDirectory().map(Adoption::shared);
    boolean used = shared.isPresent() && Ownership.isPrivate(shared.get());
    return used ? List.of(refuge(shared.get()), layout.recovery()) : List.of(layout.recovery());
  }

  /** Where a reply goes for which the credentials directory has no place. */
  Optional<Path> refuge(String slot) {
    return settings.runtimeDirectory().map(runtime -> refuge(shared(runtime)).resolve(slot));
  }

  /** Of every credentials directory. */
  private static Path shared(Path runtime) {
    return runtime.resolve("credential-slots");
  }

  private Path refuge(Path shared) {
    Fingerprint name =
        Fingerprint.ofBytes(layout.directory().toString().getBytes(StandardCharsets.UTF_8));
    return shared.resolve(name.abbreviated());
  }

  /**
   * Ends every renewal whose process is dead.
   *
   * @param leased the slot whose lease this thread holds, and which it sees to itself
   */
  void run(Journal journal, ClientLocks locks, Notices notices, Optional<String> leased)
      throws IOException {
    removeUnfinished();
    for (Path file : waiting()) {
      String slot = file.getFileName().toString();
      if (leased.equals(Optional.of(slot)) || SlotNames.problem(slot).isPresent()) {
        continue;
      }
      try (LockFile lease = tryLease(slot).orElse(null)) {
        if (lease != null) {
          settle(file, journal, locks, notices);
        }
      }
    }
  }

  /** Files are allocated under the lock that we hold: whoever began these is dead. */
  private void removeUnfinished() throws IOException {
    if (!Files.exists(layout.recovery())) {
      return;
    }
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(layout.recovery())) {
      for (Path entry : entries) {
        if (TempName.isOurs(entry.getFileName().toString())) {
          Files.deleteIfExists(entry);
        }
      }
    }
  }

  private Optional<LockFile> tryLease(String slot) throws IOException {
    AtomicFile.privateDirectory(layout.leases());
    return LockFile.tryAcquire(layout.lease(slot));
  }

  /** Ends what a dead process left of a slot whose lease this thread holds. */
  void settleOf(String slot, Journal journal, ClientLocks locks, Notices notices)
      throws IOException {
    for (Path left : waiting()) {
      if (left.endsWith(slot)) {
        settle(left, journal, locks, notices);
      }
    }
  }

  /** Ends the renewal or login that left {@code file}; its process is dead. */
  private void settle(Path file, Journal journal, ClientLocks locks, Notices notices)
      throws IOException {
    String slot = file.getFileName().toString();
    Optional<RecoveryFile.Content> content =
        RecoveryFile.read(file).filter(found -> found.header().slot().equals(slot));
    if (content.isEmpty()) {
      if (Files.exists(file)) {
        notices.warn("stashed", file + " made no sense and is in the stash");
        stash.keepFile(file);
      }
    } else {
      RecoveryFile.Header header = content.get().header();
      VendorLock.removeDead(layout.directory(), header.locked());
      if (content.get().reply().isEmpty()) {
        unanswered(header, notices);
      } else if (header.posted().isEmpty()) {
        notices.warn("adopted", loginAdopted(header, storeLogin(content.get(), journal, notices)));
      } else if (mayBeLive(header.slot()) && !locks.held() && !locks.tryAcquire(journal)) {
        return; // A client is at it: the next command does it.
      } else {
        Home home = store(content.get(), journal, notices);
        notices.warn("adopted", adopted(header, home));
      }
    }
    RecoveryFile.remove(file);
  }

  private void unanswered(RecoveryFile.Header header, Notices notices) {
    // The code of a login was nobody's but its own: there is nothing to be lost.
    Optional<Fingerprint> posted = header.posted();
    if (posted.isPresent() && directory.read(header.slot()).token().equals(posted)) {
      notices.warn("renewal-unanswered", Messages.unanswered(header.slot(), header.at()));
    }
  }

  private static String adopted(RecoveryFile.Header header, Home home) {
    String begun = "the renewal of " + header.slot() + " begun " + header.at() + " was cut short; ";
    if (home instanceof Home.Stored stored) {
      return begun + "its new login is in slot " + stored.slot() + " now";
    }
    return home instanceof Home.Stashed stashed
        ? begun + Messages.renewedToStash(header.slot(), stashed.reason(), stashed.entry())
        : begun + "the server's answer had no login in it";
  }

  private static String loginAdopted(RecoveryFile.Header header, Home home) {
    String begun = "the login to " + header.slot() + " begun " + header.at() + " was cut short; ";
    if (home instanceof Home.Stored stored) {
      return begun + "slot " + stored.slot() + " has it";
    }
    return home instanceof Home.Stashed stashed
        ? begun + Messages.loginInStash(header.slot(), stashed.entry())
        : begun + "the server's answer had no login in it";
  }

  /** Nobody was asked whose a login is: it is put aside, unless the slot has it already. */
  private Home storeLogin(RecoveryFile.Content content, Journal journal, Notices notices)
      throws IOException {
    RecoveryFile.Reply answer = content.reply().orElseThrow();
    if (TokenReply.parse(answer.body()) instanceof TokenReply.Granted granted) {
      for (String name : candidates(content.header().slot())) {
        if (logins.has(directory.read(name), granted)) {
          return new Home.Stored(name, answer.at().plus(granted.lifetime()));
        }
      }
    }
    LoginHome.Place place = logins.putAside(content, "the login was cut short", journal, notices);
    return place instanceof LoginHome.Place.InStash stashed
        ? new Home.Stashed(stashed.reason(), stashed.entry())
        : new Home.Nothing("had no login in it");
  }

  private boolean mayBeLive(String slot) throws IOException {
    return !Files.isSymbolicLink(layout.live()) || files.isLive(slot);
  }

  /**
   * Stores the successor of the posted token where that token is.
   *
   * @param content with a reply to a posted token
   */
  Home store(RecoveryFile.Content content, Journal journal, Notices notices) throws IOException {
    RecoveryFile.Header header = content.header();
    Fingerprint posted = header.posted().orElseThrow();
    RecoveryFile.Reply answer = content.reply().orElseThrow();
    TokenReply reply = TokenReply.parse(answer.body());
    if (reply instanceof TokenReply.Nothing nothing) {
      return new Home.Nothing(nothing.reason());
    }
    if (reply instanceof TokenReply.Doubtful doubtful) {
      return putAside(
          header,
          new Renewal(
              doubtful.accessToken(),
              doubtful.refreshToken(),
              Optional.empty(),
              Optional.empty(),
              List.of()),
          doubtful.reason(),
          journal,
          notices);
    }
    TokenReply.Granted granted = (TokenReply.Granted) reply;
    Instant expiresAt = answer.at().plus(granted.lifetime());
    for (String name : candidates(header.slot())) {
      SlotReading reading = directory.read(name);
      if (has(reading, granted, posted)) {
        return new Home.Stored(name, expiresAt);
      }
      if (reading.token().equals(Optional.of(posted))) {
        Renewal renewal = renewal(name, reading, granted, answer.at());
        // What the file says then: the end may be in the token, and not as the reply has it.
        Optional<Instant> end = succeed(name, reading, renewal, journal, notices);
        return new Home.Stored(name, end.orElse(expiresAt));
      }
    }
    Renewal renewal =
        new Renewal(
            Optional.of(granted.accessToken()),
            granted.refreshToken(),
            Optional.of(expiresAt),
            Optional.empty(),
            granted.scopes(),
            granted.idToken(),
            Optional.of(answer.at()));
    return putAside(
        header, renewal, "no slot has the token any more that it was asked with", journal, notices);
  }

  /** The slot it was asked for, then all others: a slot may have been renamed since. */
  private List<String> candidates(String slot) {
    List<String> names = new ArrayList<>();
    if (directory.knows(slot)) {
      names.add(slot);
    }
    directory.names().stream().filter(name -> !name.equals(slot)).forEach(names::add);
    return names;
  }

  /** Whether the slot has, or had, what was granted: a killed command had stored it. */
  private static boolean has(SlotReading reading, TokenReply.Granted granted, Fingerprint posted) {
    Optional<Fingerprint> successor =
        granted.refreshToken().map(Fingerprint::of).filter(token -> !token.equals(posted));
    return successor.map(token -> reading.lineage().contains(token)).orElse(false)
        || reading
            .credential()
            .flatMap(Credential::accessToken)
            .equals(Optional.of(granted.accessToken()));
  }

  /** A marker and scopes that a client's refresh dropped are those of the same lineage. */
  private Renewal renewal(String slot, SlotReading reading, TokenReply.Granted granted, Instant at)
      throws IOException {
    Credential login = reading.credential().orElseThrow();
    boolean known =
        reading.token().map(token -> reading.record().lineage().contains(token)).orElse(false);
    Optional<Instant> marker =
        login.loginExpiresAt().isEmpty() && known
            ? reading.record().lastMarker()
            : Optional.empty();
    List<String> scopes = granted.scopes();
    if (scopes.isEmpty() && login.scopes().isEmpty()) {
      scopes = earlierScopes(slot, reading);
    }
    return new Renewal(
        Optional.of(granted.accessToken()),
        granted.refreshToken(),
        Optional.of(at.plus(granted.lifetime())),
        marker,
        scopes.equals(login.scopes()) ? List.of() : scopes,
        granted.idToken(),
        Optional.of(at));
  }

  private List<String> earlierScopes(String slot, SlotReading reading) throws IOException {
    if (!reading.token().map(reading.lineage()::contains).orElse(false)) {
      return List.of(); // Perhaps another login, that somebody put in the place of the old one.
    }
    List<Generations.Generation> kept = new Generations(layout).of(slot);
    for (int i = kept.size() - 1; i >= 0; i--) {
      Optional<Credential> earlier = read(kept.get(i).file()).credential();
      boolean ours =
          earlier
              .flatMap(Credential::fingerprint)
              .map(token -> reading.lineage().contains(token))
              .orElse(false);
      if (ours && !earlier.get().scopes().isEmpty()) {
        return earlier.get().scopes();
      }
    }
    return List.of();
  }

  private Optional<Instant> succeed(
      String slot, SlotReading before, Renewal renewal, Journal journal, Notices notices)
      throws IOException {
    byte[] bytes = renewed(before.bytes().orElseThrow(), renewal);
    Instant now = settings.clock().instant();
    JournalRecord begun =
        journal.begin(
            now,
            Intent.to("refresh")
                .with(Field.SLOT, slot)
                .hash(Field.TARGET, Optional.of(Fingerprint.ofBytes(bytes)))
                .fields());
    captures.keep(slot, before);
    captures.captureAncestor(slot, before);
    homecoming.store(slot, before, bytes);
    Optional<Instant> end = Optional.empty();
    if (settings.format().read(bytes) instanceof Reading.Login login) {
      end = login.credential().expiresAt();
      captures.captureSuccessor(slot, login.credential());
      captures.evict(slot, login.credential().fingerprint());
    }
    SlotRecord record = SlotRecord.read(layout.record(slot));
    captures.remember(slot, record.retryingAfter(Optional.empty()));
    if (files.isLive(slot)) {
      files.freshen(slot, now.toEpochMilli(), directory.read(slot).modified(), before.modified());
    }
    journal.end(begun, now, journal.state().known(), Intent.outcome("refreshed").fields());
    notices.event(new SlotEvent.Refreshed(now, slot));
    return end;
  }

  /** What nobody can place, or understand, as a file that a person can claim. */
  private Home putAside(
      RecoveryFile.Header header, Renewal renewal, String reason, Journal journal, Notices notices)
      throws IOException {
    Optional<SlotReading> slot =
        directory.knows(header.slot())
            ? Optional.of(directory.read(header.slot()))
            : Optional.empty();
    byte[] bytes = renewed(asPosted(header, slot), renewal);
    Instant now = settings.clock().instant();
    JournalRecord begun =
        journal.begin(now, Intent.to("refresh").with(Field.SLOT, header.slot()).fields());
    Fingerprint entry = stash.keep(bytes);
    if (slot.isPresent()) {
      captures.suspect(header.slot(), entry);
    }
    journal.end(begun, now, journal.state().known(), Intent.outcome("stashed").fields());
    notices.event(new SlotEvent.Stashed(now, entry.sha256(), reason));
    return new Home.Stashed(reason, entry);
  }

  /** The file that the posted token was in, or what comes nearest. */
  private byte[] asPosted(RecoveryFile.Header header, Optional<SlotReading> slot)
      throws IOException {
    for (Generations.Generation kept : new Generations(layout).of(header.slot())) {
      SlotReading reading = read(kept.file());
      if (reading.token().equals(header.posted())) {
        return reading.bytes().orElseThrow();
      }
    }
    return slot.filter(reading -> reading.credential().isPresent())
        .flatMap(SlotReading::bytes)
        .orElse(NO_FILE);
  }

  private byte[] renewed(byte[] bytes, Renewal renewal) throws IOException {
    try {
      return settings.format().renewed(bytes, renewal);
    } catch (MalformedJsonException e) {
      return afresh(renewal);
    }
  }

  private byte[] afresh(Renewal renewal) throws IOException {
    try {
      return settings.format().renewed(NO_FILE, renewal);
    } catch (MalformedJsonException e) {
      throw new IOException("a login cannot be written", e);
    }
  }

  private SlotReading read(Path file) {
    return directory.reading(FileContent.of(file), settings.clock().instant());
  }
}
