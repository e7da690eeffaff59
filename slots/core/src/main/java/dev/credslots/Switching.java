package dev.credslots;

import dev.credslots.credential.SlotState;
import dev.credslots.internal.file.Deadline;
import dev.credslots.internal.file.Journal;
import dev.credslots.internal.file.JournalRecord;
import dev.credslots.internal.file.JournalRecord.Field;
import dev.credslots.verdict.Decision;
import dev.credslots.verdict.Facts;
import dev.credslots.verdict.Plan;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/** Turns the live link to another slot. */
final class Switching {
  private final Settings settings;
  private final SlotDirectory directory;
  private final Exclusive exclusive;
  private final Captures captures;
  private final Homecoming homecoming;
  private final Splicing splicing;
  private final Holds holds;
  private final Gates gates;
  private final SlotFiles files;
  private final Adoption adoption;
  private final Function<String, Optional<RefreshOutcome>> renewer;

  Switching(
      Settings settings,
      SlotDirectory directory,
      Exclusive exclusive,
      Captures captures,
      Homecoming homecoming,
      Splicing splicing,
      Adoption adoption,
      Function<String, Optional<RefreshOutcome>> renewer) {
    this.settings = settings;
    this.adoption = adoption;
    this.renewer = renewer;
    this.directory = directory;
    this.exclusive = exclusive;
    this.captures = captures;
    this.homecoming = homecoming;
    this.splicing = splicing;
    this.holds = new Holds(settings.guards());
    this.gates = new Gates(settings.gates());
    this.files = new SlotFiles(settings.layout());
  }

  SwitchOutcome switchTo(String to, String reason, List<SwitchOption> options) {
    SwitchRequest request =
        SwitchRequest.of(to, reason, options, settings.expiryPolicy(), !gates.any());
    if (!directory.knows(to)) {
      return unknown(to);
    }
    try (HoldWait wait = holds.waitFor(request.patience(), request.waiting())) {
      List<Warning> warnings = List.of();
      while (true) {
        List<Hold> busy = request.force() ? List.of() : wait.untilFree();
        if (!busy.isEmpty()) {
          return deferred(request, busy, warnings);
        }
        if (request.dryRun()) {
          return dryRun(request);
        }
        // What it would come to: no gate is asked about a switch that has nothing to do.
        if (!request.passed()
            && dryRun(request.asDryRun()) instanceof SwitchOutcome.Switched foreseen) {
          List<Hold> objections = gates.ask(foreseen.from(), to, reason);
          if (!objections.isEmpty()) {
            return objected(request, objections, warnings);
          }
          request = request.letPass();
        }
        SwitchOutcome outcome = switchOrRenew(request, warnings);
        boolean heldAgain =
            outcome instanceof SwitchOutcome.Deferred deferred && !deferred.holds().isEmpty();
        if (!heldAgain || wait.over()) {
          return outcome;
        }
        // Somebody began between the two looks, and there is time left.
        warnings = outcome.warnings();
      }
    }
  }

  private SwitchOutcome switchOrRenew(SwitchRequest request, List<Warning> before) {
    SwitchOutcome outcome = switchLocked(request, before);
    return toBeRenewed(request, outcome) ? renewAndSwitch(request, outcome) : outcome;
  }

  /** Whether nothing but a token that is over stands in the way, and it may be renewed. */
  private boolean toBeRenewed(SwitchRequest request, SwitchOutcome outcome) {
    return canRenew(request)
        && outcome instanceof SwitchOutcome.Refused refused
        && refused.state().map(Switching::ending).orElse(false);
  }

  private static boolean ending(SlotState state) {
    return state == SlotState.EXPIRING || state == SlotState.REFRESHABLE;
  }

  private SwitchOutcome renewAndSwitch(SwitchRequest request, SwitchOutcome first) {
    RefreshOutcome renewal = renewer.apply(request.to()).orElseThrow();
    List<Warning> warnings = new ArrayList<>(first.warnings());
    warnings.addAll(renewal.warnings());
    return renewal.ok()
        ? switchLocked(request.renewed(), warnings)
        : notRenewed(request, renewal, warnings);
  }

  private SwitchOutcome switchLocked(SwitchRequest request, List<Warning> before) {
    Notices notices = new Notices(settings);
    before.forEach(notices::warn);
    Optional<Function<List<Warning>, SwitchOutcome>> outcome =
        exclusive.run(
            "switching to " + request.to(),
            Exclusive.Scope.CLIENT,
            notices,
            Deadline.in(settings.lockTimeout()),
            (journal, locks) -> locked(request, journal, locks, notices));
    notices.tell();
    return outcome
        .map(made -> made.apply(notices.warnings()))
        .orElseGet(() -> busy(request, notices));
  }

  private SwitchOutcome notRenewed(
      SwitchRequest request, RefreshOutcome renewal, List<Warning> warnings) {
    if (renewal instanceof RefreshOutcome.Deferred) {
      return new SwitchOutcome.Deferred(request.to(), List.of(), renewal.message(), warnings);
    }
    String remedy =
        renewal instanceof RefreshOutcome.Refused
            ? ""
            : "; --if-expired activate trusts the client to renew it, --if-expired refuse does not try";
    return new SwitchOutcome.Refused(
        request.to(),
        Optional.of(directory.read(request.to()).state()),
        "refusing to switch to " + request.to() + ": " + renewal.message() + remedy,
        warnings);
  }

  private SwitchOutcome dryRun(SwitchRequest request) {
    SlotReading target = directory.read(request.to());
    LiveReading live = directory.readLive();
    Optional<String> current = current(live, this::chosenWithoutLock);
    return verdictWithoutWriting(request, target, live, current)
        .map(made -> made.apply(List.of()))
        .orElseGet(
            () ->
                new SwitchOutcome.Switched(
                    current,
                    request.to(),
                    request.reason(),
                    (request.policy() == ExpiryPolicy.REFRESH && ending(target.state())
                            ? "would renew " + request.to() + " and switch to it"
                            : "would switch to " + request.to())
                        + (request.passed()
                            ? ""
                            : ", unless a pre-switch hook objects: a dry run asks none"),
                    List.of()));
  }

  /** Behind a file that a client wrote is the slot chosen last. */
  private static Optional<String> current(LiveReading live, Supplier<Optional<String>> chosen) {
    return live.kind() == Facts.Kind.FILE ? chosen.get() : live.linked();
  }

  private Optional<String> chosenWithoutLock() {
    try {
      return Journal.peek(settings.layout()).chosen();
    } catch (IOException e) {
      return Optional.empty(); // The switch itself would say that it cannot be read.
    }
  }

  private Function<List<Warning>, SwitchOutcome> locked(
      SwitchRequest request, Journal journal, ClientLocks locks, Notices notices)
      throws IOException {
    if (!request.force()) {
      List<Hold> busy = holds.underLock();
      if (!busy.isEmpty()) {
        return warnings -> deferred(request, busy, warnings);
      }
    }
    SlotReading target = directory.read(request.to());
    LiveReading live = directory.readLive();
    Optional<String> current = current(live, () -> journal.state().chosen());
    Optional<Function<List<Warning>, SwitchOutcome>> nothing =
        verdictWithoutWriting(request, target, live, current);
    if (nothing.isPresent()) {
      if (nothing.get().apply(List.of()).ok()) {
        recordChoice(request, journal);
      }
      return nothing.get();
    }
    if (!request.passed()) {
      // There was nothing to do when the gates were to be asked; now it is too late to.
      return warnings ->
          new SwitchOutcome.Deferred(request.to(), List.of(), Messages.TURNED_MEANWHILE, warnings);
    }
    return turn(request, target, live, current, journal, locks, notices);
  }

  /**
   * The link was turned by another program: from now on the choice is on record as the caller's.
   */
  private void recordChoice(SwitchRequest request, Journal journal) throws IOException {
    Optional<String> to = Optional.of(request.to());
    if (journal.state().chosen().equals(to)) {
      return;
    }
    Instant now = settings.clock().instant();
    JournalRecord begun =
        journal.begin(
            now,
            Intent.to("choose").with(Field.SLOT, to).with(Field.REASON, request.reason()).fields());
    journal.end(
        begun, now, journal.state().known().choosing(to), Intent.outcome("chosen").fields());
  }

  /** What can be said before anything is written: refused, or nothing to do. */
  private Optional<Function<List<Warning>, SwitchOutcome>> verdictWithoutWriting(
      SwitchRequest request, SlotReading target, LiveReading live, Optional<String> current) {
    String to = request.to();
    if (request.ifActive().isPresent() && !request.ifActive().equals(current)) {
      String message =
          "nothing done: "
              + request.ifActive().get()
              + " is not active, "
              + current.orElse("no slot")
              + " is";
      boolean ok = current.equals(Optional.of(to));
      return Optional.of(
          warnings -> new SwitchOutcome.Unchanged(current, to, ok, message, warnings));
    }
    // What a renewal would cure stands back behind what it would come to nothing by.
    boolean curable = canRenew(request) && ending(target.state());
    Optional<Function<List<Warning>, SwitchOutcome>> refused = refused(request, target);
    if (refused.isPresent() && !curable) {
      return refused;
    }
    boolean mounted = live.kind() == Facts.Kind.MOUNT_POINT;
    if (mounted || live.kind() == Facts.Kind.NOT_A_FILE) {
      String message =
          "refusing to switch: the live path "
              + settings.layout().live()
              + (mounted
                  ? " is a mount point, and nothing can be renamed over it; " + Messages.UNMOUNT
                  : " is neither a file nor a link; move it away first");
      return Optional.of(
          warnings -> new SwitchOutcome.Refused(to, Optional.empty(), message, warnings));
    }
    if (live.linked().equals(Optional.of(to))) {
      return Optional.of(
          warnings ->
              new SwitchOutcome.Unchanged(
                  live.linked(), to, true, to + " is active already", warnings));
    }
    return refused;
  }

  private Optional<Function<List<Warning>, SwitchOutcome>> refused(
      SwitchRequest request, SlotReading target) {
    Optional<SlotState> state = Optional.of(target.state());
    return refusal(request, target)
        .map(
            reason -> warnings -> new SwitchOutcome.Refused(request.to(), state, reason, warnings));
  }

  private boolean canRenew(SwitchRequest request) {
    return request.policy() == ExpiryPolicy.REFRESH && settings.renewer().isPresent();
  }

  private Function<List<Warning>, SwitchOutcome> turn(
      SwitchRequest request,
      SlotReading target,
      LiveReading live,
      Optional<String> from,
      Journal journal,
      ClientLocks locks,
      Notices notices)
      throws IOException {
    String to = request.to();
    if (adoption.inFlight(to)) {
      throw new Exclusive.Later(Messages.beingRenewed(to));
    }
    Optional<Decision> home =
        live.kind() == Facts.Kind.FILE
            ? live.file().map(file -> homecoming.decide(file, journal))
            : Optional.empty();
    Optional<Decision> absorbed =
        home.filter(
            made ->
                made.plan() instanceof Plan.Absorb && homecoming.obstacle(made.plan()).isEmpty());
    Instant now = settings.clock().instant();
    JournalRecord begun =
        journal.begin(
            now,
            Intent.to("switch")
                .with(Field.FROM, from)
                .with(Field.SLOT, to)
                .with(Field.TO, to)
                .with(Field.REASON, request.reason())
                .hash(Field.LIVE, live.file().flatMap(SlotReading::hash))
                .hash(Field.TARGET, target.hash())
                .with(Field.HOME, absorbed.flatMap(made -> made.plan().home()))
                .with(Field.VERDICT, absorbed.map(made -> made.verdict().word()))
                .fields());
    SlotReading activated = target;
    if (home.isPresent()) {
      homecoming.bringAndTell(home.get(), live.file().orElseThrow(), journal, locks, notices);
      // What came home may have become the target's, and the target may have become suspect.
      activated = directory.read(to);
      Optional<String> refusal = refusal(request, activated);
      if (refusal.isPresent()) {
        journal.end(begun, now, journal.state().known(), Intent.outcome("refused").fields());
        SlotState state = activated.state();
        return warnings ->
            new SwitchOutcome.Refused(to, Optional.of(state), refusal.get(), warnings);
      }
    }
    warnOfOddities(live, notices);
    captures.keep(to, activated);
    activated = homecoming.carryShared(to, live, activated, locks);
    files.freshen(
        to, now.toEpochMilli(), activated.modified(), live.file().flatMap(SlotReading::modified));
    homecoming.turn(to, live, journal, locks, notices);
    Journal.Known known =
        splicing.afterTurn(to, activated, journal.state().known(), locks, notices);
    captures.afterSwitch(to, activated, notices);
    journal.end(begun, now, known, Intent.outcome("switched").fields());
    notices.turned(new SlotEvent.Switched(now, from, to, request.reason()), to, request.reason());
    String message =
        from.filter(slot -> !slot.equals(to))
            .map(slot -> "switched from " + slot + " to " + to)
            .orElse("switched to " + to);
    return warnings -> new SwitchOutcome.Switched(from, to, request.reason(), message, warnings);
  }

  private void warnOfOddities(LiveReading live, Notices notices) {
    if (live.kind() == Facts.Kind.FOREIGN_LINK) {
      notices.warn(
          "foreign-link",
          "the live link led to "
              + live.destination().orElse("somewhere else")
              + ", which is as it was");
    }
    if (Ownership.writableByOthers(settings.layout().directory())) {
      notices.warn("directory-writable", Messages.writableByOthers(settings.layout()));
    }
  }

  /** A dry run counts on the renewal; a switch has it made once this has refused. */
  private Optional<String> refusal(SwitchRequest request, SlotReading target) {
    return Activation.refusal(
        request.to(),
        freshness(request.to(), target),
        request.policy(),
        request.dryRun() && canRenew(request),
        request.force());
  }

  private Freshness freshness(String slot, SlotReading reading) {
    return directory.freshness(slot, reading, settings.grace(), settings.clock().instant());
  }

  private SwitchOutcome unknown(String to) {
    Optional<String> notAName = SlotNames.problem(to);
    String message =
        notAName.orElseGet(() -> Messages.unknownSlot(to, directory.names(), settings.layout()));
    Optional<SlotState> state =
        notAName.isPresent() ? Optional.empty() : Optional.of(SlotState.MISSING);
    return new SwitchOutcome.Refused(to, state, message, List.of());
  }

  private static SwitchOutcome deferred(
      SwitchRequest request, List<Hold> busy, List<Warning> warnings) {
    return new SwitchOutcome.Deferred(
        request.to(),
        busy,
        "deferred: held by "
            + Holds.names(busy)
            + "; try again later, wait with --wait 10m, or switch all the same with --force",
        warnings);
  }

  private static SwitchOutcome objected(
      SwitchRequest request, List<Hold> objections, List<Warning> warnings) {
    Hold first = objections.get(0);
    return new SwitchOutcome.Deferred(
        request.to(),
        objections,
        "deferred: "
            + first.source()
            + " objects: "
            + first.name()
            + "; try again later, or switch all the same with --force",
        warnings);
  }

  private static SwitchOutcome busy(SwitchRequest request, Notices notices) {
    return new SwitchOutcome.Deferred(
        request.to(), List.of(), notices.blocked(), notices.warnings());
  }
}
