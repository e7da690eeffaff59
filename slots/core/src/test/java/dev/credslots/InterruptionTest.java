package dev.credslots;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.credslots.credential.CredentialFormat.Reading;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class InterruptionTest extends EngineTest {
  @TempDir Path directory;

  @AfterEach
  void calm() {
    Thread.interrupted();
  }

  @Test
  void a_thread_interrupted_before_it_asks_is_deferred_and_changes_nothing() throws Exception {
    World world = realTrio(directory);
    for (int i = 0; i < 2; i++) { // On a directory we have never written in, and on one we have.
      Map<String, String> before = world.tree();
      Thread.currentThread().interrupt();
      SwitchOutcome outcome = world.manager().switchTo("alice", "r");
      assertTrue(Thread.interrupted());
      assertInstanceOf(SwitchOutcome.Deferred.class, outcome);
      assertEquals(before, world.tree());
      assertTrue(world.manager().switchTo("erik", "r").ok());
      assertTrue(world.manager().switchTo("bob", "r").ok());
    }
  }

  @Test
  void looking_works_in_an_interrupted_thread() throws Exception {
    World world = realTrio(directory);
    world.manager().switchTo("alice", "r");
    Thread.currentThread().interrupt();
    assertEquals(List.of(), world.manager().status().warnings());
    assertEquals("alice", world.manager().chosenSlot().orElseThrow());
    assertEquals("alice", world.manager().activeSlot().orElseThrow());
    assertTrue(world.manager().freshness("alice").fresh());
    assertEquals(1, world.manager().log(5).size());
    assertTrue(Thread.interrupted());
  }

  @Test
  void a_thread_interrupted_while_it_waits_for_the_lock_is_deferred() throws Exception {
    World world = realTrio(directory);
    world.manager().switchTo("bob", "r");
    CountDownLatch held = new CountDownLatch(1);
    CountDownLatch release = new CountDownLatch(1);
    AtomicBoolean first = new AtomicBoolean(true);
    SlotManager holder =
        world.manager(
            builder ->
                builder.lockGuard(
                    () -> {
                      if (!first.getAndSet(false)) { // The second look is under the lock.
                        held.countDown();
                        awaitUninterrupted(release);
                      }
                      return List.of();
                    }));
    Thread holding = new Thread(() -> holder.switchTo("erik", "slow"));
    holding.start();
    held.await();
    AtomicReference<SwitchOutcome> outcome = new AtomicReference<>();
    AtomicBoolean stillSet = new AtomicBoolean();
    Thread waiting =
        new Thread(
            () -> {
              outcome.set(world.manager().switchTo("alice", "r"));
              stillSet.set(Thread.currentThread().isInterrupted());
            });
    waiting.start();
    while (waiting.getState() != Thread.State.TIMED_WAITING) {
      Thread.onSpinWait();
    }
    waiting.interrupt();
    waiting.join();
    assertInstanceOf(SwitchOutcome.Deferred.class, outcome.get());
    assertTrue(stillSet.get());
    assertEquals("bob", world.linked());
    release.countDown();
    holding.join();
    assertEquals("erik", world.linked());
  }

  private static void awaitUninterrupted(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void interrupts_at_random_leave_everything_whole() throws Exception {
    World world = realTrio(directory);
    SlotManager manager = world.manager();
    manager.switchTo("alice", "first");
    AtomicBoolean done = new AtomicBoolean();
    AtomicReference<Throwable> failure = new AtomicReference<>();
    int[] counts = new int[2];
    Thread worker =
        new Thread(
            () -> {
              try {
                for (int i = 0; i < 500; i++) {
                  if (one(manager, i % 2 == 0 ? "bob" : "alice")) {
                    counts[0]++;
                  } else {
                    counts[1]++;
                  }
                  Reading reading = world.login(Files.readAllBytes(world.live));
                  assertInstanceOf(Reading.Login.class, reading);
                }
              } catch (Throwable e) {
                failure.set(e);
              } finally {
                done.set(true);
              }
            });
    worker.start();
    Random random = new Random(4711);
    while (!done.get()) {
      worker.interrupt();
      for (int spins = random.nextInt(200_000); spins > 0; spins--) {
        Thread.onSpinWait();
      }
    }
    worker.join();
    if (failure.get() != null) {
      throw new AssertionError(failure.get());
    }
    assertTrue(counts[1] > 0, "no interrupt struck");
    assertTrue(manager.switchTo("erik", "calm").ok());
    assertTrue(manager.switchTo("bob", "calm").ok());
    world.assertNoTemporaryFile();
    assertFalse(
        manager.status().warnings().stream()
            .anyMatch(warning -> warning.code().equals("open-intent")));
    assertEquals(World.fresh("bob-1"), world.content("bob"));
    assertEquals(World.fresh("alice-1"), world.content("alice"));
  }

  private static boolean one(SlotManager manager, String slot) {
    try {
      return manager.switchTo(slot, "storm").ok();
    } catch (StoreException e) {
      return false; // An interrupt closed the channel in use.
    } finally {
      Thread.interrupted();
    }
  }
}
