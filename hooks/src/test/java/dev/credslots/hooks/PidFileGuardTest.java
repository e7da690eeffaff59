package dev.credslots.hooks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.credslots.Hold;
import dev.credslots.Warning;
import java.io.BufferedReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class PidFileGuardTest {
  private static final long SELF = ProcessHandle.current().pid();

  @TempDir Path base;
  private Path run;

  @BeforeEach
  void makeDirectory() throws Exception {
    run = Files.createDirectory(base.resolve("run"));
  }

  private List<Hold> holds(String... globs) {
    return new PidFileGuard(List.of(globs), base).holds();
  }

  @Test
  void a_living_process_holds_since_its_file_was_written() throws Exception {
    Path file = Files.writeString(run.resolve("nightly.pid"), SELF + "\n");
    Instant since = Files.getLastModifiedTime(file).toInstant();

    Hold expected = new Hold("nightly", OptionalLong.of(SELF), Optional.of(since), "pid-file");
    assertEquals(List.of(expected), holds("run/*.pid"));
    assertEquals(List.of(expected), holds("run/nightly.pid"));
    assertEquals(List.of(expected), holds(base + "/*/night*.pid"));
  }

  @Test
  void two_globs_that_find_one_file_make_one_hold() throws Exception {
    Files.writeString(run.resolve("nightly.pid"), "" + SELF);

    assertEquals(1, holds("run/*.pid", "run/n*").size());
  }

  @Test
  void a_process_that_ended_holds_nothing() throws Exception {
    Process ended = new ProcessBuilder("true").start();
    ended.waitFor();
    Path file = Files.writeString(run.resolve("nightly.pid"), ended.pid() + "\n");
    Files.writeString(run.resolve("alive.pid"), "" + SELF);

    assertEquals(List.of("alive"), holds("run/*.pid").stream().map(Hold::name).toList());
    List<Warning> dead = new PidFileGuard(List.of("run/*.pid", "run/n*"), base).dead();
    assertEquals(1, dead.size(), dead::toString);
    assertEquals("dead-pid-file", dead.get(0).code());
    assertTrue(dead.get(0).message().contains(file + " is no hold"), dead::toString);
    assertTrue(dead.get(0).message().contains("" + ended.pid()), dead::toString);
  }

  /** Its parent is a sleep by then, which asks after no child. */
  @Test
  @EnabledOnOs(OS.LINUX)
  void a_process_that_ended_and_was_never_waited_for_holds_nothing() throws Exception {
    Process parent =
        new ProcessBuilder("sh", "-c", "sleep 0 & echo $!; exec sleep 60")
            .redirectErrorStream(true)
            .start();
    try (BufferedReader out = parent.inputReader(StandardCharsets.UTF_8)) {
      String pid = out.readLine();
      Path status = Path.of("/proc", pid, "status");
      while (!Files.readString(status).contains("State:\tZ")) {
        Thread.onSpinWait();
      }
      Files.writeString(run.resolve("agent.pid"), pid);
      assertEquals(List.of(), holds("run/*.pid"));
      assertEquals(1, new PidFileGuard(List.of("run/*.pid"), base).dead().size());
    } finally {
      parent.destroyForcibly().waitFor();
    }
  }

  @Test
  void a_file_older_than_the_process_that_has_its_id_now_holds_nothing() throws Exception {
    Path file = Files.writeString(run.resolve("nightly.pid"), "" + SELF);
    Instant start = ProcessHandle.current().info().startInstant().orElseThrow();
    Files.setLastModifiedTime(file, FileTime.from(start.minus(Duration.ofHours(1))));

    assertEquals(List.of(), holds("run/*.pid"));
  }

  @Test
  void no_file_and_no_directory_hold_nothing() {
    assertEquals(List.of(), holds("run/*.pid", "run/one.pid", "nowhere/*.pid", "nowhere/x/*/y"));
  }

  @Test
  void more_lines_after_the_process_id_are_left_alone() throws Exception {
    Files.writeString(run.resolve("db.pid"), SELF + "\n/var/lib/db\n5432\n");

    assertEquals(OptionalLong.of(SELF), holds("run/db.pid").get(0).pid());
  }

  @Test
  void what_cannot_be_understood_holds_and_says_why() throws Exception {
    Files.writeString(run.resolve("a-empty.pid"), "");
    Files.writeString(run.resolve("b-words.pid"), "not a number");
    Files.writeString(run.resolve("c-zero.pid"), "0");
    Files.writeString(run.resolve("d-long.pid"), "9".repeat(300));
    Files.createDirectory(run.resolve("e-directory.pid"));

    List<String> names = holds("run/*.pid").stream().map(Hold::name).toList();
    assertEquals(
        List.of(
            "a-empty (no process id in the pid file)",
            "b-words (no process id in the pid file)",
            "c-zero (no process id in the pid file)",
            "d-long (no process id in the pid file)",
            "e-directory (not a regular file)"),
        names);
  }

  @Test
  void what_is_no_pattern_means_busy_and_says_so() throws Exception {
    Files.writeString(run.resolve("b.pid"), "" + SELF);

    assertEquals("[b (this is no pattern)", holds("run/[b").get(0).name());
    assertEquals(1, holds("run/[b.pid").size());
    assertEquals("b", holds("run/[b].pid").get(0).name());
  }

  @Test
  void a_fifo_does_not_hang() throws Exception {
    assertEquals(0, new ProcessBuilder("mkfifo", run.resolve("pipe.pid") + "").start().waitFor());

    assertTrue(holds("run/*.pid").get(0).name().startsWith("pipe (not a regular file"));
  }

  @Test
  void hidden_files_need_a_pattern_that_names_the_dot() throws Exception {
    Files.writeString(run.resolve(".nightly.pid"), "" + SELF);

    assertEquals(0, holds("run/*").size());
    assertEquals(1, holds("run/.*").size());
  }
}
