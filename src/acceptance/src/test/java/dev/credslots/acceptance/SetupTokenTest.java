package dev.credslots.acceptance;

import static dev.credslots.acceptance.RefreshWorld.assertExit;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.credslots.testkit.CredentialsDirectory;
import dev.credslots.testkit.FakeLogin;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tokens for a year: made by the client's own command, or pasted, and how status sees them. */
@Timeout(120)
class SetupTokenTest {
  private static final String TOKEN = "sk-ant-oat01-FAKE-claude-1-" + "c0ffee".repeat(14);

  @TempDir static Path scratch;
  private static SlotsCommand program;
  private static int worlds;

  private Path home;
  private Path bin;
  private CredentialsDirectory directory;
  private SlotsCommand slots;

  @BeforeAll
  static void build() throws Exception {
    program = SlotsCommand.built(scratch.resolve("program"));
  }

  @BeforeEach
  void open() throws Exception {
    home = Files.createDirectory(scratch.toRealPath().resolve("world-" + worlds++));
    bin = Files.createDirectory(home.resolve("bin"));
    directory = CredentialsDirectory.create(home.resolve("claude"));
    directory.slot("bob", FakeLogin.of("bob")).link("bob");
    slots =
        program.environment(
            Map.of(
                "SLOTS_HOME", home.toString(),
                "SLOTS_DIR", directory.path().toString(),
                "PATH", bin + ":" + Optional.ofNullable(System.getenv("PATH")).orElse("/bin")));
  }

  private void client(String... lines) throws IOException {
    Path claude = bin.resolve("claude");
    Files.writeString(claude, "#!/bin/sh\n" + String.join("\n", lines) + "\n");
    Files.setPosixFilePermissions(claude, PosixFilePermissions.fromString("rwx------"));
  }

  private static void assertSilent(SlotsCommand.Result result) {
    assertFalse((result.out() + result.err()).contains("FAKE"), result.toString());
  }

  private void assertStored() throws Exception {
    assertEquals(TOKEN, slots.run("token", "get").out().strip());
  }

  @Test
  void the_clients_own_command_runs_on_a_wide_terminal_and_its_token_is_kept() throws Exception {
    assumeTrue(Files.isExecutable(Path.of("/usr/bin/script")), "no script, no terminal");
    client(
        "test \"$1\" = setup-token || exit 9",
        "test -t 0 && test -t 1 || { echo no terminal; exit 8; }",
        "echo \"columns: $(stty size | cut -d' ' -f2)\"",
        "printf 'Paste code: '; read code; echo \"code was $code\" >" + home.resolve("code"),
        "printf '\\033[33m%s\\033[39m\\n' " + TOKEN,
        "echo use it as CLAUDE_CODE_OAUTH_TOKEN=" + TOKEN);
    SlotsCommand.Result result =
        slots
            .reading("the-code\n".getBytes(StandardCharsets.UTF_8))
            .run("auth", "setup-token", "--json");
    assertSilent(result);
    Answer.of(0, result)
        .has("schemaVersion", "outcome", "agent", "store", "expiresAt", "message", "warnings")
        .is("outcome", "stored")
        .is("agent", "claude");
    assertTrue(result.err().contains("columns: 512"), result.err());
    assertTrue(result.err().contains("Paste code:"), result.err());
    assertEquals("code was the-code", Files.readString(home.resolve("code")).strip());
    assertStored();
  }

  @ParameterizedTest
  @CsvSource({
    "echo sorry; exit 7,                       ended with 7",
    "printf sk-ant-oat01-FAKE-short,           too short",
    "echo sk-ant-api03-FAKE-key-and-no-token,  too short"
  })
  void what_prints_no_whole_token_is_told_and_nothing_is_kept(String line, String said)
      throws Exception {
    assumeTrue(Files.isExecutable(Path.of("/usr/bin/script")), "no script, no terminal");
    client(line.strip());
    SlotsCommand.Result result = slots.run("auth", "setup-token");
    assertExit(1, result);
    assertSilent(result);
    assertTrue(result.err().contains(said), result.err());
    assertTrue(result.err().contains("slots auth paste-token"), result.err());
    assertFalse(Files.exists(home.resolve("tokens.json")));
  }

  @Test
  void a_signal_ends_the_clients_command_too() throws Exception {
    assumeTrue(Files.isExecutable(Path.of("/usr/bin/script")), "no script, no terminal");
    Path pid = home.resolve("pid");
    client("echo $$ >" + pid + ".new", "mv " + pid + ".new " + pid, "exec sleep 90");
    Process process = slots.start("auth", "setup-token");
    try {
      while (!Files.exists(pid)) {
        assertTrue(process.isAlive());
        Thread.sleep(20);
      }
    } finally {
      process.toHandle().destroy();
    }
    ProcessHandle.of(Long.parseLong(Files.readString(pid).strip()))
        .ifPresent(client -> client.onExit().orTimeout(30, TimeUnit.SECONDS).join());
    assertNotEquals(0, process.waitFor());
    String err = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
    assertFalse(err.contains("no terminal can be made"), err);
  }

  @Test
  void another_command_can_be_configured() throws Exception {
    assumeTrue(Files.isExecutable(Path.of("/usr/bin/script")), "no script, no terminal");
    Files.writeString(
        home.resolve("config.json"), "{\"setupTokenCommand\":[\"echo\",\"" + TOKEN + "\"]}");
    SlotsCommand.Result result = slots.run("auth", "setup-token");
    assertExit(0, result);
    assertSilent(result);
    assertStored();
  }

  @Test
  void a_token_is_pasted_in_as_many_lines_as_a_terminal_broke_it() throws Exception {
    String broken = TOKEN.substring(0, 60) + "\r\n" + TOKEN.substring(60) + "\r\n";
    SlotsCommand.Result result =
        slots.reading(broken.getBytes(StandardCharsets.UTF_8)).run("auth", "paste-token");
    assertExit(0, result);
    assertSilent(result);
    assertStored();
  }

  @ParameterizedTest
  @CsvSource({
    "30,       P30D",
    "30d,      P30D",
    "36h,      PT36H",
    "90m,      PT90M",
    "7200s,    PT2H",
    "2592000000ms, P30D"
  })
  void it_is_good_for_as_long_as_it_is_said(String given, Duration life) throws Exception {
    Instant before = Instant.now();
    SlotsCommand.Result result =
        slots
            .reading(TOKEN.getBytes(StandardCharsets.UTF_8))
            .run("auth", "paste-token", "--json", "--expires-in", given);
    Instant end = Answer.of(0, result).time("expiresAt");
    Duration off = Duration.between(before.plus(life), end);
    assertTrue(!off.isNegative() && off.toSeconds() < 120 || off.toMillis() > -2, off::toString);
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "-1", "1y", "d", "", "99999999", "1.5h"})
  void what_is_no_lifetime_is_refused(String given) throws Exception {
    SlotsCommand.Result result =
        slots
            .reading(TOKEN.getBytes(StandardCharsets.UTF_8))
            .run("auth", "paste-token", "--expires-in=" + given);
    assertExit(2, result);
    assertFalse(Files.exists(home.resolve("tokens.json")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "sk-ant-api03-FAKE-key", "sk-ant-ort01-FAKE-refresh", "hello"})
  void what_is_no_token_is_refused(String given) throws Exception {
    SlotsCommand.Result result =
        slots.reading(given.getBytes(StandardCharsets.UTF_8)).run("auth", "paste-token");
    assertExit(3, result);
    assertSilent(result);
  }

  @Test
  void status_counts_it_by_its_own_end() throws Exception {
    byte[] token = TOKEN.getBytes(StandardCharsets.UTF_8);
    assertExit(0, slots.run("auth", "status", "--check"));
    assertExit(0, slots.reading(token).run("auth", "paste-token", "--expires-in", "25h"));
    assertExit(0, slots.run("auth", "status", "--check"));
    assertExit(0, slots.reading(token).run("auth", "paste-token", "--expires-in", "23h"));
    SlotsCommand.Result ending = slots.run("auth", "status", "--check", "--json");
    assertSilent(ending);
    Answer.of(2, ending)
        .saysOfADirectory("auth", "warnings")
        .object("auth")
        .object("oauth")
        .find("profiles", "profileId", "claude:claude-token")
        .is("kind", "token")
        .is("status", "expiring");
    assertExit(0, slots.reading(token).run("auth", "paste-token", "--expires-in", "1ms"));
    assertExit(1, slots.run("auth", "status", "--check"));
    assertTrue(slots.run("auth", "status").out().contains("claude-token"));
  }

  @Test
  void status_counts_profiles_too_and_a_key_has_no_end() throws Exception {
    SlotsCommand given = slots.environment("SLOTS_API_KEY", "sk-ant-api03-FAKE-work-key");
    assertExit(0, given.run("profile", "add", "work", "--api-key"));
    SlotsCommand.Result fine = slots.run("auth", "status", "--check", "--json");
    assertSilent(fine);
    Answer.of(0, fine)
        .object("auth")
        .object("oauth")
        .find("profiles", "profileId", "claude:slots-profile-work")
        .is("kind", "api-key")
        .is("status", "static")
        .isNull("expiresAt");
    assertExit(0, slots.run("profile", "add", "home"));
    Answer.of(1, slots.run("auth", "status", "--check", "--json"))
        .object("auth")
        .find("unusableProfiles", "profileId", "claude:slots-profile-home")
        .is("reason", "missing");
  }
}
