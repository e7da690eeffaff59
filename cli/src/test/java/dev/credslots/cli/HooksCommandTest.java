package dev.credslots.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.credslots.cli.World.Result;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Hook directories beside the configuration, and {@code slots hooks}. */
@Timeout(60)
class HooksCommandTest {
  @TempDir Path temp;
  private World world;
  private Path hooks;

  @BeforeEach
  void makeWorld() throws Exception {
    world = World.ofThree(temp.toRealPath());
    world.environment.put("PATH", System.getenv("PATH"));
    hooks = world.home.resolve(".config/slots/hooks");
  }

  private Path hook(Path root, String name, String body) throws Exception {
    Path file = root.resolve(name);
    Files.createDirectories(file.getParent());
    mode(root, "rwxr-xr-x");
    mode(file.getParent(), "rwxr-xr-x");
    Files.writeString(file, "#!/bin/sh\n" + body + "\n");
    return mode(file, "rwxr-xr-x");
  }

  private Path hook(String name, String body) throws Exception {
    return hook(hooks, name, body);
  }

  private static Path mode(Path path, String mode) throws Exception {
    return Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(mode));
  }

  private static List<String> names(JsonNode object) {
    List<String> names = new ArrayList<>();
    object.fieldNames().forEachRemaining(names::add);
    return names;
  }

  @Test
  void list_says_of_each_whether_it_is_run_and_why_not() throws Exception {
    Path log = hook("on-switch.d/10-log", "exit 0");
    Path busy = mode(hook("lock-guard.d/10-busy", "exit 0"), "rw-r--r--");

    JsonNode json = world.run("hooks", "list", "--json").json(5);
    assertEquals(hooks.toString(), json.get("root").asText());
    assertEquals(2, json.get("hooks").size());
    JsonNode first = json.at("/hooks/0");
    assertEquals(List.of("event", "name", "path", "ok", "reason"), names(first));
    assertEquals("lock-guard", first.get("event").asText());
    assertEquals("10-busy", first.get("name").asText());
    assertEquals(busy.toString(), first.get("path").asText());
    assertFalse(first.get("ok").asBoolean());
    assertTrue(first.get("reason").asText().contains("chmod u+x " + busy));
    JsonNode second = json.at("/hooks/1");
    assertEquals(log.toString(), second.get("path").asText());
    assertTrue(second.get("ok").asBoolean());
    assertTrue(second.get("reason").isNull());

    Result text = world.run("hooks", "list");
    assertEquals(5, text.exit());
    assertTrue(text.out().contains("lock-guard  10-busy  not run\n"), text.out());
    assertTrue(text.out().contains("on-switch   10-log   ok\n"), text.out());
    assertTrue(text.out().contains("! lock-guard.d/10-busy: it is not executable"), text.out());

    mode(busy, "rwxr-xr-x");
    assertEquals(0, world.run("hooks", "list").exit());
  }

  @Test
  void without_any_list_says_where_they_go() {
    Result result = world.run("hooks", "list");
    assertEquals(0, result.exit());
    String words = result.out().replaceAll("\\s+", " ");
    assertTrue(words.contains("no hooks; slots help hooks says what goes into " + hooks), words);
  }

  @Test
  void test_runs_them_with_a_made_up_event_and_shows_what_came_of_it() throws Exception {
    hook("lock-guard.d/10-busy", "echo nightly");
    hook("lock-guard.d/20-odd", "echo out; echo complaint >&2; exit 3");

    JsonNode json = world.run("hooks", "test", "lock-guard", "--json").json(5);
    assertEquals("lock-guard", json.get("event").asText());
    assertFalse(json.get("ok").asBoolean());
    JsonNode first = json.at("/hooks/0");
    assertEquals(0, first.get("exitCode").asInt());
    assertTrue(first.get("ok").asBoolean());
    assertTrue(first.get("milliseconds").asLong() >= 0);
    assertEquals("nightly", first.at("/holds/0/name").asText());
    assertEquals("lock-guard.d/10-busy", first.at("/holds/0/source").asText());
    JsonNode second = json.at("/hooks/1");
    assertEquals(3, second.get("exitCode").asInt());
    assertEquals("exited 3: complaint", second.get("reason").asText());
    assertEquals("out\n", second.get("out").asText());
    assertEquals("complaint\n", second.get("err").asText());

    Result text = world.run("hooks", "test", "lock-guard", "10-busy");
    assertEquals(0, text.exit());
    assertTrue(text.out().startsWith("ok  lock-guard.d/10-busy exited 0 ("), text.out());
    assertTrue(text.out().contains("      busy: nightly\n"), text.out());
    assertFalse(text.out().contains("20-odd"), text.out());
    assertEquals("bob\n", world.run("active").out());
  }

  @Test
  void a_hook_can_tell_a_test_from_the_real_thing() throws Exception {
    hook("on-switch.d/10-log", "cat; echo test is ${SLOTS_TEST-unset}");
    JsonNode run = world.run("hooks", "test", "on-switch", "--json").json(0).at("/hooks/0");
    assertTrue(run.get("out").asText().contains("\"test\":true}\ntest is true\n"), run::toString);
  }

  @Test
  void sample_prints_what_test_gives() throws Exception {
    JsonNode sample = world.run("hooks", "sample", "on-switch", "--json").json(0);
    hook("on-switch.d/10-log", "cat");
    JsonNode run = world.run("hooks", "test", "on-switch", "--json").json(0).at("/hooks/0");
    assertEquals(run.get("out").asText().strip(), sample.get("stdin").asText());
    assertEquals("alice", sample.at("/variables/SLOTS_TO").asText());
    assertEquals(hooks.toString(), sample.at("/variables/SLOTS_HOOKS").asText());
    assertEquals(world.home.toString(), sample.at("/variables/HOME").asText());
    assertEquals(
        world.claude.toString(),
        new ObjectMapper().readTree(sample.get("stdin").asText()).get("dir").asText());

    List<String> lines = world.run("hooks", "sample", "on-switch").out().lines().toList();
    assertEquals(sample.get("stdin").asText(), lines.get(0));
    assertTrue(lines.contains("SLOTS_EVENT=switched"), lines::toString);
  }

  @Test
  void what_makes_no_sense_is_said_in_a_sentence() throws Exception {
    assertUsage("hooks cannot 'tets'; did you mean 'test'?", "hooks", "tets");
    assertUsage("hooks test needs an EVENT", "hooks", "test");
    assertUsage("hooks sample needs an EVENT", "hooks", "sample");
    assertUsage("hooks list has no use for 'on-switch'", "hooks", "list", "on-switch");
    assertUsage("hooks sample has no use for 'x'", "hooks", "sample", "on-switch", "x");
    assertUsage(
        "there is no event 'on-swich'; did you mean 'on-switch'?", "hooks", "test", "on-swich");

    hook("on-switch.d/10-log", "exit 0");
    Result result = world.run("hooks", "test", "on-switch", "10-lok");
    assertEquals(3, result.exit());
    assertTrue(
        result.err().contains("there is no 'on-switch.d/10-lok'; did you mean '10-log'?"),
        result.err());
  }

  private void assertUsage(String sentence, String... args) {
    Result result = world.run(args);
    assertEquals(2, result.exit());
    assertTrue(result.err().startsWith("slots: " + sentence), result.err());
  }

  @Test
  void they_lie_beside_the_configuration_in_use() throws Exception {
    Path home = Files.createDirectories(world.home.resolve("elsewhere"));
    hook(home.resolve("hooks"), "lock-guard.d/10-busy", "echo nightly");
    assertEquals(0, world.run("switch", "alice", "--dry-run").exit());

    Path file = Files.writeString(home.resolve("config.json"), "{}");
    assertEquals(4, world.run("switch", "alice", "--config", file.toString()).exit());
    world.environment.put("SLOTS_HOME", home.toString());
    assertEquals(4, world.run("switch", "alice").exit());
  }

  @Test
  void a_guard_defers_and_is_shown_by_status_and_dry_run() throws Exception {
    hook("lock-guard.d/10-busy", "echo nightly");
    JsonNode json = world.run("switch", "alice", "--json").json(4);
    assertEquals("deferred", json.get("outcome").asText());
    assertEquals("nightly", json.at("/holds/0/name").asText());
    assertEquals("lock-guard.d/10-busy", json.at("/holds/0/source").asText());
    assertEquals(4, world.run("switch", "alice", "--dry-run").exit());
    assertTrue(world.run("status").out().contains("busy: nightly"));
    world.detach(World.login("bob", "bob", java.time.Duration.ofHours(1)));
    assertEquals(4, world.run("heal").exit());
    assertEquals(0, world.run("switch", "alice", "--force").exit());
  }

  @Test
  void a_wait_goes_on_when_the_guard_is_free() throws Exception {
    Path busy = Files.writeString(world.home.resolve("busy"), "");
    hook("lock-guard.d/10-busy", "! rm " + busy + " || echo nightly");
    assertEquals(0, world.run("switch", "alice", "--wait", "1m").exit());
  }

  @Test
  void a_pre_switch_that_objects_defers_with_its_words() throws Exception {
    hook("pre-switch.d/10-drain", "echo agents at work >&2; exit 1");
    Result result = world.run("switch", "alice");
    assertEquals(4, result.exit());
    assertEquals(
        "slots: deferred: pre-switch.d/10-drain objects: agents at work; try again later, or"
            + " switch all the same with --force\n",
        result.err());
    assertEquals(0, world.run("switch", "alice", "--force").exit());
    assertEquals(0, world.run("switch", "alice").exit()); // It is live already.
  }

  @Test
  void a_failing_listener_is_a_warning_of_a_switch_that_is_done() throws Exception {
    hook("on-switch.d/10-log", "echo disk full >&2; exit 1");
    JsonNode json = world.run("switch", "alice", "--json").json(0);
    assertEquals("switched", json.get("outcome").asText());
    assertEquals("hook-failed", json.at("/warnings/0/code").asText());
    assertEquals("on-switch.d/10-log exited 1: disk full", json.at("/warnings/0/message").asText());
    mode(hooks.resolve("on-switch.d/10-log"), "rwxrwxrwx");
    json = world.run("switch", "bob", "--json").json(0);
    assertEquals("hook-refused", json.at("/warnings/0/code").asText());
  }

  @Test
  void the_configured_time_limit_counts() throws Exception {
    world.config("{\"hookTimeout\": \"1s\"}");
    hook("lock-guard.d/10-slow", "exec sleep 600");
    JsonNode json = world.run("switch", "alice", "--json").json(4);
    assertEquals(
        "lock-guard.d/10-slow took longer than 1 s and was ended",
        json.at("/holds/0/name").asText());

    world.config("{\n \"hookTimeout\": 0}");
    Result result = world.run("status");
    assertEquals(2, result.exit());
    assertTrue(
        result.err().contains(":2: key 'hookTimeout' leaves hooks no time; write 1s or more"),
        result.err());
  }

  @Test
  void a_guard_or_gate_that_runs_slots_is_not_asked_in_turn() throws Exception {
    hook("lock-guard.d/10-busy", "echo nightly");
    hook("pre-switch.d/10-no", "exit 1");
    world.environment.put("SLOTS_EVENT", "lock-guard");
    assertFalse(world.run("status").out().contains("nightly"));
    world.environment.put("SLOTS_EVENT", "pre-switch");
    assertTrue(world.run("status").out().contains("nightly"));
    Files.delete(hooks.resolve("lock-guard.d/10-busy"));
    assertEquals(0, world.run("switch", "alice").exit());
  }
}
