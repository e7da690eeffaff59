package dev.credslots.hooks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SwitchLogTest {
  private static final Clock CLOCK =
      Clock.fixed(Instant.parse("2026-05-01T10:00:00Z"), ZoneOffset.UTC);

  @TempDir Path directory;

  @Test
  void each_switch_is_one_line_of_json_that_only_the_owner_can_read() throws Exception {
    Path file = directory.resolve("switches.jsonl");
    SwitchLog log = new SwitchLog(file, CLOCK);

    log.onSwitch("bob", "manual");
    log.onSwitch("alice", "a \"quota\"\nand a line");

    assertEquals(
        List.of(
            "{\"at\":\"2026-05-01T10:00:00Z\",\"slot\":\"bob\",\"reason\":\"manual\"}",
            "{\"at\":\"2026-05-01T10:00:00Z\",\"slot\":\"alice\","
                + "\"reason\":\"a \\\"quota\\\"\\nand a line\"}"),
        Files.readAllLines(file));
    assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
  }

  @Test
  void lines_of_many_threads_do_not_mix() throws Exception {
    Path file = directory.resolve("switches.jsonl");
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      // Two logs on one file: what another process would do.
      SwitchLog log = new SwitchLog(file, CLOCK);
      threads.add(
          new Thread(
              () -> {
                for (int n = 0; n < 50; n++) {
                  log.onSwitch("bob", "x".repeat(200));
                }
              }));
    }
    threads.forEach(Thread::start);
    for (Thread thread : threads) {
      thread.join();
    }

    List<String> lines = Files.readAllLines(file);
    assertEquals(400, lines.size());
    assertTrue(lines.stream().allMatch(line -> line.startsWith("{") && line.endsWith("}")));
  }

  @Test
  void a_line_that_cannot_be_written_is_an_exception_that_names_the_file() {
    SwitchLog log = new SwitchLog(directory.resolve("nowhere/switches.jsonl"), CLOCK);

    var thrown = assertThrows(UncheckedIOException.class, () -> log.onSwitch("bob", "manual"));
    assertTrue(thrown.getMessage().contains("nowhere"));
  }
}
