package dev.credslots;

import static dev.credslots.World.fresh;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The locks under which a client refreshes, as whole commands meet them. */
@Timeout(60)
class ClientLocksTest {
  private static final String REFRESH = "claude/.oauth_refresh.lock";
  private static final String BESIDE = "claude.lock";

  private Path home;
  private World world;

  @BeforeEach
  void a_trio(@TempDir Path temp) throws IOException {
    home = temp.toRealPath();
    world = World.realTrio(Files.createDirectory(home.resolve("claude")));
  }

  private SlotManager manager(LockGuard... guards) {
    return world.manager(
        builder -> {
          builder.lockTimeout(Duration.ofMillis(50));
          for (LockGuard guard : guards) {
            builder.lockGuard(guard);
          }
          return builder;
        });
  }

  private Path held(String name, Instant since) throws IOException {
    Path lock = Files.createDirectory(home.resolve(name));
    Files.setLastModifiedTime(lock, FileTime.from(since));
    return lock;
  }

  private Map<String, String> slotsAndLink() throws IOException {
    Map<String, String> tree = world.tree();
    tree.keySet().removeIf(name -> name.isEmpty() || name.startsWith(".slots"));
    return tree;
  }

  private void assertNoLocks() throws IOException {
    for (String name : List.of(REFRESH, BESIDE)) {
      assertFalse(Files.exists(home.resolve(name), LinkOption.NOFOLLOW_LINKS), name);
    }
    world.assertNoTemporaryFile();
  }

  private static String deferred(SwitchOutcome outcome) {
    SwitchOutcome.Deferred deferred =
        assertInstanceOf(SwitchOutcome.Deferred.class, outcome, outcome.message());
    assertEquals(List.of(), deferred.holds());
    return deferred.message();
  }

  @ParameterizedTest
  @ValueSource(strings = {REFRESH, BESIDE, "claude/.storage-write", "claude/.storage-write.lock"})
  void held_by_a_client_a_switch_is_deferred_and_says_by_what(String name) throws IOException {
    Path lock = held(name, World.NOW.minusSeconds(3));
    Map<String, String> before = slotsAndLink();
    String message = deferred(manager().switchTo("alice", "r"));
    assertTrue(message.contains(lock + " is held by"), message);
    assertTrue(message.contains("try again"), message);
    assertEquals(before, slotsAndLink());
    assertEquals(List.of(), world.switched);
    Files.delete(lock);
    assertTrue(manager().switchTo("alice", "r").ok());
    assertNoLocks();
  }

  @Test
  void held_by_a_client_whatever_changes_its_files_is_deferred() throws IOException {
    SlotManager manager = manager();
    assertTrue(manager.capture("bob").ok());
    world.clientWrites(World.login("bob-1", 8 * World.HOUR));
    Path lock = held(REFRESH, World.NOW.minusSeconds(3));
    Map<String, String> before = slotsAndLink();
    HealOutcome healed = assertInstanceOf(HealOutcome.Deferred.class, manager.heal());
    assertTrue(healed.message().contains(lock.toString()), healed.message());
    SlotManager any = world.manager(b -> b.discoverSlots().lockTimeout(Duration.ofMillis(50)));
    for (ChangeOutcome outcome :
        List.of(
            any.addSlot("carol", false),
            any.renameSlot("alice", "carol"),
            any.restore("bob", Optional.empty()),
            any.claim("bob", Optional.of("00")))) {
      assertInstanceOf(ChangeOutcome.Deferred.class, outcome, outcome.message());
      assertTrue(outcome.message().contains(lock.toString()), outcome.message());
    }
    assertEquals(before, slotsAndLink());
  }

  @Test
  void held_by_a_client_what_touches_none_of_its_files_goes_on() throws IOException {
    held(REFRESH, World.NOW);
    held(BESIDE, World.NOW);
    assertTrue(manager().capture("bob").ok());
    assertTrue(manager().reject("erik").ok());
    assertTrue(manager().removeSlot("erik").ok());
    assertEquals("bob", world.linked());
    assertTrue(manager().freshness("bob").fresh());
    assertTrue(Files.exists(home.resolve(REFRESH)) && Files.exists(home.resolve(BESIDE)));
  }

  /** The journal has the date of the locks before they are made. */
  private void killedHolding(Instant date, String... names) throws IOException {
    for (String name : names) {
      held(name, date);
    }
    world.journal(
        "{\"type\":\"locks\",\"id\":\"1\",\"at\":\""
            + World.NOW
            + "\",\"chosen\":\"bob\",\"locked\":\""
            + ChronoUnit.MICROS.between(Instant.EPOCH, date)
            + "\"}");
  }

  @Test
  void orphaned_by_our_own_kill_the_next_switch_takes_them_at_once() throws IOException {
    killedHolding(World.NOW.minusMillis(7).plusNanos(123_000), REFRESH, BESIDE);
    SwitchOutcome outcome = world.manager(b -> b.lockTimeout(Duration.ZERO)).switchTo("alice", "r");
    assertTrue(outcome.ok(), outcome.message());
    assertEquals("alice", world.linked());
    assertNoLocks();
  }

  @Test
  void orphaned_by_our_own_kill_a_lock_goes_with_any_command() throws IOException {
    killedHolding(World.NOW.minusMillis(7).plusNanos(123_000), REFRESH);
    assertTrue(manager().capture("bob").ok());
    assertNoLocks();
  }

  @Test
  void orphaned_by_our_own_kill_the_lock_on_the_identity_file_goes_too() throws IOException {
    World.write(world.directory.resolve(".claude.json"), "{}");
    killedHolding(World.NOW.minusMillis(7).plusNanos(123_000), "claude/.claude.json.lock");
    assertTrue(manager().switchTo("alice", "r").ok());
    assertFalse(Files.exists(home.resolve("claude/.claude.json.lock")));
  }

  @Test
  void orphaned_by_our_own_kill_and_taken_by_a_client_since_only_ours_goes() throws IOException {
    killedHolding(World.NOW.minusMillis(7).plusNanos(123_000), BESIDE);
    Path theirs = held(REFRESH, World.NOW.minusMillis(7));
    String message = deferred(manager().switchTo("alice", "r"));
    assertTrue(message.contains(theirs.toString()), message);
    assertTrue(Files.exists(theirs));
    assertFalse(Files.exists(home.resolve(BESIDE)));
    assertEquals("bob", world.linked());
  }

  @ParameterizedTest
  @CsvSource({
    REFRESH + ", 61, true",
    BESIDE + ", 61, true",
    REFRESH + ", 59, false",
    BESIDE + ", 59, false",
    "claude/.storage-write, 16, true",
    "claude/.storage-write, 14, false"
  })
  void orphaned_by_another_they_are_taken_when_stale(String name, long age, boolean taken)
      throws IOException {
    Path lock = held(name, World.NOW.minusSeconds(age));
    SwitchOutcome outcome = manager().switchTo("alice", "r");
    assertEquals(taken, outcome.ok(), outcome.message());
    assertEquals(taken ? "alice" : "bob", world.linked());
    // The third is never ours to remove.
    assertEquals(!taken || name.contains("storage"), Files.exists(lock));
  }

  @Test
  void dated_in_the_future_a_lock_is_respected_until_it_was_watched() throws IOException {
    Path lock = held(REFRESH, World.NOW.plusSeconds(3600));
    String message = deferred(manager().switchTo("alice", "r"));
    assertTrue(message.contains("dated in the future"), message);
    assertTrue(Files.exists(lock));
    assertEquals("bob", world.linked());
  }

  @Test
  void dated_in_the_future_and_unchanged_a_lock_is_taken_in_one_wait() throws IOException {
    held(REFRESH, World.NOW.plusSeconds(3600));
    SwitchOutcome outcome =
        world.manager(b -> b.lockTimeout(Duration.ofSeconds(50))).switchTo("alice", "r");
    assertTrue(outcome.ok(), outcome.message());
    assertNoLocks();
  }

  @Test
  void what_is_no_lock_is_left_for_a_person() throws IOException {
    Path file = home.resolve(REFRESH);
    World.write(file, "precious");
    String message = deferred(manager().switchTo("alice", "r"));
    assertTrue(message.contains("by hand"), message);
    assertEquals("precious", Files.readString(file));
    Files.delete(file);
    Path lock = held(REFRESH, World.NOW);
    World.write(lock.resolve("inside"), "precious");
    Files.setLastModifiedTime(lock, FileTime.from(World.NOW.minusSeconds(99)));
    assertTrue(deferred(manager().switchTo("alice", "r")).contains("by hand"));
    assertEquals("precious", Files.readString(lock.resolve("inside")));
  }

  /** A client that takes our lock for abandoned while we hold it: guards are asked under it. */
  private LockGuard taking(String name) {
    return () -> {
      Path lock = home.resolve(name);
      try {
        if (Files.exists(lock) && !Files.getLastModifiedTime(lock).equals(FileTime.from(theirs))) {
          Files.delete(lock);
          held(name, theirs);
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      return List.of();
    };
  }

  private final Instant theirs = World.NOW.plusNanos(500_000_000);

  @ParameterizedTest
  @ValueSource(strings = {REFRESH, BESIDE})
  void retaken_while_we_hold_it_nothing_is_turned(String name) throws IOException {
    Map<String, String> before = slotsAndLink();
    String message = deferred(manager(taking(name)).switchTo("alice", "r"));
    assertTrue(message.contains("took over"), message);
    assertEquals("bob", world.linked());
    assertEquals(List.of(), world.switched);
    Map<String, String> after = slotsAndLink();
    // The modification time of the slot that was to be live is all that may differ.
    before.keySet().removeIf(file -> file.endsWith("alice") || file.endsWith(".lock"));
    after.keySet().removeIf(file -> file.endsWith("alice") || file.endsWith(".lock"));
    assertEquals(before, after);
    assertEquals(fresh("alice-1"), world.content("alice"));
    assertEquals(theirs, Files.getLastModifiedTime(home.resolve(name)).toInstant());
    assertEquals("undone", world.manager().log(1).get(0).outcome());
    Files.delete(home.resolve(name));
    assertTrue(manager().switchTo("alice", "r").ok());
    assertNoLocks();
  }

  @ParameterizedTest
  @ValueSource(strings = {REFRESH, BESIDE})
  void retaken_while_we_hold_it_the_live_file_stays(String name) throws IOException {
    assertTrue(manager().capture("bob").ok());
    String back = World.login("bob-1", 8 * World.HOUR);
    world.clientWrites(back);
    assertInstanceOf(HealOutcome.Deferred.class, manager(taking(name)).heal());
    assertEquals(fresh("bob-1"), world.content("bob"));
    Files.delete(home.resolve(name));
    deferred(manager(taking(name)).switchTo("alice", "r"));
    assertEquals(fresh("bob-1"), world.content("bob"));
    assertTrue(world.detached());
    assertEquals(back, Files.readString(world.live));
    assertEquals(theirs, Files.getLastModifiedTime(home.resolve(name)).toInstant());
    Files.delete(home.resolve(name));
    assertTrue(manager().heal().ok());
    assertEquals(back, world.content("bob"));
    assertNoLocks();
  }

  /**
   * A clock at whose n-th reading a client that knows no locks renames a new login over the link.
   */
  private final class RenamingClock extends Clock {
    private final AtomicInteger left;
    private final String content;

    RenamingClock(int reading, String content) {
      this.left = new AtomicInteger(reading);
      this.content = content;
    }

    boolean renamed() {
      return left.get() <= 0;
    }

    @Override
    public Instant instant() {
      if (left.decrementAndGet() == 0) {
        try {
          world.clientWrites(content);
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      }
      return World.NOW;
    }

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }
  }

  @Test
  void a_client_that_ignores_every_lock_loses_nothing_to_a_switch() throws IOException {
    int reading = 1;
    boolean renamed = true;
    while (renamed) {
      String token = "new-" + reading;
      RenamingClock clock = new RenamingClock(reading, fresh(token));
      SlotManager manager = world.manager(builder -> builder.clock(clock));
      String to = reading % 2 == 0 ? "bob" : "alice";
      manager.switchTo(to, "r", SwitchOption.FORCE);
      renamed = clock.renamed();
      if (renamed) {
        int at = reading;
        assertTrue(world.holdsToken(token), () -> "renamed at reading " + at);
      }
      world.assertTokens("bob-1", "alice-1", "erik-1");
      world.assertNoTemporaryFile();
      assertTrue(world.manager().switchTo("erik", "r", SwitchOption.FORCE).ok());
      reading++;
    }
    assertTrue(reading > 5, "the clock is read often enough to be a sweep");
  }

  @Test
  void a_client_that_ignores_every_lock_loses_nothing_to_a_rename() throws IOException {
    int reading = 1;
    boolean renamed = true;
    while (renamed) {
      String token = "new-" + reading;
      world.link("bob");
      RenamingClock clock = new RenamingClock(reading, fresh(token));
      SlotManager manager = world.manager(builder -> builder.discoverSlots().clock(clock));
      manager.renameSlot("bob", "carol");
      renamed = clock.renamed();
      if (renamed) {
        int at = reading;
        assertTrue(world.holdsToken(token), () -> "renamed at reading " + at);
      }
      world.assertTokens("bob-1", "alice-1", "erik-1");
      if (Files.exists(world.file("carol"))) {
        Files.move(world.file("carol"), world.file("bob"));
      }
      Files.deleteIfExists(world.live);
      reading++;
    }
    assertTrue(reading > 3, "the clock is read often enough to be a sweep");
  }

  /** Whatever a command was about to do, in a directory of its own for each moment. */
  @ParameterizedTest
  @ValueSource(strings = {"heal", "told", "add", "move out", "restore", "capture", "remove"})
  void a_client_that_ignores_every_lock_loses_nothing_to(String command) throws IOException {
    int reading = 1;
    boolean renamed = true;
    while (renamed) {
      world = World.realTrio(Files.createDirectory(home.resolve("claude" + reading)));
      assertTrue(world.manager().capture("bob").ok());
      String token = "new-" + reading;
      boolean detached = List.of("heal", "told", "add").contains(command);
      if (detached) {
        world.clientWrites(World.login("bob-2", 8 * World.HOUR));
      } else {
        Files.writeString(world.live, World.login("bob-2", 8 * World.HOUR));
      }
      RenamingClock clock = new RenamingClock(reading, fresh(token));
      SlotManager manager = world.manager(builder -> builder.discoverSlots().clock(clock));
      switch (command) {
        case "heal" -> manager.heal();
        case "told" -> manager.healDriftTo("bob");
        case "add", "move out" -> manager.addSlot("carol", false);
        case "restore" -> manager.restore("bob", Optional.empty());
        case "capture" -> manager.capture("bob");
        default -> manager.removeSlot("alice");
      }
      renamed = clock.renamed();
      int at = reading;
      assertTrue(!renamed || world.holdsToken(token), () -> "renamed at reading " + at);
      // Of a live file that was renamed over before anything was read, the client had the only
      // copy.
      boolean gone = detached && Files.readString(world.live).contains(token) && renamed;
      assertTrue(gone || world.holdsToken("bob-2"), () -> "renamed at reading " + at);
      world.assertTokens("bob-1", "alice-1", "erik-1");
      world.assertNoTemporaryFile();
      reading++;
    }
    assertTrue(reading > 3, "the clock is read often enough to be a sweep");
  }
}
