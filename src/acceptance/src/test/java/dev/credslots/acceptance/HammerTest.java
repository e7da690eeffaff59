package dev.credslots.acceptance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.credslots.SlotManager;
import dev.credslots.SwitchOutcome;
import dev.credslots.testkit.FakeClient;
import dev.credslots.testkit.FakeLogin;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Sixteen threads over two managers of one JVM, and eight processes beside them, switch at random
 * among three slots: whoever reads the live path sees a slot's whole content, and every switch that
 * is reported is in the journal once. Of every client's files.
 */
class HammerTest {
  private static final List<String> SLOTS = List.of("alice", "bob", "erik");
  private static final int THREADS = 16;
  private static final int PROCESSES = 8;
  private static final int READS = 100_000;

  @Tag("fault")
  @ParameterizedTest
  @EnumSource
  void everyone_switches_at_once_and_every_read_is_a_slot(
      FakeClient client, @TempDir Path directory) throws Exception {
    hammer(client, directory, THREADS, PROCESSES, Duration.ofSeconds(20), READS);
  }

  /** In every build, so that a client whose hammer would fail is not found out a day later. */
  @Test
  void a_few_switch_at_once_over_codexs_files(@TempDir Path directory) throws Exception {
    hammer(FakeClient.CODEX, directory, 4, 2, Duration.ofSeconds(2), 100);
  }

  private static void hammer(
      FakeClient client,
      Path directory,
      int threadCount,
      int processCount,
      Duration length,
      int least)
      throws Exception {
    for (String slot : SLOTS) {
      Files.writeString(
          directory.resolve(client.liveName() + "." + slot), credential(client, slot));
    }
    manager(client, directory).switchTo("alice", "before the hammer");
    List<Process> processes = new ArrayList<>();
    for (int i = 0; i < processCount; i++) {
      processes.add(Hammering.start(client, directory, i, length));
    }
    ExecutorService pool = Executors.newFixedThreadPool(threadCount + 2);
    AtomicBoolean over = new AtomicBoolean();
    try {
      SlotManager one = manager(client, directory);
      SlotManager other = manager(client, directory);
      List<Future<Integer>> threads = new ArrayList<>();
      for (int i = 0; i < threadCount; i++) {
        int seed = 100 + i;
        SlotManager manager = i % 2 == 0 ? one : other;
        threads.add(pool.submit(() -> Hammering.hammer(manager, seed, length)));
      }
      AtomicLong reads = new AtomicLong();
      Future<?> reader = pool.submit(reading(client, directory, over, reads));
      Future<Long> journal = pool.submit(new JournalCount(directory, over));

      long reported = 1;
      for (Future<Integer> thread : threads) {
        reported += thread.get();
      }
      for (Process process : processes) {
        String counted =
            new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        assertEquals(0, process.waitFor(), counted);
        reported += Integer.parseInt(counted);
      }
      over.set(true);
      reader.get();
      assertEquals(reported, journal.get(), "journal lines that say switched");
      assertEquals(List.of(), leftovers(directory));
      assertTrue(reads.get() >= least, "only " + reads.get() + " reads");
      System.out.printf(
          "hammer: %s, %d switches by %d threads and %d processes, %d reads of the live path, all of"
              + " them a slot%n",
          client, reported, threadCount, processCount, reads.get());
    } finally {
      over.set(true);
      pool.shutdownNow();
      processes.forEach(Process::destroyForcibly);
    }
  }

  private static SlotManager manager(FakeClient client, Path directory) {
    return SlotManager.builder(directory).format(Formats.of(client)).slots(SLOTS).build();
  }

  private static String credential(FakeClient client, String slot) {
    FakeLogin login =
        FakeLogin.builder(slot)
            .client(client)
            .now(Instant.EPOCH)
            .expiresAt(Instant.parse("2100-01-01T00:00:00Z"))
            .refreshTokenExpiresAt(Instant.parse("2100-01-01T00:00:00Z"))
            .build();
    return new String(login.credentialJson(), StandardCharsets.UTF_8);
  }

  /** Reads the live path until it is over; fails at the first read that is no slot's content. */
  private static Callable<Void> reading(
      FakeClient client, Path directory, AtomicBoolean over, AtomicLong reads) {
    List<String> whole = SLOTS.stream().map(slot -> credential(client, slot)).toList();
    Path live = directory.resolve(client.liveName());
    return () -> {
      while (!over.get()) {
        String content = Files.readString(live);
        assertTrue(whole.contains(content), () -> "the live path read: " + content);
        reads.incrementAndGet();
      }
      return null;
    };
  }

  private static List<Path> leftovers(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      return files.filter(file -> file.getFileName().toString().contains(".tmp")).toList();
    }
  }

  /** Follows the journal over its rotations and counts the switches in it. */
  private static final class JournalCount implements Callable<Long> {
    private final Path current;
    private final Path rotated;
    private final AtomicBoolean over;
    private long count;
    private long offset;
    private Object file = "";

    JournalCount(Path directory, AtomicBoolean over) throws IOException {
      this.current = directory.resolve(".slots/journal.jsonl");
      this.rotated = directory.resolve(".slots/journal.jsonl.1");
      this.over = over;
      this.file = key(current);
    }

    @Override
    public Long call() throws IOException, InterruptedException {
      while (true) {
        boolean last = over.get();
        Object now = key(current);
        if (!now.equals(file)) {
          // The file followed so far has got its other name; a rotation takes seconds to recur.
          assertEquals(file, key(rotated), "the journal rotated twice between two looks");
          read(rotated);
          file = now;
          offset = 0;
        }
        read(current);
        if (last && key(current).equals(file)) {
          return count;
        }
        Thread.sleep(5);
      }
    }

    private void read(Path part) throws IOException {
      byte[] bytes = Files.readAllBytes(part);
      int end = bytes.length;
      while (end > offset && bytes[end - 1] != '\n') {
        end--;
      }
      String lines = new String(bytes, (int) offset, end - (int) offset, StandardCharsets.UTF_8);
      count += lines.lines().filter(line -> line.contains("\"outcome\":\"switched\"")).count();
      offset = end;
    }

    private static Object key(Path file) {
      try {
        return Files.getAttribute(file, "unix:ino", LinkOption.NOFOLLOW_LINKS);
      } catch (NoSuchFileException e) {
        return "none";
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /** One process of the hammer. */
  static final class Hammering {
    private Hammering() {}

    static Process start(FakeClient client, Path directory, int seed, Duration length)
        throws IOException {
      return new ProcessBuilder(
              Path.of(System.getProperty("java.home"), "bin", "java").toString(),
              "-XX:TieredStopAtLevel=1",
              "-cp",
              System.getProperty("java.class.path"),
              Hammering.class.getName(),
              client.name(),
              directory.toString(),
              Integer.toString(seed),
              Long.toString(length.toMillis()))
          .redirectError(ProcessBuilder.Redirect.INHERIT)
          .start();
    }

    /** Prints how many switches were reported as done. */
    public static void main(String[] args) {
      SlotManager manager = manager(FakeClient.valueOf(args[0]), Path.of(args[1]));
      Duration length = Duration.ofMillis(Long.parseLong(args[3]));
      System.out.println(hammer(manager, Integer.parseInt(args[2]), length));
    }

    static int hammer(SlotManager manager, int seed, Duration length) {
      Random random = new Random(seed);
      long end = System.nanoTime() + length.toNanos();
      int switched = 0;
      while (System.nanoTime() < end) {
        String to = SLOTS.get(random.nextInt(SLOTS.size()));
        if (manager.switchTo(to, "hammer " + seed) instanceof SwitchOutcome.Switched) {
          switched++;
        }
      }
      return switched;
    }
  }
}
