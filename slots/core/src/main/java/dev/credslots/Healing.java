package dev.credslots;

import dev.credslots.credential.Fingerprint;
import dev.credslots.internal.file.Deadline;
import dev.credslots.internal.file.Journal;
import dev.credslots.internal.file.JournalRecord;
import dev.credslots.internal.file.JournalRecord.Field;
import dev.credslots.verdict.Decision;
import dev.credslots.verdict.Facts;
import dev.credslots.verdict.Judge;
import dev.credslots.verdict.Plan;
import dev.credslots.verdict.Verdict;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** Brings a detached live file home and the link back. */
final class Healing {
  private final Settings settings;
  private final SlotDirectory directory;
  private final Exclusive exclusive;
  private final Captures captures;
  private final Homecoming homecoming;
  private final Gathering gathering;
  private final Holds holds;
  private final SlotFiles files;

  Healing(Settings settings, SlotDirectory directory, Exclusive exclusive, Captures captures) {
    this.settings = settings;
    this.directory = directory;
    this.exclusive = exclusive;
    this.captures = captures;
    this.homecoming = new Homecoming(settings, directory, captures);
    this.gathering = new Gathering(directory);
    this.holds = new Holds(settings.guards());
    this.files = new SlotFiles(settings.layout());
  }

  /** Everything a heal looked at and what follows from it. */
  private record Case(LiveReading live, Facts facts, Decision decision, boolean force) {
    Verdict verdict() {
      return decision.verdict();
    }

    boolean changesSlots() {
      return !(decision.plan() instanceof Plan.Nothing || decision.plan() instanceof Plan.Refuse);
    }
  }

  HealOutcome heal(Optional<String> told, Set<HealOption> options) {
    Facts.Request request =
        new Facts.Request(
            told, options.contains(HealOption.FORCE), options.contains(HealOption.RELINK));
    Ownership.check(settings.layout());
    Optional<Journal.State> journalNow = peek();
    Case seen = look(request, journalNow.flatMap(Journal.State::chosen));
    if (told.isPresent() && !directory.knows(told.get())) {
      return refused(
          seen, SlotNames.problem(told.get()).orElseGet(() -> unknown(told.orElseThrow())));
    }
    Optional<String> obstacle = homecoming.obstacle(seen.decision().plan());
    if (obstacle.isPresent()) {
      return refused(seen, inTheWay(obstacle.get()));
    }
    boolean dryRun = options.contains(HealOption.DRY_RUN);
    // Nothing to heal, but somebody was killed after the turn: locking ends what was left open.
    boolean leftOpen = journalNow.map(state -> state.open().isPresent()).orElse(true);
    if (dryRun || (!seen.changesSlots() && !leftOpen)) {
      return withoutWriting(seen, dryRun);
    }
    List<Hold> busy = seen.force() || !seen.changesSlots() ? List.of() : holds.now();
    if (!busy.isEmpty()) {
      return deferred(seen, busy);
    }
    Notices notices = new Notices(settings);
    Optional<Function<List<Warning>, HealOutcome>> outcome =
        exclusive.run(
            "healing",
            notices,
            Deadline.in(settings.lockTimeout()),
            journal -> locked(request, journal, notices));
    notices.tell();
    return outcome
        .map(made -> made.apply(notices.warnings()))
        .orElseGet(
            () ->
                seen.changesSlots()
                    ? new HealOutcome.Deferred(seen.verdict(), List.of(), Messages.LOCKED)
                    : withoutWriting(seen, false));
  }

  private Case look(Facts.Request request, Optional<String> chosen) {
    LiveReading live = directory.readLive();
    Facts facts = gathering.facts(live, chosen, request);
    return new Case(live, facts, Judge.decide(facts), request.force());
  }

  /** Empty if the journal cannot be read: decided again under the lock, where it must be. */
  private Optional<Journal.State> peek() {
    try {
      return Optional.of(Journal.peek(settings.layout()));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private Function<List<Warning>, HealOutcome> locked(
      Facts.Request request, Journal journal, Notices notices) throws IOException {
    // The world may have moved since the first look: decide afresh.
    Case seen = look(request, journal.state().chosen());
    if (!seen.changesSlots()) {
      return warnings -> withoutWriting(seen, false);
    }
    if (!seen.force()) {
      List<Hold> busy = holds.now();
      if (!busy.isEmpty()) {
        return warnings -> deferred(seen, busy);
      }
    }
    Plan plan = seen.decision().plan();
    Optional<String> obstacle = homecoming.obstacle(plan);
    if (obstacle.isPresent()) {
      return warnings -> refused(seen, inTheWay(obstacle.get()));
    }
    Optional<String> active = active(plan);
    Optional<String> slot = slot(plan);
    Instant now = settings.clock().instant();
    JournalRecord begun =
        journal.begin(
            now,
            Intent.to("heal")
                .with(Field.FROM, journal.state().chosen())
                .with(Field.SLOT, slot)
                .with(Field.TO, active)
                .with(Field.REASON, seen.verdict().word())
                .hash(Field.LIVE, seen.live().file().flatMap(SlotReading::hash))
                .fields());
    return carryOut(seen, plan, begun, journal, notices);
  }

  private Function<List<Warning>, HealOutcome> carryOut(
      Case seen, Plan plan, JournalRecord begun, Journal journal, Notices notices)
      throws IOException {
    SlotReading live = seen.live().file().orElseThrow();
    Instant now = settings.clock().instant();
    if (plan instanceof Plan.Capture capture) {
      captures.keep(capture.slot(), live);
      Optional<Fingerprint> token = live.token();
      if (token.isPresent()) {
        captures.capture(capture.slot(), token.get());
      }
      end(journal, begun, "captured", journal.state().chosen());
      return warnings ->
          new HealOutcome.NoDrift(
              seen.verdict(),
              seen.live().linked(),
              "no drift; the rotated token of " + capture.slot() + " is on record");
    }
    if (plan instanceof Plan.Stash) {
      Fingerprint kept = homecoming.stash(live, notices);
      end(journal, begun, "stashed", journal.state().chosen());
      return warnings -> stashed(seen, kept);
    }
    String active = active(plan).orElseThrow();
    homecoming.bring(plan, live, notices);
    turn(active, live);
    if (!(plan instanceof Plan.Absorb)) {
      // An absorption that was killed may have left the slot its bytes and not their fingerprint.
      slot(plan).ifPresent(own -> captures.afterSwitch(own, directory.read(own), notices));
    }
    end(journal, begun, plan instanceof Plan.Absorb ? "healed" : "relinked", Optional.of(active));
    return turned(seen, plan, active, now, notices);
  }

  private void turn(String active, SlotReading live) throws IOException {
    SlotReading target = directory.read(active);
    captures.keep(active, target);
    files.freshen(active, settings.clock().millis(), target.modified(), live.modified());
    files.turn(active);
  }

  private void end(Journal journal, JournalRecord begun, String outcome, Optional<String> chosen)
      throws IOException {
    journal.end(begun, settings.clock().instant(), chosen, Intent.outcome(outcome).fields());
  }

  private Function<List<Warning>, HealOutcome> turned(
      Case seen, Plan plan, String active, Instant now, Notices notices) {
    String message = message(plan, active);
    if (plan instanceof Plan.Absorb absorb) {
      notices.turned(new SlotEvent.Healed(now, absorb.slot(), active), active, SlotListener.HEALED);
      return warnings ->
          new HealOutcome.Healed(
              seen.verdict(), absorb.slot(), active, message, seen.facts().evidence(), warnings);
    }
    Optional<String> slot = slot(plan);
    notices.turned(
        new SlotEvent.Relinked(now, slot.orElse(active), active), active, SlotListener.HEALED);
    return warnings ->
        new HealOutcome.Relinked(
            seen.verdict(), slot, active, message, seen.facts().evidence(), warnings);
  }

  private static String message(Plan plan, String active) {
    String link = "; the live link leads to " + active;
    if (plan instanceof Plan.Absorb absorb) {
      return "healed: the live login was stored in slot " + absorb.slot() + link;
    }
    if (plan instanceof Plan.KeepAsGeneration keep) {
      return "the live file was an older login of slot "
          + keep.slot()
          + " and is kept as a generation"
          + link;
    }
    if (plan instanceof Plan.PutAside) {
      return "the useless live file was put in the stash" + link;
    }
    return "the live file was slot " + slot(plan).orElse(active) + "'s own" + link;
  }

  /** Outcomes that change nothing: no drift, a refusal, or what a heal would do. */
  private HealOutcome withoutWriting(Case seen, boolean dryRun) {
    Plan plan = seen.decision().plan();
    if (plan instanceof Plan.Nothing) {
      return new HealOutcome.NoDrift(
          seen.verdict(),
          seen.live().linked(),
          "no drift: the live link leads to " + seen.live().linked().orElse("a slot"));
    }
    if (plan instanceof Plan.Refuse refuse) {
      return new HealOutcome.Refused(
          seen.verdict(),
          refuse.attention(),
          "refusing to heal: " + refuse.reason() + "; " + remedy(seen),
          seen.facts().evidence());
    }
    if (!dryRun) {
      throw new IllegalStateException("a plan that writes: " + plan);
    }
    return wouldDo(seen, plan);
  }

  private static HealOutcome wouldDo(Case seen, Plan plan) {
    if (plan instanceof Plan.Stash) {
      String hash =
          seen.live().file().flatMap(SlotReading::hash).map(Fingerprint::sha256).orElse("");
      return new HealOutcome.Stashed(
          seen.verdict(),
          hash,
          "would keep a copy in the stash and leave the live file",
          seen.facts().evidence());
    }
    if (plan instanceof Plan.Capture capture) {
      return new HealOutcome.NoDrift(
          seen.verdict(),
          seen.live().linked(),
          "no drift; would record the rotated token of " + capture.slot());
    }
    String active = active(plan).orElseThrow();
    String message = "would do: " + message(plan, active);
    return plan instanceof Plan.Absorb absorb
        ? new HealOutcome.Healed(
            seen.verdict(), absorb.slot(), active, message, seen.facts().evidence(), List.of())
        : new HealOutcome.Relinked(
            seen.verdict(), slot(plan), active, message, seen.facts().evidence(), List.of());
  }

  private HealOutcome stashed(Case seen, Fingerprint kept) {
    String why =
        seen.verdict() == Verdict.OWN_LINEAGE
            ? "the live file is an older login of a slot whose later one is of no use now"
            : "nobody can say whose the live file is";
    return new HealOutcome.Stashed(
        seen.verdict(),
        kept.sha256(),
        why
            + "; a copy is in the stash and the file is as it was;"
            + " slots heal SLOT says that it is SLOT's, slots add NAME makes it a slot of its own",
        seen.facts().evidence());
  }

  private String remedy(Case seen) {
    Optional<String> slot = seen.live().linked();
    String live = settings.layout().live().toString();
    return switch (seen.verdict()) {
      case ABSENT -> "slots switch SLOT makes it, or log in and run: slots add NAME";
      case BROKEN, FOREIGN_LINK -> "slots switch SLOT turns it to a slot";
      case NOT_A_FILE -> "move " + live + " away, then: slots switch SLOT";
      case DAMAGED -> "switch to another slot, or log in again with the client";
      case WIPED, EXPIRED, UNREADABLE ->
          "slots heal --relink puts it aside and links the slot chosen last; slots switch SLOT"
              + " another; or log in again";
      case IDENTITY_CHANGED, UNVERIFIED ->
          "if the login is right, accept it: slots capture " + slot.orElse("SLOT");
      case TOLD ->
          seen.facts().evidence().stream().anyMatch(piece -> piece.rank().proves())
              ? "slots heal without a name does what the evidence says, --force what you say"
              : "log in again, or switch to another slot";
      default -> "slots status shows the directory";
    };
  }

  private HealOutcome refused(Case seen, String message) {
    return new HealOutcome.Refused(seen.verdict(), false, message, seen.facts().evidence());
  }

  private static String inTheWay(String obstacle) {
    return "refusing to heal: " + obstacle + ", which would be lost; move it away first";
  }

  private String unknown(String name) {
    return Messages.unknownSlot(name, directory.names(), settings.layout());
  }

  private static HealOutcome deferred(Case seen, List<Hold> busy) {
    return new HealOutcome.Deferred(
        seen.verdict(),
        busy,
        "deferred: held by "
            + Holds.names(busy)
            + "; try again later, or heal all the same with --force");
  }

  private static Optional<String> active(Plan plan) {
    if (plan instanceof Plan.Relink relink) {
      return Optional.of(relink.active());
    }
    if (plan instanceof Plan.Absorb absorb) {
      return Optional.of(absorb.active());
    }
    if (plan instanceof Plan.KeepAsGeneration keep) {
      return Optional.of(keep.active());
    }
    return plan instanceof Plan.PutAside aside ? Optional.of(aside.active()) : Optional.empty();
  }

  private static Optional<String> slot(Plan plan) {
    if (plan instanceof Plan.Relink relink) {
      return Optional.of(relink.slot());
    }
    if (plan instanceof Plan.Absorb absorb) {
      return Optional.of(absorb.slot());
    }
    if (plan instanceof Plan.KeepAsGeneration keep) {
      return Optional.of(keep.slot());
    }
    return plan instanceof Plan.Capture capture ? Optional.of(capture.slot()) : Optional.empty();
  }
}
