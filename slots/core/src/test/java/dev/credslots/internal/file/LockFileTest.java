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
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class LockFileTest {
  private static final Duration LONG = Duration.ofSeconds(30);

  private final ExecutorService threads = Executors.newCachedThreadPool();

  @TempDir Path directory;
  private Path file;

  @BeforeEach
  void file() {
    file = directory.resolve("lock");
  }

  @AfterEach
  void stop() throws InterruptedException {
    threads.shutdownNow();
    assertTrue(threads.awaitTermination(10, TimeUnit.SECONDS));
  }

  private Optional<LockFile> acquire(Duration limit) throws Exception {
    return LockFile.acquire(file, Deadline.in(limit));
  }

  /** Whether another thread gets it at once. */
  private boolean free() throws Exception {
    return threads.submit(this::tryOnce).get();
  }

  private boolean tryOnce() throws Exception {
    Optional<LockFile> lock = acquire(Duration.ZERO);
    if (lock.isPresent()) {
      lock.get().close();
    }
    return lock.isPresent();
  }

  private Process holder() throws IOException {
    Process process = OtherProcess.start(OtherProcess.Holder.class, file.toString());
    byte[] said = process.getInputStream().readNBytes(4);
    assertEquals("held", new String(said, StandardCharsets.US_ASCII));
    return process;
  }

  /** Until the thread sits in a wait: it reached the lock and did not get it. */
  private static void awaitWaiting(Thread thread) {
    while (thread.getState() != Thread.State.TIMED_WAITING) {
      Thread.onSpinWait();
    }
  }

  @Test
  void one_thread_at_a_time_has_it() throws Exception {
    LockFile lock = acquire(LONG).orElseThrow();
    assertFalse(free());
    lock.close();
    assertTrue(free());
  }

  @Test
  void the_second_thread_gets_it_when_the_first_lets_go() throws Exception {
    LockFile lock = acquire(LONG).orElseThrow();
    Future<Boolean> second =
        threads.submit(
            () -> {
              try (LockFile mine = acquire(LONG).orElseThrow()) {
                return mine != null;
              }
            });
    lock.close();
    assertTrue(second.get());
  }

  @Test
  void threads_never_have_it_together() throws Exception {
    int[] counter = {0};
    CountDownLatch start = new CountDownLatch(1);
    List<Future<Void>> all = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      all.add(
          threads.submit(
              (Callable<Void>)
                  () -> {
                    start.await();
                    for (int turn = 0; turn < 50; turn++) {
                      try (LockFile lock = acquire(LONG).orElseThrow()) {
                        counter[0]++; // Unguarded but for the lock.
                      }
                    }
                    return null;
                  }));
    }
    start.countDown();
    for (Future<Void> one : all) {
      one.get();
    }
    assertEquals(400, counter[0]);
  }

  @Test
  void the_lock_is_one_by_whatever_path() throws Exception {
    Path alias = directory.resolve("alias");
    Files.createSymbolicLink(alias, directory);
    try (LockFile lock = acquire(LONG).orElseThrow()) {
      boolean other =
          threads
              .submit(
                  () ->
                      LockFile.acquire(alias.resolve("lock"), Deadline.in(Duration.ZERO))
                          .isPresent())
              .get();
      assertFalse(other);
      assertTrue(lock != null);
    }
  }

  @Test
  void a_thread_that_has_it_is_told_so() throws Exception {
    try (LockFile lock = acquire(LONG).orElseThrow()) {
      assertThrows(IllegalStateException.class, () -> acquire(LONG));
      assertFalse(free());
      assertTrue(lock != null);
    }
    assertTrue(free());
  }

  @Test
  void a_channel_of_other_code_in_this_process_means_wait() throws Exception {
    try (FileChannel other =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      other.lock();
      assertTrue(acquire(Duration.ofMillis(5)).isEmpty());
    }
    assertTrue(tryOnce());
  }

  @Test
  void another_process_has_it_until_it_lets_go() throws Exception {
    Process process = holder();
    try {
      assertTrue(acquire(Duration.ofMillis(20)).isEmpty());
      Future<Boolean> waiting = threads.submit(() -> acquireAndClose());
      process.getOutputStream().close();
      assertTrue(waiting.get());
    } finally {
      process.destroyForcibly().waitFor();
    }
  }

  private boolean acquireAndClose() throws Exception {
    acquire(LONG).orElseThrow().close();
    return true;
  }

  @Test
  void a_killed_process_has_it_no_longer() throws Exception {
    Process process = holder();
    assertFalse(tryOnce());
    process.destroyForcibly().waitFor();
    assertTrue(tryOnce());
  }

  @Test
  void our_lock_keeps_another_process_out() throws Exception {
    try (LockFile lock = acquire(LONG).orElseThrow()) {
      // Another thread's failed try must not give our lock away.
      assertFalse(free());
      assertEquals("busy", another());
      assertTrue(lock != null);
    }
    assertEquals("free", another());
  }

  private String another() throws Exception {
    Process process = OtherProcess.start(OtherProcess.Trier.class, file.toString());
    return new String(process.getInputStream().readAllBytes(), StandardCharsets.US_ASCII).strip();
  }

  @Test
  void a_lock_file_deleted_while_waiting_is_no_lock() throws Exception {
    Process process = holder();
    try {
      CountDownLatch waiting = new CountDownLatch(1);
      Thread[] waiter = new Thread[1];
      Future<Boolean> second =
          threads.submit(
              () -> {
                waiter[0] = Thread.currentThread();
                waiting.countDown();
                return acquireAndHold();
              });
      waiting.await();
      awaitWaiting(waiter[0]);
      Files.delete(file);
      process.destroyForcibly().waitFor();
      assertTrue(second.get());
      assertTrue(Files.exists(file));
      assertTrue(tryOnce());
    } finally {
      process.destroyForcibly().waitFor();
    }
  }

  @Test
  void a_lock_file_deleted_again_and_again_fails_nobody() throws Exception {
    Future<Integer> deleter =
        threads.submit(
            () -> {
              int deleted = 0;
              while (!Thread.currentThread().isInterrupted()) {
                deleted += Files.deleteIfExists(file) ? 1 : 0;
              }
              return deleted;
            });
    for (int i = 0; i < 2_000; i++) {
      acquire(LONG).orElseThrow().close();
    }
    threads.shutdownNow();
    assertTrue(deleter.get() > 0);
  }

  /** The lock that was got is on the file that is there. */
  private boolean acquireAndHold() throws Exception {
    try (LockFile lock = acquire(LONG).orElseThrow()) {
      assertTrue(lock != null);
      return !free();
    }
  }

  @Test
  void an_interrupted_waiter_for_a_thread_holds_nothing() throws Exception {
    LockFile lock = acquire(LONG).orElseThrow();
    interruptWaiter();
    lock.close();
    assertTrue(free());
  }

  @Test
  void an_interrupted_waiter_for_a_process_holds_nothing() throws Exception {
    Process process = holder();
    interruptWaiter();
    process.destroyForcibly().waitFor();
    assertTrue(free());
  }

  private void interruptWaiter() throws Exception {
    Thread[] waiter = new Thread[1];
    CountDownLatch started = new CountDownLatch(1);
    Future<Boolean> second =
        threads.submit(
            () -> {
              waiter[0] = Thread.currentThread();
              started.countDown();
              return assertThrows(InterruptedException.class, () -> acquire(LONG)) != null;
            });
    started.await();
    awaitWaiting(waiter[0]);
    waiter[0].interrupt();
    assertTrue(second.get());
  }

  @Test
  void a_wait_for_ever_is_one() throws Exception {
    acquire(ChronoUnit.FOREVER.getDuration()).orElseThrow().close();
    assertTrue(Deadline.in(ChronoUnit.FOREVER.getDuration()).remaining() > 0);
    assertEquals(0, Deadline.in(Duration.ZERO).remaining());
  }

  @Test
  void a_lock_file_that_is_a_link_is_refused() throws Exception {
    Files.createSymbolicLink(file, Path.of("elsewhere"));
    assertThrows(IOException.class, () -> acquire(Duration.ZERO));
    assertFalse(Files.exists(directory.resolve("elsewhere")));
    Files.delete(file);
    assertTrue(free());
  }
}
