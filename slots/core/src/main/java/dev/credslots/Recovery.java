package dev.credslots;

import dev.credslots.credential.Credential;
import dev.credslots.credential.Fingerprint;
import dev.credslots.internal.file.Journal;
import dev.credslots.internal.file.JournalRecord;
import dev.credslots.internal.file.JournalRecord.Field;
import dev.credslots.internal.file.Layout;
import dev.credslots.verdict.Facts;
import dev.credslots.verdict.Verdict;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Ends what a killed operation began, first thing under the lock: a link that was not turned yet is
 * left (undone), one that was is accounted for (finished). A live file that a client has renamed
 * over the path since is never written from what the journal says: the intent is closed, and with
 * it what the journal knew of the choice, because nobody can tell which of the two came last.
 */
final class Recovery {
  private static final String FINISHED = "finished";
  private static final String UNDONE = "undone";
  private static final String CLOSED = "closed";
  private static final String STORED = "stored";

  private final Settings settings;
  private final Layout layout;
  private final SlotDirectory directory;
  private final Captures captures;
  private final Homecoming homecoming;
  private final Leftovers leftovers;
  private final SlotFiles files;

  Recovery(Settings settings, SlotDirectory directory, Captures captures, Homecoming homecoming) {
    this.settings = settings;
    this.layout = settings.layout();
    this.directory = directory;
    this.captures = captures;
    this.homecoming = homecoming;
    this.leftovers = new Leftovers(layout);
    this.files = new SlotFiles(layout);
  }

  void run(Journal journal, Notices notices) throws IOException {
    Optional<JournalRecord> open = journal.state().open();
    if (open.isEmpty()) {
      return;
    }
    JournalRecord begun = open.get();
    for (Fingerprint stashed : leftovers.removeOurs(directory)) {
      notices.warn(
          "stashed",
          "a login that a killed command had in hand is in the stash as "
              + stashed.abbreviated()
              + "; slots stash list shows it");
    }
    // A begin that does not name its slots is not as we write them: there is nothing to go by.
    boolean named =
        begun.get(Field.SLOT).isPresent()
            && (begun.get(Field.TO).isPresent() || !Intent.operation(begun).equals("rename"));
    String operation = named ? Intent.operation(begun) : "";
    Optional<Home> home =
        List.of("switch", "heal").contains(operation) ? broughtHome(begun) : Optional.empty();
    boolean stored = home.map(Home::stored).orElse(false);
    String outcome =
        switch (operation) {
          case "switch" -> turned(journal, begun, UNDONE, notices);
          case "heal" -> turned(journal, begun, stored ? STORED : UNDONE, notices);
          case "add" -> added(journal, begun, notices);
          case "remove" -> removed(journal, begun);
          case "rename" -> renamed(journal, begun, notices);
          case "move-out" -> movedOut(journal, begun, notices);
          case "restore", "claim", "refresh", "login" -> stored(journal, begun);
          default -> end(journal, begun, UNDONE, journal.state().known());
        };
    String message =
        "a "
            + Intent.operation(begun)
            + begun.get(Field.SLOT).map(slot -> " of " + slot).orElse("")
            + " begun "
            + begun.at()
            + " was cut short; "
            + (outcome.equals(STORED) ? "the link is not turned" : "it is " + outcome + " now")
            + home.filter(Home::stored)
                .map(found -> ", and the live file's login is in slot " + found.slot() + " already")
                .orElse("");
    notices.warn("recovered", message);
    if (home.map(Home::guessed).orElse(false)) {
      notices.warn("inferred", Messages.inferred(home.get().slot()));
    }
    notices.event(new SlotEvent.Recovered(now(), message));
  }

  /**
   * Where a live file was brought.
   *
   * @param stored whether its bytes are there now, as they were live
   * @param guessed whether that was no more than a guess: nobody has said so before, and from now
   *     on the bytes are the slot's own
   */
  private record Home(String slot, boolean stored, boolean guessed) {}

  /**
   * Ends the storing of a live file in a slot, which stays even if the link was not turned: the
   * login is remembered as the slot's.
   */
  private Optional<Home> broughtHome(JournalRecord begun) throws IOException {
    boolean heal = Intent.operation(begun).equals("heal");
    Optional<String> home = begun.get(heal ? Field.SLOT : Field.HOME);
    Optional<String> verdict = begun.get(heal ? Field.REASON : Field.VERDICT);
    Optional<String> to = begun.get(Field.TO);
    if (home.isEmpty() || to.isEmpty() || verdict.equals(Optional.of(Verdict.OWN_BYTES.word()))) {
      return Optional.empty(); // There was nothing to be stored.
    }
    String slot = home.get();
    SlotReading reading = directory.read(slot);
    Optional<Fingerprint> hash = reading.hash();
    boolean stored =
        hash.isPresent()
            && reading.credential().isPresent()
            && hash.map(Fingerprint::sha256).equals(begun.get(Field.LIVE));
    if (stored) {
      captures.answered(hash.get());
      captures.capture(slot, reading.credential().get(), Optional.empty());
    }
    boolean done = stored || leadsTo(directory.readLive(), to.get());
    boolean guessed = done && verdict.equals(Optional.of(Verdict.INFERRED.word()));
    return Optional.of(new Home(slot, stored, guessed));
  }

  /**
   * Ends what was to turn the link.
   *
   * @param undone what it is if the link was not turned
   */
  private String turned(Journal journal, JournalRecord begun, String undone, Notices notices)
      throws IOException {
    Optional<String> to = begun.get(Field.TO);
    LiveReading live = directory.readLive();
    if (to.isPresent() && leadsTo(live, to.get())) {
      captures.afterSwitch(to.get(), directory.read(to.get()), notices);
      Journal.Known known = journal.state().known().choosing(to);
      // Perhaps it was killed before the identity file was written, perhaps after: then the account
      // in it is our own work and no sign of a login. What is pending is settled right after this.
      boolean settle = settings.identityFile().map(Files::exists).orElse(false);
      return end(journal, begun, FINISHED, settle ? known.pending(to) : known);
    }
    if (live.kind() == Facts.Kind.FILE && !untouched(begun, live)) {
      return end(journal, begun, CLOSED, Journal.Known.NOTHING);
    }
    return end(journal, begun, undone, journal.state().known());
  }

  /** Also to a slot of the manager that was killed and not of this one. */
  private boolean leadsTo(LiveReading live, String slot) {
    return live.linked().equals(Optional.of(slot))
        || (live.kind() == Facts.Kind.FOREIGN_LINK
            && live.destination().equals(Optional.of(layout.destination(slot).toString())));
  }

  /** The live file is the very one the operation began with: it was killed before the turn. */
  private static boolean untouched(JournalRecord begun, LiveReading live) {
    Optional<String> hash = live.file().flatMap(SlotReading::hash).map(Fingerprint::sha256);
    return hash.isPresent() && hash.equals(begun.get(Field.LIVE));
  }

  private String added(Journal journal, JournalRecord begun, Notices notices) throws IOException {
    String slot = begun.get(Field.SLOT).orElseThrow();
    SlotReading reading = directory.read(slot);
    Optional<String> hash = reading.hash().map(Fingerprint::sha256);
    if (hash.isEmpty() || !hash.equals(begun.get(Field.TARGET))) {
      return end(journal, begun, UNDONE, journal.state().known());
    }
    // The slot is whole and durable: finishing loses nothing, taking it back could.
    LiveReading live = directory.readLive();
    boolean turnLink = begun.get(Field.TO).isPresent();
    if (turnLink && live.kind() == Facts.Kind.FILE) {
      if (!untouched(begun, live)) {
        return end(journal, begun, CLOSED, Journal.Known.NOTHING);
      }
      homecoming.turn(slot, live, journal, ClientLocks.none(settings), notices);
    }
    captures.afterSwitch(slot, reading, notices);
    captures.answered(reading.hash().orElseThrow());
    Journal.Known known = journal.state().known();
    return end(journal, begun, FINISHED, turnLink ? known.choosing(Optional.of(slot)) : known);
  }

  private String removed(Journal journal, JournalRecord begun) throws IOException {
    String slot = begun.get(Field.SLOT).orElseThrow();
    if (files.present(slot)) {
      return end(journal, begun, UNDONE, journal.state().known());
    }
    files.forget(slot);
    Optional<String> chosen = journal.state().chosen().filter(name -> !name.equals(slot));
    return end(journal, begun, FINISHED, journal.state().known().choosing(chosen));
  }

  private String renamed(Journal journal, JournalRecord begun, Notices notices) throws IOException {
    String from = begun.get(Field.SLOT).orElseThrow();
    String to = begun.get(Field.TO).orElseThrow();
    boolean linkedAnew = files.sameFile(from, to);
    if (files.present(from) && !linkedAnew) {
      return end(journal, begun, UNDONE, journal.state().known());
    }
    homecoming.followRename(from, to, notices);
    files.finishRename(from, to, now());
    Optional<String> chosen = journal.state().chosen().map(slot -> slot.equals(from) ? to : slot);
    return end(journal, begun, FINISHED, journal.state().known().choosing(chosen));
  }

  /** The new slot has the bytes and perhaps the link; its old slot perhaps not its own back yet. */
  private String movedOut(Journal journal, JournalRecord begun, Notices notices)
      throws IOException {
    String to = begun.get(Field.SLOT).orElseThrow();
    String from = begun.get(Field.FROM).orElseThrow();
    SlotReading moved = directory.read(to);
    if (!moved.hash().map(Fingerprint::sha256).equals(begun.get(Field.TARGET))) {
      return end(journal, begun, UNDONE, journal.state().known());
    }
    LiveReading live = directory.readLive();
    if (live.linked().equals(Optional.of(from))) {
      homecoming.turn(to, live, journal, ClientLocks.none(settings), notices);
    } else if (!live.linked().equals(Optional.of(to))) {
      return end(journal, begun, CLOSED, Journal.Known.NOTHING);
    }
    captures.afterSwitch(to, moved, notices);
    homecoming.bringBack(from, moved);
    return end(journal, begun, FINISHED, journal.state().known().choosing(Optional.of(to)));
  }

  /** Bytes that were to be put into a slot: they are in it, or not. */
  private String stored(Journal journal, JournalRecord begun) throws IOException {
    String slot = begun.get(Field.SLOT).orElseThrow();
    SlotReading reading = directory.read(slot);
    if (!reading.hash().map(Fingerprint::sha256).equals(begun.get(Field.TARGET))) {
      return end(journal, begun, UNDONE, journal.state().known());
    }
    captures.answered(reading.hash().orElseThrow());
    Optional<Credential> login = reading.credential();
    if (login.isPresent() && Intent.operation(begun).equals("refresh")) {
      captures.captureSuccessor(slot, login.get());
    } else if (login.isPresent()) {
      captures.captureOnWord(slot, login.get());
    }
    return end(journal, begun, FINISHED, journal.state().known());
  }

  private String end(Journal journal, JournalRecord begun, String outcome, Journal.Known known)
      throws IOException {
    String reason = begun.get(Field.REASON).orElse("") + " (recovered)";
    journal.end(
        begun, now(), known, Intent.outcome(outcome).with(Field.REASON, reason.strip()).fields());
    return outcome;
  }

  private Instant now() {
    return settings.clock().instant();
  }
}
