package dev.credslots.acceptance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.credslots.testkit.CredentialsDirectory;
import dev.credslots.testkit.FakeLogin;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The systemd unit, as an installation brings it. */
@Timeout(180)
class UnitTest {
  @TempDir Path scratch;
  private Path home;
  private Path unit;

  @BeforeEach
  void install() throws Exception {
    home = Files.createDirectories(scratch.toRealPath().resolve("home"));
    assertEquals(0, run(Watching.launcher().get(0), "install"));
    unit = home.resolve(".local/share/systemd/user/slots-watch.service");
    assertTrue(Files.isRegularFile(unit), "no unit where a user's systemd looks");
  }

  private int run(String... command) throws Exception {
    Path out = Files.createTempFile(scratch, "run", ".out");
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(out.toFile());
    Map<String, String> environment = builder.environment();
    environment.put("HOME", home.toString());
    environment.put("SLOTS_JAVA_HOME", System.getProperty("java.home"));
    environment.put("SLOTS_NO_ARCHIVE", "1");
    environment.remove("XDG_CONFIG_HOME");
    environment.put("XDG_RUNTIME_DIR", privateDirectory("run").toString());
    Process process = builder.start();
    assertTrue(process.waitFor(120, TimeUnit.SECONDS));
    if (process.exitValue() != 0) {
      System.err.println(List.of(command) + ": " + Files.readString(out, StandardCharsets.UTF_8));
    }
    return process.exitValue();
  }

  private Path privateDirectory(String name) throws IOException {
    Path directory = Files.createDirectories(scratch.toRealPath().resolve(name));
    return Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx------"));
  }

  @Test
  void systemd_understands_all_of_it() throws Exception {
    assumeTrue(onPath("systemd-analyze"), "no systemd-analyze: install systemd");
    // It warns of what it does not know and exits with 0, so: no word at all.
    Path out = Files.createTempFile(scratch, "verify", ".out");
    assertEquals(
        0,
        run(
            "sh",
            "-c",
            "systemd-analyze verify --user \"$1\" >\"$2\" 2>&1; r=$?; cat \"$2\"; exit $r",
            "sh",
            unit.toString(),
            out.toString()));
    assertEquals("", Files.readString(out));
  }

  private static boolean onPath(String program) {
    for (String place : System.getenv("PATH").split(":")) {
      if (Files.isExecutable(Path.of(place, program))) {
        return true;
      }
    }
    return false;
  }

  @Test
  void its_command_line_runs_as_it_stands() throws Exception {
    FakeLogin bob = FakeLogin.of("bob");
    CredentialsDirectory directory =
        CredentialsDirectory.create(home.resolve(".claude"))
            .slot("bob", bob)
            .slot("alice", FakeLogin.of("alice"))
            .link("bob");
    String line =
        Files.readAllLines(unit).stream()
            .filter(text -> text.startsWith("ExecStart="))
            .reduce((one, other) -> "two of them")
            .orElseThrow()
            .substring("ExecStart=".length());
    assertFalse(line.matches(".*[\"'\\\\$;].*"), "it needs a shell, and systemd is none: " + line);
    List<String> words = List.of(line.replace("%h", home.toString()).split(" +"));
    try (Watching watching = Watching.start(words, scratch.toRealPath(), Map.of())) {
      watching.await(text -> text.contains("  started  "), "started");
      Path temp = directory.path().resolve(".credentials.json.tmp.0badcafe");
      Files.write(temp, bob.rotate().credentialJson());
      Files.move(temp, directory.livePath(), java.nio.file.StandardCopyOption.REPLACE_EXISTING);
      watching.until(() -> directory.linkTarget().equals(Optional.of("bob")), "the link is back");
      watching.await(text -> text.contains("  healed  "), "healed");
      watching.signal("TERM");
      assertEquals(0, watching.exit());
      assertEquals("", watching.errors());
    }
  }
}
