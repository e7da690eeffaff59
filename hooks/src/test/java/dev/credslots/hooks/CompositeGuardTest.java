package dev.credslots.hooks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.credslots.Hold;
import dev.credslots.LockGuard;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CompositeGuardTest {
  private final Map<String, LockGuard> guards = new LinkedHashMap<>();

  private List<Hold> holds() {
    return new CompositeGuard(guards).holds();
  }

  @Test
  void every_hold_says_which_guard_it_is_from() {
    guards.put("jobs", () -> List.of(Hold.named("a"), Hold.named("b")));
    guards.put("free", List::of);
    guards.put("agents", () -> List.of(Hold.named("c")));

    List<String> said = holds().stream().map(hold -> hold.source() + ": " + hold.name()).toList();
    assertEquals(List.of("jobs: a", "jobs: b", "agents: c"), said);
  }

  @Test
  @SuppressWarnings("NullAway") // What a guard in another language may do.
  void a_guard_that_fails_is_busy_by_its_name_and_the_others_are_asked_all_the_same() {
    guards.put(
        "broken",
        () -> {
          throw new IllegalStateException("sk-ant-oat01-FAKE");
        });
    guards.put("silent", () -> null);
    guards.put("jobs", () -> List.of(Hold.named("a")));

    List<Hold> holds = holds();

    assertEquals(List.of("broken", "silent", "jobs"), holds.stream().map(Hold::source).toList());
    assertEquals("the guard failed: IllegalStateException", holds.get(0).reason().orElseThrow());
    assertEquals("the guard gave no answer", holds.get(1).reason().orElseThrow());
    assertTrue(holds.get(0).name().contains("broken"), holds::toString);
  }

  /** Notes what it is told. */
  private record Told(String name, List<String> log) implements LockGuard {
    @Override
    public List<Hold> holds() {
      return List.of();
    }

    @Override
    public AutoCloseable waiting(Duration limit) {
      log.add(name + " " + limit.toSeconds());
      return () -> log.add(name + " over");
    }
  }

  @Test
  void all_hear_of_a_wait_and_of_its_end_and_a_failure_comes_to_light_last() {
    List<String> log = new ArrayList<>();
    guards.put("a", new Told("a", log));
    guards.put("broken", new Broken());
    guards.put("b", new Told("b", log));

    AutoCloseable wait = new CompositeGuard(guards).waiting(Duration.ofSeconds(5));
    assertEquals(List.of("a 5", "b 5"), log);

    assertThrows(IllegalStateException.class, wait::close);
    assertEquals(List.of("a 5", "b 5", "a over", "b over"), log);
  }

  private static final class Broken implements LockGuard {
    @Override
    public List<Hold> holds() {
      return List.of();
    }

    @Override
    public AutoCloseable waiting(Duration limit) {
      throw new UnsupportedOperationException("no room");
    }
  }

  @Test
  void one_that_takes_its_time_makes_all_of_it_slow() {
    guards.put("quick", List::of);
    assertTrue(new CompositeGuard(guards).quick());

    guards.put("slow", new Slow());
    assertFalse(new CompositeGuard(guards).quick());
  }

  private static final class Slow implements LockGuard {
    @Override
    public List<Hold> holds() {
      return List.of();
    }

    @Override
    public boolean quick() {
      return false;
    }
  }
}
