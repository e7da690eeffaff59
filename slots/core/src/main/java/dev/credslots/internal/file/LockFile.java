package dev.credslots.internal.file;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * An operating system's lock on a file, held by at most one thread of one process.
 *
 * <p>Two surprises shape this class. A {@link FileLock} excludes other processes only, so threads
 * and managers of one JVM go through one table by real path first. And a POSIX lock is lost when
 * <em>any</em> channel of the process on that file is closed (seen on JDK 17 and 25, {@code
 * isValid()} stays true): the table's holder owns the only channel, and nothing else ever opens the
 * file. That is why the table is static, the one piece of static state here.
 */
public final class LockFile implements AutoCloseable {
  private static final ConcurrentMap<Path, ReentrantLock> WITHIN_THIS_JVM =
      new ConcurrentHashMap<>();

  private static final long FIRST_PAUSE_NANOS = 200_000;
  private static final long LONGEST_PAUSE_NANOS = 4_000_000;

  private final Path file;
  private final ReentrantLock threads;
  private final Locked locked;

  private LockFile(Path file, ReentrantLock threads, Locked locked) {
    this.file = file;
    this.threads = threads;
    this.locked = locked;
  }

  /**
   * A channel with the lock.
   *
   * @param identity of the file it is on
   */
  private record Locked(FileChannel channel, Object identity) {}

  /**
   * Waits for the lock until the deadline.
   *
   * @param file the file to lock, made if missing; its directory exists
   * @return empty if somebody else had it all the time
   * @throws InterruptedException if interrupted while waiting; nothing is held then
   * @throws IllegalStateException if this thread holds it already: a guard called back
   * @throws IOException if the file cannot be opened or locked; nothing is held then
   */
  public static Optional<LockFile> acquire(Path file, Deadline deadline)
      throws IOException, InterruptedException {
    Path parent = Objects.requireNonNull(file.getParent());
    Path key = parent.toRealPath().resolve(file.getFileName().toString());
    ReentrantLock threads = WITHIN_THIS_JVM.computeIfAbsent(key, path -> new ReentrantLock());
    if (threads.isHeldByCurrentThread()) {
      throw new IllegalStateException(
          "a guard must not change slots: this thread holds " + file + " already");
    }
    if (!threads.tryLock(deadline.remaining(), TimeUnit.NANOSECONDS)) {
      return Optional.empty();
    }
    Locked locked = null;
    try {
      locked = lockProcesses(key, deadline);
    } finally {
      if (locked == null) {
        threads.unlock();
      }
    }
    return locked == null ? Optional.empty() : Optional.of(new LockFile(key, threads, locked));
  }

  /**
   * Takes the lock if nobody has it, this thread included; never waits.
   *
   * @return empty if somebody has it, or this thread is interrupted
   * @throws IOException as {@link #acquire}
   */
  public static Optional<LockFile> tryAcquire(Path file) throws IOException {
    Path parent = Objects.requireNonNull(file.getParent());
    ReentrantLock threads =
        WITHIN_THIS_JVM.get(parent.toRealPath().resolve(file.getFileName().toString()));
    if (threads != null && threads.isHeldByCurrentThread()) {
      return Optional.empty();
    }
    try {
      return acquire(file, Deadline.in(Duration.ZERO));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
  }

  private static @Nullable Locked lockProcesses(Path file, Deadline deadline)
      throws IOException, InterruptedException {
    long pause = FIRST_PAUSE_NANOS;
    while (true) {
      Optional<Object> before = identity(file);
      FileChannel channel = AtomicFile.openPrivate(file);
      boolean locked = false;
      try {
        // The same before and after it was opened: that is what the channel is on. Java cannot ask
        // the channel itself. A file just made is opened once more.
        Optional<Object> opened = identity(file).filter(now -> before.equals(Optional.of(now)));
        if (opened.isEmpty()) {
          continue;
        }
        while (!locked) {
          locked = tryLock(channel);
          if (!locked) {
            if (deadline.remaining() == 0) {
              return null;
            }
            LockSupport.parkNanos(Math.min(pause, deadline.remaining()));
            if (Thread.interrupted()) {
              throw new InterruptedException("interrupted while waiting for " + file);
            }
            pause = Math.min(pause * 2, LONGEST_PAUSE_NANOS);
          }
        }
        if (opened.equals(identity(file))) {
          return new Locked(channel, opened.get());
        }
        // Somebody removed the file while we waited: a lock on it excludes nobody.
        locked = false;
      } finally {
        if (!locked) {
          channel.close();
        }
      }
    }
  }

  private static boolean tryLock(FileChannel channel) throws IOException {
    try {
      return channel.tryLock() != null;
    } catch (OverlappingFileLockException e) {
      return false; // Another copy of this class, loaded beside ours, has it.
    }
  }

  /** Empty if the file is gone; a constant where the file system has no identities. */
  private static Optional<Object> identity(Path file) throws IOException {
    try {
      Object key = Files.readAttributes(file, BasicFileAttributes.class).fileKey();
      return Optional.of(key == null ? file : key);
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  /**
   * Whether the file is still the one that was locked: if somebody has removed it, others may lock
   * another in its place.
   */
  public boolean stillOurs() throws IOException {
    return identity(file).equals(Optional.of(locked.identity()));
  }

  /** Releases the lock. Closing the only channel frees it, whatever became of the file. */
  @Override
  public void close() throws IOException {
    try {
      locked.channel().close();
    } finally {
      threads.unlock();
    }
  }
}
