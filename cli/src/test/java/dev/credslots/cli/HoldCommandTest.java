package dev.credslots.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.credslots.HoldLease;
import dev.credslots.HoldLeases;
import dev.credslots.HoldRequest;
import dev.credslots.cli.World.Result;
import dev.credslots.internal.posix.Exec;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** What can be seen of holds without becoming another program. */
@Timeout(60)
class HoldCommandTest {
  private static final long SELF = ProcessHandle.current().pid();

  @TempDir Path temp;
  private World world;

  @BeforeEach
  void makeWorld() throws Exception {
    world = World.ofThree(temp);
  }

  private HoldLease hold(String name) {
    Clock clock = Clock.fixed(World.NOW.minusSeconds(300), ZoneOffset.UTC);
    return new HoldLeases(world.claude, clock)
        .take(HoldRequest.of(name).because("tests"))
        .orElseThrow();
  }

  private void assertUsage(String message, String... args) {
    Result result = world.run(args);
    assertEquals(2, result.exit());
    assertTrue(result.err().startsWith("slots: " + message), result.err());
    assertFalse(Files.exists(world.claude.resolve(".slots/holds")));
  }

  @Test
  void a_hold_needs_a_name_and_a_program_behind_dashes() {
    assertUsage("hold needs a program after --", "hold");
    assertUsage("hold needs a program after --", "hold", "x");
    assertUsage("hold needs a program after --", "hold", "x", "--");
    assertUsage("hold needs a program after --", "hold", "x", "true");
    assertUsage("hold has no use for 'true'", "hold", "x", "true", "--", "y");
    assertUsage("hold needs NAME", "hold", "--", "x", "true");
    assertUsage("hold name '../x' is not allowed", "hold", "../x", "--", "true");
    assertUsage("hold name 'tmp' is reserved", "hold", "tmp", "--", "true");
    assertUsage("unknown option '--reasn'", "hold", "x", "--reasn", "y", "--", "true");
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void what_is_behind_the_dashes_is_the_programs_as_it_was_written() {
    world.environment.put("SLOTS_HOLD", "outer.0123456789abcdef");
    String[] words = {"claude", "--json", "-q", "--", "", "--reason", "a b", "'c'"};
    List<String> line = new ArrayList<>(List.of("hold", "x", "--reason", "why", "-q", "--"));
    line.addAll(List.of(words));

    world.run(line.toArray(String[]::new));

    Exec.Program program = world.programs.become.get(0);
    assertEquals(List.of(words), program.words());
    assertEquals(1, program.keep().size());
    assertEquals(Set.of("SLOTS_HOLD"), program.set().keySet());
    String holds = String.valueOf(program.set().get("SLOTS_HOLD"));
    assertTrue(holds.matches("outer\\.0123456789abcdef:x\\.[0-9a-f]{16}"), holds);
  }

  @Test
  void a_program_that_is_not_there_leaves_no_hold() throws Exception {
    var json = world.run("--json", "hold", "x", "--", "no-such-program").json(127);
    assertEquals("not-started", json.get("outcome").asText());
    assertTrue(json.get("message").asText().startsWith("'no-such-program' cannot be started"));
    assertEquals("nobody is busy\n", world.run("holds").out());
  }

  @Test
  void help_shows_where_the_program_goes() {
    assertTrue(
        world
            .run("hold", "--help")
            .out()
            .startsWith("Usage: slots hold NAME [options] -- CMD...\n"));
  }

  @Test
  void holds_says_who_since_when_and_why() throws Exception {
    assertEquals("nobody is busy\n", world.run("holds").out());

    try (HoldLease lease = hold("nightly")) {
      assertEquals("nightly (pid " + SELF + "), for 5m: tests [lease]\n", world.run("holds").out());
      var json = world.run("--json", "holds").json(0);
      assertEquals("nightly", json.at("/holds/0/name").asText());
      assertEquals(SELF, json.at("/holds/0/pid").asLong());
      assertEquals(World.NOW.minusSeconds(300).toString(), json.at("/holds/0/since").asText());
      assertEquals("lease", json.at("/holds/0/source").asText());
      assertEquals("tests", json.at("/holds/0/reason").asText());
      assertTrue(json.get("warnings").isEmpty());
      assertTrue(
          world.run("status").out().contains("busy: nightly (pid " + SELF + "), for 5m: tests"));
      assertTrue(lease != null);
    }
  }

  @Test
  void a_pid_file_of_the_dead_is_no_hold_and_holds_says_so() throws Exception {
    Process ended = new ProcessBuilder("true").start();
    ended.waitFor();
    world.config("{\"holds\": [\"~/*.pid\"]}");
    Path file = Files.writeString(temp.resolve("nightly.pid"), "" + ended.pid());

    Result result = world.run("holds");
    assertEquals(new Result(0, "nobody is busy\n", result.err()), result);
    assertTrue(result.err().startsWith("slots: warning: " + file + " is no hold"), result.err());
    var json = world.run("holds", "--json").json(0);
    assertTrue(json.get("holds").isEmpty());
    assertEquals("dead-pid-file", json.at("/warnings/0/code").asText());
    assertEquals(0, world.run("switch", "alice").exit());
  }

  @Test
  void a_switch_that_waits_says_for_whom_unless_it_is_to_be_quiet() throws Exception {
    try (HoldLease lease = hold("nightly")) {
      Result result = world.run("switch", "alice", "--wait", "1", "--json");
      result.json(4);
      List<String> lines = result.err().lines().toList();
      assertEquals("slots: waiting for nightly (pid " + SELF + ")", lines.get(0));
      assertEquals(2, lines.size(), result.err());

      result = world.run("switch", "alice", "--wait", "1", "-q");
      assertFalse(result.err().contains("waiting"), result.err());
      assertFalse(world.run("switch", "alice").err().contains("waiting"), result.err());
      assertTrue(lease != null);
    }
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void a_running_client_defers_if_the_configuration_says_so() throws Exception {
    Path program =
        Files.copy(
            Path.of("/bin/sleep"), temp.resolve("claude"), StandardCopyOption.COPY_ATTRIBUTES);
    ProcessBuilder builder = new ProcessBuilder(program.toString(), "60");
    builder.environment().put("CLAUDE_CONFIG_DIR", world.claude.toString());
    Process claude = builder.start();
    try {
      assertEquals(0, world.run("switch", "alice").exit());

      world.config("{\"busyClients\": true}");
      var hold = world.run("switch", "bob", "--json").json(4).at("/holds/0");
      assertEquals("claude", hold.get("name").asText());
      assertEquals("client", hold.get("source").asText());
      assertEquals(claude.pid(), hold.get("pid").asLong());

      world.config("{\"busyClients\": \"yes\"}");
      assertTrue(world.run("holds").err().contains("'busyClients' must be true or false"));
    } finally {
      claude.destroyForcibly().waitFor();
    }
    world.config("{\"busyClients\": true}");
    assertEquals(0, world.run("switch", "bob").exit());
  }

  @Test
  void a_hold_that_nobody_lets_begin_is_deferred() throws Exception {
    // Somebody changes the slots: the lock is theirs.
    Path lock = Files.createDirectories(world.claude.resolve(".slots")).resolve("lock");
    try (var channel = FileChannel.open(lock, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        var held = channel.lock()) {
      var json = world.run("--json", "hold", "x", "--lock-timeout", "0", "--", "true").json(4);
      assertTrue(json.get("message").asText().startsWith("deferred: another process"));
      assertTrue(held.isValid());
    }
  }
}
