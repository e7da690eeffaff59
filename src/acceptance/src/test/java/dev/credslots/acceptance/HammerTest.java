package dev.credslots.acceptance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.credslots.SlotManager;
import dev.credslots.SwitchOutcome;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
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

/**
 * Sixteen threads over two managers of one JVM, and eight processes beside them, switch at random
 * among three slots: whoever reads the live path sees a slot's whole content, and every switch that
 * is reported is in the journal once.
 */
@Tag("fault")
class HammerTest {
  private static final List<String> SLOTS = List.of("alice", "bob", "erik");
  private static final Duration LENGTH = Duration.ofSeconds(20);
  private static final int THREADS = 16;
  private static final int PROCESSES = 8;
  private static final int READS = 100_000;

  @Test
  void everyone_switches_at_once_and_every_read_is_a_slot(@TempDir Path directory)
      throws Exception {
    for (String slot : SLOTS) {
      Files.writeString(directory.resolve(".credentials.json." + slot), credential(slot));
    }
    manager(directory).switchTo("alice", "before the hammer");
    List<Process> processes = new ArrayList<>();
    for (int i = 0; i < PROCESSES; i++) {
      processes.add(Hammering.start(directory, i, LENGTH));
    }
    ExecutorService pool = Executors.newFixedThreadPool(THREADS + 2);
    AtomicBoolean over = new AtomicBoolean();
    try {
      SlotManager one = manager(directory);
      SlotManager other = manager(directory);
      List<Future<Integer>> threads = new ArrayList<>();
      for (int i = 0; i < THREADS; i++) {
        int seed = 100 + i;
        SlotManager manager = i % 2 == 0 ? one : other;
        threads.add(pool.submit(() -> Hammering.hammer(manager, seed, LENGTH)));
      }
      AtomicLong reads = new AtomicLong();
      Future<?> reader = pool.submit(reading(directory, over, reads));
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
      assertTrue(reads.get() >= READS, "only " + reads.get() + " reads");
      System.out.printf(
          "hammer: %d switches by %d threads and %d processes, %d reads of the live path, all of"
              + " them a slot%n",
          reported, THREADS, PROCESSES, reads.get());
    } finally {
      over.set(true);
      pool.shutdownNow();
      processes.forEach(Process::destroyForcibly);
    }
  }

  private static SlotManager manager(Path directory) {
    return SlotManager.builder(directory).slots(SLOTS).build();
  }

  private static String credential(String slot) {
    return "{\"claudeAiOauth\":{\"accessToken\":\"sk-ant-oat01-FAKE-"
        + slot
        + "\",\"refreshToken\":\"sk-ant-ort01-FAKE-"
        + slot
        + "\",\"expiresAt\":4102444800000}}";
  }

  /** Reads the live path until it is over; fails at the first read that is no slot's content. */
  private static Callable<Void> reading(Path directory, AtomicBoolean over, AtomicLong reads) {
    List<String> whole = SLOTS.stream().map(HammerTest::credential).toList();
    Path live = directory.resolve(".credentials.json");
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

    static Process start(Path directory, int seed, Duration length) throws IOException {
      return new ProcessBuilder(
              Path.of(System.getProperty("java.home"), "bin", "java").toString(),
              "-XX:TieredStopAtLevel=1",
              "-cp",
              System.getProperty("java.class.path"),
              Hammering.class.getName(),
              directory.toString(),
              Integer.toString(seed),
              Long.toString(length.toMillis()))
          .redirectError(ProcessBuilder.Redirect.INHERIT)
          .start();
    }

    /** Prints how many switches were reported as done. */
    public static void main(String[] args) {
      Duration length = Duration.ofMillis(Long.parseLong(args[2]));
      System.out.println(hammer(manager(Path.of(args[0])), Integer.parseInt(args[1]), length));
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
