package dev.credslots.acceptance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.credslots.acceptance.RequestFaults.Way;
import dev.credslots.testkit.FaultShim;
import dev.credslots.testkit.FaultShim.Call;
import dev.credslots.testkit.FaultShim.Errno;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A renewal is killed before each of its file system calls, half way through every write, and every
 * call fails once. The server ends a login whose token is used twice, so a successor that is lost,
 * or a token that is posted again, shows.
 */
@Tag("fault")
class RefreshFaultTest {
  @TempDir static Path scratch;
  private static SlotsCommand program;
  private static FaultShim shim;
  private static final AtomicInteger WORLDS = new AtomicInteger();

  @BeforeAll
  static void build() throws Exception {
    assumeTrue(FaultShim.isAvailable(), "no gcc, no fault lab");
    program = SlotsCommand.built(scratch.resolve("program"));
    shim = FaultShim.compile(scratch.resolve("shim"));
  }

  private static RefreshWorld world(boolean live) throws Exception {
    Path place = scratch.toRealPath().resolve("world-" + WORLDS.getAndIncrement());
    RefreshWorld world = new RefreshWorld(place, program);
    if (live) {
      world.directory.link("alice");
    }
    return world;
  }

  private static FaultShim.Run run(RefreshWorld world) {
    return shim.below(world.directory.path()).trace(world.runtime.resolveSibling("trace"));
  }

  private static SlotsCommand.Result renew(RefreshWorld world, FaultShim.Run run) throws Exception {
    return world.heard(world.program().under(run).run("auth", "refresh", "alice"));
  }

  private static List<Call> calls(boolean live) throws Exception {
    try (RefreshWorld world = world(live)) {
      RefreshWorld.assertExit(0, renew(world, run(world)));
      return FaultShim.read(world.runtime.resolveSibling("trace"));
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void killed_anywhere_the_login_survives_once_its_reply_is_on_the_disk(boolean live)
      throws Exception {
    List<Call> calls = calls(live);
    long reply = RequestFaults.reply(calls, "alice");
    Set<String> lost = new ConcurrentSkipListSet<>();
    int points =
        RequestFaults.kill(
            calls, (call, did, way) -> after(live, call, call.number() < reply, did, way, lost));
    System.out.println(
        "refresh lab: a "
            + (live ? "live" : "parked")
            + " slot, "
            + points
            + " points killed, lost at "
            + lost);
    // Between the server and the disk there is one write; nobody can be saved before it.
    assertEquals(Set.of("killed " + reply, "cut " + reply), lost);
  }

  private static void after(
      boolean live, Call call, boolean before, String did, Way way, Set<String> lost)
      throws Exception {
    try (RefreshWorld world = world(live)) {
      SlotsCommand.Result dead = renew(world, way.in(run(world)));
      assertTrue(dead.killed(), () -> call + " " + dead);
      long asked = world.server.granted("alice");
      assertEquals(before && asked == 0 ? 0 : 1, asked, call::toString);

      String said = RequestFaults.next(world.directory, world::run).err();
      if (!world.hasNewest("alice")) {
        assertTrue(said.contains("before an answer came"), () -> call + "\n" + said);
        lost.add(did + " " + call.number());
        return;
      }
      settled(world, call);
    }
  }

  /** Whatever happened, the login can be renewed again, and nothing is left over. */
  private static void settled(RefreshWorld world, Call call) throws Exception {
    RefreshWorld.assertExit(0, world.run("auth", "refresh", "alice"));
    assertFalse(world.server.revoked("alice"), call::toString);
    assertTrue(world.hasNewest("alice"), call::toString);
    RequestFaults.assertNothingIsLeftOver(world.directory, world::run, call);
    world.assertNoTokenEscaped();
  }

  @Test
  void room_is_durable_before_the_request_and_the_reply_before_anything_else() throws Exception {
    List<Call> calls = calls(false);
    long reply = RequestFaults.reply(calls, "alice");
    String file = ".slots/recovery/alice";
    Call next = calls.stream().filter(call -> call.number() == reply + 1).findFirst().orElseThrow();
    assertTrue(next.name().contains("sync") && next.target().endsWith(file), next::toString);
    List<String> before =
        calls.stream()
            .filter(call -> call.number() < reply && call.path().contains(".slots/recovery"))
            .map(Call::name)
            .filter(
                name -> name.contains("write") || name.contains("sync") || name.contains("rename"))
            .toList();
    // Written, forced, renamed, and the directory forced.
    List<String> end = before.subList(before.size() - 4, before.size());
    assertTrue(end.get(0).contains("write") && end.get(1).contains("sync"), before::toString);
    assertTrue(end.get(2).contains("rename") && end.get(3).contains("sync"), before::toString);
  }

  @Test
  void whatever_fails_nothing_is_lost() throws Exception {
    int points = RequestFaults.fail(calls(false), RefreshFaultTest::failed);
    System.out.println("refresh lab: " + points + " points failed, nothing lost");
  }

  private static void failed(Call call, Errno errno) throws Exception {
    try (RefreshWorld world = world(false)) {
      SlotsCommand.Result result = renew(world, run(world).errorAt(call.number(), errno));
      assertTrue(List.of(0, 1, 4, 5).contains(result.exitCode()), () -> call + "\n" + result);
      assertFalse(result.err().contains("Exception"), result::toString);
      if (result.exitCode() == 1) {
        assertEquals(1, result.err().lines().count(), result::toString);
      }
      RefreshWorld.assertExit(0, world.run("switch", "erik"));
      assertTrue(
          world.hasNewest("alice") || world.server.granted("alice") == 0,
          () -> call + " " + errno + "\n" + result);
      settled(world, call);
    }
  }
}
