package dev.credslots.acceptance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.credslots.acceptance.RequestFaults.Way;
import dev.credslots.testkit.FaultShim;
import dev.credslots.testkit.FaultShim.Call;
import dev.credslots.testkit.FaultShim.Errno;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.atomic.AtomicInteger;
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

  @ParameterizedTest
  @EnumSource
  void killed_anywhere_the_login_survives_once_its_reply_is_on_the_disk(Story story)
      throws Exception {
    List<Call> calls = calls(story);
    long reply = RequestFaults.reply(calls, story.slot);
    Set<String> lost = new ConcurrentSkipListSet<>();
    int points =
        RequestFaults.kill(
            calls, (call, did, way) -> after(story, call, call.number() < reply, did, way, lost));
    System.out.println("login lab: " + story + ", " + points + " points killed, lost at " + lost);
    // Between the server and the disk there is one write; nobody can be saved before it.
    assertEquals(Set.of("killed " + reply, "cut " + reply), lost);
  }

  private static void after(
      Story story, Call call, boolean before, String did, Way way, Set<String> lost)
      throws Exception {
    try (LoginWorld world = world(story)) {
      SlotsCommand.Result dead = logIn(world, story, way.in(run(world)));
      assertTrue(dead.killed(), () -> call + " " + dead);
      long asked = world.server.granted(story.person);
      assertEquals(before ? 0 : 1, asked, call::toString);
      SlotsCommand.Result next = RequestFaults.next(world.directory, world::run);
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

  /** Whatever happened, the same can be done again, and nothing is left over. */
  private static void settled(LoginWorld world, Story story, Call call) throws Exception {
    RefreshWorld.assertExit(story.exit, logIn(world, story, run(world)));
    if (story != Story.REFUSED) {
      assertTrue(world.hasNewest(story.slot, story.person), call::toString);
    }
    assertFalse(world.server.revoked(story.person), call::toString);
    RequestFaults.assertNothingIsLeftOver(world.directory, world::run, call);
    world.assertNothingEscaped();
  }

  @ParameterizedTest
  @EnumSource(names = {"NEW", "AGAIN"})
  void whatever_fails_nothing_is_lost(Story story) throws Exception {
    int points = RequestFaults.fail(calls(story), (call, errno) -> failed(story, call, errno));
    System.out.println("login lab: " + story + ", " + points + " points failed");
  }

  private static void failed(Story story, Call call, Errno errno) throws Exception {
    try (LoginWorld world = world(story)) {
      SlotsCommand.Result result = logIn(world, story, run(world).errorAt(call.number(), errno));
      assertTrue(List.of(0, 1, 3, 4).contains(result.exitCode()), () -> call + "\n" + result);
      assertFalse(result.err().contains("Exception"), result::toString);
      RequestFaults.next(world.directory, world::run);
      assertTrue(world.isOnDisk(world.bob), () -> call + " " + errno + "\n" + result);
      assertTrue(
          world.server.granted(story.person) == 0
              || world.isOnDisk(world.server.current(story.person)),
          () -> call + " " + errno + "\n" + result + "\n" + world.directory.describe());
      settled(world, story, call);
    }
  }
}
