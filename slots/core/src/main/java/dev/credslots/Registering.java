package dev.credslots;

import dev.credslots.credential.Fingerprint;
import dev.credslots.credential.IdentityBlock;
import dev.credslots.credential.SlotState;
import dev.credslots.internal.file.AtomicFile;
import dev.credslots.internal.file.Journal;
import dev.credslots.internal.file.JournalRecord;
import dev.credslots.internal.file.JournalRecord.Field;
import dev.credslots.internal.file.Stash;
import dev.credslots.verdict.Facts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** Adds, removes, renames and captures slots, on the operator's word. */
final class Registering {
  private final Settings settings;
  private final SlotDirectory directory;
  private final Captures captures;
  private final Homecoming homecoming;
  private final Identity identity;
  private final Changes changes;
  private final SlotFiles files;
  private final Twins twins;

  Registering(
      Settings settings,
      SlotDirectory directory,
      Changes changes,
      Captures captures,
      Homecoming homecoming,
      Identity identity) {
    this.settings = settings;
    this.directory = directory;
    this.changes = changes;
    this.homecoming = homecoming;
    this.identity = identity;
    this.captures = captures;
    this.files = new SlotFiles(settings.layout());
    this.twins = new Twins(directory);
  }

  /** The slot that has, or had, the login in a credential file. */
  Optional<String> slotWith(LoginOrigin origin) {
    return twins.anyOf(reading(origin));
  }

  /** Why {@link #add} would refuse, twins apart. */
  Optional<String> refusal(String name, LoginOrigin origin) {
    Optional<ChangeOutcome> notAllowed = mayExist(name);
    if (notAllowed.isPresent()) {
      return notAllowed.map(ChangeOutcome::message);
    }
    SlotReading source = reading(origin);
    Optional<String> unsound = LoginOrigin.unsound(origin.name(), source);
    if (files.present(name) || unsound.isPresent()) {
      return files.present(name) ? Optional.of(exists(name)) : unsound;
    }
    return isLive(source, directory.readLive())
        ? Optional.of(liveAlready(name, origin.name()))
        : Optional.empty();
  }

  /** Whether a live file that is no slot yet has the login. */
  private static boolean isLive(SlotReading source, LiveReading live) {
    return live.kind() == Facts.Kind.FILE
        && source.token().isPresent()
        && live.file().flatMap(SlotReading::token).equals(source.token());
  }

  private static String liveAlready(String name, String sourceName) {
    return sourceName + " is the live login; slots add " + name + " makes a slot of it";
  }

  private SlotReading reading(LoginOrigin origin) {
    return directory.reading(origin.content(), settings.clock().instant());
  }

  private static String exists(String name) {
    return "slot " + name + " exists already; choose another name";
  }

  ChangeOutcome add(String name, Optional<LoginOrigin> from, boolean force) {
    Optional<ChangeOutcome> notAllowed = mayExist(name);
    return notAllowed.orElseGet(
        () ->
            changes.change(
                "adding " + name,
                name,
                from.isPresent() ? Exclusive.Scope.OURS : Exclusive.Scope.CLIENT,
                (journal, locks, notices) ->
                    addLocked(name, from, force, journal, locks, notices)));
  }

  private Function<List<Warning>, ChangeOutcome> addLocked(
      String name,
      Optional<LoginOrigin> from,
      boolean force,
      Journal journal,
      ClientLocks locks,
      Notices notices)
      throws IOException {
    if (files.present(name)) {
      return refuse(name, exists(name));
    }
    LiveReading live = directory.readLive();
    SlotReading source;
    if (from.isEmpty() && live.kind() == Facts.Kind.LINK) {
      return moveOut(name, live, force, journal, locks, notices);
    }
    if (from.isPresent()) {
      source = reading(from.get());
    } else if (live.kind() == Facts.Kind.FILE) {
      source = live.file().orElseThrow();
    } else {
      return refuse(name, nothingToAdopt(live));
    }
    String sourceName = from.map(LoginOrigin::name).orElse("the live file");
    Optional<String> unsound = LoginOrigin.unsound(sourceName, source);
    if (unsound.isPresent()) {
      return refuse(name, source.state(), unsound.get());
    }
    Optional<IdentityBlock> account =
        from.isPresent() ? Optional.empty() : identity.fresh(journal.state().known());
    Optional<String> twin = twins.of(source, account);
    if (twin.isPresent() && !force) {
      return refuse(
          name,
          sourceName
              + " is a login of slot "
              + twin.get()
              + ": two slots of one login revoke each other when both refresh; slots heal brings"
              + " it home, --force adds it all the same");
    }
    if (from.isPresent() && !force && isLive(source, live)) {
      return refuse(name, liveAlready(name, sourceName));
    }
    return store(name, from, source, account, live, journal, locks, notices);
  }

  private Function<List<Warning>, ChangeOutcome> store(
      String name,
      Optional<LoginOrigin> from,
      SlotReading source,
      Optional<IdentityBlock> account,
      LiveReading live,
      Journal journal,
      ClientLocks locks,
      Notices notices)
      throws IOException {
    Instant now = settings.clock().instant();
    Optional<String> turnTo = from.isPresent() ? Optional.empty() : Optional.of(name);
    JournalRecord begun =
        journal.begin(
            now,
            Intent.to("add")
                .with(Field.FROM, journal.state().chosen())
                .with(Field.SLOT, name)
                .with(Field.TO, turnTo)
                .hash(Field.LIVE, live.file().flatMap(SlotReading::hash))
                .hash(Field.TARGET, source.hash())
                .fields());
    if (!files.create(name, source.bytes().orElseThrow())) {
      journal.end(begun, now, journal.state().known(), Intent.outcome("refused").fields());
      return refuse(name, exists(name));
    }
    captures.keep(name, source);
    captures.answered(source.hash().orElseThrow()); // A heal's copy, if any.
    captures.capture(name, source.credential().orElseThrow(), account);
    Journal.Known known = journal.state().known();
    if (turnTo.isPresent()) {
      SlotReading stored = directory.read(name);
      files.freshen(name, now.toEpochMilli(), stored.modified(), source.modified());
      homecoming.turn(name, live, journal, locks, notices);
      known = new Journal.Known(turnTo, identity.baseline(), Optional.empty());
    }
    journal.end(begun, now, known, Intent.outcome("added").fields());
    notices.event(new SlotEvent.Added(now, name));
    String message =
        turnTo.isPresent()
            ? "added slot " + name + "; the live link leads to it"
            : "added slot " + name + "; slots switch " + name + " makes it live";
    return warnings -> new ChangeOutcome.Done(name, message, warnings);
  }

  /**
   * Somebody logged in through the link: the login moves to a slot of its own, which is live from
   * then on, and the slot it was written into gets its captured one back.
   */
  private Function<List<Warning>, ChangeOutcome> moveOut(
      String name,
      LiveReading live,
      boolean force,
      Journal journal,
      ClientLocks locks,
      Notices notices)
      throws IOException {
    String from = live.linked().orElseThrow();
    SlotReading moved = live.file().orElseThrow();
    Memory memory = Memory.of(journal.state(), identity);
    IdentityDrift changed = new Identities(directory).of(from, moved, memory::loggedIn);
    if (!changed.drift() || moved.token().isEmpty()) {
      return refuse(name, nothingToAdopt(live));
    }
    if (!moved.state().sound()) {
      return refuse(name, moved.state(), "slot " + from + " is " + moved.state().word());
    }
    if (homecoming.captured(from, moved).isEmpty()) {
      return refuse(
          name,
          "the login that slot "
              + from
              + " had before is not kept; slots capture "
              + from
              + " accepts the new one");
    }
    Optional<IdentityBlock> account = identity.fresh(journal.state().known());
    Optional<String> twin = twins.of(moved, account).filter(slot -> !slot.equals(from));
    if (twin.isPresent() && !force) {
      return refuse(
          name,
          "the login is slot "
              + twin.get()
              + "'s: slots restore "
              + from
              + " brings back what slot "
              + from
              + " had, and slots auth login "
              + twin.get()
              + " makes a new one; --force adds this one all the same");
    }
    Instant now = settings.clock().instant();
    JournalRecord begun =
        journal.begin(
            now,
            Intent.to("move-out")
                .with(Field.FROM, from)
                .with(Field.SLOT, name)
                .with(Field.TO, name)
                .hash(Field.TARGET, moved.hash())
                .fields());
    if (!AtomicFile.create(settings.layout().slot(name), moved.bytes().orElseThrow())) {
      journal.end(begun, now, journal.state().known(), Intent.outcome("refused").fields());
      return refuse(name, exists(name));
    }
    captures.keep(name, moved);
    captures.answered(moved.hash().orElseThrow());
    captures.capture(name, moved.credential().orElseThrow(), account);
    homecoming.turn(name, live, journal, locks, notices);
    homecoming.bringBack(from, moved);
    journal.end(
        begun,
        now,
        new Journal.Known(Optional.of(name), identity.baseline(), Optional.empty()),
        Intent.outcome("moved-out").fields());
    notices.event(new SlotEvent.Added(now, name));
    return warnings ->
        new ChangeOutcome.Done(
            name,
            "added slot " + name + " with the login; slot " + from + " has its own back",
            warnings);
  }

  private static String nothingToAdopt(LiveReading live) {
    return switch (live.kind()) {
      case LINK ->
          "the live link leads to slot "
              + live.linked().orElseThrow()
              + " already; log in as somebody else first, or name a file with --from";
      case MOUNT_POINT ->
          "the live path is a mount point, and nothing can be renamed over it; " + Messages.UNMOUNT;
      case ABSENT -> "there is no live credential; log in first, or name a file with --from";
      default -> "the live path holds no login; log in first, or name a file with --from";
    };
  }

  ChangeOutcome remove(String name) {
    return changes.change(
        "removing " + name,
        name,
        Exclusive.Scope.OURS,
        (journal, locks, notices) -> removeLocked(name, journal, notices));
  }

  private Function<List<Warning>, ChangeOutcome> removeLocked(
      String name, Journal journal, Notices notices) throws IOException {
    Optional<String> problem = mustExist(name);
    if (problem.isPresent()) {
      return refuse(name, problem.get());
    }
    if (directory.active().equals(Optional.of(name)) || files.isLive(name)) {
      return refuse(name, "slot " + name + " is active; switch to another one first");
    }
    SlotReading reading = directory.read(name);
    Path file = settings.layout().slot(name);
    if (Files.isDirectory(file)) {
      return refuse(name, SlotState.UNREADABLE, file + " is a directory; remove it by hand");
    }
    Instant now = settings.clock().instant();
    JournalRecord begun =
        journal.begin(
            now,
            Intent.to("remove").with(Field.SLOT, name).hash(Field.TARGET, reading.hash()).fields());
    Stash stash = new Stash(settings.layout());
    Optional<Path> kept = Optional.empty();
    if (reading.bytes().isPresent()) {
      kept = Optional.of(stash.path(stash.keep(reading.bytes().get())));
    } else if (Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
      kept = Optional.of(stash.path(stash.keepFile(file)));
    }
    Files.deleteIfExists(file);
    AtomicFile.syncDirectory(file);
    files.forget(name);
    Optional<String> chosen = journal.state().chosen().filter(slot -> !slot.equals(name));
    journal.end(
        begun, now, journal.state().known().choosing(chosen), Intent.outcome("removed").fields());
    notices.event(new SlotEvent.Removed(now, name));
    String copy = kept.map(path -> "; its last content is kept in " + path).orElse("");
    return warnings -> new ChangeOutcome.Done(name, "removed slot " + name + copy, warnings);
  }

  ChangeOutcome rename(String from, String to) {
    Optional<ChangeOutcome> notAllowed = mayExist(to);
    return notAllowed.orElseGet(
        () ->
            changes.change(
                "renaming " + from,
                from,
                Exclusive.Scope.CLIENT,
                (journal, locks, notices) -> renameLocked(from, to, journal, locks, notices)));
  }

  private Function<List<Warning>, ChangeOutcome> renameLocked(
      String from, String to, Journal journal, ClientLocks locks, Notices notices)
      throws IOException {
    Optional<String> problem = mustExist(from);
    if (problem.isPresent()) {
      return refuse(from, problem.get());
    }
    if (files.present(to)) {
      return refuse(from, "slot " + to + " exists already; choose another name");
    }
    Path file = settings.layout().slot(from);
    if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
      return refuse(from, file + " is not a regular file; rename it by hand");
    }
    Instant now = settings.clock().instant();
    JournalRecord begun =
        journal.begin(now, Intent.to("rename").with(Field.SLOT, from).with(Field.TO, to).fields());
    files.forget(to); // Of a slot that somebody deleted by hand.
    if (!files.linkAnew(from, to)) {
      journal.end(begun, now, journal.state().known(), Intent.outcome("refused").fields());
      return refuse(from, "slot " + to + " exists already; choose another name");
    }
    locks.requireOurs();
    homecoming.followRename(from, to, notices);
    files.finishRename(from, to, now);
    Optional<String> chosen = journal.state().chosen().map(slot -> slot.equals(from) ? to : slot);
    journal.end(
        begun, now, journal.state().known().choosing(chosen), Intent.outcome("renamed").fields());
    notices.event(new SlotEvent.Renamed(now, from, to));
    return warnings -> new ChangeOutcome.Done(to, "renamed slot " + from + " to " + to, warnings);
  }

  ChangeOutcome capture(String name) {
    return changes.change(
        "capturing " + name,
        name,
        Exclusive.Scope.OURS,
        (journal, locks, notices) -> captureLocked(name, journal, notices));
  }

  private Function<List<Warning>, ChangeOutcome> captureLocked(
      String name, Journal journal, Notices notices) throws IOException {
    Optional<String> problem = mustExist(name);
    if (problem.isPresent()) {
      return refuse(name, problem.get());
    }
    SlotReading reading = directory.read(name);
    Optional<Fingerprint> token = reading.token();
    if (token.isEmpty()) {
      return refuse(
          name, reading.state(), "slot " + name + " has no refresh token to capture; log in again");
    }
    Instant now = settings.clock().instant();
    JournalRecord begun =
        journal.begin(
            now,
            Intent.to("capture")
                .with(Field.SLOT, name)
                .hash(Field.TARGET, reading.hash())
                .fields());
    captures.keep(name, reading);
    boolean active = directory.active().equals(Optional.of(name));
    Optional<IdentityBlock> account =
        active ? identity.fresh(journal.state().known()) : Optional.empty();
    captures.capture(name, reading.credential().orElseThrow(), account);
    Journal.Known known = journal.state().known();
    journal.end(
        begun,
        now,
        active ? new Journal.Known(known.chosen(), identity.baseline(), known.pending()) : known,
        Intent.outcome("captured").fields());
    notices.event(new SlotEvent.Captured(now, name));
    return warnings ->
        new ChangeOutcome.Done(
            name, "captured: the login in slot " + name + " is its own", warnings);
  }

  private Optional<ChangeOutcome> mayExist(String name) {
    Optional<String> problem = SlotNames.problem(name);
    if (problem.isEmpty() && !directory.mayCreate(name)) {
      problem = Optional.of(Messages.mayNotExist(name));
    }
    return problem.map(text -> new ChangeOutcome.Refused(name, Optional.empty(), text, List.of()));
  }

  private Optional<String> mustExist(String name) {
    if (directory.knows(name) && files.present(name)) {
      return Optional.empty();
    }
    return Optional.of(
        SlotNames.problem(name)
            .orElseGet(() -> Messages.unknownSlot(name, directory.names(), settings.layout())));
  }

  static Function<List<Warning>, ChangeOutcome> refuse(String slot, String message) {
    return warnings -> new ChangeOutcome.Refused(slot, Optional.empty(), message, warnings);
  }

  static Function<List<Warning>, ChangeOutcome> refuse(
      String slot, SlotState state, String message) {
    return warnings -> new ChangeOutcome.Refused(slot, Optional.of(state), message, warnings);
  }
}
