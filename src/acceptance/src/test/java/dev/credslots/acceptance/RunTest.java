package dev.credslots.acceptance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.credslots.testkit.FakeLogin;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * {@code slots run}, started by the launcher as a user starts it: what is left of slots in the
 * program it becomes.
 */
class RunTest {
  private static final Path LAUNCHER = Path.of(System.getProperty("slots.root"), "cli", "slots");
  private static final long TIMEOUT_SECONDS = 60;
  private static final int KILLED = 128;

  @TempDir Path temp;
  private final Map<String, String> environment = new TreeMap<>();

  @BeforeEach
  void makeAProfile() throws Exception {
    environment.put("PATH", System.getenv("PATH"));
    environment.put("HOME", Files.createDirectories(temp.resolve("home")).toString());
    environment.put("SLOTS_JAVA_HOME", System.getProperty("java.home"));
    // Instead of an archive of the launcher's own, which it would make beside the tests.
    environment.put("SLOTS_NO_ARCHIVE", "1");
    environment.put("SLOTS_JAVA_OPTS", String.join(" ", BuiltProgram.ready().archive()));
    environment.put("CLAUDE_OAUTH_TOKEN_URL", "http://127.0.0.1:9/token"); // nobody's
    Path data = temp.resolve("home/.local/share/slots");
    Path work = Files.createDirectories(data.resolve("profiles/work"));
    Files.write(work.resolve(".credentials.json"), FakeLogin.of("work").credentialJson());
    Files.writeString(
        data.resolve("profiles.json"),
        "{\"version\":1,\"active\":\"work\",\"profiles\":{\"work\":{\"type\":\"oauth\","
            + "\"configDirectory\":\""
            + work
            + "\"}}}");
  }

  private record Result(int exit, String out, String err) {}

  private Process start(List<String> command) throws IOException {
    ProcessBuilder builder = new ProcessBuilder(command).directory(temp.toFile());
    builder.environment().clear();
    builder.environment().putAll(environment);
    return builder.start();
  }

  private Result finish(Process process) throws Exception {
    process.getOutputStream().close();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    String err = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
    assertTrue(process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS), () -> out + err);
    return new Result(process.exitValue(), out, err);
  }

  private Result run(String... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of(LAUNCHER.toString()));
    command.addAll(List.of(arguments));
    return finish(start(command));
  }

  /** The output of a shell that becomes {@code slots run work --} another shell with a script. */
  private List<String> through(String before, String script) throws Exception {
    Result result =
        finish(
            start(
                List.of(
                    "/bin/sh",
                    "-c",
                    before + "\nexec \"$@\"",
                    "sh",
                    LAUNCHER.toString(),
                    "run",
                    "work",
                    "--",
                    "/bin/sh",
                    "-c",
                    script)));
    assertEquals(0, result.exit(), result::toString);
    assertEquals("", result.err());
    return result.out().lines().toList();
  }

  // ---- what is left of us ----

  @Test
  void the_program_has_our_process_id_and_nothing_of_java_is_left() throws Exception {
    List<String> lines =
        through(
            "echo $$",
            "echo $$; readlink /proc/$$/exe; ls /proc/$$/task; cat /proc/$$/task/$$/children; echo;"
                + " tr '\\0' ' ' </proc/$$/cmdline");
    String pid = lines.get(0);
    assertEquals(pid, lines.get(1));
    assertEquals(Path.of("/bin/sh").toRealPath().toString(), lines.get(2));
    assertEquals(pid, lines.get(3), "one thread");
    assertTrue(lines.subList(4, lines.size()).stream().noneMatch(l -> l.contains("java")));
    // One child: the command that reads them.
    assertEquals(1, lines.get(4).strip().split(" ").length, lines::toString);
  }

  @Test
  void no_descriptor_but_the_standard_ones_is_open_and_their_limit_is_as_it_was() throws Exception {
    List<String> lines =
        through("ulimit -Sn 777; ulimit -Sn; ulimit -Hn", "ls /proc/$$/fd; ulimit -Sn; ulimit -Hn");
    assertEquals(List.of("0", "1", "2"), lines.subList(2, 5));
    assertEquals(lines.subList(0, 2), lines.subList(5, 7));
  }

  @Test
  void words_arrive_byte_for_byte_whatever_the_locale() throws Exception {
    environment.put("LC_ALL", "C");
    Result result =
        finish(
            start(
                List.of(
                    "/bin/sh",
                    "-c",
                    "exec \"$1\" run work -- printf '<%s>' \"$(printf 'w\\303\\266\\377')\" '' 'a  b'"
                        + " -- --json '*'",
                    "sh",
                    LAUNCHER.toString())));
    assertEquals(0, result.exit(), result::toString);
    assertEquals(
        "<w\u00f6\ufffd><><a  b><--><--json><*>", result.out(), "UTF-8 but for the lone byte");
  }

  // ---- signals, terminal, exit code ----

  private static void awaitName(long pid, String name) throws Exception {
    Instant deadline = Instant.now().plusSeconds(TIMEOUT_SECONDS);
    Path comm = Path.of("/proc/" + pid + "/comm");
    while (!Files.readString(comm).strip().equals(name)) {
      assertTrue(Instant.now().isBefore(deadline), "it never became " + name);
      Thread.sleep(10);
    }
  }

  @ParameterizedTest
  @CsvSource({"HUP,1", "INT,2", "QUIT,3", "USR1,10", "TERM,15"})
  void a_signal_ends_the_program_as_if_we_had_never_been(String signal, int number)
      throws Exception {
    // A JVM of a test may have been started with some of them ignored or blocked; nobody else is.
    Process process =
        start(
            List.of(
                "/usr/bin/env",
                "--default-signal=HUP,INT,QUIT,USR1,TERM",
                "--block-signal=",
                LAUNCHER.toString(),
                "run",
                "work",
                "--",
                "sleep",
                "60"));
    awaitName(process.pid(), "sleep");
    new ProcessBuilder("kill", "-" + signal, Long.toString(process.pid())).start().waitFor();
    assertEquals(KILLED + number, finish(process).exit());
  }

  @ParameterizedTest
  @ValueSource(strings = {"HUP", "INT", "QUIT", "TERM"})
  void a_program_that_handles_a_signal_gets_it(String signal) throws Exception {
    Process process =
        start(
            List.of(
                LAUNCHER.toString(),
                "run",
                "work",
                "--",
                "/bin/bash",
                "-c",
                "trap 'exit 42' " + signal + "; echo ready; while :; do sleep 0.05; done"));
    BufferedReader out =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    assertEquals("ready", out.readLine());
    new ProcessBuilder("kill", "-" + signal, Long.toString(process.pid())).start().waitFor();
    assertEquals(42, finish(process).exit());
  }

  @Test
  void a_signal_that_our_parent_ignored_stays_ignored() throws Exception {
    String ignored = "sed -n 's/^SigIgn:.*\\(.\\)$/\\1/p' /proc/$$/status";
    List<String> lines = through("trap '' INT; " + ignored, ignored);
    assertEquals(lines.get(0), lines.get(1));
    assertEquals(2, Integer.parseInt(lines.get(1), 16) & 2);
  }

  /**
   * Types keys at a terminal of its own once it reads a text; prints what the program said, then
   * how it ended.
   */
  private static final String TYPIST =
      """
      import os, pty, select, signal, sys, time
      for number in (signal.SIGINT, signal.SIGQUIT):
          signal.signal(number, signal.SIG_DFL)
      signal.pthread_sigmask(signal.SIG_SETMASK, [])
      pid, terminal = pty.fork()
      if pid == 0:
          os.execv(sys.argv[3], sys.argv[3:])
      said = b''
      typed = False
      deadline = time.time() + 60
      while time.time() < deadline:
          if terminal in select.select([terminal], [], [], 1)[0]:
              try:
                  some = os.read(terminal, 4096)
              except OSError:
                  break
              if not some:
                  break
              said += some
              if sys.argv[1].encode() in said and not typed:
                  typed = True
                  keys = sys.argv[2].encode('latin-1').decode('unicode_escape')
                  os.write(terminal, keys.encode())
      status = os.waitpid(pid, 0)[1]
      print(said.decode().replace('\\r', ''), end='')
      print('exit', os.waitstatus_to_exitcode(status))
      """;

  @ParameterizedTest
  @CsvSource({"\\x03,INT", "\\x1c,QUIT"})
  void a_key_on_the_terminal_reaches_the_program(String key, String signal) throws Exception {
    Result result =
        typing(
            "ready",
            key,
            List.of(
                "run",
                "work",
                "--",
                "/bin/bash",
                "-c",
                "trap 'echo caught; tty; exit 33' "
                    + signal
                    + "; echo ready; while :; do sleep 0.05; done"));
    assertEquals(0, result.exit(), result::toString);
    assertTrue(result.out().contains("caught"), result::toString);
    assertTrue(result.out().contains("/dev/pts/"), result::toString);
    assertTrue(result.out().endsWith("exit 33\n"), result::toString);
  }

  @Test
  void the_program_is_in_the_terminals_foreground() throws Exception {
    Result result =
        typing(
            "ready",
            "x\\n",
            List.of(
                "run",
                "work",
                "--",
                "/bin/bash",
                "-c",
                "echo ready; read -r line; echo \"read $line\"; exit 5"));
    assertTrue(result.out().contains("read x\n"), result::toString);
    assertTrue(result.out().endsWith("exit 5\n"), result::toString);
  }

  /** Runs slots on a terminal of its own on which keys are typed once it says something. */
  private Result typing(String when, String keys, List<String> arguments) throws Exception {
    Path typist = Files.writeString(temp.resolve("typist.py"), TYPIST);
    List<String> command =
        new ArrayList<>(List.of("python3", typist.toString(), when, keys, LAUNCHER.toString()));
    command.addAll(arguments);
    return finish(start(command));
  }

  @Test
  void a_key_that_is_typed_is_not_shown() throws Exception {
    Result result =
        typing(
            "(not shown): ",
            "sk-ant-api03-FAKE-typed-0123\\n",
            List.of("profile", "add", "ci", "--api-key"));
    assertTrue(result.out().contains("added profile ci"), result::toString);
    assertFalse(result.out().contains("FAKE"), result::toString);
    assertTrue(run("profile", "show", "ci").out().contains("sk-ant…0123"));
    Result asked = typing("[y/N] ", "y\\n", List.of("profile", "remove", "ci"));
    assertTrue(asked.out().contains("removed profile ci"), asked::toString);
  }

  private void exits(int code) throws Exception {
    assertEquals(code, run("run", "work", "--", "/bin/sh", "-c", "exit " + code).exit());
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 3, 126, 255})
  void the_exit_code_is_the_programs(int code) throws Exception {
    exits(code);
  }

  @Test
  @Tag("fault")
  void every_exit_code_is_the_programs() throws Exception {
    List<SideBySide.Task> runs = new ArrayList<>();
    for (int code = 0; code <= 255; code++) {
      int wanted = code;
      runs.add(() -> exits(wanted));
    }
    SideBySide.run(runs);
    System.out.println("run: exit codes 0 to 255 are the program's");
  }

  @Test
  void a_program_that_cannot_be_started_ends_as_in_a_shell() throws Exception {
    assertEquals(127, run("run", "work", "--", "no-such-program").exit());
    Path file = Files.writeString(temp.resolve("not-executable"), "x");
    Result refused = run("run", "work", "--", file.toString());
    assertEquals(126, refused.exit());
    assertTrue(refused.err().startsWith("slots: '" + file + "' cannot be started"), refused.err());
  }

  // ---- whom it speaks as ----

  /** Each with a value that says where it was seen. */
  private static Map<String, String> hostile() {
    Map<String, String> variables = new TreeMap<>();
    for (String name :
        List.of(
            "ANTHROPIC_API_KEY",
            "ANTHROPIC_AUTH_TOKEN",
            "ANTHROPIC_BASE_URL",
            "ANTHROPIC_BEDROCK_BASE_URL",
            "ANTHROPIC_CUSTOM_HEADERS",
            "ANTHROPIC_FOUNDRY_API_KEY",
            "ANTHROPIC_SOMETHING_NEW",
            "CLAUDE_CODE_OAUTH_TOKEN",
            "CLAUDE_CODE_OAUTH_TOKEN_FILE_DESCRIPTOR",
            "CLAUDE_CODE_API_KEY_FILE_DESCRIPTOR",
            "CLAUDE_CODE_OAUTH_REFRESH_TOKEN",
            "CLAUDE_CODE_USE_BEDROCK",
            "CLAUDE_CONFIG_DIR",
            "CLAUDE_SECURESTORAGE_CONFIG_DIR",
            "SLOTS_API_KEY",
            "SLOTS_DIR",
            "SLOTS_NAMES")) {
      variables.put(name, "canary-" + name);
    }
    return variables;
  }

  private void addKey() throws Exception {
    environment.put("SLOTS_API_KEY", "sk-ant-api03-FAKE-its-own");
    assertEquals(0, run("profile", "add", "ci", "--api-key").exit());
    environment.remove("SLOTS_API_KEY");
  }

  @Test
  void the_program_has_none_of_a_hostile_environment_and_all_else() throws Exception {
    addKey();
    environment.putAll(hostile());
    environment.put("KEPT", "'a'\nb");
    environment.put("ANTHROPIC_MODEL", "kept");
    for (String profile : List.of("work", "ci", "default")) {
      Result result = run("run", profile, "--", "env", "-0");
      assertEquals(0, result.exit(), result::toString);
      assertFalse((result.out() + result.err()).contains("canary"), result::toString);
      List<String> variables = List.of(result.out().split("\0"));
      assertTrue(variables.contains("KEPT='a'\nb"), result::toString);
      assertTrue(variables.contains("ANTHROPIC_MODEL=kept"), result::toString);
      assertEquals(
          !profile.equals("default"),
          variables.contains("SLOTS_PROFILE=" + profile),
          result::toString);
      assertEquals(
          profile.equals("ci"),
          variables.contains("ANTHROPIC_API_KEY=sk-ant-api03-FAKE-its-own"),
          result::toString);
      assertEquals(
          profile.equals("work"),
          variables.stream()
              .anyMatch(v -> v.startsWith("CLAUDE_CONFIG_DIR=") && v.endsWith("/profiles/work")),
          result::toString);
    }
  }

  @ParameterizedTest
  @CsvSource({"sh,/bin/sh", "sh,/bin/bash", "fish,/usr/bin/fish"})
  void a_shell_that_takes_the_environment_over_has_none_of_it_either(String shell, String program)
      throws Exception {
    assumeTrue(Files.isExecutable(Path.of(program)), "no " + program);
    addKey();
    Path odd = Files.createDirectories(temp.resolve("it's \\ a \"dir\" $HOME"));
    assertEquals(0, run("profile", "add", "odd", "--config-dir", odd.toString()).exit());
    environment.putAll(hostile());
    for (String profile : List.of("work", "ci", "odd", "default")) {
      String lines = "\"" + LAUNCHER + "\" env " + profile + " --shell " + shell;
      String script = shell.equals("fish") ? lines + " | source" : "eval \"$(" + lines + ")\"";
      Result result = finish(start(List.of(program, "-c", script + "; env")));
      assertEquals(0, result.exit(), result::toString);
      assertFalse((result.out() + result.err()).contains("canary"), result::toString);
      assertEquals(
          profile.equals("ci"),
          result.out().contains("ANTHROPIC_API_KEY=sk-ant-api03-FAKE-its-own\n"),
          result::toString);
      assertEquals(
          profile.equals("odd"),
          result.out().contains("CLAUDE_CONFIG_DIR=" + odd + "\n"),
          result::toString);
    }
  }

  @Test
  void a_profile_that_is_not_there_launches_nothing() throws Exception {
    Path launched = temp.resolve("launched");
    environment.put("SLOTS_PROFILE", "gone");
    Result refused = run("run", "--", "touch", launched.toString());
    assertEquals(3, refused.exit(), refused::toString);
    assertTrue(refused.err().contains("SLOTS_PROFILE"), refused.err());
    assertEquals(3, run("run", "other", "--", "touch", launched.toString()).exit());
    // Not even by a shell that takes the lines over and goes on.
    String script = "eval \"$(" + LAUNCHER + " env)\" && touch launched";
    assertEquals(1, finish(start(List.of("/bin/sh", "-c", script))).exit());

    environment.remove("SLOTS_PROFILE");
    Files.writeString(temp.resolve("home/.local/share/slots/profiles.json"), "{");
    assertEquals(3, run("run", "--", "touch", launched.toString()).exit());
    try (Stream<Path> files = Files.list(temp)) {
      assertTrue(files.noneMatch(file -> file.equals(launched)));
    }
  }

  @Test
  void a_run_within_a_run_is_refused_unless_asked_for() throws Exception {
    Result refused = run("run", "work", "--", LAUNCHER.toString(), "run", "work", "--", "true");
    assertEquals(3, refused.exit(), refused::toString);
    assertEquals(
        0,
        run("run", "work", "--", LAUNCHER.toString(), "run", "work", "--nested", "--", "true")
            .exit());
  }

  @Test
  void the_time_that_a_login_has_left_is_not_touched_by_a_run() throws Exception {
    Path file = temp.resolve("home/.local/share/slots/profiles/work/.credentials.json");
    byte[] before = Files.readAllBytes(file);
    assertEquals(0, run("run", "work", "--", "true").exit());
    assertEquals(
        new String(before, StandardCharsets.UTF_8), Files.readString(file), "fresh, so as it was");
    assertTrue(
        Duration.between(Files.getLastModifiedTime(file).toInstant(), Instant.now()).toHours() < 1);
  }
}
