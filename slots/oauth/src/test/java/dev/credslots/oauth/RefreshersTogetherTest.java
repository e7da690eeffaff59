package dev.credslots.oauth;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.credslots.RefreshOutcome;
import dev.credslots.RefreshOutcome.Refreshed;
import dev.credslots.RefreshOutcome.Unchanged;
import dev.credslots.SlotManager;
import dev.credslots.testkit.ClientSimulator;
import dev.credslots.testkit.FakeLogin;
import dev.credslots.testkit.OAuthServer.Gate;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Many that renew one login, where a token that is used twice ends all of them. */
@Timeout(300)
class RefreshersTogetherTest {
  private static final int THREADS = 16;
  private static final int ROUNDS = 20;

  private final ExecutorService threads = Executors.newFixedThreadPool(THREADS);
  private World world;

  @BeforeEach
  void begin(@TempDir Path temp) throws IOException {
    world = new World(temp);
  }

  @AfterEach
  void end() {
    threads.shutdownNow();
    world.close();
  }

  /** Lets them all go at once, and waits for the last. */
  private <T> List<T> together(List<Callable<T>> tasks) throws Exception {
    CountDownLatch start = new CountDownLatch(1);
    List<Future<T>> running = new ArrayList<>();
    for (Callable<T> task : tasks) {
      running.add(
          threads.submit(
              () -> {
                start.await();
                return task.call();
              }));
    }
    start.countDown();
    List<T> results = new ArrayList<>();
    for (Future<T> each : running) {
      results.add(each.get(120, TimeUnit.SECONDS));
    }
    return results;
  }

  @Test
  void sixteen_threads_make_one_request_and_all_have_the_new_token() throws Exception {
    List<Callable<RefreshOutcome>> tasks = new ArrayList<>();
    for (int i = 0; i < THREADS; i++) {
      // Half of them know nothing of each other, as other processes would.
      boolean own = i % 2 == 0;
      SlotManager slots =
          own ? world.manager(builder -> builder.lockTimeout(Duration.ofMinutes(1))) : world.slots;
      TokenRefresher refresher = own ? world.refresher(world.provider()) : world.refresher;
      tasks.add(() -> refresher.renew(slots, "alice"));
    }
    List<RefreshOutcome> outcomes = together(tasks);

    world.assertRequests(1);
    assertTrue(outcomes.stream().allMatch(RefreshOutcome::ok), outcomes::toString);
    assertEquals(1, outcomes.stream().filter(Refreshed.class::isInstance).count());
    assertEquals(world.server.current("alice").refreshToken(), world.refreshToken("alice"));
    assertFalse(world.server.revoked("alice"));
    world.assertNothingWaits();
  }

  @Test
  void one_that_comes_while_another_asks_waits_for_its_answer() throws Exception {
    Gate gate = world.server.hold();
    Future<RefreshOutcome> first = threads.submit(() -> world.refresh("alice"));
    gate.awaitProcessed();
    CountDownLatch begun = new CountDownLatch(1);
    Future<RefreshOutcome> second =
        threads.submit(
            () -> {
              begun.countDown();
              return world.refresher.renew(world.slots, "alice");
            });
    begun.await();
    gate.release();
    assertInstanceOf(Refreshed.class, first.get(60, TimeUnit.SECONDS));
    RefreshOutcome outcome = second.get(60, TimeUnit.SECONDS);
    assertInstanceOf(Unchanged.class, outcome, outcome::toString);
    world.assertRequests(1);
  }

  @Test
  void two_slots_do_not_wait_for_each_other() throws Exception {
    Gate gate = world.server.hold();
    Future<RefreshOutcome> alice = threads.submit(() -> world.refresh("alice"));
    gate.awaitProcessed();
    assertTrue(world.refresh("bob").ok());
    assertFalse(alice.isDone());
    gate.release();
    assertTrue(alice.get(60, TimeUnit.SECONDS).ok());
    world.assertRequests(2);
  }

  /**
   * A client looks at the clock of the machine, and renames what it got over the link. What the
   * others see of that must never make them post a token that it has used.
   */
  @Test
  void four_threads_and_a_client_renew_the_live_login_twenty_times() throws Exception {
    Clock clock = Clock.systemUTC();
    SlotManager slots =
        world.manager(builder -> builder.clock(clock).lockTimeout(Duration.ofMinutes(1)));
    TokenRefresher refresher =
        new TokenRefresher(world.provider(), Duration.ofMinutes(5), clock, message -> {});
    ClientSimulator client =
        new ClientSimulator(world.directory, 1).retryingAfter(Duration.ofMillis(2));
    for (int round = 1; round <= ROUNDS; round++) {
      FakeLogin before = world.server.current("bob");
      Files.write(world.directory.livePath().toRealPath(), world.over(before).credentialJson());
      List<Callable<Optional<RefreshOutcome>>> tasks = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        tasks.add(() -> Optional.of(refresher.renew(slots, "bob")));
      }
      tasks.add(
          round % 2,
          () -> {
            client.refreshAt(world.server);
            return Optional.empty();
          });
      List<Optional<RefreshOutcome>> outcomes = together(tasks);

      String story =
          "round "
              + round
              + ": "
              + outcomes
              + "\n"
              + world.server.requests()
              + "\n"
              + Files.readString(world.directory.path().resolve(".slots/journal.jsonl"))
              + world.directory.describe();
      assertFalse(world.server.revoked("bob"), story);
      assertEquals(round, world.server.granted("bob"), story);
      assertEquals(round, world.server.requests().size(), story);
      assertTrue(outcomes.stream().flatMap(Optional::stream).allMatch(RefreshOutcome::ok), story);
      FakeLogin newest = world.server.current("bob");
      assertTrue(
          new String(world.directory.live().orElseThrow(), StandardCharsets.UTF_8)
              .contains(newest.refreshToken()),
          story);
    }
    world.assertUntouched("alice", world.alice);
  }
}
