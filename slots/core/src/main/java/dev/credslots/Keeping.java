package dev.credslots;

import dev.credslots.credential.Credential;
import dev.credslots.credential.Fingerprint;
import dev.credslots.internal.file.FileContent;
import dev.credslots.internal.file.Generations;
import dev.credslots.internal.file.Journal;
import dev.credslots.internal.file.JournalRecord;
import dev.credslots.internal.file.JournalRecord.Field;
import dev.credslots.internal.file.Layout;
import dev.credslots.internal.file.SlotRecord;
import dev.credslots.internal.file.Stash;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** What was kept, and how it comes back: generations, the stash, refused tokens. */
final class Keeping {
  private final Settings settings;
  private final Layout layout;
  private final SlotDirectory directory;
  private final Changes changes;
  private final Captures captures;
  private final Homecoming homecoming;
  private final Generations generations;
  private final Stash stash;
  private final SlotFiles files;

  Keeping(
      Settings settings,
      SlotDirectory directory,
      Changes changes,
      Captures captures,
      Homecoming homecoming) {
    this.settings = settings;
    this.layout = settings.layout();
    this.directory = directory;
    this.changes = changes;
    this.captures = captures;
    this.homecoming = homecoming;
    this.generations = new Generations(layout);
    this.stash = new Stash(layout);
    this.files = new SlotFiles(layout);
  }

  List<Kept.Generation> generations(String slot) throws IOException {
    Optional<Fingerprint> current = directory.hash(slot);
    List<Kept.Generation> kept = new ArrayList<>();
    for (Generations.Generation generation : generations.of(slot)) {
      SlotReading reading = read(generation.file());
      Optional<Fingerprint> hash = reading.hash();
      if (hash.isPresent()) {
        kept.add(
            new Kept.Generation(
                generation.number(),
                modified(generation.file()),
                hash.get().sha256(),
                hash.equals(current),
                freshness(slot, reading)));
      }
    }
    return kept;
  }

  List<Kept.Stashed> stash() throws IOException {
    List<Kept.Stashed> kept = new ArrayList<>();
    for (Stash.Entry entry : stash.entries()) {
      List<String> suspects =
          directory.names().stream()
              .filter(name -> suspect(name).equals(Optional.of(entry.hash())))
              .toList();
      SlotReading reading = read(entry.file());
      kept.add(
          new Kept.Stashed(
              entry.hash().sha256(),
              modified(entry.file()),
              Files.size(entry.file()),
              suspects,
              reading.credential().isPresent()
                  ? Optional.of(freshness("", reading))
                  : Optional.empty()));
    }
    return kept;
  }

  /** Puts an earlier generation back into the slot. */
  ChangeOutcome restore(String slot, Optional<Long> number) {
    return changes.change(
        "restoring " + slot,
        slot,
        Exclusive.Scope.CLIENT,
        (journal, locks, notices) -> restoreLocked(slot, number, journal, locks, notices));
  }

  private Function<List<Warning>, ChangeOutcome> restoreLocked(
      String slot, Optional<Long> number, Journal journal, ClientLocks locks, Notices notices)
      throws IOException {
    Optional<String> problem = SlotNames.problem(slot);
    if (problem.isPresent() || !directory.mayCreate(slot)) {
      return Registering.refuse(
          slot, problem.orElseGet(() -> Messages.unknownSlot(slot, directory.names(), layout)));
    }
    SlotReading now = directory.read(slot);
    Optional<Generations.Generation> wanted = choose(slot, number, now);
    if (wanted.isEmpty()) {
      return Registering.refuse(
          slot,
          number
              .map(n -> "there is no generation " + n + " of slot " + slot)
              .orElse("no other generation of slot " + slot + " is kept"));
    }
    SlotReading kept = read(wanted.get().file());
    return store(
        slot,
        "restore",
        now,
        kept,
        "restored generation " + wanted.get().number() + " of slot " + slot,
        journal,
        locks,
        notices);
  }

  /** The named one; else the captured login if something else is there, else the latest other. */
  private Optional<Generations.Generation> choose(
      String slot, Optional<Long> number, SlotReading now) throws IOException {
    List<Generations.Generation> all = generations.of(slot);
    if (number.isPresent()) {
      return all.stream().filter(one -> one.number() == number.get()).findFirst();
    }
    Optional<Generations.Generation> captured = homecoming.captured(slot, now);
    if (captured.isPresent() && !now.token().equals(now.captured())) {
      return captured;
    }
    Optional<String> current = now.hash().map(Fingerprint::abbreviated);
    return all.stream()
        .filter(one -> !Optional.of(one.bytes()).equals(current))
        .reduce((older, newer) -> newer);
  }

  /** Takes stashed bytes as a slot's, on the operator's word. */
  ChangeOutcome claim(String slot, Optional<String> hash) {
    return changes.change(
        "claiming for " + slot,
        slot,
        Exclusive.Scope.CLIENT,
        (journal, locks, notices) -> {
          Optional<Fingerprint> entry = entry(slot, hash);
          if (entry.isEmpty() || !directory.mayCreate(slot)) {
            return Registering.refuse(slot, noEntry(slot, hash));
          }
          SlotReading kept = read(stash.path(entry.get()));
          Optional<String> owner = owner(slot, kept);
          if (owner.isPresent()) {
            return Registering.refuse(slot, ownedBy(owner.get(), entry.get()));
          }
          Function<List<Warning>, ChangeOutcome> done =
              store(
                  slot,
                  "claim",
                  directory.read(slot),
                  kept,
                  "slot " + slot + " has the login from the stash",
                  journal,
                  locks,
                  notices);
          if (directory.hash(slot).equals(entry)) {
            captures.answered(entry.get());
          }
          return done;
        });
  }

  /** Lets a stash entry go, for good. */
  ChangeOutcome drop(String slotOrHash) {
    return changes.change(
        "dropping " + slotOrHash,
        slotOrHash,
        Exclusive.Scope.OURS,
        (journal, locks, notices) -> {
          Optional<Fingerprint> entry =
              suspect(slotOrHash).or(() -> only(stash.matching(slotOrHash)));
          if (entry.isEmpty()) {
            return Registering.refuse(slotOrHash, noEntry(slotOrHash, Optional.empty()));
          }
          Instant now = settings.clock().instant();
          JournalRecord begun =
              journal.begin(
                  now, Intent.to("drop").with(Field.REASON, entry.get().abbreviated()).fields());
          captures.answered(entry.get());
          journal.end(begun, now, journal.state().known(), Intent.outcome("dropped").fields());
          return warnings ->
              new ChangeOutcome.Done(
                  slotOrHash, "dropped " + entry.get().abbreviated() + " from the stash", warnings);
        });
  }

  /** Believes a server that refused the slot's current token. */
  ChangeOutcome reject(String slot) {
    return changes.change(
        "reporting " + slot,
        slot,
        Exclusive.Scope.OURS,
        (journal, locks, notices) -> {
          Optional<Fingerprint> generation =
              directory.read(slot).credential().flatMap(Credential::generation);
          if (!directory.knows(slot) || generation.isEmpty()) {
            return Registering.refuse(slot, Messages.unknownSlot(slot, directory.names(), layout));
          }
          Instant now = settings.clock().instant();
          JournalRecord begun =
              journal.begin(now, Intent.to("report").with(Field.SLOT, slot).fields());
          captures.remember(
              slot, SlotRecord.read(layout.record(slot)).condemning(generation.get()));
          journal.end(begun, now, journal.state().known(), Intent.outcome("rejected").fields());
          return warnings ->
              new ChangeOutcome.Done(
                  slot,
                  "slot " + slot + " is rejected until its login is renewed or replaced",
                  warnings);
        });
  }

  private Function<List<Warning>, ChangeOutcome> store(
      String slot,
      String operation,
      SlotReading now,
      SlotReading kept,
      String message,
      Journal journal,
      ClientLocks locks,
      Notices notices)
      throws IOException {
    boolean active = directory.active().equals(Optional.of(slot));
    if (kept.credential().isEmpty() || (active && !kept.state().sound())) {
      return Registering.refuse(
          slot,
          kept.state(),
          "what is kept is "
              + kept.state().word()
              + (active ? ", and slot " + slot + " is active; switch to another first" : ""));
    }
    Instant at = settings.clock().instant();
    JournalRecord begun =
        journal.begin(
            at,
            Intent.to(operation).with(Field.SLOT, slot).hash(Field.TARGET, kept.hash()).fields());
    captures.keep(slot, now);
    locks.requireOurs();
    homecoming.store(slot, now, kept.bytes().orElseThrow());
    captures.captureOnWord(slot, kept.credential().get());
    if (operation.equals("restore")) {
      captures.disown(slot, now, kept.credential().get());
    }
    if (active) {
      SlotReading stored = directory.read(slot);
      files.freshen(slot, at.toEpochMilli(), stored.modified(), now.modified());
    }
    String outcome = operation.equals("claim") ? "claimed" : "restored";
    journal.end(begun, at, journal.state().known(), Intent.outcome(outcome).fields());
    notices.event(new SlotEvent.Captured(at, slot));
    return warnings -> new ChangeOutcome.Done(slot, message, warnings);
  }

  /** Another slot that has, or had, the login. */
  private Optional<String> owner(String slot, SlotReading login) {
    return directory.names().stream()
        .filter(name -> !name.equals(slot))
        .filter(
            name -> {
              SlotReading other = directory.read(name);
              return other.hasHad(login) || other.hash().equals(login.hash());
            })
        .findFirst();
  }

  private String ownedBy(String owner, Fingerprint entry) {
    String hash = entry.abbreviated();
    boolean there = directory.hash(owner).equals(Optional.of(entry));
    return "the login in the stash is slot "
        + owner
        + "'s, and two slots of one login revoke each other when both refresh; "
        + (there ? "" : "slots stash claim " + owner + " --entry " + hash + " takes it there, ")
        + "slots stash drop "
        + hash
        + " lets it go";
  }

  private Optional<Fingerprint> entry(String slot, Optional<String> hash) {
    return hash.isPresent() ? only(stash.matching(hash.get())) : suspect(slot);
  }

  private static Optional<Fingerprint> only(List<Fingerprint> matching) {
    return matching.size() == 1 ? Optional.of(matching.get(0)) : Optional.empty();
  }

  private Optional<Fingerprint> suspect(String slot) {
    return SlotNames.problem(slot).isPresent()
        ? Optional.empty()
        : SlotRecord.read(layout.record(slot)).suspect();
  }

  private static String noEntry(String slot, Optional<String> hash) {
    return hash.map(text -> "the stash has no single entry " + SlotNames.quoted(text))
            .orElse("nothing in the stash is known to be of slot " + SlotNames.quoted(slot))
        + "; slots stash list shows what there is";
  }

  private SlotReading read(Path file) {
    return directory.reading(FileContent.of(file), settings.clock().instant());
  }

  private Freshness freshness(String slot, SlotReading reading) {
    return directory.freshness(slot, reading, settings.grace(), settings.clock().instant());
  }

  private static Instant modified(Path file) throws IOException {
    return Files.getLastModifiedTime(file).toInstant();
  }
}
