package dev.credslots.acceptance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.credslots.testkit.CredentialsDirectory;
import dev.credslots.testkit.FakeLogin;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code cli/slots} promises before the program starts. */
class LauncherTest {
  private static final Path ROOT = Path.of(System.getProperty("slots.root"));
  private static final String JAVA_HOME = System.getProperty("java.home");

  /** Prints its arguments, copies its input, ends with 7: what a launcher can spoil. */
  private static final String FAKE_JAVA =
      "#!/bin/sh\nfor a in \"$@\"; do printf '<%s>\\n' \"$a\"; done\ncat\nexit 7\n";

  @TempDir Path temp;

  private Path cli;
  private final Map<String, String> environment = new TreeMap<>();

  private record Result(int exit, String out, String err) {}

  @BeforeEach
  void copyTheProgram() throws Exception {
    cli = program(temp.resolve("checkout"));
    environment.put("PATH", System.getenv("PATH"));
    environment.put("HOME", Files.createDirectory(temp.resolve("home")).toString());
    environment.put("SLOTS_JAVA_HOME", JAVA_HOME);
    environment.put("SLOTS_NO_ARCHIVE", "1");
  }

  @Test
  void starts_from_another_directory() throws Exception {
    Path elsewhere = Files.createDirectory(temp.resolve("elsewhere"));
    assertVersion(run(elsewhere, cli.resolve("slots").toString(), "--version"));
    assertVersion(run(elsewhere, "../checkout/cli/slots", "--version"));
  }

  @Test
  void starts_through_a_link_and_a_chain_of_relative_links() throws Exception {
    Path bin = Files.createDirectory(temp.resolve("bin"));
    Files.createSymbolicLink(bin.resolve("direct"), cli.resolve("slots"));
    Files.createSymbolicLink(temp.resolve("second"), Path.of("checkout/cli/slots"));
    Files.createSymbolicLink(bin.resolve("slots"), Path.of("../second"));
    environment.put("PATH", bin + ":" + System.getenv("PATH"));

    assertVersion(run(temp, "bin/direct", "--version"));
    assertVersion(run(temp, "bin/slots", "--version"));
    assertVersion(run(Path.of("/"), "sh", "-c", "slots --version"));
  }

  @Test
  void starts_from_a_path_with_odd_characters() throws Exception {
    Path odd = program(temp.resolve("a b's \"c\" [d] $e *"));
    assertVersion(run(odd, "./slots", "--version"));
    assertVersion(run(Path.of("/"), odd.resolve("slots").toString(), "--version"));
  }

  @Test
  void refuses_a_path_that_no_class_path_can_hold() throws Exception {
    Result result = run(temp, program(temp.resolve("a:b")).resolve("slots").toString());
    assertFailure(result, "colon");
  }

  @Test
  void passes_arguments_input_and_exit_code() throws Exception {
    environment.put("SLOTS_JAVA_HOME", fakeJava(temp.resolve("jdk"), "17.0.1").toString());
    environment.put("SLOTS_JAVA_OPTS", "-Done=1 -Dtwo=*");
    String[] arguments = {"switch", "", "a  b", "*", "@file", "$HOME", "\\n", "--", "-x'y\"z"};
    Result result = runWithInput("typed\n", cli, concat("./slots", arguments));

    String expected =
        "<dev.credslots.cli.Main>\n"
            + String.join("", Stream.of(arguments).map(a -> "<" + a + ">\n").toList())
            + "typed\n";
    assertTrue(result.out().endsWith(expected), result.out());
    assertTrue(result.out().contains("<-Done=1>\n<-Dtwo=*>\n"), result.out());
    assertEquals(7, result.exit());
  }

  @Test
  void a_closed_standard_input_is_an_empty_one() throws Exception {
    Result result = run(cli, "sh", "-c", "exec ./slots import - <&-");
    assertEquals(3, result.exit(), result.err());
    assertTrue(result.err().contains("standard input is not one JSON object"), result.err());
  }

  @Test
  void passes_the_exit_code_of_the_program() throws Exception {
    assertEquals(2, run(cli, "./slots", "--no-such-option").exit());
  }

  @Test
  void becomes_the_jvm_so_that_signals_reach_it() throws Exception {
    Path jdk = fakeJava(temp.resolve("jdk"), "17.0.1");
    Files.writeString(jdk.resolve("bin/java"), "#!/bin/sh\necho $$\n");
    environment.put("SLOTS_JAVA_HOME", jdk.toString());
    Process process = start(cli, "./slots");
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(Long.toString(process.pid()), out.strip());
  }

  @Test
  void leaves_the_environment_alone() throws Exception {
    Path jdk = fakeJava(temp.resolve("jdk"), "17.0.1");
    Files.writeString(jdk.resolve("bin/java"), "#!/bin/sh\nenv\n");
    environment.put("SLOTS_JAVA_HOME", jdk.toString());
    Result first = run(cli, "./slots");
    Result remembered = run(cli, "./slots");
    var expected = new ArrayList<String>();
    environment.forEach((name, value) -> expected.add(name + "=" + value));
    for (Result result : List.of(first, remembered)) {
      // A shell of its own adds these.
      List<String> seen =
          result.out().lines().filter(l -> !l.matches("(PWD|OLDPWD|SHLVL|_)=.*")).sorted().toList();
      assertEquals(expected, seen);
    }
  }

  @Test
  void says_what_to_do_when_there_is_no_java() throws Exception {
    environment.put("SLOTS_JAVA_HOME", temp.resolve("nowhere").toString());
    assertFailure(run(cli, "./slots", "--version"), "SLOTS_JAVA_HOME");
    environment.put("SLOTS_JAVA_HOME", fakeJava(temp.resolve("old"), "11.0.2").toString());
    assertFailure(run(cli, "./slots", "--version"), "17");
  }

  @Test
  void remembers_its_java_until_what_led_to_it_changes() throws Exception {
    Path one = fakeJava(temp.resolve("one"), "17.0.1");
    Path two = fakeJava(temp.resolve("two"), "17.0.2");
    Files.writeString(one.resolve("bin/java"), "#!/bin/sh\necho one\n");
    Files.writeString(two.resolve("bin/java"), "#!/bin/sh\necho two\n");
    environment.put("SLOTS_JAVA_HOME", one.toString());
    assertEquals("one\n", run(cli, "./slots").out());

    // Proof that it is remembered: the search would now refuse it.
    Files.writeString(one.resolve("release"), "JAVA_VERSION=\"11.0.1\"\n");
    assertEquals("one\n", run(cli, "./slots").out());
    environment.put("SLOTS_JAVA_HOME", two.toString());
    assertEquals("two\n", run(cli, "./slots").out());

    Files.setLastModifiedTime(two.resolve("bin/java"), FileTime.fromMillis(1_000_000_000_000L));
    Files.writeString(two.resolve("release"), "JAVA_VERSION=\"11.0.1\"\n");
    assertFailure(run(cli, "./slots"), "17");
  }

  @Test
  void says_what_is_wrong_when_the_jars_are_gone() throws Exception {
    Files.delete(cli.resolve("target/runtime/slots-cli.jar"));
    assertFailure(run(cli, "./slots", "--version"), "install");
  }

  @Test
  void builds_once_although_two_start_at_once() throws Exception {
    Path mvn = temp.resolve("tools/mvn");
    Path jars = Files.move(cli.resolve("target/runtime"), temp.resolve("built"));
    Files.createFile(cli.resolve("pom.xml"));
    script(
        mvn,
        "echo noise; echo built >>'"
            + temp
            + "/count'\nsleep 2\ncp -R '"
            + jars
            + "' cli/target/runtime\n");
    environment.put("PATH", mvn.getParent() + ":" + System.getenv("PATH"));

    Process first = start(cli, "./slots", "--version");
    Process second = start(cli, "./slots", "--version");
    Result one = finish(first);
    Result two = finish(second);

    assertEquals(0, one.exit(), one.err());
    assertEquals(0, two.exit(), two.err());
    assertEquals(one.out(), two.out());
    assertFalse(one.out().contains("noise"), one.out());
    assertEquals("built\n", Files.readString(temp.resolve("count")));
    assertTrue((one.err() + two.err()).contains("slots: waiting"), one.err() + two.err());
  }

  @Test
  void says_where_the_log_of_a_failed_build_is() throws Exception {
    Files.delete(cli.resolve("target/runtime/slots-cli.jar"));
    Files.createFile(cli.resolve("pom.xml"));
    script(temp.resolve("tools/mvn"), "echo 'the reason'\nexit 1\n");
    environment.put("PATH", temp.resolve("tools") + ":" + System.getenv("PATH"));
    Result result = run(cli, "./slots", "--version");

    assertEquals(1, result.exit());
    assertEquals("", result.out());
    Path log = cli.resolve("target/launcher/build.log");
    assertTrue(result.err().contains(log.toString()), result.err());
    assertEquals("the reason\n", Files.readString(log));
  }

  @Test
  void makes_an_archive_in_the_background_and_uses_it() throws Exception {
    environment.remove("SLOTS_NO_ARCHIVE");
    Result before = run(cli, "./slots", "--version");
    assertVersion(before);
    awaitArchive(cli.resolve("target/launcher"));
    assertTrue(usesArchive(), "the archive is there but not used");
    assertEquals(before, run(cli, "./slots", "--version"));
  }

  /** Unpacking it takes longer than the rest of a switch, and needs a /tmp that runs programs. */
  @Test
  void a_switch_loads_the_native_library_that_lies_beside_the_archive() throws Exception {
    environment.remove("SLOTS_NO_ARCHIVE");
    Path archive = makeArchive();
    CredentialsDirectory directory =
        CredentialsDirectory.create(temp.resolve("claude"))
            .slot("alice", FakeLogin.of("alice"))
            .slot("bob", FakeLogin.of("bob"))
            .link("bob");
    environment.put("SLOTS_JAVA_OPTS", "-Xlog:os=info:stderr");

    Result switched = run(cli, "./slots", "switch", "alice", "--dir", directory.path().toString());

    assertEquals(0, switched.exit(), switched.err());
    List<String> loaded = switched.err().lines().filter(line -> line.contains("jffi")).toList();
    assertTrue(loaded.size() > 0, switched.err());
    for (String line : loaded) {
      assertTrue(line.contains(archive.getParent().toString()), line);
    }
  }

  @Test
  void a_truncated_archive_breaks_nothing() throws Exception {
    environment.remove("SLOTS_NO_ARCHIVE");
    Path archive = makeArchive();
    Result before = run(cli, "./slots", "--version");
    assertTrue(usesArchive(), "there is nothing to truncate");
    // Cut the archive that the JVM would map, not one that a background run is about to replace.
    environment.put("PATH", brokenTools() + ":" + System.getenv("PATH"));
    for (long size : new long[] {Files.size(archive) / 2, 4096, 0}) {
      assertTrue(archive.toFile().setWritable(true));
      try (FileChannel channel = FileChannel.open(archive, StandardOpenOption.WRITE)) {
        channel.truncate(size);
      }
      assertEquals(before, run(cli, "./slots", "--version"), "cut to " + size);
    }
    assertFalse(usesArchive(), "a truncated archive is used");
  }

  /** What is in an archive is linked at every start, so what prompts call gets a small one. */
  @Test
  void a_frequent_command_has_an_archive_of_its_own_and_does_without_a_truncated_one()
      throws Exception {
    environment.remove("SLOTS_NO_ARCHIVE");
    Path archive = makeArchive();
    Path own = archive.resolveSibling("archive.active");
    assumeTrue(Files.exists(own), "Java before 25 links nothing ahead");
    CredentialsDirectory directory =
        CredentialsDirectory.create(temp.resolve("claude"))
            .slot("bob", FakeLogin.of("bob"))
            .link("bob");
    String[] active = {"sh", "-x", "./slots", "active", "--dir", directory.path().toString()};

    Result fast = run(cli, active);
    try (FileChannel channel = FileChannel.open(own, StandardOpenOption.WRITE)) {
      channel.truncate(4096);
    }
    Result general = run(cli, active);

    assertTrue(fast.err().contains("AOTCache=" + own + " "), fast.err());
    assertTrue(general.err().contains("AOTCache=" + archive + " "), general.err());
    assertEquals("bob\n", fast.out());
    assertEquals("bob\n", general.out());
  }

  @Test
  void an_archive_of_other_jars_is_replaced() throws Exception {
    environment.remove("SLOTS_NO_ARCHIVE");
    Path archive = makeArchive();
    Object first = Files.readAttributes(archive, "unix:ino").get("ino");
    FileTime old = FileTime.fromMillis(1_000_000_000_000L);
    Files.setLastModifiedTime(cli.resolve("target/runtime/slots-cli.jar"), old);
    assertFalse(usesArchive(), "an archive of another jar is used");
    assertEquals(0, run(cli, "./slots", "__archive").exit());
    assertTrue(usesArchive(), "no new archive");
    assertFalse(first.equals(Files.readAttributes(archive, "unix:ino").get("ino")));
  }

  @Test
  void goes_without_an_archive_where_nothing_can_be_written() throws Exception {
    environment.remove("SLOTS_NO_ARCHIVE");
    // Files where directories should be: what stops root, too.
    Files.createFile(cli.resolve("target/launcher"));
    Files.createFile(Path.of(environment.get("HOME"), ".cache"));
    Result result = run(cli, "./slots", "--version");
    assertVersion(result);
    assertEquals("", result.err());
  }

  @Test
  void keeps_its_archive_in_the_cache_where_its_own_directory_is_read_only() throws Exception {
    environment.remove("SLOTS_NO_ARCHIVE");
    Path target = cli.resolve("target");
    Files.setPosixFilePermissions(target, PosixFilePermissions.fromString("r-xr-xr-x"));
    try {
      assumeFalse(Files.isWritable(target), "root can write everywhere");
      assertVersion(run(cli, "./slots", "--version"));
      awaitArchive(Path.of(environment.get("HOME"), ".cache/credslots"));
    } finally {
      Files.setPosixFilePermissions(target, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
  }

  @Test
  void installs_upgrades_and_runs_without_the_checkout() throws Exception {
    Path prefix = temp.resolve("pre fix");
    Path installed = prefix.resolve("bin/slots");
    Result first = run(cli, "./slots", "install", "--prefix", prefix.toString());
    assertEquals(0, first.exit(), first.err());
    assertTrue(first.out().contains("Installed " + installed), first.out());
    assertTrue(first.err().contains("PATH"), first.err());

    // Something only the first installation has: an upgrade replaces all of it.
    Files.createFile(prefix.resolve("lib/credslots/runtime/left-over.jar"));
    environment.put("PATH", prefix.resolve("bin") + ":" + System.getenv("PATH"));
    Result second = run(cli, "./slots", "install", "--prefix=" + prefix);
    assertEquals(0, second.exit(), second.err());
    assertTrue(second.out().contains("Upgraded " + installed), second.out());
    assertEquals("", second.err());
    assertEquals(
        names(cli.resolve("target/runtime")), names(prefix.resolve("lib/credslots/runtime")));
    assertEquals(List.of("credslots"), names(prefix.resolve("lib")));

    Files.move(temp.resolve("checkout"), temp.resolve("gone"));
    assertVersion(run(Path.of("/"), "sh", "-c", "slots --version"));
  }

  @Test
  void install_refuses_what_it_does_not_know_and_what_is_not_its_own() throws Exception {
    Result unknown = run(cli, "./slots", "install", "--bogus");
    assertEquals(2, unknown.exit());
    assertTrue(unknown.err().startsWith("slots: "), unknown.err());

    Path foreign = temp.resolve("prefix/bin/slots");
    Files.createDirectories(foreign.getParent());
    Files.writeString(foreign, "theirs");
    assertFailure(run(cli, "./slots", "install", "--prefix", temp + "/prefix"), foreign.toString());
    assertEquals("theirs", Files.readString(foreign));

    Path file = Files.createFile(temp.resolve("file"));
    assertFailure(run(cli, "./slots", "install", "--prefix", file.toString()), "cannot write");
  }

  // --- helpers ----------------------------------------------------------------------------------

  /** The launcher and the jars below a directory; answers the directory of the launcher. */
  private static Path program(Path checkout) throws IOException {
    Path target = checkout.resolve("cli");
    Path runtime = Files.createDirectories(target.resolve("target/runtime"));
    Files.copy(
        ROOT.resolve("cli/slots"), target.resolve("slots"), StandardCopyOption.COPY_ATTRIBUTES);
    for (String name : names(ROOT.resolve("cli/target/runtime"))) {
      Files.copy(ROOT.resolve("cli/target/runtime").resolve(name), runtime.resolve(name));
    }
    return target;
  }

  private static List<String> names(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  private static Path fakeJava(Path home, String version) throws IOException {
    script(home.resolve("bin/java"), FAKE_JAVA.substring("#!/bin/sh\n".length()));
    Files.writeString(home.resolve("release"), "JAVA_VERSION=\"" + version + "\"\n");
    return home;
  }

  private static void script(Path file, String text) throws IOException {
    Files.createDirectories(file.getParent());
    Files.writeString(file, "#!/bin/sh\n" + text);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  /** A directory for PATH in which the start of a background archive finds nothing that works. */
  private Path brokenTools() throws IOException {
    Path tools = temp.resolve("broken");
    script(tools.resolve("nice"), "exit 1\n");
    script(tools.resolve("setsid"), "exit 1\n");
    return tools;
  }

  private Path makeArchive() throws Exception {
    Result made = run(cli, "./slots", "__archive");
    assertEquals(0, made.exit(), made.err());
    return awaitArchive(cli.resolve("target/launcher"));
  }

  /** Waits for the one archive below a directory. */
  private static Path awaitArchive(Path directory) throws Exception {
    long deadline = System.nanoTime() + Duration.ofMinutes(2).toNanos();
    while (System.nanoTime() < deadline) {
      if (Files.isDirectory(directory)) {
        try (Stream<Path> files = Files.walk(directory)) {
          // One still being made is in a directory of another name.
          List<Path> found =
              files.filter(file -> file.toString().endsWith("=java/archive")).toList();
          if (!found.isEmpty()) {
            return found.get(0);
          }
        } catch (java.io.UncheckedIOException | IOException e) {
          // It changed under the walk.
        }
      }
      Thread.sleep(50);
    }
    return fail("no archive below " + directory);
  }

  /** Does the next start pass an archive to the JVM? Seen by a shell that only prints. */
  private boolean usesArchive() throws Exception {
    Result traced = run(cli, "sh", "-x", "./slots", "--version");
    return traced
        .err()
        .lines()
        .filter(line -> line.contains("exec ") && line.contains("dev.credslots.cli.Main"))
        .anyMatch(line -> line.contains("SharedArchiveFile=") || line.contains("AOTCache="));
  }

  private static void assertVersion(Result result) {
    assertEquals(0, result.exit(), result.err());
    assertTrue(result.out().startsWith("slots"), result.out());
  }

  private static void assertFailure(Result result, String word) {
    assertEquals(1, result.exit(), result.err());
    assertEquals("", result.out());
    assertTrue(result.err().startsWith("slots: "), result.err());
    assertEquals(1, result.err().lines().count(), result.err());
    assertTrue(result.err().contains(word), result.err());
  }

  private Result run(Path directory, String... command) throws Exception {
    return finish(start(directory, command));
  }

  private Result runWithInput(String input, Path directory, String... command) throws Exception {
    Process process = start(directory, command);
    process.getOutputStream().write(input.getBytes(StandardCharsets.UTF_8));
    return finish(process);
  }

  private static String[] concat(String first, String... rest) {
    return Stream.concat(Stream.of(first), Arrays.stream(rest)).toArray(String[]::new);
  }

  private Process start(Path directory, String... command) throws IOException {
    var builder = new ProcessBuilder(command).directory(directory.toFile());
    builder.environment().clear();
    builder.environment().putAll(environment);
    return builder.start();
  }

  /** Waits for a process; neither stream may hold more than a pipe does before the other ends. */
  private static Result finish(Process process) throws Exception {
    process.getOutputStream().close();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    String err = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
    assertTrue(process.waitFor(60, TimeUnit.SECONDS));
    return new Result(process.exitValue(), out, err);
  }
}
