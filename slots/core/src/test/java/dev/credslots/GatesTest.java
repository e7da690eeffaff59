package dev.credslots;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What may take its time: gates, and guards that are not quick. */
@Timeout(60)
class GatesTest {
  private final List<String> asked = new ArrayList<>();
  private final SwitchGate open =
      (from, to, reason) -> {
        asked.add(from.orElse("nothing") + " to " + to + ": " + reason);
        return List.of();
      };
  private final SwitchGate closed =
      (from, to, reason) -> List.of(hold("agents are at work", "pre-switch.d/drain"));

  private static Hold hold(String name, String source) {
    return new Hold(name, OptionalLong.empty(), Optional.empty(), source);
  }

  private static SlotManager gated(World world, SwitchGate... gates) {
    return world.manager(
        builder -> {
          for (SwitchGate gate : gates) {
            builder.switchGate(gate);
          }
          return builder;
        });
  }

  @Test
  void a_gate_is_asked_once_and_told_what_would_be_switched() throws IOException {
    World world = World.inMemory().trio();
    assertTrue(gated(world, open).switchTo("alice", "quota").ok());
    assertEquals(List.of("bob to alice: quota"), asked);
  }

  @Test
  void a_gate_that_objects_defers_the_switch_in_its_own_words() throws IOException {
    World world = World.inMemory().trio();
    SwitchOutcome outcome = gated(world, closed).switchTo("alice", "quota");
    SwitchOutcome.Deferred deferred = assertInstanceOf(SwitchOutcome.Deferred.class, outcome);
    assertEquals(List.of(hold("agents are at work", "pre-switch.d/drain")), deferred.holds());
    assertTrue(
        deferred.message().contains("pre-switch.d/drain objects: agents are at work"),
        deferred.message());
    assertEquals("bob", world.linked());
    assertFalse(Files.exists(world.own("journal.jsonl")));
  }

  @Test
  void behind_one_that_objects_nobody_is_asked() throws IOException {
    World world = World.inMemory().trio();
    gated(world, open, closed, open).switchTo("alice", "quota");
    assertEquals(1, asked.size());
  }

  @Test
  void a_gate_that_throws_objects_and_what_it_threw_is_not_repeated() throws IOException {
    World world = World.inMemory().trio();
    SwitchOutcome outcome =
        gated(
                world,
                (from, to, reason) -> {
                  throw new IllegalArgumentException("secret");
                })
            .switchTo("alice", "quota");
    assertInstanceOf(SwitchOutcome.Deferred.class, outcome);
    assertFalse(outcome.message().contains("secret"));
    assertEquals("bob", world.linked());
  }

  @Test
  void no_lock_is_held_while_a_gate_is_asked() throws IOException {
    World world = World.inMemory().trio();
    SlotManager other = world.manager(builder -> builder.lockTimeout(Duration.ZERO));
    SlotManager slots =
        gated(world, (from, to, reason) -> other.capture("erik").ok() ? List.of() : failed());
    assertTrue(slots.switchTo("alice", "quota").ok());
  }

  private static List<Hold> failed() {
    return List.of(Hold.named("somebody has the lock"));
  }

  @Test
  void no_gate_is_asked_about_a_switch_that_has_nothing_to_do() throws IOException {
    World world = World.inMemory().trio().slot("over", World.expired());
    SlotManager slots =
        world.manager(builder -> builder.slots("bob", "alice", "over").switchGate(open));
    assertInstanceOf(SwitchOutcome.Unchanged.class, slots.switchTo("bob", "r"));
    assertInstanceOf(
        SwitchOutcome.Unchanged.class, slots.switchTo("alice", "r", SwitchOption.ifActive("erik")));
    assertInstanceOf(SwitchOutcome.Refused.class, slots.switchTo("over", "r"));
    assertInstanceOf(SwitchOutcome.Refused.class, slots.switchTo("nobody", "r"));
    assertEquals(List.of(), asked);
  }

  @Test
  void a_forced_switch_asks_no_gate() throws IOException {
    World world = World.inMemory().trio();
    assertTrue(gated(world, closed).switchTo("alice", "r", SwitchOption.FORCE).ok());
  }

  @Test
  void a_dry_run_asks_no_gate_and_says_so() throws IOException {
    World world = World.inMemory().trio();
    SwitchOutcome outcome = gated(world, open).switchTo("alice", "r", SwitchOption.DRY_RUN);
    assertTrue(outcome.message().contains("a dry run asks none"), outcome.message());
    assertEquals(List.of(), asked);
    assertFalse(
        world
            .manager()
            .switchTo("alice", "r", SwitchOption.DRY_RUN)
            .message()
            .contains("dry run asks"));
  }

  @Test
  void a_login_is_not_renewed_for_a_switch_that_a_gate_forbids() throws IOException {
    World world = World.inMemory().trio().slot("alice", World.login("alice-1", -60));
    AtomicInteger renewals = new AtomicInteger();
    SlotManager slots =
        world.manager(
            builder ->
                builder
                    .switchGate(closed)
                    .expiryPolicy(ExpiryPolicy.REFRESH)
                    .renewer(
                        (manager, slot) -> {
                          renewals.incrementAndGet();
                          throw new IllegalStateException("renewed");
                        }));
    assertInstanceOf(SwitchOutcome.Deferred.class, slots.switchTo("alice", "r"));
    assertEquals(0, renewals.get());
  }

  @Test
  void a_link_turned_after_the_gates_had_nothing_to_be_asked_about_defers() throws IOException {
    World world = World.inMemory().trio();
    AtomicInteger looks = new AtomicInteger();
    SlotManager slots =
        world.manager(
            builder ->
                builder
                    .switchGate(open)
                    // Looked at before the lock and again under it: then another turns the link.
                    .lockGuard(
                        () -> {
                          if (looks.incrementAndGet() == 2) {
                            link(world, "erik");
                          }
                          return List.of();
                        }));
    SwitchOutcome outcome = slots.switchTo("bob", "r");
    assertInstanceOf(SwitchOutcome.Deferred.class, outcome);
    assertTrue(outcome.message().contains("try again"), outcome.message());
    assertEquals("erik", world.linked());
    assertTrue(slots.switchTo("bob", "r").ok());
    assertEquals(List.of("erik to bob: r"), asked);
  }

  private static void link(World world, String slot) {
    try {
      world.link(slot);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Counts how often it is asked. */
  private static final class Counting implements LockGuard {
    private final boolean quick;
    private final List<Hold> holds;
    private int looks;

    Counting(boolean quick, Hold... holds) {
      this.quick = quick;
      this.holds = List.of(holds);
    }

    @Override
    public List<Hold> holds() {
      looks++;
      return holds;
    }

    @Override
    public boolean quick() {
      return quick;
    }
  }

  @Test
  void a_guard_that_is_not_quick_is_asked_before_the_lock_alone() throws IOException {
    World world = World.inMemory().trio();
    Counting quick = new Counting(true);
    Counting slow = new Counting(false);
    SlotManager slots = world.manager(builder -> builder.lockGuard(quick).lockGuard(slow));
    assertTrue(slots.switchTo("alice", "r").ok());
    assertEquals(2, quick.looks);
    assertEquals(1, slow.looks);

    world.clientWrites(World.fresh("alice-1"));
    assertTrue(slots.heal().ok());
    assertEquals(4, quick.looks);
    assertEquals(2, slow.looks);
  }

  @Test
  void its_hold_defers_all_the_same() throws IOException {
    World world = World.inMemory().trio();
    Hold nightly = Hold.named("nightly");
    SlotManager slots = world.manager(builder -> builder.lockGuard(new Counting(false, nightly)));
    assertEquals(
        List.of(nightly),
        assertInstanceOf(SwitchOutcome.Deferred.class, slots.switchTo("alice", "r")).holds());
    assertEquals(List.of(nightly), slots.status().holds());
  }

  @Test
  void what_a_listener_says_of_its_failure_is_the_warning() throws IOException {
    World world = World.inMemory().trio();
    SlotManager slots =
        world.manager(
            builder ->
                builder.onEvent(
                    event -> {
                      throw new ListenerException(
                          List.of(new Warning("hook-failed", "10-log exited 3")));
                    }));
    SwitchOutcome outcome = slots.switchTo("alice", "r");
    assertTrue(outcome.ok());
    assertEquals(List.of(new Warning("hook-failed", "10-log exited 3")), outcome.warnings());
  }
}
