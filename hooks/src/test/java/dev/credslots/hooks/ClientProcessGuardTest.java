package dev.credslots.hooks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.credslots.Hold;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@EnabledOnOs(OS.LINUX)
class ClientProcessGuardTest {
  /** Above what Linux gives to any process. */
  private static final long SELF = 9_000_001;

  private static final long CLIENT = 9_000_002;

  private final List<Process> started = new ArrayList<>();

  @TempDir Path scratch;
  private Path home;
  private Path proc;

  @BeforeEach
  void makeHome() throws Exception {
    home = Files.createDirectories(scratch.resolve("home/.claude")).getParent();
    proc = Files.createDirectories(scratch.resolve("proc/self")).getParent();
    process(SELF, 1, "java", "java", "-jar");
  }

  @AfterEach
  void stop() throws Exception {
    for (Process process : started) {
      process.destroyForcibly().waitFor();
    }
  }

  /** A process as the kernel shows it, without variables that anybody may see. */
  private Path process(long pid, long parent, String title, String... words) throws Exception {
    Path directory = Files.createDirectories(proc.resolve(String.valueOf(pid)));
    Files.writeString(directory.resolve("comm"), title + "\n");
    Files.writeString(directory.resolve("cmdline"), String.join("\0", words) + "\0");
    Files.writeString(
        directory.resolve("status"),
        "Name:\t" + title + "\nPPid:\t" + parent + "\nUid:\t1000\t1000\t1000\t1000\n");
    Files.createSymbolicLink(directory.resolve("cwd"), home);
    // In a container, which has our files elsewhere.
    Files.createSymbolicLink(directory.resolve("root"), scratch);
    return directory;
  }

  private void variables(Path process, String... variables) throws Exception {
    Files.writeString(process.resolve("environ"), String.join("\0", variables) + "\0");
  }

  private List<Hold> holdsOn(Path directory) {
    return new ClientProcessGuard(directory, home, proc, SELF).holds();
  }

  private boolean busy() {
    return !holdsOn(home.resolve(".claude")).isEmpty();
  }

  /** Really started: a copy of sleep by that name. */
  private Process client(String name, String variable, Path value) throws Exception {
    Path program = scratch.resolve(name);
    Files.copy(Path.of("/bin/sleep"), program, StandardCopyOption.REPLACE_EXISTING);
    ProcessBuilder builder = new ProcessBuilder(program.toString(), "60");
    builder.environment().put(variable, value.toString());
    builder.directory(scratch.toFile());
    Process process = builder.start();
    started.add(process);
    return process;
  }

  @Test
  void a_running_client_is_busy_on_its_own_directory_and_no_other() throws Exception {
    Path one = Files.createDirectories(scratch.resolve("one"));
    Path two = Files.createDirectories(scratch.resolve("two"));
    Files.createSymbolicLink(scratch.resolve("alias"), one);
    Process claude = client("claude", "CLAUDE_CONFIG_DIR", Path.of("alias"));

    List<Hold> holds = new ClientProcessGuard(one, home).holds();
    assertEquals(
        List.of("claude " + claude.pid() + " client"),
        holds.stream()
            .map(hold -> hold.name() + " " + hold.pid().getAsLong() + " " + hold.source())
            .toList());
    assertTrue(holds.get(0).since().isPresent());
    assertEquals(List.of(), new ClientProcessGuard(two, home).holds());

    claude.destroyForcibly().waitFor();
    assertEquals(List.of(), new ClientProcessGuard(one, home).holds());
  }

  @Test
  void a_client_without_variables_uses_the_directory_in_its_own_home() throws Exception {
    Path process = process(CLIENT, 1, "claude", "claude");
    variables(process, "HOME=/home");
    assertTrue(busy());

    variables(process, "HOME=" + scratch);
    assertFalse(busy());
  }

  @Test
  void a_client_whose_variables_nobody_may_see_counts_on_the_default_directory_of_its_user()
      throws Exception {
    Path process = process(CLIENT, 1, "claude", "claude");
    // Not even root, who runs some builds, may read this one.
    Files.createSymbolicLink(process.resolve("environ"), Path.of("/proc/sys/vm/compact_memory"));
    assertTrue(busy());
    assertEquals(List.of(), holdsOn(Files.createDirectories(scratch.resolve("elsewhere"))));

    Files.writeString(process.resolve("status"), "Uid:\t1001\t1001\t1001\t1001\n");
    assertFalse(busy());
    Files.delete(process.resolve("environ"));
  }

  @Test
  void who_asks_and_its_ancestors_do_not_count() throws Exception {
    variables(process(CLIENT, 1, "claude", "claude"), "HOME=/home");
    process(SELF + 2, CLIENT, "bash", "bash");
    Files.writeString(
        proc.resolve(SELF + "/status"), "PPid:\t" + (SELF + 2) + "\nUid:\t1000\t1000\n");

    assertFalse(busy());

    variables(process(CLIENT + 5, 1, "claude", "claude"), "HOME=/home");
    assertEquals(
        List.of(OptionalLong.of(CLIENT + 5)),
        holdsOn(home.resolve(".claude")).stream().map(Hold::pid).toList());
  }

  @Test
  void a_process_that_ends_while_it_is_looked_at_is_none() throws Exception {
    process(CLIENT, 1, "claude", "claude"); // Without environ, as one that is gone.
    Files.createDirectories(proc.resolve("9000009"));

    assertFalse(busy());
  }

  @ParameterizedTest
  @CsvSource({"Z, 1, false", "Z, 3, true", "S, 1, true"})
  void a_client_that_ended_and_was_never_waited_for_is_none(String state, int threads, boolean busy)
      throws Exception {
    Path process = process(CLIENT, 1, "claude", "claude");
    variables(process, "HOME=/home");
    Files.writeString(
        process.resolve("status"),
        "State:\t" + state + " (as it is)\nThreads:\t" + threads + "\nUid:\t1000\t1000\n");
    assertEquals(busy, busy());
  }

  @ParameterizedTest
  @CsvSource({
    "claude,      claude,                                              CLAUDE",
    "claude,      node /x/y,                                           CLAUDE",
    "2.1.0,       /home/u/.local/bin/claude -p hello,                  CLAUDE",
    "node,        node --max-old-space-size=4 /opt/bin/claude --resume, CLAUDE",
    "MainThread,  node /n/@anthropic-ai/claude-code/cli.js,            CLAUDE",
    "codex,       /n/codex exec,                                       CODEX",
    "node,        node /n/@openai/codex/bin/codex.js,                  CODEX",
    "node,        /usr/bin/node /n/bin/gemini,                         GEMINI",
    "node,        node /n/@google/gemini-cli/dist/index.js,            GEMINI",
    "opencode,    /n/opencode-ai/bin/.opencode,                        OPENCODE",
    "bun,         bun /n/opencode-ai/bin/main.mjs,                     OPENCODE",
    "vim,         vim claude,                                          ",
    "grep,        grep -r claude /n/claude-code/,                      ",
    "node,        node server.js claude,                               ",
    "node,        node,                                                ",
    "claude-bot,  claude-bot,                                          ",
  })
  void a_client_is_known_by_its_name_or_the_script_that_runs(
      String title, String line, String client) {
    Optional<Client> found = Client.of(title, List.of(line.split(" ", -1)));

    assertEquals(Optional.ofNullable(client).map(Client::valueOf), found);
  }

  @ParameterizedTest
  @CsvSource({
    "CLAUDE,   '',                                                     /home/u/.claude",
    "CLAUDE,   CLAUDE_CONFIG_DIR=/c,                                   /c",
    "CLAUDE,   CLAUDE_CONFIG_DIR=/c CLAUDE_SECURESTORAGE_CONFIG_DIR=/s, /s",
    "CLAUDE,   CLAUDE_CONFIG_DIR=/c CLAUDE_SECURESTORAGE_CONFIG_DIR=,  /home/u/.claude",
    "CODEX,    '',                                                     /home/u/.codex",
    "CODEX,    CODEX_HOME=/x,                                          /x",
    "GEMINI,   CODEX_HOME=/x,                                          /home/u/.gemini",
    "OPENCODE, '',                                                     /home/u/.local/share/opencode",
    "OPENCODE, XDG_DATA_HOME=/d,                                       /d/opencode",
    "OPENCODE, XDG_DATA_HOME=relative,                                 /home/u/.local/share/opencode",
  })
  void its_variables_say_where_its_login_is(Client client, String variables, String store) {
    Map<String, String> environment = new java.util.HashMap<>();
    for (String variable : variables.split(" ", -1)) {
      int equals = variable.indexOf('=');
      if (equals > 0) {
        environment.put(variable.substring(0, equals), variable.substring(equals + 1));
      }
    }

    assertEquals(Path.of(store), client.store(environment, Path.of("/home/u")));
  }
}
