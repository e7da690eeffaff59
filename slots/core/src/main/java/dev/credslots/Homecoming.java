package dev.credslots;

import dev.credslots.credential.Fingerprint;
import dev.credslots.credential.IdentityBlock;
import dev.credslots.credential.MalformedJsonException;
import dev.credslots.credential.SharedKeys;
import dev.credslots.credential.SlotState;
import dev.credslots.internal.file.Deadline;
import dev.credslots.internal.file.FileContent;
import dev.credslots.internal.file.Generations;
import dev.credslots.internal.file.Journal;
import dev.credslots.internal.file.Layout;
import dev.credslots.internal.file.Stash;
import dev.credslots.verdict.Decision;
import dev.credslots.verdict.Facts;
import dev.credslots.verdict.Judge;
import dev.credslots.verdict.Plan;
import dev.credslots.verdict.Verdict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;

/**
 * Brings a detached live file's bytes to where they are kept, before anything replaces the file,
 * and turns the link. Under the lock, with the intent on record. Each step is durable before the
 * next.
 */
final class Homecoming {
  /** No client takes longer to write a few KiB. */
  private static final Duration LONGEST_WRITE = Duration.ofSeconds(2);

  private static final long PAUSE_NANOS = 1_000_000;

  private final Settings settings;
  private final SlotDirectory directory;
  private final Captures captures;
  private final Identity identity;
  private final Stash stash;
  private final SlotFiles files;

  Homecoming(Settings settings, SlotDirectory directory, Captures captures, Identity identity) {
    Layout layout = settings.layout();
    this.settings = settings;
    this.directory = directory;
    this.captures = captures;
    this.identity = identity;
    this.stash = new Stash(layout);
    this.files = new SlotFiles(layout);
  }

  /** Decides about a live file that nobody has said anything of. */
  Decision decide(SlotReading live, Journal journal) {
    LiveReading reading =
        new LiveReading(Facts.Kind.FILE, Optional.empty(), Optional.empty(), Optional.of(live));
    return Judge.decide(
        new Gathering(directory)
            .facts(reading, Memory.of(journal.state(), identity), Facts.Request.PLAIN));
  }

  /** Stores a live file's bytes where they belong, and says so if that is no more than a guess. */
  void bringAndTell(
      Decision decision, SlotReading live, Journal journal, ClientLocks locks, Notices notices)
      throws IOException {
    bring(decision, live, journal.state().chosen(), locks, notices);
    if (decision.verdict() == Verdict.INFERRED && decision.plan() instanceof Plan.Absorb absorb) {
      notices.warn("inferred", Messages.inferred(absorb.slot()));
    }
  }

  /** What is in the place of the slot to be written and cannot be kept before. */
  Optional<String> obstacle(Plan plan) {
    return plan instanceof Plan.Absorb absorb
            && directory.read(absorb.slot()).content() instanceof FileContent.Refused refused
        ? Optional.of("slot " + absorb.slot() + " is " + refused.reason())
        : Optional.empty();
  }

  /**
   * Carries out the part of a decision that stores bytes.
   *
   * @throws ClientLocks.LostException if a client took the locks over: every slot is as it was
   */
  void bring(
      Decision decision,
      SlotReading live,
      Optional<String> chosen,
      ClientLocks locks,
      Notices notices)
      throws IOException {
    Plan plan = decision.plan();
    if (plan instanceof Plan.Absorb absorb && obstacle(plan).isEmpty()) {
      Optional<IdentityBlock> account =
          decision.verdict() == Verdict.SAME_ACCOUNT ? identity.block() : Optional.empty();
      absorb(absorb.slot(), live, account, locks);
      captures.answered(live.hash().orElseThrow());
    } else if (plan instanceof Plan.KeepAsGeneration keep) {
      captures.keepLoser(keep.slot(), live.bytes().orElseThrow(), live.credential());
      captures.answered(live.hash().orElseThrow());
    } else if (plan instanceof Plan.Relink) {
      captures.answered(live.hash().orElseThrow());
    } else {
      tellStashed(putAside(decision, live, chosen, notices), live, notices);
    }
  }

  /** Puts a copy of the live file in the stash; the chosen slot is suspect if it may be its. */
  Fingerprint putAside(
      Decision decision, SlotReading live, Optional<String> chosen, Notices notices)
      throws IOException {
    Fingerprint kept =
        live.content() instanceof FileContent.Bytes content
            ? stash.keep(content.bytes())
            : stash.keepFile(settings.layout().live());
    notices.event(stashed(kept));
    if (decision.verdict() == Verdict.UNRESOLVED && chosen.isPresent()) {
      captures.suspect(chosen.get(), kept);
    }
    return kept;
  }

  private void absorb(
      String slot, SlotReading live, Optional<IdentityBlock> account, ClientLocks locks)
      throws IOException {
    locks.requireOurs();
    store(slot, directory.read(slot), live.bytes().orElseThrow());
    captures.capture(slot, live.credential().orElseThrow(), account);
    captures.evict(slot, live.token());
  }

  /**
   * Makes the slot hold {@code bytes}; what it held is kept, also what a client put there since.
   */
  void store(String slot, SlotReading before, byte[] bytes) throws IOException {
    if (before.bytes().isPresent()) {
      captures.keepLoser(slot, before.bytes().get(), before.credential());
    }
    Optional<Path> displaced = files.write(slot, bytes);
    if (displaced.isPresent()) {
      SlotReading out = cameOut(displaced.get());
      if (out.bytes().isPresent() && !sameBytes(out, before)) {
        captures.keepLoser(slot, out.bytes().get(), out.credential());
      }
      files.discard(displaced.get());
    }
  }

  /**
   * Turns the live link. A file that a client put there since the live path was read comes out of
   * the exchange and is brought home like the first.
   *
   * @param live as it was read and brought home
   */
  void turn(String slot, LiveReading live, Journal journal, ClientLocks locks, Notices notices)
      throws IOException {
    locks.requireOurs();
    Optional<Path> displaced = files.turn(slot);
    if (displaced.isEmpty()) {
      return;
    }
    Path came = displaced.get();
    SlotReading out = cameOut(came);
    boolean atHome = live.file().map(known -> sameBytes(out, known)).orElse(false);
    if (out.bytes().isPresent() && !atHome) {
      // Whoever has the locks by now: it is in no other place any more.
      bringAndTell(decide(out, journal), out, journal, ClientLocks.none(settings), notices);
    } else if (out.bytes().isEmpty()) {
      stash.keepFile(came);
    }
    files.discard(came);
  }

  /**
   * Lets the live link follow a slot that has two names, if it leads to the old one. A file that a
   * client put there since stays for the next heal; one that comes out of the exchange would be
   * taken for the slot that is about to go, and is put aside.
   */
  void followRename(String from, String to, Notices notices) throws IOException {
    boolean follows =
        directory.active().equals(Optional.of(from))
            && Files.isSymbolicLink(settings.layout().live());
    Optional<Path> displaced = follows ? files.turn(to) : Optional.empty();
    if (displaced.isPresent()) {
      SlotReading out = cameOut(displaced.get());
      Fingerprint kept = stash.keepFile(displaced.get());
      notices.event(stashed(kept));
      tellStashed(kept, out, notices);
      files.discard(displaced.get());
    }
  }

  /**
   * Carries the keys that belong to the machine from what is live into the slot that will be.
   *
   * @return the slot as it is then
   */
  SlotReading carryShared(String slot, LiveReading live, SlotReading target, ClientLocks locks)
      throws IOException {
    Optional<byte[]> from = live.file().flatMap(SlotReading::bytes);
    Optional<byte[]> to = target.bytes();
    boolean none = live.state() == SlotState.UNREADABLE || live.linked().equals(Optional.of(slot));
    if (from.isEmpty() || to.isEmpty() || none) {
      return target;
    }
    Optional<byte[]> carried;
    try {
      List<String> shared = settings.format().sharedKeys(from.get());
      if (shared.isEmpty()) {
        return target;
      }
      carried = new SharedKeys(shared).carry(from.get(), to.get());
    } catch (MalformedJsonException e) {
      return target; // Both were read as logins; only their other keys can be at fault.
    }
    if (carried.isEmpty()) {
      return target;
    }
    locks.requireOurs();
    store(slot, target, carried.get());
    return directory.read(slot);
  }

  /**
   * Puts the captured login of a slot back, after what replaced it was moved out.
   *
   * @param moved what was moved out; if the slot has something else by now, it stays
   */
  void bringBack(String slot, SlotReading moved) throws IOException {
    SlotReading now = directory.read(slot);
    Optional<Generations.Generation> own = captured(slot, now);
    if (own.isPresent() && sameBytes(now, moved)) {
      FileContent content = FileContent.of(own.get().file());
      if (content instanceof FileContent.Bytes kept) {
        putBack(slot, kept.bytes(), moved);
      }
    }
  }

  /** What comes out is in its new slot; what a client put there since is nobody's. */
  private void putBack(String slot, byte[] bytes, SlotReading moved) throws IOException {
    Optional<Path> displaced = files.write(slot, bytes);
    if (displaced.isPresent()) {
      if (!sameBytes(cameOut(displaced.get()), moved)) {
        stash.keepFile(displaced.get());
      }
      files.discard(displaced.get());
    }
  }

  /** The kept generation with the slot's captured token, the newest if there are several. */
  Optional<Generations.Generation> captured(String slot, SlotReading reading) throws IOException {
    Optional<String> token = reading.captured().map(Fingerprint::abbreviated);
    return new Generations(settings.layout())
        .of(slot).stream()
            .filter(generation -> token.equals(Optional.of(generation.token())))
            .reduce((older, newer) -> newer);
  }

  /**
   * What an exchange handed back. A client that writes in place may have had it open: it truncates
   * first, so what it has begun shows, and it is done in an instant unless it was killed.
   */
  private SlotReading cameOut(Path displaced) {
    SlotReading out = read(displaced);
    if (settings.format().writesInPlace()) {
      Deadline deadline = Deadline.in(LONGEST_WRITE);
      while (out.state() == SlotState.UNREADABLE && deadline.remaining() > 0) {
        LockSupport.parkNanos(PAUSE_NANOS);
        out = read(displaced);
      }
    }
    return out;
  }

  private SlotReading read(Path file) {
    return directory.reading(FileContent.of(file), settings.clock().instant());
  }

  private static boolean sameBytes(SlotReading one, SlotReading other) {
    return one.bytes().isPresent()
        && other.bytes().isPresent()
        && Arrays.equals(one.bytes().get(), other.bytes().get());
  }

  private SlotEvent stashed(Fingerprint kept) {
    return new SlotEvent.Stashed(
        settings.clock().instant(), kept.sha256(), "the live file belonged to no slot");
  }

  private static void tellStashed(Fingerprint kept, SlotReading what, Notices notices) {
    String claim =
        what.state().sound()
            ? ", slots stash claim SLOT --entry " + kept.abbreviated() + " takes it"
            : "";
    notices.warn(
        "stashed",
        "the live file could not be placed in a slot; a copy is in the stash as "
            + kept.abbreviated()
            + "; slots stash list shows it"
            + claim);
  }
}
