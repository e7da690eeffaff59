package dev.credslots.acceptance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.credslots.testkit.FaultShim;
import dev.credslots.testkit.FaultShim.Call;
import dev.credslots.testkit.FaultShim.Errno;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A login is killed before each of its file system calls and half way through every write, and
 * every other call fails once. A code is good once: what the server gave for it must be in the slot
 * or the stash, and the login before it somewhere, too.
 */
@Tag("fault")
class LoginFaultTest {
  @TempDir static Path scratch;
  private static SlotsCommand program;
  private static FaultShim shim;
  private static final AtomicInteger WORLDS = new AtomicInteger();
  private static final List<Errno> ERRORS = List.of(Errno.EIO, Errno.ENOSPC, Errno.EROFS);

  /** Whose login comes, into which slot. */
  enum Story {
    /** A slot that was not there. */
    NEW("carol", "carol", 0),
    /** The live one's own person again. */
    AGAIN("bob", "bob", 0),
    /** Somebody else, who is taken all the same. */
    ACCEPTED("bob", "carol", 0, "--accept-account"),
    /** Somebody else, who is not. */
    REFUSED("bob", "carol", 3);

    private final String slot;
    private final String person;
    private final int exit;
    private final String[] options;

    Story(String slot, String person, int exit, String... options) {
      this.slot = slot;
      this.person = person;
      this.exit = exit;
      this.options = options;
    }
  }

  @BeforeAll
  static void build() throws Exception {
    assumeTrue(FaultShim.isAvailable(), "no gcc, no fault lab");
    program = SlotsCommand.built(scratch.resolve("program"));
    shim = FaultShim.compile(scratch.resolve("shim"));
  }

  /** What a fault does to one run. */
  private interface Way {
    FaultShim.Run at(FaultShim.Run run, Call call);
  }

  /** What is done at one call. */
  private interface Point {
    void run() throws Exception;
  }

  private static LoginWorld world(Story story) throws Exception {
    LoginWorld world =
        new LoginWorld(scratch.toRealPath().resolve("world-" + WORLDS.getAndIncrement()), program);
    world.server.browserOf(story.person.equals("bob") ? world.bob : world.carol);
    return world;
  }

  private static FaultShim.Run run(LoginWorld world) {
    return shim.below(world.directory.path()).trace(world.place().resolve("trace"));
  }

  private static SlotsCommand.Result logIn(LoginWorld world, Story story, FaultShim.Run run)
      throws Exception {
    List<String> arguments = new ArrayList<>(List.of(story.slot, "--paste"));
    arguments.addAll(List.of(story.options));
    return world.logIn(
        world.program().under(run),
        "exec \"$@\"",
        LoginWorld::paste,
        arguments.toArray(String[]::new));
  }

  private static List<Call> calls(Story story) throws Exception {
    try (LoginWorld world = world(story)) {
      RefreshWorld.assertExit(story.exit, logIn(world, story, run(world)));
      return FaultShim.read(world.place().resolve("trace"));
    }
  }

  private static void all(List<Point> points) throws Exception {
    ExecutorService workers =
        Executors.newFixedThreadPool(Runtime.getRuntime().availableProcessors());
    try {
      List<Future<?>> running = new ArrayList<>();
      for (Point point : points) {
        running.add(
            workers.submit(
                () -> {
                  point.run();
                  return null;
                }));
      }
      for (Future<?> point : running) {
        point.get();
      }
    } finally {
      workers.shutdownNow();
    }
  }

  /** The reply's own write: the first into the file that was allocated for it. */
  private static long reply(List<Call> calls, Story story) {
    return calls.stream()
        .filter(call -> call.name().contains("write"))
        .filter(call -> call.target().endsWith(".slots/recovery/" + story.slot))
        .mapToLong(Call::number)
        .findFirst()
        .orElseThrow(() -> new AssertionError("no reply is written in " + calls));
  }

  @ParameterizedTest
  @EnumSource
  void killed_anywhere_the_login_survives_once_its_reply_is_on_the_disk(Story story)
      throws Exception {
    List<Call> calls = calls(story);
    long reply = reply(calls, story);
    Set<String> lost = new ConcurrentSkipListSet<>();
    List<Point> points = new ArrayList<>();
    for (Call call : calls) {
      points.add(
          () -> after(story, call, reply, "killed", (run, at) -> run.killAt(at.number()), lost));
      if (call.name().contains("write")) {
        points.add(
            () ->
                after(story, call, reply, "cut", (run, at) -> run.shortWriteAt(at.number()), lost));
      }
    }
    all(points);
    System.out.println(
        "login lab: " + story + ", " + points.size() + " points killed, lost at " + lost);
    // Between the server and the disk there is one write; nobody can be saved before it.
    assertEquals(Set.of("killed " + reply, "cut " + reply), lost);
  }

  private static void after(
      Story story, Call call, long reply, String did, Way way, Set<String> lost) throws Exception {
    try (LoginWorld world = world(story)) {
      SlotsCommand.Result dead = logIn(world, story, way.at(run(world), call));
      assertTrue(dead.killed(), () -> call + " " + dead);
      long asked = world.server.granted(story.person);
      assertEquals(call.number() < reply ? 0 : 1, asked, call::toString);
      SlotsCommand.Result next = next(world);
      RefreshWorld.assertExit(0, next);
      assertTrue(world.isOnDisk(world.bob), () -> call + ": the login before is lost");
      if (asked == 1 && !world.isOnDisk(world.server.current(story.person))) {
        lost.add(did + " " + call.number());
      } else if (asked == 1) {
        assertKept(world, story, call, next);
      }
      settled(world, story, call);
    }
  }

  /** In the slot, or in the stash and told to be; never in anybody else's slot. */
  private static void assertKept(LoginWorld world, Story story, Call call, SlotsCommand.Result next)
      throws Exception {
    boolean inSlot = world.hasNewest(story.slot, story.person);
    boolean inStash =
        Files.exists(world.directory.path().resolve(".slots/stash"))
            && world.run("stash", "list").out().contains("fresh");
    assertTrue(inSlot != inStash, () -> call + "\n" + next + "\n" + world.directory.describe());
    assertFalse(inSlot && story == Story.REFUSED, call::toString);
    for (String other : world.directory.slotNames()) {
      assertTrue(other.equals(story.slot) || !world.hasNewest(other, story.person), call::toString);
    }
  }

  /** Another slot's switch: whatever was left is seen to. */
  private static SlotsCommand.Result next(LoginWorld world) throws Exception {
    SlotsCommand.Result next = world.run("switch", "erik");
    if (next.exitCode() == 4 && letLockGrowOld(world)) {
      // Killed between making a lock and dating it, which looks like anybody's for a minute.
      next = world.run("switch", "erik");
    }
    return next;
  }

  private static boolean letLockGrowOld(LoginWorld world) throws Exception {
    Path directory = world.directory.path();
    FileTime old = FileTime.from(Instant.now().minusSeconds(90));
    boolean found = false;
    for (Path lock :
        List.of(
            directory.resolve(".oauth_refresh.lock"),
            directory.resolveSibling(directory.getFileName() + ".lock"))) {
      if (Files.isDirectory(lock)) {
        Files.setLastModifiedTime(lock, old);
        found = true;
      }
    }
    return found;
  }

  /** Whatever happened, the same can be done again, and nothing is left over. */
  private static void settled(LoginWorld world, Story story, Call call) throws Exception {
    RefreshWorld.assertExit(story.exit, logIn(world, story, run(world)));
    if (story != Story.REFUSED) {
      assertTrue(world.hasNewest(story.slot, story.person), call::toString);
    }
    assertFalse(world.server.revoked(story.person), call::toString);
    try (Stream<Path> left = Files.list(world.directory.path().resolve(".slots/recovery"))) {
      assertEquals(List.of(), left.toList(), call::toString);
    }
    SlotsCommand.Result again = world.run("capture", "erik");
    assertEquals("", again.err(), call::toString);
    world.assertNothingEscaped();
  }

  @ParameterizedTest
  @EnumSource(names = {"NEW", "AGAIN"})
  void whatever_fails_nothing_is_lost(Story story) throws Exception {
    List<Point> points = new ArrayList<>();
    for (Call call : calls(story)) {
      if (FaultLab.WHOLE) {
        ERRORS.forEach(errno -> points.add(() -> failed(story, call, errno)));
      } else if (call.number() % 2 == 0) {
        points.add(() -> failed(story, call, turn(call)));
      }
    }
    all(points);
    System.out.println("login lab: " + story + ", " + points.size() + " points failed");
  }

  private static Errno turn(Call call) {
    return ERRORS.get((int) (call.number() / 2 % ERRORS.size()));
  }

  private static void failed(Story story, Call call, Errno errno) throws Exception {
    try (LoginWorld world = world(story)) {
      SlotsCommand.Result result = logIn(world, story, run(world).errorAt(call.number(), errno));
      assertTrue(List.of(0, 1, 3, 4).contains(result.exitCode()), () -> call + "\n" + result);
      assertFalse(result.err().contains("Exception"), result::toString);
      RefreshWorld.assertExit(0, next(world));
      assertTrue(world.isOnDisk(world.bob), () -> call + " " + errno + "\n" + result);
      assertTrue(
          world.server.granted(story.person) == 0
              || world.isOnDisk(world.server.current(story.person)),
          () -> call + " " + errno + "\n" + result + "\n" + world.directory.describe());
      settled(world, story, call);
    }
  }
}
