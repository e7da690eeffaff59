package dev.credslots.acceptance;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.credslots.acceptance.SlotsCommand.Result;
import dev.credslots.testkit.Canary;
import dev.credslots.testkit.DesktopSession;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Long-lived tokens with the built program: on the file store and on a real keyring. Whatever is
 * said is searched for the token; so are the command lines of all processes meanwhile.
 */
class TokensTest {
  private static final Canary CANARY = Canary.of(6);
  private static final String TOKEN = CANARY.token();
  private static final String STORED =
      "slots: token stored for agent claude \\(expires \\d{4}-\\d\\d-\\d\\d\\)\n";
  private static final String VALID =
      "slots: token valid for agent claude"
          + " \\(expires \\d{4}-\\d\\d-\\d\\d, 364 days remaining\\)\n";
  private static final String NONE =
      "slots: no token found for agent claude — run: claude setup-token | slots token store\n";

  @TempDir static Path scratch;
  private static SlotsCommand program;

  @TempDir Path temp;
  private Path home;
  private SlotsCommand slots;

  @BeforeAll
  static void build() throws Exception {
    program = SlotsCommand.built(scratch.resolve("program"));
  }

  @BeforeEach
  void a_home_of_its_own() throws Exception {
    home = Files.createDirectory(temp.toRealPath().resolve("user"));
    slots = program.environment("HOME", home.toString());
  }

  private Result run(String... arguments) throws Exception {
    return searched(slots.run(arguments));
  }

  private Result store(String token, String... options) throws Exception {
    List<String> arguments = new ArrayList<>(List.of("token", "store"));
    arguments.addAll(List.of(options));
    return searched(slots.reading(token.getBytes(UTF_8)).run(arguments.toArray(String[]::new)));
  }

  private static Result searched(Result result) {
    assertEquals(Optional.empty(), CANARY.in(result.out() + result.err()), result::toString);
    return result;
  }

  private static void assertSays(int exit, String out, String err, Result result) {
    assertEquals(exit, result.exitCode(), result::toString);
    assertTrue(result.out().matches(out), result::toString);
    assertEquals(err, result.err());
  }

  /** Says why in one sentence that is not that there is no token. */
  private static void assertKeychainTrouble(String why, Result result) {
    assertEquals(1, result.exitCode(), result::toString);
    assertEquals("", result.out());
    assertTrue(result.err().contains(why), result::err);
    assertFalse(result.err().contains("no token"), result::err);
    assertEquals(1, result.err().lines().count(), result::err);
  }

  private void assertGives(String token) throws Exception {
    Result got = slots.run("token", "get");
    assertEquals(0, got.exitCode(), got::toString);
    assertEquals(token, got.out());
    assertEquals("", got.err());
  }

  private Path file() {
    return home.resolve(".local/share/slots/tokens.json");
  }

  @Test
  void the_file_store_needs_nothing() throws Exception {
    assertSays(1, "", NONE, run("token", "check"));

    assertSays(0, STORED, "", store(TOKEN));

    assertSays(0, VALID, "", run("token", "check"));
    assertGives(TOKEN);
    assertSays(0, "claude  valid  \\d{4}-\\d\\d-\\d\\d  file\n", "", run("token", "list"));
    assertSays(0, "slots: token removed for agent claude\n", "", run("token", "remove"));
    assertSays(1, "", NONE, run("token", "get"));
    assertEquals(Optional.empty(), CANARY.in(Files.readString(file())));
  }

  @Test
  void a_file_that_others_can_read_is_tightened_and_said() throws Exception {
    store(TOKEN);
    Files.setPosixFilePermissions(file(), PosixFilePermissions.fromString("rw-r--r--"));

    Result said = run("token", "check");

    assertEquals(0, said.exitCode(), said::toString);
    assertTrue(said.err().contains("could be read by others"), said::err);
    assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file())));
    assertEquals("", run("token", "check").err());
  }

  @Test
  void a_broken_file_is_refused_kept_and_not_shown_even_with_a_trace() throws Exception {
    store(TOKEN);
    String broken = Files.readString(file()).replaceFirst("\"elsewhere\".*", "");
    Files.writeString(file(), broken);

    assertKeychainTrouble("is not JSON", run("token", "check"));
    Result traced = run("-v", "token", "get");
    assertEquals(1, traced.exitCode());
    assertTrue(traced.err().contains("TokenStoreException"), traced::err);
    assertEquals(1, store(TOKEN).exitCode());
    assertEquals(broken, Files.readString(file()));
  }

  @Test
  void every_file_is_its_owners_from_its_first_instant_whatever_the_umask() throws Exception {
    assumeTrue(Files.isExecutable(Path.of("/usr/bin/strace")), "no strace");
    Path log = temp.resolve("strace");
    SlotsCommand traced =
        slots.through(
            "/bin/sh",
            "-c",
            "umask 000; exec \"$@\"",
            "sh",
            "/usr/bin/strace",
            "-f",
            "-y",
            "-o",
            log.toString(),
            "-e",
            "trace=openat,open,creat,mkdir,mkdirat,chmod,fchmod,fchmodat");

    assertSays(
        0, STORED, "", searched(traced.reading(TOKEN.getBytes(UTF_8)).run("token", "store")));

    Set<String> made = new TreeSet<>();
    for (String line : Files.readAllLines(log)) {
      if (!line.contains(home + "/")) {
        continue;
      }
      assertFalse(line.contains("chmod"), line);
      boolean directory = line.contains(" mkdir");
      if (directory || line.contains("O_CREAT")) {
        String mode = directory ? ", 0700" : ", 0600";
        assertTrue(line.contains(mode + ")") || line.contains(mode + " <unfinished"), line);
        String name =
            line.substring(line.indexOf(home + "/"), line.indexOf('"', line.indexOf(home + "/")));
        made.add(name.substring(home.toString().length()).replaceFirst("slots-[0-9a-f]+$", ""));
      }
    }
    String slotsHome = "/.local/share/slots";
    assertEquals(
        Set.of(
            "/.local",
            "/.local/share",
            slotsHome,
            slotsHome + "/tokens.json.lock",
            slotsHome + "/tokens.json.tmp."),
        made);
  }

  @Test
  void on_a_terminal_what_is_typed_is_not_shown() throws Exception {
    assumeTrue(Files.isExecutable(Path.of("/usr/bin/python3")), "no python3");
    Path script = Terminal.answering(temp.resolve("terminal.py"), "not shown");

    Result result =
        searched(slots.through("/usr/bin/python3", script.toString(), TOKEN).run("token", "store"));

    assertEquals(0, result.exitCode(), result::toString);
    assertTrue(result.out().startsWith("Token for claude (not shown): "), result::toString);
    assertTrue(result.out().contains("token stored for agent claude"), result::toString);
    assertGives(TOKEN);
  }

  @Test
  void a_real_keyring_keeps_it_and_is_never_empty_for_being_locked_or_gone() throws Exception {
    assumeKeyring();
    try (Onlooker onlooker = new Onlooker()) {
      try (DesktopSession session = DesktopSession.withKeyring(temp.resolve("session"))) {
        slots = program.environment(session.environment()).environment("HOME", home.toString());
        assertSays(1, "", NONE, run("token", "check"));
        assertSays(0, STORED, "", store(TOKEN));
        assertSays(0, VALID, "", run("token", "check"));
        assertGives(TOKEN);
        assertSays(
            0, "claude  valid  \\d{4}-\\d\\d-\\d\\d  secret-service\n", "", run("token", "list"));
        assertEquals(Optional.empty(), CANARY.in(Files.readString(file())));
        assertTrue(
            session.look("service", "claude-token", "account", "agent-loop").contains(TOKEN));
        assertEquals(3, store("{\"accessToken\":\"" + TOKEN + "x".repeat(9000) + "\"}").exitCode());

        session.lock();
        for (String verb : List.of("check", "get", "remove")) {
          assertKeychainTrouble("keyring of the Secret Service is locked", run("token", verb));
        }
        assertKeychainTrouble("keyring of the Secret Service is locked", store(TOKEN));
        assertEquals("", slots.run("token", "get").out());
      }
      for (String verb : List.of("check", "get", "remove")) {
        assertKeychainTrouble("no session bus", run("token", verb));
      }
      slots = program.environment("HOME", home.toString());
      assertKeychainTrouble("no session bus", run("token", "get"));
      try (DesktopSession bare = DesktopSession.withoutKeyring(temp.resolve("bare"))) {
        slots = program.environment(bare.environment()).environment("HOME", home.toString());
        assertKeychainTrouble("nobody on the session bus keeps secrets", run("token", "check"));
        assertEquals(0, store(TOKEN, "--store", "file").exitCode());
        assertGives(TOKEN);
      }
      onlooker.assertSawNothing();
    }
  }

  @Test
  void a_bus_without_a_keyring_leaves_the_file() throws Exception {
    assumeKeyring();
    try (DesktopSession bare = DesktopSession.withoutKeyring(temp.resolve("bare"))) {
      slots = program.environment(bare.environment()).environment("HOME", home.toString());
      assertSays(1, "", NONE, run("token", "check"));
      assertSays(0, STORED, "", store(TOKEN));
    }
    slots = program.environment("HOME", home.toString());
    assertGives(TOKEN);
  }

  @Test
  void no_program_that_is_run_has_it_in_its_arguments() throws Exception {
    assumeKeyring();
    assumeTrue(Files.isExecutable(Path.of("/usr/bin/strace")), "no strace");
    Path log = temp.resolve("strace");
    try (DesktopSession session = DesktopSession.withKeyring(temp.resolve("session"))) {
      slots =
          program
              .environment(session.environment())
              .environment(Map.of("HOME", home.toString(), "ANTHROPIC_API_KEY", TOKEN))
              .through(
                  "/usr/bin/strace",
                  "-f",
                  "-A",
                  "-v",
                  "-s",
                  "9999",
                  "-o",
                  log.toString(),
                  "-e",
                  "trace=execve");
      assertSays(0, STORED, "", store(TOKEN));
      assertGives(TOKEN);
      assertEquals(0, run("token", "remove").exitCode());
    }

    // The program itself and the JVM's helper were given the variable; what they run is not.
    List<String> tools =
        Files.readAllLines(log).stream()
            .filter(line -> line.contains("execve(\"/usr/bin/"))
            .toList();
    for (String tool : List.of("store", "lookup", "clear", "SearchItems")) {
      assertTrue(tools.stream().anyMatch(line -> line.contains(tool)), tool);
    }
    assertEquals(
        Optional.empty(), tools.stream().filter(line -> CANARY.in(line).isPresent()).findFirst());
  }

  private static void assumeKeyring() {
    List<String> missing = DesktopSession.missing();
    assumeTrue(missing.isEmpty(), () -> "not installed: " + missing);
  }

  /** Reads every process's command line, over and over. */
  private static final class Onlooker implements AutoCloseable {
    private final Thread thread = new Thread(this::look, "onlooker");
    private volatile boolean over;
    private volatile String found = "";
    private volatile boolean sawTool;

    Onlooker() {
      thread.start();
    }

    private void look() {
      while (!over) {
        try (DirectoryStream<Path> processes =
            Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
          for (Path process : processes) {
            look(process.resolve("cmdline"));
          }
        } catch (IOException e) {
          throw new java.io.UncheckedIOException(e);
        }
      }
    }

    private void look(Path commandLine) {
      try {
        String text = Files.readString(commandLine, java.nio.charset.StandardCharsets.ISO_8859_1);
        sawTool |= text.contains("dev.credslots.cli.Main");
        if (CANARY.in(text).isPresent()) {
          found = text;
        }
      } catch (IOException ended) {
        // Processes come and go.
      }
    }

    void assertSawNothing() {
      assertTrue(sawTool, "saw no command of ours");
      assertEquals("", found);
    }

    @Override
    public void close() {
      over = true;
    }
  }

  @Test
  void a_bad_agent_is_refused_and_nothing_is_made() throws Exception {
    for (String name :
        List.of(
            "../escape",
            "a/b",
            "..",
            ".",
            "",
            "/abs",
            "with space",
            ".hidden",
            "work\n",
            "a".repeat(65),
            "раypal")) {
      Result result =
          searched(slots.reading(TOKEN.getBytes(UTF_8)).run("token", "store", "--agent", name));
      assertEquals(2, result.exitCode(), result::toString);
    }
    try (Stream<Path> left = Files.list(home)) {
      assertEquals(List.of(), left.toList());
    }
  }
}
