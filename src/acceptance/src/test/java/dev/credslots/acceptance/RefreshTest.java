package dev.credslots.acceptance;

import static dev.credslots.acceptance.RefreshWorld.assertExit;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.credslots.testkit.ClientSimulator;
import dev.credslots.testkit.OAuthServer;
import dev.credslots.testkit.OAuthServer.Fault;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The built program renews logins at a server that ends a login whose token is used twice. */
class RefreshTest {
  /** Fifty for the record; one in every build. */
  private static final int ROUNDS = Integer.getInteger("slots.refresh.rounds", 1);

  private static final int PROCESSES = 20;

  @TempDir static Path scratch;
  private static SlotsCommand program;
  private static int worlds;

  private RefreshWorld world;

  @BeforeAll
  static void build() throws Exception {
    program = SlotsCommand.built(scratch.resolve("program"));
  }

  @BeforeEach
  void open() throws Exception {
    world = new RefreshWorld(scratch.toRealPath().resolve("world-" + worlds++), program);
  }

  @AfterEach
  void nothing_escaped() throws Exception {
    world.assertNoTokenEscaped();
    world.close();
  }

  private List<SlotsCommand.Result> atOnce(int processes, String... command) throws Exception {
    ExecutorService workers = Executors.newFixedThreadPool(processes);
    try {
      List<Callable<SlotsCommand.Result>> runs = new ArrayList<>();
      for (int i = 0; i < processes; i++) {
        runs.add(() -> world.run(command));
      }
      List<SlotsCommand.Result> results = new ArrayList<>();
      for (Future<SlotsCommand.Result> run : workers.invokeAll(runs)) {
        results.add(run.get());
      }
      return results;
    } finally {
      workers.shutdownNow();
    }
  }

  @Test
  void twenty_processes_that_renew_one_login_make_one_request() throws Exception {
    for (int round = 1; round <= ROUNDS; round++) {
      world.letExpire("alice");
      for (SlotsCommand.Result result :
          atOnce(PROCESSES, "auth", "refresh", "alice", "--if-within", "5m")) {
        assertExit(0, result);
      }
      assertEquals(round, world.server.requests().size(), "requests after round " + round);
      assertTrue(world.hasNewest("alice"));
    }
    assertEquals(ROUNDS, world.server.granted("alice"));
    assertFalse(world.server.revoked("alice"));
    System.out.println(
        "refresh: " + ROUNDS + " rounds of " + PROCESSES + " processes, a request each round");
  }

  @Test
  void so_they_do_with_a_client_that_refreshes_beside_them() throws Exception {
    assertExit(0, world.run("switch", "alice"));
    AtomicBoolean over = new AtomicBoolean();
    ExecutorService client = Executors.newSingleThreadExecutor();
    try {
      Future<?> refreshing =
          client.submit(
              () -> {
                ClientSimulator simulator =
                    new ClientSimulator(world.directory, 7).retryingAfter(Duration.ofMillis(20));
                while (!over.get()) {
                  simulator.refreshAt(world.server);
                }
                return null;
              });
      for (int round = 1; round <= ROUNDS; round++) {
        assertExit(0, world.run("heal"));
        world.letExpire("alice");
        for (SlotsCommand.Result result :
            atOnce(PROCESSES, "auth", "refresh", "alice", "--if-within", "5m")) {
          assertExit(0, result);
        }
        assertEquals(round + 1, world.server.granted("alice"), "tokens after round " + round);
        assertExit(0, world.run("heal"));
        assertTrue(world.hasNewest("alice"));
      }
      over.set(true);
      refreshing.get();
    } finally {
      client.shutdownNow();
    }
    assertFalse(world.server.revoked("alice"));
  }

  @Test
  void a_switch_renews_first_and_a_fresh_one_asks_nobody() throws Exception {
    assertExit(0, world.run("switch", "alice"));
    assertEquals(1, world.server.requests().size());
    assertTrue(world.hasNewest("alice"));
    assertExit(0, world.run("switch", "bob"));
    assertExit(0, world.run("switch", "alice"));
    assertEquals(1, world.server.requests().size());
  }

  @Test
  void a_fresh_switch_loads_nothing_of_the_network() throws Exception {
    Path classes = scratch.resolve("classes");
    // Behind the first option, which turns the log off.
    String insert = "a=$1; b=$2; shift 2; exec \"$a\" \"$b\" -Xlog:class+load=info:file=";
    SlotsCommand.Result result =
        world
            .program()
            .through("sh", "-c", insert + classes + " \"$@\"", "sh")
            .run("switch", "erik");
    assertExit(0, result);
    String loaded = Files.readString(classes);
    assertTrue(loaded.contains("dev.credslots.Switching"), loaded);
    for (String network : List.of("java.net.http.", "jdk.internal.net.http", "credslots.oauth")) {
      assertFalse(loaded.contains(network), network);
    }
  }

  @Test
  void thirty_agents_that_hit_a_limit_together_make_one_switch() throws Exception {
    for (SlotsCommand.Result result :
        atOnce(30, "switch", "--next", "--if-active", "bob", "--reason", "quota")) {
      assertExit(0, result);
    }
    String log = world.run("log", "-n", "100").out();
    assertEquals(1, log.lines().filter(line -> line.contains("switched")).count(), log);
    // Whichever is next, only a renewal of it was asked for.
    assertTrue(world.server.requests().size() <= 1, log);
  }

  @Test
  void killed_while_the_server_has_processed_and_not_answered() throws Exception {
    OAuthServer.Gate gate = world.server.hold();
    Path pid = scratch.resolve("pid");
    ExecutorService other = Executors.newSingleThreadExecutor();
    try {
      Future<SlotsCommand.Result> run =
          other.submit(
              () ->
                  world
                      .program()
                      .through("sh", "-c", "echo $$ >" + pid + "; exec \"$@\"", "sh")
                      .run("auth", "refresh", "alice"));
      gate.awaitProcessed();
      ProcessHandle.of(Long.parseLong(Files.readString(pid).strip()))
          .orElseThrow()
          .destroyForcibly();
      assertTrue(world.heard(run.get()).killed());
    } finally {
      gate.release();
      other.shutdownNow();
    }
    assertTrue(
        Files.readString(world.directory.slotFile("alice")).contains(world.alice.refreshToken()));

    SlotsCommand.Result next = world.run("switch", "erik");
    assertExit(0, next);
    assertTrue(next.err().contains("before an answer came"), next.err());
    SlotsCommand.Result again = world.run("auth", "refresh", "alice");
    assertExit(3, again);
    assertTrue(again.err().contains("log in again"), again.err());
    int asked = world.server.requests().size();
    assertExit(3, world.run("auth", "refresh", "alice"));
    assertExit(3, world.run("switch", "alice"));
    assertEquals(asked, world.server.requests().size());
  }

  @Test
  void what_a_server_can_say_and_the_exit_codes() throws Exception {
    world.server.next(
        Fault.status(500, "oops"),
        Fault.status(403, "{\"error\":\"forbidden\"}"),
        Fault.status(200, "<html>"),
        Fault.ignored(),
        Fault.status(429, "{}", "Retry-After", "3600"));
    String before = Files.readString(world.directory.slotFile("alice"));
    assertExit(5, world.run("auth", "refresh", "alice"));
    assertExit(1, world.run("auth", "refresh", "alice"));
    assertExit(1, world.run("auth", "refresh", "alice"));
    assertExit(5, world.run("auth", "refresh", "alice"));
    assertExit(4, world.run("auth", "refresh", "alice"));
    assertExit(4, world.run("switch", "alice"));
    assertEquals(5, world.server.requests().size());
    assertEquals(before, Files.readString(world.directory.slotFile("alice")));

    SlotsCommand.Result token = world.program().run("auth", "token", "alice");
    assertExit(5, token);
    assertEquals(world.alice.accessToken(), token.out());
    assertTrue(token.err().contains("warning"), token.err());
  }

  @Test
  void a_token_is_printed_and_nothing_else() throws Exception {
    SlotsCommand.Result result = world.program().run("auth", "token", "alice");
    assertExit(0, result);
    assertEquals(world.server.current("alice").accessToken(), result.out());
    assertEquals("", result.err());
    SlotsCommand.Result fresh = world.program().run("auth", "token");
    assertEquals(world.bob.accessToken(), fresh.out());
    assertEquals(1, world.server.requests().size());
    SlotsCommand.Result json = world.run("auth", "token", "--json");
    assertTrue(json.out().contains("\"slot\":\"bob\""), json.out());
  }

  @Test
  void variables_are_stronger_than_the_store_and_never_renewed() throws Exception {
    SlotsCommand set =
        world
            .program()
            .environment("ANTHROPIC_AUTH_TOKEN", "mine")
            .environment("CLAUDE_CODE_OAUTH_TOKEN", "other");
    assertEquals("mine", set.run("auth", "token").out());
    assertTrue(set.run("auth", "source").out().startsWith("ANTHROPIC_AUTH_TOKEN"));
    SlotsCommand second = world.program().environment("CLAUDE_CODE_OAUTH_TOKEN", "other");
    assertEquals("other", second.run("auth", "token").out());
    assertTrue(second.run("auth", "source").out().startsWith("CLAUDE_CODE_OAUTH_TOKEN"));
    assertTrue(world.run("auth", "source").out().startsWith("Linux credential file, slot bob"));
    assertEquals(0, world.server.requests().size());
  }

  @Test
  void a_buffer_that_makes_no_sense_is_named() throws Exception {
    SlotsCommand.Result result =
        world
            .program()
            .environment("CLAUDE_TOKEN_REFRESH_BUFFER_SECONDS", "-7")
            .run("auth", "refresh", "alice");
    assertExit(0, result);
    assertTrue(result.err().contains("'-7'") && result.err().contains("300"), result.err());
  }
}
