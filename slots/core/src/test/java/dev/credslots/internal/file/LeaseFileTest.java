package dev.credslots.internal.file;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class LeaseFileTest {
  private static final byte[] CONTENT = "who".getBytes(StandardCharsets.US_ASCII);

  private final ExecutorService threads = Executors.newCachedThreadPool();

  @TempDir Path scratch;
  private Path directory;
  private Path file;

  @BeforeEach
  void file() {
    directory = scratch.resolve("holds");
    file = directory.resolve("one");
  }

  @AfterEach
  void stop() throws InterruptedException {
    threads.shutdownNow();
    assertTrue(threads.awaitTermination(10, TimeUnit.SECONDS));
  }

  private static String read(Path file) throws IOException {
    return new LeaseReader()
        .read(file)
        .map(bytes -> new String(bytes, StandardCharsets.US_ASCII))
        .orElse("dead");
  }

  /** What another process reads there. */
  private String seen() throws Exception {
    Process process = OtherProcess.start(OtherProcess.Looker.class, file.toString());
    return new String(process.getInputStream().readAllBytes(), StandardCharsets.US_ASCII).strip();
  }

  /** A process that holds, or with a shared lock only looks, until it is killed. */
  private Process holder(String how) throws IOException {
    Process process = OtherProcess.start(OtherProcess.Lessee.class, file.toString(), how);
    assertEquals(
        "held", new String(process.getInputStream().readNBytes(4), StandardCharsets.US_ASCII));
    return process;
  }

  @Test
  void it_lives_as_long_as_its_process() throws Exception {
    Process process = holder("lease");
    try {
      assertEquals("lease", read(file));
    } finally {
      process.destroyForcibly().waitFor();
    }
    assertEquals("dead", read(file));
    assertTrue(Files.exists(file)); // For whoever looks to remove.
  }

  @Test
  void a_look_of_its_own_process_does_not_free_it() throws Exception {
    try (LeaseFile lease = LeaseFile.create(file, CONTENT)) {
      assertEquals("who", read(file));
      assertEquals("who", threads.submit(() -> read(file)).get());
      Path alias = Files.createSymbolicLink(scratch.resolve("alias"), directory);
      assertEquals("who", read(alias.resolve("one")));
      assertEquals("who", seen());
      assertEquals(file, lease.file());
    }
    assertFalse(Files.exists(file));
  }

  @Test
  void a_directory_that_is_moved_takes_it_along() throws Exception {
    try (LeaseFile lease = LeaseFile.create(file, CONTENT)) {
      file = Files.move(directory, scratch.resolve("moved")).resolve("one");
      assertEquals("who", read(file));
      assertEquals("who", seen());
      assertTrue(lease != null);
    }
    assertEquals("dead", read(file));
  }

  @Test
  void who_only_looks_is_not_taken_for_the_holder() throws Exception {
    Files.createDirectory(directory);
    Files.write(file, CONTENT);
    Process looker = holder("look");
    try {
      assertEquals("dead", read(file));
    } finally {
      looker.destroyForcibly().waitFor();
    }
  }

  /** By another copy of the class, or by the program that became this JVM. */
  @Test
  @EnabledOnOs(OS.LINUX)
  void one_that_this_process_has_without_knowing_of_it_is_alive_and_stays_so() throws Exception {
    Files.createDirectory(directory);
    Files.write(file, CONTENT);
    try (FileChannel other = FileChannel.open(file, StandardOpenOption.WRITE)) {
      other.lock();
      assertEquals("", read(file));
      assertEquals("who", seen());
    }
    assertEquals("dead", read(file));
  }

  @Test
  void any_thread_may_close_it_and_more_than_once() throws Exception {
    LeaseFile lease = LeaseFile.create(file, CONTENT);
    threads
        .submit(
            () -> {
              lease.close();
              return null;
            })
        .get();
    lease.close();
    assertEquals("dead", read(file));
    assertEquals("dead", seen());
  }

  @Test
  void it_is_the_owners_alone() throws Exception {
    try (LeaseFile lease = LeaseFile.create(file, CONTENT)) {
      assertEquals(
          "rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(lease.file())));
      assertEquals(
          "rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(directory)));
    }
  }

  @Test
  void an_interrupted_thread_makes_and_reads_one_and_stays_interrupted() throws Exception {
    Process other = holder("lease");
    Thread.currentThread().interrupt();
    try (LeaseFile lease = LeaseFile.create(directory.resolve("two"), CONTENT)) {
      assertEquals("lease", read(file));
      assertTrue(Thread.interrupted());
      file = lease.file();
      assertEquals("who", seen());
    } finally {
      other.destroyForcibly().waitFor();
    }
  }

  @Test
  void a_directory_removed_again_and_again_fails_nobody() throws Exception {
    Future<Integer> remover =
        threads.submit(
            () -> {
              int removed = 0;
              while (!Thread.currentThread().isInterrupted()) {
                removed += directory.toFile().delete() ? 1 : 0;
              }
              return removed;
            });
    for (int i = 0; i < 1_000; i++) {
      LeaseFile.create(directory.resolve("one-" + i), CONTENT).close();
    }
    threads.shutdownNow();
    assertTrue(remover.get() > 0);
  }

  @Test
  void what_is_no_file_is_none_and_nobody_waits_at_a_fifo() throws Exception {
    Files.createDirectories(directory.resolve("directory"));
    Files.createSymbolicLink(directory.resolve("link"), Path.of("directory"));
    assertEquals(0, new ProcessBuilder("mkfifo", directory + "/fifo").start().waitFor());

    for (String name : new String[] {"directory", "link", "fifo", "missing"}) {
      assertEquals(Optional.empty(), new LeaseReader().read(directory.resolve(name)), name);
    }
  }

  @Test
  void one_that_cannot_be_made_leaves_nothing() throws Exception {
    Files.createDirectories(file.resolve("in the way"));

    assertThrows(IOException.class, () -> LeaseFile.create(file, CONTENT));

    assertEquals(1, directory.toFile().list().length);
  }
}
