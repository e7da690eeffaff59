package dev.credslots.acceptance;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.credslots.testkit.CredentialsDirectory;
import dev.credslots.testkit.FakeLogin;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The built program gives one login away, and only when told to. */
class ExportTest {
  @TempDir static Path program;
  private static SlotsCommand built;

  @TempDir private Path scratch;
  private final FakeLogin bob = FakeLogin.of("bob");
  private SlotsCommand slots;

  @BeforeAll
  static void build() throws Exception {
    built = SlotsCommand.built(program);
  }

  @BeforeEach
  void make() throws Exception {
    CredentialsDirectory directory = CredentialsDirectory.create(scratch.resolve("claude"));
    directory.slot("bob", bob.withSibling("mcpOAuth", "{\"a\":\"FAKE-mcp\"}")).link("bob");
    slots = built.environment("SLOTS_DIR", directory.path().toString()).from(scratch);
  }

  @Test
  void a_login_is_printed_after_a_yes_and_never_without() throws Exception {
    SlotsCommand.Result refused = slots.run("export", "bob");
    assertEquals(3, refused.exitCode(), refused::toString);
    assertEquals("", refused.out());
    assertTrue(refused.err().contains("--yes"), refused::toString);

    SlotsCommand.Result printed = slots.run("export", "bob", "--yes");
    assertEquals(0, printed.exitCode(), printed::toString);
    assertEquals(new String(bob.credentialJson(), UTF_8) + "\n", printed.out());
    assertTrue(printed.err().contains("secret"), printed::toString);
    assertTrue(printed.err().contains("the other ends"), printed::toString);
    assertFalse(printed.err().contains("FAKE"), printed::toString);
  }

  @Test
  void on_a_terminal_it_asks() throws Exception {
    assumeTrue(Files.isExecutable(Path.of("/usr/bin/python3")), "no python3");
    Path script = Terminal.answering(scratch.resolve("terminal.py"), "[y/N]");
    SlotsCommand.Result no =
        slots.through("/usr/bin/python3", script.toString(), "n").run("export", "bob");
    assertEquals(3, no.exitCode(), no::toString);
    assertFalse(no.out().contains(bob.refreshToken()), no::toString);
    SlotsCommand.Result yes =
        slots.through("/usr/bin/python3", script.toString(), "y").run("export", "bob");
    assertEquals(0, yes.exitCode(), yes::toString);
    assertTrue(yes.out().contains(bob.refreshToken()), yes::toString);
  }

  @Test
  void a_file_is_new_and_its_owners_alone() throws Exception {
    SlotsCommand loose = slots.through("/bin/sh", "-c", "umask 000; exec \"$@\"", "sh");
    SlotsCommand.Result done = loose.run("export", "bob", "-o", "out.json", "--yes");
    assertEquals(0, done.exitCode(), done::toString);
    Path file = scratch.resolve("out.json");
    assertEquals(new String(bob.credentialJson(), UTF_8) + "\n", Files.readString(file));
    assertEquals(PosixFilePermissions.fromString("rw-------"), Files.getPosixFilePermissions(file));
    assertFalse(done.out().contains("FAKE"), done::toString);

    Files.writeString(file, "mine");
    SlotsCommand.Result again = loose.run("export", "bob", "-o", "out.json", "--yes");
    assertEquals(3, again.exitCode(), again::toString);
    assertEquals("mine", Files.readString(file));
  }

  @Test
  void what_was_exported_can_be_imported() throws Exception {
    String login = slots.run("export", "bob", "--yes").out();
    Path other = CredentialsDirectory.create(scratch.resolve("other")).path();
    SlotsCommand there =
        slots.environment("SLOTS_DIR", other.toString()).reading(login.getBytes(UTF_8));
    assertEquals(0, there.run("import", "-", "--name", "bob").exitCode());
    assertEquals(login, Files.readString(other.resolve(".credentials.json.bob")));
  }

  @Test
  void as_json_it_is_never_told_and_what_is_no_login_is_refused() throws Exception {
    Answer.of(2, slots.run("export", "bob", "--yes", "--json"))
        .has("schemaVersion", "error")
        .isSentence("error/message");
    SlotsCommand.Result near = slots.run("export", "bbo", "--yes");
    assertEquals(3, near.exitCode(), near::toString);
    assertTrue(near.err().contains("bob"), near::toString);
  }
}
