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
  private final Splicing splicing;
  private final Identity identity;
  private final Gathering gathering;
  private final Holds holds;
  private final SlotFiles files;

  Healing(
      Settings settings,
      SlotDirectory directory,
      Exclusive exclusive,
      Captures captures,
      Homecoming homecoming,
      Splicing splicing,
      Identity identity) {
    this.settings = settings;
    this.directory = directory;
    this.exclusive = exclusive;
    this.captures = captures;
    this.homecoming = homecoming;
    this.splicing = splicing;
    this.identity = identity;
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
    Case seen = look(request, journalNow.orElse(Journal.State.EMPTY));
    if (told.isPresent() && !directory.knows(told.get())) {
      return refused(
          seen,
          SlotNames.problem(told.get()).orElseGet(() -> unknown(told.orElseThrow())),
          List.of());
    }
    Optional<String> obstacle = homecoming.obstacle(seen.decision().plan());
    if (obstacle.isPresent()) {
      return refused(seen, inTheWay(obstacle.get()), List.of());
    }
    boolean dryRun = options.contains(HealOption.DRY_RUN);
    // Nothing to heal, but somebody was killed after the turn: locking ends what was left open.
    boolean leftOpen = journalNow.map(Journal.State::unfinished).orElse(true);
    if (dryRun || (!seen.changesSlots() && !leftOpen)) {
      return withoutWriting(seen, dryRun, List.of());
    }
    List<Hold> busy = seen.force() || !seen.changesSlots() ? List.of() : holds.now();
    if (!busy.isEmpty()) {
      return deferred(seen, busy, List.of());
    }
    Notices notices = new Notices(settings);
    Optional<Function<List<Warning>, HealOutcome>> outcome =
        exclusive.run(
            "healing",
            Exclusive.Scope.CLIENT,
            notices,
            Deadline.in(settings.lockTimeout()),
            (journal, locks) -> locked(request, journal, locks, notices));
    notices.tell();
    return outcome
        .map(made -> made.apply(notices.warnings()))
        .orElseGet(
            () ->
                seen.changesSlots()
                    ? new HealOutcome.Deferred(
                        seen.verdict(), List.of(), notices.blocked(), notices.warnings())
                    : withoutWriting(seen, false, notices.warnings()));
  }

  /**
   * Heals before something else is done, if a client wrote a live file.
   *
   * @param told gets what people should hear of it
   * @return why it has to wait, if it has to
   */
  Optional<String> first(List<Warning> told) {
    if (directory.readLive().kind() != Facts.Kind.FILE) {
      return Optional.empty();
    }
    HealOutcome outcome = heal(Optional.empty(), Set.of());
    if (!(outcome instanceof HealOutcome.NoDrift)) {
      // Above all an inference, which must not be made without a word.
      told.add(new Warning("healed", outcome.message()));
    }
    told.addAll(outcome.warnings());
    return outcome instanceof HealOutcome.Deferred
        ? Optional.of(outcome.message())
        : Optional.empty();
  }

  private Case look(Facts.Request request, Journal.State journal) {
    LiveReading live = directory.readLive();
    Facts facts = gathering.facts(live, Memory.of(journal, identity), request);
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
      Facts.Request request, Journal journal, ClientLocks locks, Notices notices)
      throws IOException {
    // The world may have moved since the first look: decide afresh.
    Case seen = look(request, journal.state());
    if (!seen.changesSlots()) {
      return warnings -> withoutWriting(seen, false, warnings);
    }
    if (!seen.force()) {
      List<Hold> busy = holds.underLock();
      if (!busy.isEmpty()) {
        return warnings -> deferred(seen, busy, warnings);
      }
    }
    Plan plan = seen.decision().plan();
    Optional<String> obstacle = homecoming.obstacle(plan);
    if (obstacle.isPresent()) {
      return warnings -> refused(seen, inTheWay(obstacle.get()), warnings);
    }
    Optional<String> active = plan.turnsTo();
    Optional<String> slot = plan.home();
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
    return carryOut(seen, plan, begun, journal, locks, notices);
  }

  private Function<List<Warning>, HealOutcome> carryOut(
      Case seen,
      Plan plan,
      JournalRecord begun,
      Journal journal,
      ClientLocks locks,
      Notices notices)
      throws IOException {
    SlotReading live = seen.live().file().orElseThrow();
    Instant now = settings.clock().instant();
    if (plan instanceof Plan.Capture capture) {
      captures.keep(capture.slot(), live);
      captures.capture(capture.slot(), live.credential().orElseThrow(), Optional.empty());
      end(journal, begun, "captured", journal.state().known());
      return warnings ->
          new HealOutcome.NoDrift(
              seen.verdict(),
              seen.live().linked(),
              "no drift; the rotated token of " + capture.slot() + " is on record",
              warnings);
    }
    Optional<String> chosen = journal.state().chosen();
    if (plan instanceof Plan.Stash) {
      Fingerprint kept = homecoming.putAside(seen.decision(), live, chosen, notices);
      end(journal, begun, "stashed", journal.state().known());
      return warnings -> stashed(seen, kept, warnings);
    }
    String active = plan.turnsTo().orElseThrow();
    homecoming.bring(seen.decision(), live, chosen, locks, notices);
    SlotReading target = directory.read(active);
    captures.keep(active, target);
    if (!plan.home().equals(Optional.of(active))) {
      // The link goes to another slot than the file came from: the machine's keys go along.
      target = homecoming.carryShared(active, seen.live(), target, locks);
    }
    files.freshen(active, settings.clock().millis(), target.modified(), live.modified());
    homecoming.turn(active, seen.live(), journal, locks, notices);
    if (plan.home().isPresent() && !(plan instanceof Plan.Absorb)) {
      // An absorption that was killed may have left the slot its bytes and not their fingerprint.
      String own = plan.home().get();
      captures.afterSwitch(own, directory.read(own), notices);
    }
    Journal.Known known =
        splicing.afterTurn(active, directory.read(active), journal.state().known(), locks, notices);
    end(journal, begun, plan instanceof Plan.Absorb ? "healed" : "relinked", known);
    return turned(seen, plan, active, now, notices);
  }

  private void end(Journal journal, JournalRecord begun, String outcome, Journal.Known known)
      throws IOException {
    journal.end(begun, settings.clock().instant(), known, Intent.outcome(outcome).fields());
  }

  private Function<List<Warning>, HealOutcome> turned(
      Case seen, Plan plan, String active, Instant now, Notices notices) {
    String message = message(seen.verdict(), plan, active);
    if (plan instanceof Plan.Absorb absorb) {
      notices.turned(new SlotEvent.Healed(now, absorb.slot(), active), active, SlotListener.HEALED);
      return warnings ->
          new HealOutcome.Healed(
              seen.verdict(), absorb.slot(), active, message, seen.facts().evidence(), warnings);
    }
    Optional<String> slot = plan.home();
    notices.turned(
        new SlotEvent.Relinked(now, slot.orElse(active), active), active, SlotListener.HEALED);
    return warnings ->
        new HealOutcome.Relinked(
            seen.verdict(), slot, active, message, seen.facts().evidence(), warnings);
  }

  private static String message(Verdict verdict, Plan plan, String active) {
    String link = "; the live link leads to " + active;
    if (plan instanceof Plan.Absorb absorb) {
      String how = verdict == Verdict.INFERRED ? "; " + Messages.inferred(absorb.slot()) : "";
      return "healed: the live login was stored in slot " + absorb.slot() + link + how;
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
    return "the live file was slot " + plan.home().orElse(active) + "'s own" + link;
  }

  /** Outcomes that change nothing: no drift, a refusal, or what a heal would do. */
  private HealOutcome withoutWriting(Case seen, boolean dryRun, List<Warning> warnings) {
    Plan plan = seen.decision().plan();
    if (plan instanceof Plan.Nothing) {
      return new HealOutcome.NoDrift(
          seen.verdict(),
          seen.live().linked(),
          "no drift: the live link leads to " + seen.live().linked().orElse("a slot"),
          warnings);
    }
    if (plan instanceof Plan.Refuse refuse) {
      return new HealOutcome.Refused(
          seen.verdict(),
          refuse.attention(),
          "refusing to heal: " + refuse.reason() + "; " + remedy(seen),
          seen.facts().evidence(),
          warnings);
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
          "would keep a copy in the stash and leave the live file"
              + suspected(seen).map(slot -> ", and slot " + slot + " would be suspect").orElse(""),
          seen.facts().evidence(),
          List.of());
    }
    if (plan instanceof Plan.Capture capture) {
      return new HealOutcome.NoDrift(
          seen.verdict(),
          seen.live().linked(),
          "no drift; would record the rotated token of " + capture.slot(),
          List.of());
    }
    String active = plan.turnsTo().orElseThrow();
    String message = "would do: " + message(seen.verdict(), plan, active);
    return plan instanceof Plan.Absorb absorb
        ? new HealOutcome.Healed(
            seen.verdict(), absorb.slot(), active, message, seen.facts().evidence(), List.of())
        : new HealOutcome.Relinked(
            seen.verdict(), plan.home(), active, message, seen.facts().evidence(), List.of());
  }

  /** The slot that the file may be a newer login of, as far as anybody knows. */
  private static Optional<String> suspected(Case seen) {
    return seen.verdict() == Verdict.UNRESOLVED ? seen.facts().chosen() : Optional.empty();
  }

  private static HealOutcome stashed(Case seen, Fingerprint kept, List<Warning> warnings) {
    String whose =
        switch (seen.verdict()) {
          case FOREIGN -> "the live login is of an account that no slot has";
          case OWN_LINEAGE ->
              "the live file is an older login of a slot whose later one is of no use now";
          default -> "nobody can say whose the live file is";
        };
    String remedy =
        seen.verdict() == Verdict.FOREIGN
            ? "slots add NAME makes it a slot"
            : "slots heal SLOT says that it is SLOT's, slots add NAME makes it a slot of its own";
    return new HealOutcome.Stashed(
        seen.verdict(),
        kept.sha256(),
        whose
            + "; a copy is in the stash and the file is as it was; "
            + suspected(seen)
                .map(slot -> "it may be slot " + slot + "'s, which is suspect until you say; ")
                .orElse("")
            + remedy,
        seen.facts().evidence(),
        warnings);
  }

  private String remedy(Case seen) {
    Optional<String> slot = seen.live().linked();
    String live = settings.layout().live().toString();
    return switch (seen.verdict()) {
      case ABSENT -> "slots switch SLOT makes it, or log in and run: slots add NAME";
      case BROKEN, FOREIGN_LINK -> "slots switch SLOT turns it to a slot";
      case NOT_A_FILE ->
          seen.live().kind() == Facts.Kind.MOUNT_POINT
              ? Messages.UNMOUNT
              : "move " + live + " away, then: slots switch SLOT";
      case DAMAGED ->
          "slots restore "
              + slot.orElse("SLOT")
              + " brings an earlier login back, slots switch SLOT takes another; or log in again";
      case WIPED, EXPIRED, UNREADABLE ->
          "slots heal --relink puts it aside and links the slot chosen last; slots switch SLOT"
              + " another; or log in again";
      case IDENTITY_CHANGED, UNVERIFIED ->
          "slots capture "
              + slot.orElse("SLOT")
              + " accepts the login, slots add NAME moves it to a slot of its own, slots restore "
              + slot.orElse("SLOT")
              + " brings the old one back";
      case TOLD ->
          seen.facts().evidence().stream().anyMatch(piece -> piece.rank().proves())
              ? "slots heal without a name does what the evidence says, --force what you say"
              : "log in again, or switch to another slot";
      default -> "slots status shows the directory";
    };
  }

  private HealOutcome refused(Case seen, String message, List<Warning> warnings) {
    return new HealOutcome.Refused(
        seen.verdict(), false, message, seen.facts().evidence(), warnings);
  }

  private static String inTheWay(String obstacle) {
    return "refusing to heal: " + obstacle + ", which would be lost; move it away first";
  }

  private String unknown(String name) {
    return Messages.unknownSlot(name, directory.names(), settings.layout());
  }

  private static HealOutcome deferred(Case seen, List<Hold> busy, List<Warning> warnings) {
    return new HealOutcome.Deferred(
        seen.verdict(),
        busy,
        "deferred: held by "
            + Holds.names(busy)
            + "; try again later, or heal all the same with --force",
        warnings);
  }
}
