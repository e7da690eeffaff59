package dev.credslots.acceptance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Executables in hook directories, good ones and bad ones, run by the built program. */
@Timeout(120)
class HooksTest {
  private static final int AGENTS = 20;

  @TempDir static Path program;
  private static SlotsCommand built;

  @TempDir private Path scratch;
  private HandMadeDirectory made;
  private SlotsCommand slots;
  private Path config;
  private Path notes;

  @BeforeAll
  static void build() throws Exception {
    built = SlotsCommand.built(program);
  }

  @BeforeEach
  void make() throws Exception {
    Path real = scratch.toRealPath();
    made = HandMadeDirectory.of(real.resolve("claude"));
    config = directory(real.resolve("config"));
    notes = directory(real.resolve("notes"));
    hookTimeout("1m");
    slots =
        built.environment(
            Map.of("SLOTS_DIR", made.path().toString(), "SLOTS_HOME", config.toString()));
  }

  private void hookTimeout(String limit) throws Exception {
    Files.writeString(config.resolve("config.json"), "{\"hookTimeout\": \"" + limit + "\"}");
  }

  private static Path directory(Path path) throws Exception {
    Files.createDirectories(path);
    return mode(path, "rwxr-xr-x");
  }

  private static Path mode(Path path, String mode) throws Exception {
    return Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(mode));
  }

  private Path hook(String event, String name, String body) throws Exception {
    directory(config.resolve("hooks"));
    Path file = directory(config.resolve("hooks").resolve(event + ".d")).resolve(name);
    Files.writeString(file, "#!/bin/sh\n" + body + "\n");
    return mode(file, "rwxr-xr-x");
  }

  /**
   * One of every kind of file.
   *
   * @param good what the good one does
   * @return what each but the good one is to be reported with, by name
   */
  private Map<String, String> oneOfEach(String event, String good) throws Exception {
    hookTimeout("2s");
    Map<String, String> reasons = new TreeMap<>();
    hook(event, "10-good", good);
    hook(event, "20-failing", "echo no such job >&2; exit 3");
    reasons.put("20-failing", "exited 3: no such job");
    hook(event, "30-hanging", "exec sleep 600");
    reasons.put("30-hanging", "took longer than 2 s and was ended");
    hook(event, "40-rubbish", "printf '\\377\\000\\033[2J\\n'; printf '\\377\\n' >&2");
    if (event.equals("lock-guard")) {
      reasons.put("40-rubbish", "printed what is no text (UTF-8)");
    }
    Path open = mode(hook(event, "50-open", "echo ran >>" + notes + "/open"), "rwxr-xrwx");
    reasons.put(
        "50-open", "was not run: " + open + " may be written by others; run: chmod go-w " + open);
    Path plain = mode(hook(event, "60-plain", "echo ran >>" + notes + "/plain"), "rw-r--r--");
    reasons.put(
        "60-plain",
        "was not run: it is not executable; run: chmod u+x "
            + plain
            + ", or name it 60-plain.sample");
    Path theirs = hook(event, "70-theirs", "echo ran >>" + notes + "/theirs");
    if (Files.getAttribute(theirs, "unix:uid").equals(0)) {
      Files.setAttribute(theirs, "unix:uid", 12345);
      reasons.put(
          "70-theirs",
          "was not run: "
              + theirs
              + " belongs to another user (12345); put a copy of your own there");
    }
    return reasons;
  }

  private void assertNoneRanThatMustNot() throws Exception {
    assertFalse(Files.exists(notes.resolve("open")));
    assertFalse(Files.exists(notes.resolve("plain")));
    boolean root = Files.getAttribute(notes, "unix:uid").equals(0);
    assertTrue(!root || !Files.exists(notes.resolve("theirs")));
  }

  /** As a hold, a warning or a list shows it. */
  private static List<String> shown(String event, Map<String, String> reasons) {
    List<String> shown = new ArrayList<>();
    reasons.forEach((name, reason) -> shown.add(event + ".d/" + name + " " + reason));
    return shown;
  }

  /** The watcher's events, and one of those that ask; the others are below, with real events. */
  @ParameterizedTest
  @ValueSource(strings = {"lock-guard", "on-drift", "on-identity", "on-expiring"})
  void every_kind_of_file_has_its_outcome_in_every_directory(String event) throws Exception {
    Map<String, String> reasons = oneOfEach(event, "cat >/dev/null");
    Answer answer = Answer.of(5, slots.run("hooks", "test", event, "--json"));
    answer.is("event", event).is("ok", false);
    for (Answer hook : answer.list("hooks")) {
      String reason = reasons.get(hook.text("name"));
      if (reason == null) {
        hook.is("ok", true).isNull("reason");
      } else {
        hook.is("ok", false).is("reason", reason);
      }
    }
    assertNoneRanThatMustNot();

    Answer list = Answer.of(5, slots.run("hooks", "list", "--json"));
    for (Answer hook : list.list("hooks")) {
      boolean run = !String.valueOf(reasons.get(hook.text("name"))).startsWith("was not run");
      hook.is("ok", run);
    }
  }

  @Test
  void a_guard_that_is_no_good_is_busy_for_a_switch_and_a_heal() throws Exception {
    Map<String, String> reasons = oneOfEach("lock-guard", "echo nightly");
    List<String> holds = new ArrayList<>(List.of("nightly"));
    holds.addAll(shown("lock-guard", reasons));

    Answer answer = Answer.of(4, slots.run("switch", "alice", "--json"));
    assertEquals(holds, answer.is("outcome", "deferred").each("holds", "name"));
    made.refreshedByAClient();
    answer = Answer.of(4, slots.run("heal", "--json"));
    assertEquals(holds, answer.is("outcome", "deferred").each("holds", "name"));
    assertNoneRanThatMustNot();
    assertEquals(0, slots.run("heal", "--force").exitCode());
    assertEquals(0, slots.run("switch", "alice", "--force").exitCode());
  }

  @Test
  void a_pre_switch_that_is_no_good_defers_a_switch_and_not_a_heal() throws Exception {
    Map<String, String> reasons = oneOfEach("pre-switch", "exit 0");
    Path event = config.resolve("hooks/pre-switch.d");
    List<Path> bad;
    try (Stream<Path> files = Files.list(event)) {
      bad = files.filter(file -> reasons.containsKey(file.getFileName() + "")).sorted().toList();
    }
    assertEquals(reasons.size(), bad.size());
    for (Path file : bad) {
      String name = file.getFileName() + "";
      String words =
          name.equals("20-failing")
              ? "no such job"
              : shown("pre-switch", Map.of(name, reasons.get(name))).get(0);
      Answer answer = Answer.of(4, slots.run("switch", "alice", "--json"));
      assertEquals(List.of(words), answer.is("outcome", "deferred").each("holds", "name"));
      assertEquals(List.of("pre-switch.d/" + name), answer.each("holds", "source"));
      Files.delete(file);
    }
    assertNoneRanThatMustNot();
    Answer.of(0, slots.run("switch", "alice", "--json")).is("outcome", "switched");

    hook("pre-switch", "20-failing", "exit 3");
    made.refreshedByAClient();
    Answer.of(0, slots.run("heal", "--json")).is("outcome", "healed");
  }

  @Test
  void listeners_that_are_no_good_are_warnings_of_a_switch_and_a_heal() throws Exception {
    Map<String, String> reasons = oneOfEach("on-switch", "cat >" + notes + "/switch");
    oneOfEach("on-heal", "cat >" + notes + "/heal");

    Answer answer = Answer.of(0, slots.run("switch", "alice", "--json"));
    answer.is("outcome", "switched");
    assertEquals(shown("on-switch", reasons), hookWarnings(answer));
    assertTrue(Files.readString(notes.resolve("switch")).contains("\"to\":\"alice\""));

    made.refreshedByAClient();
    answer = Answer.of(0, slots.run("heal", "--json"));
    answer.is("outcome", "healed");
    String ours = notes.getParent().toString();
    List<String> expected =
        shown("on-heal", reasons).stream()
            .map(
                line ->
                    line.replace(
                        ours + "/config/hooks/on-switch.d", ours + "/config/hooks/on-heal.d"))
            .toList();
    assertEquals(expected, hookWarnings(answer));
    String told = Files.readString(notes.resolve("heal"));
    assertTrue(told.contains("\"event\":\"healed\"") && told.contains("\"slot\":\"bob\""), told);
    assertNoneRanThatMustNot();
  }

  private static List<String> hookWarnings(Answer answer) {
    return answer.list("warnings").stream()
        .filter(warning -> warning.text("code").startsWith("hook-"))
        .map(warning -> warning.text("message"))
        .toList();
  }

  @Test
  void a_directory_that_others_may_write_is_refused_loudly() throws Exception {
    Path directory = hook("lock-guard", "10-free", "exit 0").getParent();
    mode(directory, "rwxrwxr-x");
    SlotsCommand.Result result = slots.run("switch", "alice");
    assertEquals(4, result.exitCode(), result::toString);
    assertTrue(
        result
            .err()
            .contains(directory + " may be written by others; run: chmod go-w " + directory),
        result::toString);
    mode(directory, "rwxr-xr-x");
    assertEquals(0, slots.run("switch", "alice").exitCode());
  }

  /** Everything that lies about and may be read: the slots' tokens, and the caller's variables. */
  @Test
  void no_fake_token_reaches_a_hook_or_the_log() throws Exception {
    Map<String, String> canaries = new TreeMap<>();
    for (String name :
        List.of(
            "ANTHROPIC_API_KEY",
            "ANTHROPIC_AUTH_TOKEN",
            "CLAUDE_CODE_OAUTH_TOKEN",
            "AWS_SECRET_ACCESS_KEY",
            "SLOTS_CANARY",
            "LC_ALL")) {
      canaries.put(name, "sk-ant-oat01-FAKE-canary-" + name);
    }
    SlotsCommand command = slots.environment(canaries);
    for (String event : List.of("lock-guard", "pre-switch", "on-switch", "on-heal")) {
      hook(
          event,
          "10-all",
          "{ cat; tr '\\0' '\\n' </proc/$$/environ; tr '\\0' '\\n' </proc/$$/cmdline; } >>"
              + notes
              + "/"
              + event);
    }
    List<SlotsCommand.Result> results = new ArrayList<>();
    results.add(command.run("switch", "alice", "--reason", "quota"));
    made.refreshedByAClient();
    results.add(command.run("heal", "--json"));
    made.shell("cp .credentials.json.wiped live.new; mv live.new .credentials.json");
    results.add(command.run("heal", "--relink", "--json")); // And stashed.
    results.add(command.run("log", "--json"));
    results.add(command.run("status", "--json"));

    for (SlotsCommand.Result result : results) {
      assertFalse((result.out() + result.err()).contains("FAKE"), result::toString);
    }
    for (String event : List.of("lock-guard", "pre-switch", "on-switch", "on-heal")) {
      String given = Files.readString(notes.resolve(event));
      assertTrue(given.contains("\"schemaVersion\":1") && given.contains("SLOTS_EVENT="), given);
      assertFalse(given.contains("FAKE") || given.contains("CANARY"), given);
    }
    String healed = Files.readString(notes.resolve("on-heal"));
    assertTrue(healed.contains("\"event\":\"stashed\""), () -> healed + results);
  }

  @Test
  void many_agents_that_switch_at_once_with_hooks_all_get_their_turn() throws Exception {
    hook("lock-guard", "10-free", "exit 0");
    hook("pre-switch", "10-yes", "exit 0");
    hook(
        "on-switch", "10-log", "IFS= read -r event; printf '%s\\n' \"$event\" >>" + notes + "/log");
    ExecutorService agents = Executors.newFixedThreadPool(AGENTS);
    try {
      List<Callable<SlotsCommand.Result>> tasks = new ArrayList<>();
      for (int i = 0; i < AGENTS; i++) {
        String slot = i % 2 == 0 ? "alice" : "bob";
        tasks.add(() -> slots.run("switch", slot, "--lock-timeout", "1m", "--json"));
      }
      int switched = 0;
      for (Future<SlotsCommand.Result> agent : agents.invokeAll(tasks)) {
        SlotsCommand.Result result = agent.get();
        // Deferred: it had nothing to do when it looked, and had when it was its turn.
        assertTrue(result.exitCode() == 0 || result.exitCode() == 4, result::toString);
        switched += result.out().contains("\"outcome\":\"switched\"") ? 1 : 0;
      }
      assertTrue(switched > 0);
      assertEquals(switched, Files.readAllLines(notes.resolve("log")).size());
      Answer log = Answer.of(0, slots.run("log", "-n", "100", "--json"));
      assertEquals(
          switched, log.each("events", "outcome").stream().filter("switched"::equals).count());
    } finally {
      agents.shutdownNow();
    }
  }

  @Test
  void without_hooks_a_switch_looks_once_for_them() throws Exception {
    assumeTrue(Files.isExecutable(Path.of("/usr/bin/strace")), "no strace");
    Path trace = notes.resolve("strace");
    SlotsCommand.Result result =
        slots
            .through("/usr/bin/strace", "-f", "-o", trace.toString(), "-e", "trace=file")
            .run("switch", "alice");
    assertEquals(0, result.exitCode(), result::toString);
    List<String> looks =
        Files.readAllLines(trace).stream()
            .filter(line -> line.contains("\"" + config.resolve("hooks")))
            .toList();
    // Its answer is on a line of its own if another thread called meanwhile.
    assertEquals(1, looks.size(), looks::toString);
  }
}
