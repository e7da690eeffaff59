package dev.credslots;

import dev.credslots.internal.file.Deadline;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.slf4j.LoggerFactory;

/**
 * A switch's wait for holds to end. From the first hold it meets until it is closed the guards keep
 * new ones back, so it stays open until the switch is made. Confined to one thread.
 */
final class HoldWait implements AutoCloseable {
  private static final Duration FIRST_PAUSE = Duration.ofMillis(20);
  private static final Duration LONGEST_PAUSE = Duration.ofMillis(250);

  /** Where a look may start programs. */
  private static final Duration SLOW_PAUSE = Duration.ofSeconds(1);

  private final Holds holds;
  private final List<LockGuard> guards;
  private final Deadline deadline;
  private final Optional<Consumer<List<Hold>>> told;
  private final Pause pause;
  private final List<AutoCloseable> announced = new ArrayList<>();
  private boolean isAnnounced;
  private String last = "";

  HoldWait(
      Holds holds, List<LockGuard> guards, Duration limit, Optional<Consumer<List<Hold>>> told) {
    this.holds = holds;
    this.guards = guards;
    this.deadline = Deadline.in(limit);
    this.told = told;
    this.pause =
        holds.quick()
            ? new Pause(FIRST_PAUSE, LONGEST_PAUSE)
            : new Pause(LONGEST_PAUSE, SLOW_PAUSE);
  }

  /** Whether there is no time left. */
  boolean over() {
    return deadline.remaining() == 0;
  }

  /** Waits until nobody is busy; what is left when time is over or the thread interrupted. */
  List<Hold> untilFree() {
    List<Hold> busy = holds.now();
    while (!busy.isEmpty() && !over()) {
      tell(busy);
      announce();
      try {
        pause.sleep(deadline);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return busy;
      }
      busy = holds.now();
    }
    return busy;
  }

  private void tell(List<Hold> busy) {
    String names = Holds.names(busy);
    if (told.isPresent() && !names.equals(last)) {
      last = names;
      guarded(() -> told.get().accept(busy));
    }
  }

  /** Without it the wait may be long, but it is a wait. */
  private void announce() {
    if (!isAnnounced) {
      isAnnounced = true;
      Duration left = Duration.ofNanos(deadline.remaining());
      for (LockGuard guard : guards) {
        guarded(() -> announced.add(guard.waiting(left)));
      }
    }
  }

  @Override
  public void close() {
    for (AutoCloseable one : announced) {
      guarded(one::close);
    }
  }

  private interface Step {
    void run() throws Exception;
  }

  private static void guarded(Step step) {
    try {
      step.run();
    } catch (Exception e) {
      // The embedding program's, and may throw anything.
      LoggerFactory.getLogger(SlotManager.class).warn("waiting for holds: a part failed", e);
    }
  }
}
