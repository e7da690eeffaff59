package dev.credslots.accounts.example;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.credslots.LogEntry;
import dev.credslots.SlotListener;
import dev.credslots.SwitchOutcome;
import dev.credslots.testkit.FakeLogin;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A week of the scheduler in a real directory, on a fake clock. */
final class SchedulerWeekTest {
  private static final Duration WEEK = Duration.ofDays(7);
  private static final RebalancingScheduler.Limits LIMITS = RebalancingScheduler.Limits.DEFAULT;
  private static final Duration LONGEST_OVER = Duration.ofMinutes(30);
  private static final DateTimeFormatter DAY_AND_TIME =
      DateTimeFormatter.ofPattern("EEE HH:mm", Locale.ROOT);

  @TempDir Path temp;
  private final List<String> page = new ArrayList<>();
  private final List<Instant> movedWhileBusy = new ArrayList<>();
  private SubscriptionWeek week;
  private RebalancingScheduler scheduler;
  private int healed;
  private int deferred;
  private int limitReached;
  private Duration over = Duration.ZERO;
  private Duration longestOver = Duration.ZERO;

  private void monday(RebalancingScheduler.Limits limits) throws IOException {
    week = new SubscriptionWeek(temp.resolve("claude"));
    scheduler =
        new RebalancingScheduler(
            week.directory.path(),
            week.names(),
            week::holds,
            this::moved,
            week::used,
            week.clock,
            limits);
  }

  private void moved(String slot, String reason) {
    if (!week.holds().isEmpty()) {
      movedWhileBusy.add(week.clock.instant());
    }
    if (reason.equals(SlotListener.HEALED)) {
      healed++; // The same slot is live as before, and its file is where it belongs.
    } else {
      page.add(shown(week.clock.instant()) + "  -> " + slot + "  " + reason);
    }
  }

  private static String shown(Instant instant) {
    return DAY_AND_TIME.format(LocalDateTime.ofInstant(instant, ZoneOffset.UTC));
  }

  @Test
  void a_week_is_balanced_without_flapping() throws IOException {
    monday(LIMITS);
    List<LogEntry> moves = run(WEEK);
    assertEquals(page.size(), moves.size(), "the listener heard of every move");
    print(moves);
    assertEquals(List.of(), movedWhileBusy, "a move while the guard was busy");
    assertEquals(0, flaps(moves), "moves that undo the last one");
    assertTrue(moves.size() >= 10 && moves.size() <= 45, moves.size() + " moves");
    assertTrue(deferred > 0, "the guard was never in the way: the week shows nothing of it");
    assertTrue(limitReached > 0, "no limit was reached: the week shows nothing of it");
    assertTrue(longestOver.compareTo(LONGEST_OVER) <= 0, "over for " + longestOver);
    assertNothingMisfiled();
  }

  /** Or the week above would prove nothing. */
  @Test
  void without_its_limits_it_would_flap() throws IOException {
    monday(new RebalancingScheduler.Limits(0.85, 0.001, Duration.ZERO, Duration.ZERO, 1));
    List<LogEntry> moves = run(Duration.ofDays(3)); // The rush is on the third.
    assertTrue(flaps(moves) > 5, flaps(moves) + " of " + moves.size() + " undo the last one");
    assertEquals(List.of(), movedWhileBusy, "the guard is the manager's, not the scheduler's");
  }

  private List<LogEntry> run(Duration time) throws IOException {
    Instant end = week.clock.instant().plus(time);
    String active = "bob";
    while (week.clock.instant().isBefore(end)) {
      week.step(active);
      if (week.used(active) >= 1) {
        limitReached++;
        scheduler.limited(active, week.resets(active));
      }
      tick();
      active = scheduler.slots().chosenSlot().orElse(active);
      watch(active);
    }
    return moves();
  }

  private void tick() {
    Optional<SwitchOutcome> outcome = scheduler.tick();
    if (outcome.isPresent() && outcome.get() instanceof SwitchOutcome.Deferred) {
      deferred++;
    } else {
      assertTrue(outcome.map(SwitchOutcome::ok).orElse(true), outcome.toString());
    }
  }

  /**
   * How long the live slot is over the threshold although a better one is there and nobody busy.
   */
  private void watch(String active) {
    double used = week.used(active);
    boolean better =
        week.names().stream().anyMatch(slot -> week.used(slot) <= used - LIMITS.advantage());
    boolean avoidable = used >= LIMITS.leaveAt() && better && week.holds().isEmpty();
    over = avoidable ? over.plus(SubscriptionWeek.STEP) : Duration.ZERO;
    longestOver = over.compareTo(longestOver) > 0 ? over : longestOver;
  }

  private List<LogEntry> moves() {
    return scheduler.slots().log(Integer.MAX_VALUE).stream()
        .filter(entry -> entry.outcome().equals("switched"))
        .toList();
  }

  /** A to B and back before the time is over; and every two moves are far enough apart. */
  private static long flaps(List<LogEntry> moves) {
    long flaps = 0;
    for (int i = 1; i < moves.size(); i++) {
      LogEntry before = moves.get(i - 1);
      LogEntry move = moves.get(i);
      Duration apart = Duration.between(before.at(), move.at());
      boolean back = before.from().equals(move.slot()) && apart.compareTo(LIMITS.noReturn()) < 0;
      flaps += back || apart.compareTo(LIMITS.between()) < 0 ? 1 : 0;
    }
    return flaps;
  }

  /** Every slot has tokens of its own login only, and the live path leads to one of them. */
  private void assertNothingMisfiled() throws IOException {
    scheduler.slots().heal();
    assertTrue(week.directory.linkTarget().isPresent());
    for (Map.Entry<String, Set<String>> slot : week.directory.slotTokens().entrySet()) {
      for (String token : slot.getValue()) {
        assertEquals(Optional.of(slot.getKey()), FakeLogin.accountOf(token));
      }
    }
  }

  private void print(List<LogEntry> moves) {
    List<String> log = new ArrayList<>();
    log.add("A week of rebalancing: bob and alice (quota 1.0), erik (0.6), every 5 min");
    log.addAll(page);
    log.add(moves.size() + " moves, none of them back within 2 h, none within 30 min of another");
    log.add(deferred + " ticks put off by a busy guard, no move under it");
    log.add(week.renewals() + " tokens renewed, " + healed + " of them by a client over the link");
    log.add(limitReached + " ticks with the live slot at its limit");
    log.add("longest over 85 % with a better slot free: " + longestOver.toMinutes() + " min");
    assertTrue(log.size() <= 60, "more than a page");
    System.out.println(String.join("\n", log));
  }
}
