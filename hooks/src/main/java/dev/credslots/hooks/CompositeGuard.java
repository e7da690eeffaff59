package dev.credslots.hooks;

import dev.credslots.Hold;
import dev.credslots.LockGuard;
import dev.credslots.StoreException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Several guards as one, all of which are asked: each hold says by its source which one it is from.
 * One that throws or answers null is busy, by its name, as nobody knows that nobody is. Thread-safe
 * if they are.
 */
public final class CompositeGuard implements LockGuard {
  private final Map<String, LockGuard> guards;

  /**
   * @param guards by the source that their holds shall have, asked in the map's order
   */
  public CompositeGuard(Map<String, ? extends LockGuard> guards) {
    this.guards = new LinkedHashMap<>(guards);
  }

  @Override
  public List<Hold> holds() {
    List<Hold> holds = new ArrayList<>();
    for (Map.Entry<String, LockGuard> entry : guards.entrySet()) {
      String source = entry.getKey();
      try {
        List<Hold> answer = entry.getValue().holds();
        if (answer == null) {
          holds.add(unclear(source, "gave no answer"));
          continue;
        }
        for (Hold hold : answer) {
          holds.add(hold.from(source));
        }
      } catch (Exception e) {
        // A guard is anybody's and may throw anything, with a secret in its message.
        holds.add(unclear(source, "failed: " + sentence(e)));
      }
    }
    return holds;
  }

  private static Hold unclear(String source, String why) {
    return new Hold(
        source + " guard",
        OptionalLong.empty(),
        Optional.empty(),
        source,
        Optional.of("the guard " + why));
  }

  private static String sentence(Exception e) {
    return e instanceof StoreException store
        ? String.valueOf(store.getMessage())
        : e.getClass().getSimpleName();
  }

  /** Whether all are: one that is not is better asked beside this than in it. */
  @Override
  public boolean quick() {
    for (LockGuard guard : guards.values()) {
      if (!guard.quick()) {
        return false;
      }
    }
    return true;
  }

  /** Tells every guard; what one throws is thrown when the wait is over, and stops no other. */
  @Override
  public AutoCloseable waiting(Duration limit) {
    List<AutoCloseable> told = new ArrayList<>();
    List<Exception> failures = new ArrayList<>();
    for (LockGuard guard : guards.values()) {
      try {
        told.add(guard.waiting(limit));
      } catch (Exception e) {
        failures.add(e);
      }
    }
    return () -> close(told, failures);
  }

  private static void close(List<AutoCloseable> told, List<Exception> failures) {
    for (AutoCloseable one : told) {
      try {
        one.close();
      } catch (Exception e) {
        failures.add(e);
      }
    }
    if (!failures.isEmpty()) {
      IllegalStateException failed = new IllegalStateException("a guard failed to let others wait");
      failures.forEach(failed::addSuppressed);
      throw failed;
    }
  }
}
