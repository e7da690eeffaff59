package dev.credslots;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.credslots.testkit.FakeLogin;
import dev.credslots.verdict.Verdict;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class SlotWatcherTest {
  private static final Duration SOON = Duration.ofMillis(100);

  @TempDir Path temp;

  private Watched world() throws Exception {
    return new Watched(temp.resolve("claude"));
  }

  @Test
  void a_refresh_renamed_over_the_link_goes_home_and_the_link_comes_back() throws Exception {
    try (Watched world = world()) {
      world.watch();
      FakeLogin next = world.bob;
      for (int i = 1; i <= 5; i++) {
        next = next.rotate();
        world.rename(next);
        HealOutcome.Healed healed =
            assertInstanceOf(
                HealOutcome.Healed.class, world.await(WatchReport.Mended.class, i).outcome());
        assertEquals("bob", healed.slot());
        assertTrue(world.linkedTo("bob"));
        assertTrue(world.holds("bob", next));
      }
      assertEquals(5, world.events.stream().filter(SlotEvent.Healed.class::isInstance).count());
      assertEquals(List.of(), world.said(WatchReport.Drifted.class));
    }
  }

  @Test
  void a_refresh_written_through_the_link_is_taken_on_record() throws Exception {
    try (Watched world = world()) {
      world.watch();
      FakeLogin next = world.bob.rotate();
      Files.write(world.directory.livePath(), next.credentialJson());
      assertEquals(Verdict.ROTATED, world.await(WatchReport.Mended.class, 1).outcome().verdict());
      assertFalse(world.manager.detectIdentityDrift("bob").drift());
      assertEquals(
          Optional.of(World.hash(next.refreshToken())),
          world.manager.detectIdentityDrift("bob").storedFingerprint());
    }
  }

  @Test
  void slots_that_lie_elsewhere_are_watched_where_they_lie() throws Exception {
    try (Watched world = world()) {
      Path home = Files.createDirectories(world.path.resolve("parked/bob"));
      Files.write(home.resolve("login.json"), world.bob.credentialJson());
      Files.delete(world.directory.livePath());
      Files.createSymbolicLink(world.directory.livePath(), Path.of("parked/bob/login.json"));
      SlotManager manager =
          SlotManager.builder(world.path)
              .discoverSlots()
              .slotTemplate("parked/{slot}/login.json")
              .clock(world.clock)
              .build();
      manager.capture("bob");
      try (SlotWatcher watcher =
          SlotWatcher.of(manager).poll(Watched.NEVER).onReport(world.reports::add).start()) {
        Files.write(home.resolve("login.json"), world.bob.rotate().credentialJson());
        assertEquals(Verdict.ROTATED, world.await(WatchReport.Mended.class, 1).outcome().verdict());
      }
    }
  }

  @Test
  void an_old_session_that_writes_back_does_not_move_the_link() throws Exception {
    try (Watched world = world()) {
      world.manager.switchTo("alice", "quota");
      world.watch();
      FakeLogin late = world.bob.rotate();
      world.rename(late);
      HealOutcome.Healed healed =
          assertInstanceOf(
              HealOutcome.Healed.class, world.await(WatchReport.Mended.class, 1).outcome());
      assertEquals("bob", healed.slot());
      assertEquals("alice", healed.active());
      assertTrue(world.linkedTo("alice"));
      assertTrue(world.holds("bob", late));
    }
  }

  @Test
  void what_is_there_already_is_healed_at_the_start() throws Exception {
    try (Watched world = world()) {
      world.rename(world.bob.rotate());
      world.watch();
      world.await(WatchReport.Mended.class, 1);
      assertTrue(world.linkedTo("bob"));
    }
  }

  @Test
  void a_file_in_pieces_is_left_alone_until_it_is_whole() throws Exception {
    try (Watched world = world()) {
      FakeLogin next = world.bob.rotate();
      byte[] whole = next.credentialJson();
      world.rename(Arrays.copyOf(whole, whole.length / 2));
      world.watch();
      // It has looked: the report of the start comes before that, the lock on a round after it.
      world.until("a look", () -> !world.reports.isEmpty());
      Files.write(world.directory.livePath(), whole);
      world.await(WatchReport.Mended.class, 1);
      assertTrue(world.holds("bob", next));
      assertEquals(List.of(), world.said(WatchReport.Drifted.class));
    }
  }

  @Test
  void a_login_waits_for_the_account_that_the_client_writes_after_it() throws Exception {
    try (Watched world = world()) {
      world.watch();
      FakeLogin login = world.alice.login();
      world.rename(login);
      world.directory.identity(login);
      HealOutcome.Healed healed =
          assertInstanceOf(
              HealOutcome.Healed.class, world.await(WatchReport.Mended.class, 1).outcome());
      assertEquals(Verdict.SAME_ACCOUNT, healed.verdict());
      assertTrue(world.linkedTo("alice"));
      assertTrue(world.holds("alice", login));
      assertFalse(
          world.events.stream().anyMatch(SlotEvent.Stashed.class::isInstance),
          "it was put aside before the account was there");
    }
  }

  @Test
  void what_nobody_can_place_is_said_once_for_each_content() throws Exception {
    try (Watched world = world()) {
      world.watch(builder -> builder.moment(SOON).poll(Duration.ofMillis(20)));
      FakeLogin stranger = FakeLogin.builder("stranger").seed(7).build().login();
      world.rename(stranger);
      WatchReport.Drifted first = world.await(WatchReport.Drifted.class, 1);
      assertInstanceOf(HealOutcome.Stashed.class, first.outcome());
      FakeLogin another = stranger.login().login();
      world.rename(another);
      world.await(WatchReport.Drifted.class, 2);
      // The same again, and many polls with the file as it is.
      world.rename(stranger);
      world.rename(another);
      world.awaitRounds(10);
      assertEquals(2, world.said(WatchReport.Drifted.class).size(), world.reports::toString);
      assertEquals(2, world.events.stream().filter(SlotEvent.Stashed.class::isInstance).count());
      assertEquals(2, world.events.stream().filter(SlotEvent.Drifted.class::isInstance).count());
      assertEquals(2, world.manager.kept(Optional.empty()).stash().size());
      assertTrue(world.detached());
    }
  }

  @Test
  void a_login_after_one_that_nobody_could_place_has_its_moment_too() throws Exception {
    try (Watched world = world()) {
      world.watch(builder -> builder.moment(Duration.ofSeconds(1)));
      world.rename(FakeLogin.of("stranger").login());
      world.await(WatchReport.Drifted.class, 1);
      FakeLogin login = world.alice.login();
      world.rename(login);
      world.directory.identity(login);
      assertEquals(
          Verdict.SAME_ACCOUNT, world.await(WatchReport.Mended.class, 1).outcome().verdict());
      assertEquals(1, world.said(WatchReport.Drifted.class).size(), world.reports::toString);
    }
  }

  @Test
  void a_hold_is_said_once_and_healed_after_when_it_ends() throws Exception {
    try (Watched world = world()) {
      world.holds.add(Hold.named("nightly-run"));
      world.watch();
      FakeLogin next = world.bob.rotate();
      world.rename(next);
      WatchReport.Drifted drifted = world.await(WatchReport.Drifted.class, 1);
      assertInstanceOf(HealOutcome.Deferred.class, drifted.outcome());
      assertTrue(drifted.message().contains("nightly-run"), drifted.message());
      world.holds.clear();
      world.await(WatchReport.Mended.class, 1);
      assertTrue(world.holds("bob", next));
      assertEquals(1, world.said(WatchReport.Drifted.class).size());
    }
  }

  @Test
  void a_login_of_another_through_the_link_is_said_once_for_each_token() throws Exception {
    try (Watched world = world()) {
      world.watch(builder -> builder.moment(SOON).poll(Duration.ofMillis(20)));
      FakeLogin login = world.alice.login();
      Files.write(world.directory.livePath(), login.credentialJson());
      WatchReport.IdentityChanged changed = world.await(WatchReport.IdentityChanged.class, 1);
      assertEquals(Optional.of("bob"), changed.slot());
      // Other bytes, the same token.
      Files.write(world.directory.livePath(), login.withSibling("mcpOAuth", "{}").credentialJson());
      Files.write(world.directory.livePath(), login.login().credentialJson());
      world.await(WatchReport.IdentityChanged.class, 2);
      assertEquals(2, world.said(WatchReport.IdentityChanged.class).size());
      assertEquals(
          2, world.events.stream().filter(SlotEvent.IdentityChanged.class::isInstance).count());
      assertEquals(List.of(), world.said(WatchReport.Mended.class));
    }
  }

  @Test
  void after_an_overflow_everything_is_looked_at() throws Exception {
    CountDownLatch busy = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    try (Watched world = world()) {
      world.watch(
          builder ->
              builder.onReport(
                  report -> {
                    world.reports.add(report);
                    if (report instanceof WatchReport.Mended && go.getCount() > 0) {
                      busy.countDown();
                      awaitQuietly(go);
                    }
                  }));
      world.rename(world.bob.rotate());
      assertTrue(busy.await(30, TimeUnit.SECONDS));
      // While it is busy; the kernel keeps 16,384 events, the JDK 512 for each directory.
      for (int i = 0; i < 20_000; i++) {
        Files.createFile(world.path.resolve("cache-" + i));
      }
      FakeLogin next = world.bob.rotate().rotate();
      world.rename(next);
      go.countDown();
      world.await(WatchReport.Mended.class, 2);
      assertTrue(world.holds("bob", next));
      assertTrue(world.linkedTo("bob"));
    }
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await(60, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void a_directory_that_is_moved_away_and_back_is_watched_again() throws Exception {
    try (Watched world = world()) {
      world.watch(builder -> builder.poll(Duration.ofMillis(20)));
      Path away = temp.resolve("away");
      Files.move(world.path, away);
      world.await(WatchReport.Gone.class, 1);
      Files.move(away, world.path);
      world.await(WatchReport.Returned.class, 1);
      FakeLogin next = world.bob.rotate();
      world.rename(next);
      world.await(WatchReport.Mended.class, 1);
      assertTrue(world.holds("bob", next));
      assertEquals(1, world.said(WatchReport.Gone.class).size());
    }
  }

  @Test
  void a_directory_that_another_replaces_is_the_one_that_is_watched() throws Exception {
    try (Watched world = world()) {
      Path other = temp.resolve("other");
      try (Watched second = new Watched(other)) {
        world.watch(builder -> builder.poll(Duration.ofMillis(20)));
        Path away = temp.resolve("away");
        // The one in place of the other before anybody looks, most times.
        Files.move(world.path, away);
        Files.move(other, world.path);
        FakeLogin next = second.bob.rotate();
        world.rename(next);
        world.await(WatchReport.Mended.class, 1);
        assertTrue(world.holds("bob", next));
        // Nobody holds the old one any more, once the round that began in it is over.
        SlotManager moved =
            SlotManager.builder(away).slots("bob", "alice").clock(world.clock).build();
        world.until("the old one is let go", () -> nobodyWatches(moved));
      }
    }
  }

  private static boolean nobodyWatches(SlotManager manager) {
    try {
      SlotWatcher.of(manager).start().close();
      return true;
    } catch (AlreadyWatchedException held) {
      return false;
    }
  }

  @Test
  void a_directory_that_is_deleted_and_made_again_is_watched_again() throws Exception {
    try (Watched world = world()) {
      world.watch(builder -> builder.poll(Duration.ofMillis(200)));
      for (int round = 0; round < 3; round++) {
        world.reports.clear();
        World.in(world.path).delete();
        world.await(WatchReport.Gone.class, 1);
        Files.createDirectory(world.path);
        world.directory.slot("alice", world.alice).slot("bob", world.bob).link("bob");
        world.await(WatchReport.Returned.class, 1);
        world.rename(world.bob.credentialJson());
        world.await(WatchReport.Mended.class, 1);
        assertTrue(world.linkedTo("bob"));
      }
    }
  }

  @Test
  void a_directory_that_is_not_there_yet_is_waited_for_and_nothing_is_made() throws Exception {
    Path path = temp.resolve("later/claude");
    List<WatchReport> reports = new java.util.concurrent.CopyOnWriteArrayList<>();
    SlotManager manager = SlotManager.builder(path).discoverSlots().build();
    try (Watched elsewhere = world();
        SlotWatcher watcher =
            SlotWatcher.of(manager).poll(Duration.ofMillis(20)).onReport(reports::add).start()) {
      assertInstanceOf(WatchReport.Gone.class, reports.get(0));
      Files.createDirectories(path);
      elsewhere.until("another reason", () -> reports.size() == 2);
      assertInstanceOf(WatchReport.Gone.class, reports.get(1));
      try (var files = Files.list(path)) {
        assertEquals(0, files.count());
      }
      dev.credslots.testkit.CredentialsDirectory.create(path)
          .slot("bob", elsewhere.bob)
          .link("bob");
      elsewhere.until("started", () -> reports.size() == 3);
      assertInstanceOf(WatchReport.Started.class, reports.get(2));
    }
  }

  @Test
  void a_second_watcher_refuses_until_the_first_is_closed() throws Exception {
    try (Watched world = world()) {
      SlotWatcher first = world.watch();
      AlreadyWatchedException refused =
          assertThrows(AlreadyWatchedException.class, () -> SlotWatcher.of(world.manager).start());
      assertTrue(String.valueOf(refused.getMessage()).contains(world.path.toString()));
      first.close();
      SlotWatcher.of(world.manager).start().close();
    }
  }

  @Test
  void the_report_policy_changes_nothing() throws Exception {
    try (Watched world = world()) {
      world.watch(
          builder ->
              builder.policy(SlotWatcher.Policy.REPORT).moment(SOON).poll(Duration.ofMillis(20)));
      FakeLogin next = world.bob.rotate();
      world.rename(next);
      Map<String, String> before = World.in(world.path).tree();
      WatchReport.Drifted drifted = world.await(WatchReport.Drifted.class, 1);
      assertInstanceOf(HealOutcome.Healed.class, drifted.outcome());
      assertTrue(drifted.message().startsWith("would do: "), drifted.message());
      world.rename(FakeLogin.of("stranger").login());
      world.await(WatchReport.Drifted.class, 2);
      world.rename(next);
      world.awaitRounds(10);
      Map<String, String> after = World.in(world.path).tree();
      assertEquals(untimed(before), untimed(after));
      assertEquals(2, world.said(WatchReport.Drifted.class).size());
      assertEquals(2, world.events.size(), world.events::toString);
    }
  }

  @Test
  void what_is_said_of_a_content_is_of_that_content_though_another_came_meanwhile()
      throws Exception {
    try (Watched world = world()) {
      FakeLogin stranger = FakeLogin.of("stranger").login();
      FakeLogin another = stranger.login();
      world.rename(stranger);
      world.whenAsked.set(
          () -> {
            world.rename(another);
            return true;
          });
      world.watch(builder -> builder.moment(SOON).poll(Duration.ofMillis(20)));
      WatchReport.Drifted drifted = world.await(WatchReport.Drifted.class, 1);
      HealOutcome.Stashed stashed = assertInstanceOf(HealOutcome.Stashed.class, drifted.outcome());
      assertEquals(Optional.of(stashed.sha256()), drifted.sha256());
      world.awaitRounds(10);
      assertEquals(1, world.said(WatchReport.Drifted.class).size(), world.reports::toString);
    }
  }

  /** Without modification times: the test itself renames the same bytes twice. */
  private static Map<String, String> untimed(Map<String, String> tree) {
    Map<String, String> untimed = new java.util.TreeMap<>(tree);
    untimed.replaceAll((name, what) -> what.replaceFirst(" 20[0-9-]+T[0-9:.]+Z", ""));
    return untimed;
  }

  @Test
  void logins_that_end_soon_are_warned_of_at_seven_three_and_one_days() throws Exception {
    try (Watched world = world()) {
      FakeLogin erik =
          FakeLogin.builder("erik")
              .now(world.clock.instant())
              .refreshTokenExpiresAt(world.clock.instant().plus(Duration.ofDays(10)))
              .build();
      world.directory.slot("alice", erik);
      world.watch(builder -> builder.poll(Duration.ofMillis(20)));
      world.await(WatchReport.Started.class, 1);
      assertEquals(List.of(), world.said(WatchReport.Expiring.class));

      world.clock.pass(Duration.ofDays(3).plusMinutes(1));
      WatchReport.Expiring first = world.await(WatchReport.Expiring.class, 1);
      assertEquals(Optional.of("alice"), first.slot());
      assertEquals(7, first.days());
      assertEquals(erik.refreshTokenExpiresAt().toEpochMilli(), first.loginEndsAt().toEpochMilli());
      // The client refreshes it: the same login, which it was warned of.
      world.clock.pass(Duration.ofHours(2));
      world.directory.slot("alice", erik.rotate());
      world.clock.pass(Duration.ofDays(6));
      assertEquals(1, world.await(WatchReport.Expiring.class, 2).days());
      world.clock.pass(Duration.ofDays(3));
      // Over: no more of it. Its next login is another.
      FakeLogin next =
          FakeLogin.builder("erik")
              .firstSequence(9)
              .now(world.clock.instant())
              .refreshTokenExpiresAt(world.clock.instant().plus(Duration.ofDays(2)))
              .build();
      world.directory.slot("alice", next);
      assertEquals(3, world.await(WatchReport.Expiring.class, 3).days());
      assertEquals(3, world.events.stream().filter(SlotEvent.Expiring.class::isInstance).count());
    }
  }

  @Test
  void it_can_be_closed_by_its_own_listener_and_by_anybody_again() throws Exception {
    try (Watched world = world()) {
      CountDownLatch closed = new CountDownLatch(1);
      SlotWatcher[] watcher = new SlotWatcher[1];
      CountDownLatch known = new CountDownLatch(1);
      watcher[0] =
          world.watch(
              builder ->
                  builder.onReport(
                      report -> {
                        if (report instanceof WatchReport.Mended) {
                          awaitQuietly(known);
                          watcher[0].close();
                          closed.countDown();
                        }
                      }));
      known.countDown();
      world.rename(world.bob.rotate());
      assertTrue(closed.await(30, TimeUnit.SECONDS));
      watcher[0].await();
      watcher[0].close();
      watcher[0].close();
      SlotWatcher.of(world.manager).start().close();
    }
  }

  @Test
  void it_can_be_closed_at_any_moment_of_a_heal() throws Exception {
    try (Watched world = world()) {
      FakeLogin next = world.bob;
      for (int i = 0; i < 40; i++) {
        SlotWatcher watcher = world.watch();
        next = next.rotate();
        world.rename(next);
        TimeUnit.MICROSECONDS.sleep(i * 200L);
        watcher.close();
        assertTrue(world.detached() || world.linkedTo("bob"), world.directory::describe);
      }
      world.watch();
      FakeLogin last = next;
      world.until("the last one is home", () -> world.holds("bob", last) && world.linkedTo("bob"));
      world.close();
      assertEquals(List.of(), World.in(world.path).leftovers());
    }
  }

  @Test
  void a_listener_that_throws_ends_nothing() throws Exception {
    try (Watched world = world()) {
      world.watch(
          builder ->
              builder.onReport(
                  report -> {
                    world.reports.add(report);
                    throw new IllegalStateException("not my day");
                  }));
      world.rename(world.bob.rotate());
      world.await(WatchReport.Mended.class, 1);
      world.rename(world.bob.rotate().rotate());
      world.await(WatchReport.Mended.class, 2);
    }
  }

  @Test
  void what_the_system_refuses_is_said_once_and_tried_again() throws Exception {
    try (Watched world = world()) {
      world.watch();
      // A directory where the lock is: nobody can lock it, root neither.
      Path lock = world.path.resolve(".slots/lock");
      Files.delete(lock);
      Files.createDirectory(lock);
      world.rename(world.bob.rotate());
      WatchReport.Failed failed = world.await(WatchReport.Failed.class, 1);
      assertTrue(failed.message().contains(lock.toString()), failed.message());
      Files.delete(lock);
      world.await(WatchReport.Mended.class, 1);
      assertEquals(1, world.said(WatchReport.Failed.class).size());
    }
  }
}
