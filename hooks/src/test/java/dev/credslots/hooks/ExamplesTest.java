package dev.credslots.hooks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.credslots.Hold;
import dev.credslots.SlotEvent;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The scripts in {@code hooks/examples}, run as hooks are. */
@Timeout(60)
class ExamplesTest {
  private static final Path EXAMPLES = Path.of("examples").toAbsolutePath();

  @TempDir Path temp;
  private HookBed bed;
  private Path home;
  private Path bin;

  @BeforeEach
  void make() throws Exception {
    bed = new HookBed(temp);
    home = HookBed.directory(bed.notes.resolve("home"));
    bin = HookBed.directory(bed.notes.resolve("bin"));
    bed.environment.put("HOME", home.toString());
  }

  private void install(HookEvent event, String example) throws IOException {
    Path file = bed.file(event, "10-" + example);
    Files.copy(EXAMPLES.resolve(example), file);
    HookBed.mode(file, "rwxr-xr-x");
  }

  private void configure(String example, String... lines) throws IOException {
    Files.write(bed.root.resolve(example + ".conf"), List.of(lines));
  }

  /** A program of that name, first on the path, that notes its arguments. */
  private void fake(String program, int exit) throws IOException {
    Path file = bin.resolve(program);
    Files.writeString(
        file,
        "#!/bin/sh\nfor word; do printf '%s\\n' \"$word\"; done >>"
            + bed.notes.resolve(program)
            + "\necho $XDG_RUNTIME_DIR >"
            + bed.notes.resolve("runtime")
            + "\necho oh >&2\nexit "
            + exit
            + "\n");
    HookBed.mode(file, "rwxr-xr-x");
    bed.environment.put("PATH", bin + ":" + System.getenv("PATH"));
  }

  /** As a switch tells it; no warning may come of it. */
  private void tell(SlotEvent event) {
    bed.hooks().listener().onEvent(event);
  }

  private static SlotEvent switched(String to) {
    return new SlotEvent.Switched(HookBed.NOW, Optional.of("bob"), to, "a \"quota\"");
  }

  @Test
  void each_can_be_executed_and_pleases_the_shell_and_its_critic() throws Exception {
    List<String> command = new ArrayList<>();
    try (Stream<Path> files = Files.list(EXAMPLES)) {
      for (Path file : files.filter(file -> !file.endsWith("README.md")).sorted().toList()) {
        assertTrue(Files.isExecutable(file), file::toString);
        assertEquals("#!/bin/sh", Files.readAllLines(file).get(0));
        assertEquals(0, new ProcessBuilder("sh", "-n", file.toString()).start().waitFor());
        command.add(file.toString());
      }
    }
    assertEquals(5, command.size());
    boolean critic =
        Stream.of(System.getenv("PATH").split(":"))
            .anyMatch(directory -> Files.isExecutable(Path.of(directory, "shellcheck")));
    assumeTrue(critic, "no shellcheck");
    command.add(0, "shellcheck");
    assertEquals(0, new ProcessBuilder(command).inheritIO().start().waitFor());
  }

  @Test
  void busy_by_pid_file_names_each_process_that_lives() throws Exception {
    install(HookEvent.LOCK_GUARD, "busy-by-pid-file");
    long self = ProcessHandle.current().pid();
    Process ended = new ProcessBuilder("true").start();
    ended.waitFor();
    Files.writeString(home.resolve("a b.pid"), self + "\n");
    Files.writeString(home.resolve("no-feed.pid"), "" + self);
    Files.writeString(home.resolve("dead.pid"), ended.pid() + "\n");
    Files.writeString(home.resolve("words.pid"), "rubbish\n");
    Files.writeString(home.resolve("empty.pid"), "");
    configure("busy-by-pid-file", "# mine", "", "~/*.pid", home + "/missing.pid");
    assertEquals(
        List.of(
            "a b.pid (pid " + self + ")",
            "empty.pid (no process id)",
            "no-feed.pid (pid " + self + ")",
            "words.pid (no process id)"),
        bed.holds());
  }

  @Test
  void busy_by_pid_file_is_busy_until_it_is_configured() throws Exception {
    install(HookEvent.LOCK_GUARD, "busy-by-pid-file");
    assertEquals(
        List.of(
            "lock-guard.d/10-busy-by-pid-file exited 1: write the pid files into "
                + bed.root
                + "/busy-by-pid-file.conf, one a line"),
        bed.hooks().guard().holds().stream().map(Hold::name).toList());
    configure("busy-by-pid-file");
    assertEquals(List.of(), bed.holds());
  }

  @Test
  void switch_log_appends_a_line_that_only_the_owner_reads() throws Exception {
    install(HookEvent.ON_SWITCH, "switch-log");
    tell(switched("alice"));
    tell(switched("erik"));
    Path log = home.resolve(".local/state/slots/events.jsonl");
    List<String> lines = Files.readAllLines(log);
    assertEquals(2, lines.size());
    assertTrue(lines.get(0).contains("\"to\":\"alice\",\"reason\":\"a \\\"quota\\\"\"}"));
    assertTrue(lines.get(1).contains("\"to\":\"erik\""));
    assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(log)));
  }

  @Test
  void desktop_notification_says_what_happened() throws Exception {
    install(HookEvent.ON_SWITCH, "desktop-notification");
    install(HookEvent.ON_EXPIRING, "desktop-notification");
    fake("notify-send", 0);
    tell(switched("alice"));
    tell(new SlotEvent.Expiring(HookBed.NOW, "bob", HookBed.NOW.plusSeconds(86_400), 1));
    String said = bed.note("notify-send");
    assertTrue(said.contains("slots\nalice is live now (a \"quota\")\n"), said);
    assertTrue(said.contains("bob's login ends in 1 day(s)"), said);
    assertTrue(bed.note("runtime").startsWith("/run/user/"));
  }

  @Test
  void desktop_notification_without_a_desktop_is_no_failure() throws Exception {
    install(HookEvent.ON_SWITCH, "desktop-notification");
    fake("notify-send", 1);
    tell(switched("alice"));
    bed.environment.put("PATH", bin.toString());
    Files.delete(bin.resolve("notify-send"));
    tell(switched("alice"));
  }

  @Test
  void service_restart_restarts_the_units_that_are_named() throws Exception {
    install(HookEvent.ON_SWITCH, "service-restart");
    tell(switched("alice")); // None are named.
    fake("systemctl", 0);
    configure("service-restart", "# agents", "agent.service", "", "other.service");
    tell(switched("alice"));
    assertEquals(
        "--user\n--no-block\ntry-restart\n--\nagent.service\n"
            + "--user\n--no-block\ntry-restart\n--\nother.service\n",
        bed.note("systemctl"));
  }

  @Test
  void service_restart_that_fails_is_no_failure_of_the_hook() throws Exception {
    install(HookEvent.ON_SWITCH, "service-restart");
    fake("systemctl", 1);
    configure("service-restart", "agent.service", "other.service");
    tell(switched("alice"));
    assertTrue(bed.note("systemctl").endsWith("other.service\n"));
  }

  @Test
  void metrics_textfile_is_replaced_in_one_piece() throws Exception {
    install(HookEvent.ON_SWITCH, "metrics-textfile");
    install(HookEvent.ON_HEAL, "metrics-textfile");
    Path directory = HookBed.directory(bed.notes.resolve("textfiles"));
    configure("metrics-textfile", directory.toString());
    tell(switched("erik"));
    Path file = directory.resolve("slots.prom");
    Object first = Files.getAttribute(file, "unix:ino");
    tell(new SlotEvent.Healed(HookBed.NOW, "bob", "alice"));
    String text = Files.readString(file);
    assertTrue(text.contains("slots_active{slot=\"alice\"} 1\n"), text);
    assertFalse(text.contains("erik"), text);
    assertTrue(
        text.matches("(?s).*slots_turned_timestamp_seconds\\{event=\"healed\"\\} [0-9]+\n"), text);
    assertFalse(first.equals(Files.getAttribute(file, "unix:ino")), "written in place");
    assertEquals("rw-r--r--", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
    tell(new SlotEvent.Stashed(HookBed.NOW, "ab12", "nobody's")); // The link was not turned.
    try (Stream<Path> left = Files.list(directory)) {
      assertEquals(List.of(file), left.toList());
    }
  }
}
