package dev.credslots.acceptance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code slots hold}: what it leaves of a program, and what that keeps others from doing. */
@EnabledOnOs(OS.LINUX)
@Timeout(value = 240, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class HoldTest {
  /** Says that it runs, and ends when its input does. */
  private static final String[] UNTIL_TOLD = {"--", "sh", "-c", "echo ready; cat >/dev/null"};

  @TempDir static Path program;
  private static SlotsCommand built;

  private final List<Process> started = new ArrayList<>();

  @TempDir Path scratch;
  private HandMadeDirectory made;
  private SlotsCommand slots;

  @BeforeAll
  static void build() throws Exception {
    built = SlotsCommand.built(program);
  }

  @BeforeEach
  void make() throws Exception {
    made = HandMadeDirectory.of(scratch.toRealPath().resolve("claude"));
    slots = built.environment("SLOTS_DIR", made.path().toString());
  }

  @AfterEach
  void stop() throws Exception {
    for (Process process : started) {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly().waitFor();
    }
  }

  /** Started, and its first line read, which is to be this. */
  private Process started(String first, String... arguments) throws IOException {
    return started(first, slots, arguments);
  }

  private Process started(String first, SlotsCommand command, String... arguments)
      throws IOException {
    Process process = command.start(arguments);
    started.add(process);
    assertEquals(first, line(process.inputReader()));
    return process;
  }

  private static String line(BufferedReader reader) throws IOException {
    return String.valueOf(reader.readLine());
  }

  private static String[] hold(String name, String... rest) {
    List<String> words = new ArrayList<>(List.of("hold", name));
    words.addAll(List.of(rest));
    return words.toArray(String[]::new);
  }

  /** A switch that waits, once it has said for whom. */
  private Process waiting(String forWhom) throws IOException {
    Process process = slots.start("switch", "alice", "--wait", "3m", "--json");
    started.add(process);
    String said = line(process.errorReader());
    assertTrue(said.startsWith("slots: waiting for " + forWhom), said);
    return process;
  }

  private static void assertSwitched(Process waiting) throws Exception {
    String out = line(waiting.inputReader());
    assertEquals(0, waiting.waitFor(), out);
    assertTrue(out.startsWith("{") && out.contains("\"outcome\":\"switched\""), out);
    assertEquals(null, waiting.inputReader().readLine());
  }

  private static void assertComesTrue(String what, Callable<Boolean> condition) throws Exception {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(100);
    while (!condition.call()) {
      assertTrue(System.nanoTime() < end, what);
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
    }
  }

  private static String executable(Process process) throws IOException {
    return Files.readSymbolicLink(Path.of("/proc", process.pid() + "", "exe")).toString();
  }

  private Path leases() {
    return made.path().resolve(".slots/holds");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 4, 5, 77, 126, 127, 128, 255})
  void the_exit_code_is_the_programs(int code) throws Exception {
    assertExit(code);
  }

  @Test
  @Tag("fault")
  void every_exit_code_is_the_programs() throws Exception {
    List<SideBySide.Task> all = new ArrayList<>();
    for (int code = 0; code <= 255; code++) {
      int expected = code;
      all.add(() -> assertExit(expected));
    }
    SideBySide.run(all);
  }

  private void assertExit(int code) throws Exception {
    SlotsCommand.Result result = slots.run(hold("x", "--", "sh", "-c", "exit " + code));
    assertEquals(new SlotsCommand.Result(code, "", ""), result);
  }

  @Test
  void a_program_that_cannot_be_run_ends_as_a_shell_has_it_and_leaves_no_hold() throws Exception {
    Path file = Files.writeString(scratch.resolve("file"), "no program");

    Answer.of(127, slots.run("--json", "hold", "x", "--", "no-such-program"))
        .has("schemaVersion", "outcome", "message", "warnings")
        .is("outcome", "not-started")
        .isSentence("message");
    Answer.of(126, slots.run("--json", "hold", "x", "--", file.toString()));
    assertEquals(126, slots.run(hold("x", "--", scratch.toString())).exitCode());

    assertEquals(0, leases().toFile().list().length);
  }

  @Test
  void the_program_is_all_that_is_left() throws Exception {
    String[] few = {"sh", "-c", "ulimit -n 777; exec \"$@\"", "sh"};
    Process process =
        started(
            "--json,--,,a b",
            slots.through(few),
            hold(
                "x",
                "--reason",
                "why",
                "--",
                "sh",
                "-c",
                "IFS=,; echo \"$*\"; ulimit -n; echo $SLOTS_HOLD; echo $$; cat",
                "sh",
                "--json",
                "--",
                "",
                "a b"));

    assertEquals("777", line(process.inputReader()));
    Path lease = leases().resolve(line(process.inputReader()));
    assertTrue(Files.isRegularFile(lease));
    assertEquals(process.pid() + "", line(process.inputReader()));
    Path proc = Path.of("/proc", process.pid() + "");
    assertFalse(executable(process).contains("java"));
    Set<String> open = new TreeSet<>();
    for (String descriptor : proc.resolve("fd").toFile().list()) {
      Path target = Files.readSymbolicLink(proc.resolve("fd").resolve(descriptor));
      if (!List.of("0", "1", "2").contains(descriptor)) {
        open.add(target.toString());
      }
    }
    assertEquals(Set.of(lease.toString()), open);

    Answer holds = Answer.of(0, slots.run("--json", "holds")).saysOfADirectory("holds", "warnings");
    Answer hold = holds.find("holds", "name", "x");
    hold.has("name", "pid", "since", "source", "reason").is("reason", "why").isTime("since");
    assertEquals(process.pid(), hold.number("pid"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"TERM", "INT", "HUP", "QUIT"})
  void signals_reach_the_program(String signal) throws Exception {
    String traps = "trap 'exit 42' " + signal + "; echo ready; while :; do sleep 0.02; done";
    Process process = started("ready", hold("x", "--", "sh", "-c", traps));

    signal(signal, process);

    assertEquals(42, process.waitFor());
  }

  private static void signal(String signal, Process process) throws Exception {
    Process kill = new ProcessBuilder("kill", "-" + signal, process.pid() + "").start();
    assertEquals(0, kill.waitFor());
  }

  @Test
  void a_hold_defers_and_a_killed_one_does_no_longer_whoever_lives_on() throws Exception {
    String family = "sleep 200 & echo ready; wait";
    Process holder = started("ready", hold("nightly", "--", "sh", "-c", family));
    List<ProcessHandle> children = holder.children().toList();
    try {
      Answer deferred = Answer.of(4, slots.run("--json", "switch", "alice"));
      assertTrue(
          deferred.text("message").contains("nightly (pid " + holder.pid()), deferred::toString);
      assertEquals("lease", deferred.find("holds", "name", "nightly").text("source"));

      holder.destroyForcibly().waitFor();

      assertEquals(1, children.size());
      assertTrue(children.get(0).isAlive());
      Answer.of(0, slots.run("--json", "switch", "alice")).is("outcome", "switched");
      assertFalse(Files.exists(leases()));
    } finally {
      children.forEach(ProcessHandle::destroyForcibly);
    }
  }

  @Test
  void a_switch_that_waits_says_for_whom_and_goes_on_when_they_are_done() throws Exception {
    Process first = started("ready", hold("first", UNTIL_TOLD));
    Process second = started("ready", hold("second", UNTIL_TOLD));
    Process waiting = waiting("first (pid " + first.pid() + "), second (pid " + second.pid() + ")");

    first.getOutputStream().close();
    assertEquals(
        "slots: waiting for second (pid " + second.pid() + ")", line(waiting.errorReader()));
    assertTrue(waiting.isAlive());
    second.getOutputStream().close();

    assertSwitched(waiting);
  }

  /** Each ends only when the next has begun, unless that takes it some seconds. */
  @Test
  void a_queue_of_holds_that_overlap_cannot_starve_a_switch() throws Exception {
    Path script = slots.script(scratch.resolve("slots"));
    Path chain =
        Files.writeString(
            scratch.resolve("chain"),
            """
            touch began.$1
            next=$(($1 + 1))
            if [ $next -le 20 ]; then
              env -u SLOTS_HOLD %s hold job.$next -- sh ./chain $next </dev/null >out.$next 2>&1 &
              tries=0
              while [ ! -e began.$next ] && [ $tries -lt 60 ]; do
                sleep 0.05
                tries=$((tries + 1))
              done
            fi
            touch ended.$1
            """
                .formatted(script));
    SlotsCommand here = slots.from(scratch);
    started.add(here.start(hold("job.1", "--", "sh", chain.toString(), "1")));
    assertComesTrue("the first begins", () -> Files.exists(scratch.resolve("began.1")));

    Process waiting = waiting("job.");
    assertSwitched(waiting);

    assertFalse(Files.exists(scratch.resolve("began.20")), "it waited for the whole queue");
    assertComesTrue(
        "the queue goes on",
        () -> scratch.toFile().list((where, name) -> name.startsWith("ended.")).length == 20);
    String courtesy = "";
    for (int job = 2; job <= 20; job++) {
      courtesy += Files.readString(scratch.resolve("out." + job));
    }
    assertTrue(courtesy.startsWith("slots: waiting for switch (pid " + waiting.pid()), courtesy);
  }

  @Test
  void a_holder_in_another_process_namespace_counts() throws Exception {
    String[] container = {"unshare", "-p", "-f", "--mount-proc", "--kill-child"};
    assumeTrue(works(container), "this kernel refuses unshare -p");
    Process holder = started("ready", slots.through(container), hold("boxed", UNTIL_TOLD));

    Answer deferred = Answer.of(4, slots.run("--json", "switch", "alice"));
    assertEquals(1, deferred.find("holds", "name", "boxed").number("pid"));
    Answer seenFromAnother =
        Answer.of(4, slots.through(container).run("--json", "switch", "alice"));
    seenFromAnother.find("holds", "name", "boxed");

    holder.destroyForcibly().waitFor();
    assertComesTrue(
        "a killed container holds no longer", () -> slots.run("switch", "alice").exitCode() == 0);
  }

  private static boolean works(String... wrapper) throws Exception {
    List<String> command = new ArrayList<>(List.of(wrapper));
    command.add("true");
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      process.getInputStream().readAllBytes();
      return process.waitFor() == 0;
    } catch (IOException noSuchProgram) {
      return false;
    }
  }

  @Test
  void a_hold_under_a_hold_does_not_wait_for_the_switch_that_waits_for_it() throws Exception {
    Path script = slots.script(scratch.resolve("slots"));
    String nested = "echo ready; read go; " + script + " hold inner -- echo within; read end";
    Process outer = started("ready", hold("outer", "--", "sh", "-c", nested));
    Process waiting = waiting("outer");

    outer.getOutputStream().write('\n');
    outer.getOutputStream().flush();
    assertEquals("within", line(outer.inputReader()));
    assertTrue(waiting.isAlive());

    outer.getOutputStream().close();
    assertSwitched(waiting);
  }

  /** One process, three programs after another: slots, slots, cat. */
  @Test
  void a_program_that_becomes_slots_keeps_the_hold_it_has() throws Exception {
    Path script = slots.script(scratch.resolve("slots"));
    Process process =
        started(
            "ready",
            hold(
                "outer",
                "--",
                script.toString(),
                "hold",
                "inner",
                "--",
                "sh",
                "-c",
                "echo ready; cat"));

    assertEquals(
        List.of("outer", "inner"),
        Answer.of(0, slots.run("--json", "holds")).each("holds", "name"));
    process.destroyForcibly().waitFor();

    SlotsCommand.Result own = slots.run(hold("own", "--", script.toString(), "switch", "alice"));
    assertEquals(4, own.exitCode(), own::toString);
    assertTrue(own.err().contains("held by own"), own::toString);
    assertEquals(0, slots.run("switch", "alice").exitCode());
  }

  /** As on Linux before 5.11, where the lock would be lost. */
  @Test
  void where_a_program_cannot_take_its_place_slots_stays_as_its_parent() throws Exception {
    SlotsCommand old = slots.environment("JAVA_TOOL_OPTIONS", "-Dos.version=5.10.0-28-amd64");
    Process holder =
        started("ready", old, hold("x", "--", "sh", "-c", "echo ready; cat >/dev/null; exit 77"));
    assertTrue(executable(holder).contains("java"));

    Answer.of(4, slots.run("--json", "switch", "alice")).find("holds", "name", "x");
    holder.getOutputStream().close();
    assertEquals(77, holder.waitFor());
    assertEquals(127, old.run(hold("x", "--", "no-such-program")).exitCode());
    assertEquals(126, old.run(hold("x", "--", scratch.toString())).exitCode());
    assertEquals(0, leases().toFile().list().length);

    String trap = "trap 'echo bye; exit 9' TERM; echo ready; while :; do sleep 0.02; done";
    Process ended = started("ready", old, hold("x", "--", "sh", "-c", trap));
    signal("TERM", ended);
    assertEquals("bye", line(ended.inputReader()));
    ended.waitFor();
    assertEquals(0, slots.run("switch", "alice").exitCode());
  }
}
