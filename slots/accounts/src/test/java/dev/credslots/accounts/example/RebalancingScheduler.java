package dev.credslots.accounts.example;

import dev.credslots.ChangeOutcome;
import dev.credslots.LockGuard;
import dev.credslots.LogEntry;
import dev.credslots.SlotListener;
import dev.credslots.SlotManager;
import dev.credslots.SwitchOption;
import dev.credslots.SwitchOutcome;
import dev.credslots.accounts.Next;
import dev.credslots.accounts.Outcome;
import dev.credslots.accounts.RotationBook;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

/**
 * An example to copy from: spreads the work of many agents over several subscriptions.
 *
 * <p>Call {@link #tick} every few minutes. It leaves a subscription that is nearly used up for the
 * least used one, and is slow to change its mind. It keeps nothing in memory: what it must know of
 * the last move is in the manager's log, so it may be restarted at any time, and run twice.
 */
public final class RebalancingScheduler {
  private final SlotManager slots;
  private final RotationBook book;
  private final ToDoubleFunction<String> usage;
  private final Clock clock;
  private final Limits limits;

  /**
   * When to move. Three of them are there against flapping.
   *
   * @param leaveAt the active slot is left from this usage on
   * @param advantage how much less the target must be used: hysteresis
   * @param between the least time between two moves
   * @param noReturn how long the last move is not undone
   * @param anyway unless the active slot is used more than this
   */
  public record Limits(
      double leaveAt, double advantage, Duration between, Duration noReturn, double anyway) {
    /** What did well over a simulated week. */
    public static final Limits DEFAULT =
        new Limits(0.85, 0.2, Duration.ofMinutes(30), Duration.ofHours(2), 0.95);
  }

  /**
   * Embeds a manager.
   *
   * @param busy while it holds anybody, nothing is switched
   * @param moves hears of every switch
   * @param usage of a slot's quota, from 0 to 1, as the caller knows it
   */
  public RebalancingScheduler(
      Path directory,
      List<String> names,
      LockGuard busy,
      SlotListener moves,
      ToDoubleFunction<String> usage,
      Clock clock,
      Limits limits) {
    this.slots =
        SlotManager.builder(directory)
            .slots(names)
            .clock(clock)
            .lockGuard(busy)
            .onSwitch(moves)
            .build();
    this.book = new RotationBook(slots, clock);
    this.usage = usage;
    this.clock = clock;
    this.limits = limits;
  }

  /** The manager inside, for what else the program does with its slots. */
  public SlotManager slots() {
    return slots;
  }

  /** An agent was told that the slot's limit is reached: it is no target until then. */
  public ChangeOutcome limited(String slot, Instant resetsAt) {
    return book.report(slot, Outcome.RATE_LIMIT, resetsAt);
  }

  /**
   * Moves if it is time to.
   *
   * @return what became of the move; empty if none was due. {@code Deferred}: somebody is busy, and
   *     the next tick tries again
   */
  public Optional<SwitchOutcome> tick() {
    // A client that renewed its token has put a file over the link: first bring it home.
    slots.heal();
    Optional<String> active = slots.activeSlot();
    if (active.isEmpty()) {
      return Optional.empty(); // Somebody is busy, or a person must look: slots status says.
    }
    String from = active.get();
    return target(from)
        .map(to -> slots.switchTo(to, reason(from, to), SwitchOption.ifActive(from)));
  }

  private Optional<String> target(String active) {
    double used = usage.applyAsDouble(active);
    Optional<LogEntry> last = lastMove();
    if (used < limits.leaveAt()
        || last.filter(move -> isWithin(limits.between(), move)).isPresent()) {
      return Optional.empty();
    }
    return eligible()
        .filter(slot -> usage.applyAsDouble(slot) <= used - limits.advantage())
        .filter(slot -> used > limits.anyway() || last.filter(move -> undoes(move, slot)).isEmpty())
        .min(Comparator.comparingDouble(usage).thenComparing(Comparator.naturalOrder()));
  }

  /** Whoever is neither active nor cooling, disabled or expired. */
  private Stream<String> eligible() {
    return book.next().standings().stream()
        .filter(standing -> standing.state() == Next.State.ELIGIBLE)
        .map(Next.Standing::slot);
  }

  private boolean undoes(LogEntry move, String slot) {
    return move.from().equals(Optional.of(slot)) && isWithin(limits.noReturn(), move);
  }

  private boolean isWithin(Duration time, LogEntry move) {
    return clock.instant().isBefore(move.at().plus(time));
  }

  /** Whoever made it: what a person just chose is not undone either. */
  private Optional<LogEntry> lastMove() {
    return slots.log(Integer.MAX_VALUE).stream()
        .filter(entry -> entry.outcome().equals("switched"))
        .reduce((earlier, later) -> later);
  }

  private String reason(String from, String to) {
    return String.format(
        Locale.ROOT,
        "rebalance: %s at %.0f %%, %s at %.0f %%",
        from,
        100 * usage.applyAsDouble(from),
        to,
        100 * usage.applyAsDouble(to));
  }
}
