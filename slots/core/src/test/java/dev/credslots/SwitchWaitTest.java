package dev.credslots;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A switch that waits for holds: whom it names, and what it asks of the guards meanwhile. */
@Timeout(60)
class SwitchWaitTest {
  private static final SwitchOption LONG = SwitchOption.waitUpTo(Duration.ofSeconds(50));

  private World world;
  private final List<String> told = new ArrayList<>();
  private final List<String> waits = new ArrayList<>();

  @BeforeEach
  void makeWorld() throws Exception {
    world = World.inMemory().trio();
  }

  /** Answers each look by its number, from 1. */
  private class Script implements LockGuard {
    private final Function<Integer, List<Hold>> answers;
    private int looks;

    Script(Function<Integer, List<Hold>> answers) {
      this.answers = answers;
    }

    @Override
    public List<Hold> holds() {
      return answers.apply(++looks);
    }

    @Override
    public AutoCloseable waiting(Duration limit) {
      assertTrue(limit.compareTo(Duration.ofSeconds(50)) <= 0 && !limit.isZero(), limit::toString);
      waits.add("begins");
      return () -> waits.add("ends, live is " + world.linked());
    }
  }

  private SwitchOutcome switchWith(LockGuard guard, SwitchOption... options) {
    return world.manager(builder -> builder.lockGuard(guard)).switchTo("alice", "test", options);
  }

  private SwitchOption telling() {
    return SwitchOption.whileWaiting(
        holds -> told.add(String.join(" ", holds.stream().map(Hold::name).toList())));
  }

  private static List<Hold> holds(String... names) {
    return List.of(names).stream().map(Hold::named).toList();
  }

  @Test
  void it_names_whom_it_waits_for_at_first_and_when_they_change() {
    Script guard =
        new Script(
            look ->
                switch (look) {
                  case 1, 2 -> holds("a");
                  case 3, 4 -> holds("a", "b");
                  case 5 -> holds("b");
                  default -> holds();
                });

    assertTrue(switchWith(guard, LONG, telling()) instanceof SwitchOutcome.Switched);

    assertEquals(List.of("a", "a b", "b"), told);
  }

  @Test
  void guards_are_told_once_and_until_the_link_is_turned() {
    Script guard = new Script(look -> look < 4 ? holds("a") : holds());

    assertTrue(switchWith(guard, LONG) instanceof SwitchOutcome.Switched);

    assertEquals(List.of("begins", "ends, live is alice"), waits);
  }

  @Test
  void a_wait_in_vain_is_over_for_the_guards_too() {
    SwitchOption shortly = SwitchOption.waitUpTo(Duration.ofMillis(30));

    SwitchOutcome outcome = switchWith(new Script(look -> holds("a")), shortly, telling());

    assertTrue(outcome instanceof SwitchOutcome.Deferred, outcome::message);
    assertEquals(List.of("begins", "ends, live is bob"), waits);
    assertEquals(List.of("a"), told);
  }

  @Test
  void who_does_not_wait_tells_nobody() {
    assertTrue(
        switchWith(new Script(look -> holds("a")), telling()) instanceof SwitchOutcome.Deferred);

    assertEquals(List.of(), told);
    assertEquals(List.of(), waits);
  }

  @Test
  void a_hold_that_begins_between_the_two_looks_is_waited_for_while_there_is_time() {
    Script guard = new Script(look -> look == 2 ? holds("late") : holds());

    assertTrue(switchWith(guard, LONG, telling()) instanceof SwitchOutcome.Switched);

    Script again = new Script(look -> look == 2 ? holds("late") : holds());
    world.switched.clear();
    SwitchOutcome outcome =
        world.manager(builder -> builder.lockGuard(again)).switchTo("erik", "test");
    assertTrue(outcome instanceof SwitchOutcome.Deferred, outcome::message);
    assertEquals(List.of(), world.switched);
  }

  @Test
  void what_a_guard_or_a_listener_throws_ends_no_wait() {
    Script guard =
        new Script(look -> look < 3 ? holds("a") : holds()) {
          @Override
          public AutoCloseable waiting(Duration limit) {
            throw new IllegalStateException("no room");
          }
        };
    SwitchOption angry =
        SwitchOption.whileWaiting(
            holds -> {
              throw new IllegalStateException("nobody listens");
            });

    assertTrue(switchWith(guard, LONG, angry) instanceof SwitchOutcome.Switched);
  }
}
