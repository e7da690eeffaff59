package dev.credslots.keychain;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SystemRunnerTest {
  private static final Duration LONG = Duration.ofSeconds(30);

  @TempDir Path temp;

  private static ProgramRunner.Ended shell(ProgramRunner runner, String script, String input)
      throws Exception {
    return runner.run(List.of("/bin/sh", "-c", script), input.getBytes(UTF_8));
  }

  @Test
  void gives_input_and_tells_what_came_of_it() throws Exception {
    SystemRunner runner = new SystemRunner(Map.of(), LONG);

    ProgramRunner.Ended ended = shell(runner, "cat; echo wrong >&2; exit 44", "grüße");

    assertEquals(44, ended.exit());
    assertEquals("grüße", ended.out().reveal());
    assertEquals("wrong\n", ended.err().reveal());
    assertFalse(ended.toString().contains("grüße"), ended::toString);
  }

  @Test
  void passes_on_the_way_to_the_bus_and_no_secret_or_display() throws Exception {
    Map<String, String> environment =
        Map.of(
            "HOME", "/home/x",
            "DBUS_SESSION_BUS_ADDRESS", "unix:path=/x",
            "ANTHROPIC_API_KEY", "canary",
            "LD_PRELOAD", "/x.so",
            "DISPLAY", ":0",
            "PATH", "/somewhere");

    String seen = shell(new SystemRunner(environment, LONG), "env", "").out().reveal();

    assertTrue(seen.contains("HOME=/home/x\n"), seen);
    assertTrue(seen.contains("DBUS_SESSION_BUS_ADDRESS=unix:path=/x\n"), seen);
    for (String kept : List.of("canary", "x.so", "DISPLAY", "/somewhere")) {
      assertFalse(seen.contains(kept), seen);
    }
  }

  @Test
  void a_program_that_does_not_end_is_killed_with_what_it_started() throws Exception {
    SystemRunner runner = new SystemRunner(Map.of(), Duration.ofMillis(400));
    Path pids = temp.resolve("pids");

    TimeoutException e =
        assertThrows(
            TimeoutException.class,
            () -> shell(runner, "sleep 600 & echo $! $$ > " + pids + "; wait", ""));

    assertEquals("gave no answer within 0 s", e.getMessage());
    for (String pid : Files.readString(pids).trim().split(" ", -1)) {
      awaitEnd(Long.parseLong(pid));
    }
  }

  private static void awaitEnd(long pid) throws Exception {
    long deadline = System.nanoTime() + Duration.ofSeconds(10).toNanos();
    while (ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false)) {
      assertTrue(System.nanoTime() < deadline, () -> pid + " is alive");
      Thread.sleep(5);
    }
  }

  @Test
  void a_pipe_that_somebody_else_holds_open_is_not_waited_for() throws Exception {
    SystemRunner runner = new SystemRunner(Map.of(), Duration.ofSeconds(1));
    Path pid = temp.resolve("pid");

    assertTimeoutPreemptively(
        LONG,
        () -> {
          try {
            assertEquals(0, shell(runner, "sleep 600 & echo $! > " + pid, "").exit());
          } catch (TimeoutException e) {
            // It depends on whether the JVM hears of the end before or after it reads.
          }
        });

    ProcessHandle.of(Long.parseLong(Files.readString(pid).trim()))
        .ifPresent(ProcessHandle::destroyForcibly);
  }

  @Test
  void more_output_than_a_pipe_holds_does_not_stop_it() throws Exception {
    SystemRunner runner = new SystemRunner(Map.of(), LONG);

    ProgramRunner.Ended ended = shell(runner, "head -c 300000 /dev/zero; exit 3", "unread");

    assertEquals(3, ended.exit());
    assertEquals(300_000, ended.out().reveal().length());
  }

  @Test
  void a_program_that_is_missing_cannot_be_started() {
    SystemRunner runner = new SystemRunner(Map.of(), LONG);

    assertThrows(IOException.class, () -> runner.run(List.of("/nonexistent"), new byte[0]));
  }
}
