package dev.credslots.accounts;

import dev.credslots.ChangeOutcome;
import dev.credslots.ExpiryPolicy;
import dev.credslots.LogEntry;
import dev.credslots.SlotEvent;
import dev.credslots.SlotEventListener;
import dev.credslots.SlotManager;
import dev.credslots.StateDocument;
import dev.credslots.Status;
import dev.credslots.StoreException;
import dev.credslots.SwitchOption;
import dev.credslots.SwitchOutcome;
import dev.credslots.Warning;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/**
 * Order and cooldowns of a manager's slots, kept in {@code .slots/rotation.json}, and the switch to
 * the next slot that they lead to.
 *
 * <p>Immutable and thread-safe; any number of books and processes may work on one directory. What
 * only reads takes no lock. A plain {@link SlotManager#switchTo} writes nothing here: when a slot
 * was last used is read from the log.
 *
 * <p>Every method throws a {@link StoreException} of kind {@code REFUSED} if the file is not what
 * this class writes; it is never taken for an empty one, nor overwritten.
 */
public final class RotationBook {
  static final String LOCKED =
      "deferred: another process is changing the slots right now; try again";

  private final SlotManager slots;
  private final Clock clock;
  private final boolean configured;

  /** The book of {@code slots}; without an explicit order, whoever rested longest is next. */
  public RotationBook(SlotManager slots, Clock clock) {
    this(slots, clock, false);
  }

  private RotationBook(SlotManager slots, Clock clock, boolean configured) {
    this.slots = slots;
    this.clock = clock;
    this.configured = configured;
  }

  /**
   * The same book for a manager whose slots somebody put in an order, as in a configuration: they
   * count in that order unless an explicit one is set.
   */
  public RotationBook inConfiguredOrder() {
    return new RotationBook(slots, clock, true);
  }

  /** What is remembered now; {@link Rotation#EMPTY} if nothing ever was. */
  public Rotation read() {
    return slots.document(StateDocument.ROTATION).map(this::parsed).orElse(Rotation.EMPTY);
  }

  /**
   * Changes what is remembered, under the manager's lock and durably.
   *
   * @param change called at most once; must not call the manager; what it throws is thrown, and
   *     nothing is changed then
   * @return false if somebody else had the lock until the timeout; nothing was changed then
   * @throws StoreException as {@link SlotManager#updateDocument}
   */
  public boolean change(UnaryOperator<Rotation> change) {
    return slots.updateDocument(
        StateDocument.ROTATION,
        before -> {
          Rotation old = before.map(this::parsed).orElse(Rotation.EMPTY);
          Rotation changed = change.apply(old);
          return changed.equals(old) ? Optional.empty() : Optional.of(RotationFile.write(changed));
        });
  }

  /**
   * Notes how a call with {@code slot} ended, by {@link Rotation#reported}.
   *
   * @return {@code Refused} if the manager has no such slot, {@code Deferred} if somebody else had
   *     the lock until the timeout
   */
  public ChangeOutcome report(String slot, Outcome outcome) {
    return report(slot, outcome, Optional.empty());
  }

  /** As {@link #report(String, Outcome)}, with the time at which the provider says it ends. */
  public ChangeOutcome report(String slot, Outcome outcome, Instant resetsAt) {
    return report(slot, outcome, Optional.of(resetsAt));
  }

  /** As {@link #report(String, Outcome)}, with how long the provider says to wait. */
  public ChangeOutcome report(String slot, Outcome outcome, Duration retryAfter) {
    // One that is too long for an instant is too long to be believed as well.
    Duration counted =
        retryAfter.compareTo(Usage.LONGEST_RESET) > 0
            ? Usage.LONGEST_RESET.plusDays(1)
            : retryAfter.isNegative() ? Duration.ZERO : retryAfter;
    return report(slot, outcome, Optional.of(now().plus(counted)));
  }

  private ChangeOutcome report(String slot, Outcome outcome, Optional<Instant> resetsAt) {
    Instant now = now();
    return changed(
        slot,
        List.of(slot),
        rotation -> rotation.reported(slot, outcome, resetsAt, now),
        rotation -> reported(slot, outcome, resetsAt, rotation.usageOf(slot), now));
  }

  private static String reported(
      String slot, Outcome outcome, Optional<Instant> resetsAt, Usage usage, Instant now) {
    if (outcome == Outcome.OK) {
      return slot + " works: its failures are cleared";
    }
    String ignored =
        resetsAt.isPresent() && Usage.believable(resetsAt, now).isEmpty()
            ? "; the reset time that was given is past or more than 8 days ahead, and not used"
            : "";
    String until = usage.unusableUntil(now).map(Choosing::shown).orElse("now");
    return slot + " is spared until " + until + " (" + usage.errorCount() + " in a row)" + ignored;
  }

  /**
   * Sets the order; slots it leaves out are out of the rotation.
   *
   * @return {@code Refused} if the manager lacks one of them, or one is there twice or none at all;
   *     {@code Deferred} as {@link #report(String, Outcome)}
   */
  public ChangeOutcome order(List<String> order) {
    if (order.isEmpty() || Set.copyOf(order).size() < order.size()) {
      return refused("", "an order names at least one slot, and each once");
    }
    String names = String.join(", ", order);
    return changed("", order, rotation -> rotation.ordered(order), any -> "the order is " + names);
  }

  /** Forgets the order that was set. */
  public ChangeOutcome clearOrder() {
    return changed(
        "", List.of(), Rotation::orderCleared, any -> "no order is set; " + describeDefault());
  }

  private String describeDefault() {
    return configured
        ? "the configured order counts"
        : "the slot that was not used for longest is next";
  }

  /** Takes {@code slot} out of the rotation, until {@link #enable}; a plain switch still may. */
  public ChangeOutcome disable(String slot) {
    return changed(
        slot,
        List.of(slot),
        rotation -> rotation.disabled(slot),
        any -> slot + " is out of the rotation; slots enable " + slot + " takes it back");
  }

  /** Takes {@code slot} back; a cooldown it has stays. */
  public ChangeOutcome enable(String slot) {
    return changed(
        slot,
        List.of(slot),
        rotation -> rotation.enabled(slot),
        any -> slot + " is in the rotation");
  }

  /**
   * Takes over what another program remembered, where nothing is remembered here: its order, if
   * none was set, with the slots it does not name behind; how its slots fared, of those nobody
   * reported on.
   *
   * @param order slots of the manager
   * @return false if somebody else had the lock until the timeout
   */
  public boolean adopt(List<String> order, Map<String, Usage> usage) {
    List<String> all = new ArrayList<>(order);
    if (!order.isEmpty()) {
      slots.availableSlots().stream().filter(slot -> !order.contains(slot)).forEach(all::add);
    }
    Instant now = now();
    return change(rotation -> rotation.adopting(all, usage, now));
  }

  private interface Telling {
    String of(Rotation after);
  }

  private ChangeOutcome changed(
      String about, List<String> named, UnaryOperator<Rotation> change, Telling telling) {
    List<String> known = slots.slots();
    if (!known.containsAll(named)) {
      return refused(about, "no such slot; there are " + String.join(", ", known));
    }
    List<Rotation> after = new ArrayList<>();
    boolean done =
        change(
            before -> {
              after.add(change.apply(before));
              return after.get(0);
            });
    return done
        ? new ChangeOutcome.Done(about, telling.of(after.get(0)), List.of())
        : new ChangeOutcome.Deferred(about, List.of(), LOCKED, List.of());
  }

  private static ChangeOutcome refused(String slot, String message) {
    return new ChangeOutcome.Refused(slot, Optional.empty(), message, List.of());
  }

  /**
   * When each slot was last switched to or away from, as far as the log goes back, or reported to
   * work, whichever is later. A slot that never was is not in it.
   */
  public Map<String, Instant> lastUses() {
    Map<String, Instant> uses = new HashMap<>();
    for (LogEntry entry : slots.log(Integer.MAX_VALUE)) {
      if (entry.outcome().equals("switched")) {
        entry.from().ifPresent(slot -> uses.merge(slot, entry.at(), RotationBook::later));
        entry.slot().ifPresent(slot -> uses.merge(slot, entry.at(), RotationBook::later));
      }
    }
    read()
        .usage()
        .forEach(
            (slot, usage) ->
                usage.lastUsed().ifPresent(at -> uses.merge(slot, at, RotationBook::later)));
    return uses;
  }

  private static Instant later(Instant a, Instant b) {
    return a.isAfter(b) ? a : b;
  }

  /**
   * Which slot {@link #switchNext} would choose now, and how all of them stand. Only reads.
   *
   * @param options of these, {@link SwitchOption.IfExpired} counts
   */
  public Next next(SwitchOption... options) {
    return next(active(), refusals(List.of(options)));
  }

  private Next next(Optional<String> active, Map<String, String> refusals) {
    return choosing(active, refusals).next();
  }

  Choosing choosing(Optional<String> active, Map<String, String> refusals) {
    return new Choosing(slots.slots(), configured, read(), lastUses(), active, refusals, now());
  }

  /**
   * Switches to the next slot: chosen without a lock, then turned to by {@link
   * SlotManager#switchTo}, which only does it while the slot is still active that was when it was
   * chosen. So callers that saw the same slot active make one switch, and the others learn that it
   * is made. Who comes later sees another one and moves on from that, unless {@link
   * SwitchOption#ifActive} says which slot is to be left: then any number make one switch.
   *
   * <p>If the switch refuses the chosen slot after all, the next one is tried. Forcing does not ask
   * the guards; it brings no slot back that cools, is disabled or would be refused.
   *
   * @param reason as for {@code switchTo}
   * @param options as for {@code switchTo}; with {@link SwitchOption#ifActive} nothing is chosen
   *     unless that slot is active
   * @return {@code Switched}; {@code Unchanged} with {@code ok} if meanwhile another slot than the
   *     one to leave is active, without if none is; {@code Refused} with an empty {@code to} if no
   *     slot is eligible, or for a slot if the live path is in the way; {@code Deferred} as for
   *     {@code switchTo}
   * @throws StoreException as {@code switchTo}, or if the rotation cannot be read: nothing is
   *     switched then
   */
  public SwitchOutcome switchNext(String reason, SwitchOption... options) {
    List<SwitchOption> all = new ArrayList<>(List.of(options));
    Optional<String> active = active();
    Optional<String> leaving = leaving(all);
    if (leaving.isPresent() && !leaving.equals(active)) {
      return already(leaving.get(), active, List.of());
    }
    active.map(SwitchOption::ifActive).ifPresent(all::add);
    SwitchOption[] asked = all.toArray(new SwitchOption[0]);
    Map<String, String> refusals = refusals(all);
    // Every turn takes one slot out, so it ends.
    while (true) {
      Next next = next(active, refusals);
      if (!(next instanceof Next.Chosen chosen)) {
        return new SwitchOutcome.Refused("", Optional.empty(), next.message(), List.of());
      }
      SwitchOutcome outcome = slots.switchTo(chosen.slot(), reason, asked);
      if (outcome instanceof SwitchOutcome.Refused refused && refused.state().isPresent()) {
        refusals.put(chosen.slot(), refused.message());
      } else if (outcome instanceof SwitchOutcome.Unchanged unchanged && active.isPresent()) {
        return already(active.get(), unchanged.active(), unchanged.warnings());
      } else {
        return outcome;
      }
    }
  }

  /** What the caller wanted is so, if any other slot is active. */
  static SwitchOutcome already(String leaving, Optional<String> active, List<Warning> warnings) {
    String message =
        "nothing done: " + leaving + " is not active, " + active.orElse("no slot") + " is";
    return new SwitchOutcome.Unchanged(
        active, active.orElse(""), active.isPresent(), message, warnings);
  }

  static Optional<String> leaving(List<SwitchOption> options) {
    Optional<String> leaving = Optional.empty();
    for (SwitchOption option : options) {
      if (option instanceof SwitchOption.IfActive ifActive) {
        leaving = Optional.of(ifActive.slot());
      }
    }
    return leaving;
  }

  /** As a switch sees it: behind a file that a client wrote is the slot chosen last. */
  Optional<String> active() {
    Optional<String> linked = slots.activeSlot();
    return linked.isPresent() || slots.status().live().state() != Status.LiveState.DETACHED
        ? linked
        : slots.chosenSlot();
  }

  /** Why a switch with these options would refuse, by slot. */
  Map<String, String> refusals(List<SwitchOption> options) {
    Optional<ExpiryPolicy> policy = Optional.empty();
    for (SwitchOption option : options) {
      if (option instanceof SwitchOption.IfExpired ifExpired) {
        policy = Optional.of(ifExpired.policy());
      }
    }
    Map<String, String> refusals = new HashMap<>();
    for (String slot : slots.slots()) {
      policy
          .map(given -> slots.refusal(slot, given))
          .orElseGet(() -> slots.refusal(slot))
          .ifPresent(sentence -> refusals.put(slot, sentence));
    }
    return refusals;
  }

  /**
   * Follows renames and removals. For {@link dev.credslots.SlotManagerBuilder#onEvent}, which comes
   * before the manager and so before its book: hence the supplier, which is not asked before the
   * first event. Writes only if something is remembered of the slot; a slot that is removed and
   * added again begins afresh, but for what the log says.
   */
  public static SlotEventListener listener(Supplier<RotationBook> book) {
    return event -> {
      if (event instanceof SlotEvent.Renamed renamed) {
        book.get().follow(renamed.from(), renamed.to());
      } else if (event instanceof SlotEvent.Removed removed) {
        book.get().forget(removed.slot());
      }
    };
  }

  private void follow(String from, String to) {
    if (!read().mentions(from)) {
      return;
    }
    // The log will go on calling it by its old name.
    Optional<Instant> used = Optional.ofNullable(lastUses().get(from));
    require(
        change(
            rotation ->
                used.filter(any -> rotation.mentions(from))
                    .map(at -> rotation.usedAt(from, at))
                    .orElse(rotation)
                    .renamed(from, to)));
  }

  private void forget(String slot) {
    if (read().mentions(slot)) {
      require(change(rotation -> rotation.forgetting(slot)));
    }
  }

  /** The manager turns what a listener throws into a warning. */
  private static void require(boolean done) {
    if (!done) {
      throw new IllegalStateException(LOCKED);
    }
  }

  private Rotation parsed(byte[] bytes) {
    Path file = slots.directory().resolve(".slots").resolve(StateDocument.ROTATION.fileName());
    return RotationFile.read(bytes, file);
  }

  private Instant now() {
    return clock.instant().truncatedTo(ChronoUnit.MILLIS);
  }
}
