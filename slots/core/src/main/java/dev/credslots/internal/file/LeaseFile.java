package dev.credslots.internal.file;

import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * A file that is proof of life: visible under its name only while locked, and locked until the
 * process that made it ends, however it ends. An unlocked one is a dead process's, and nobody will
 * lock it again: whoever sees it may remove it.
 *
 * <p>A {@link LockFile} is one file that many want; this is one of many, wanted by nobody else, so
 * it belongs to no thread and nothing waits for it. What they share is that closing <em>any</em>
 * channel of this process on a locked file frees the lock: hence a table here too, asked before any
 * file is opened to see whether it is locked. Files are known in it by their identity, so that a
 * directory may be moved meanwhile.
 *
 * <p>The lock is POSIX's (fcntl), not {@code flock}'s nor one of an open file description: those
 * would live on in every child that inherits the descriptor. It outlives {@code execve}, on Linux
 * since 5.11; before, a process of several threads loses it there.
 *
 * <p>Nothing is forced to the disk: what a power loss leaves is a dead process's anyway.
 */
public final class LeaseFile implements AutoCloseable {
  /** Far more than are lost to whoever looks and removes, even if they do nothing else. */
  private static final int MOST_TRIES = 2_000;

  /** Whoever opens one, to make it or to look, does so with this. */
  static final Object OPENING = new Object();

  /** By identity. */
  private static final ConcurrentMap<Object, LeaseFile> OF_THIS_JVM = new ConcurrentHashMap<>();

  private final Path file;
  private final byte[] content;
  private final FileChannel channel;
  private final Object identity;

  private LeaseFile(Path file, byte[] content, FileChannel channel, Object identity) {
    this.file = file;
    this.content = content;
    this.channel = channel;
    this.identity = identity;
  }

  /**
   * Makes the file, mode 0600, and its directory, mode 0700, if that is missing.
   *
   * @param file a name that nobody has used or will use
   * @throws IOException then there is no such file
   */
  public static LeaseFile create(Path file, byte[] content) throws IOException {
    Path directory = Objects.requireNonNull(file.getParent());
    // An interrupt would close the channel in use, and with it free the lock.
    boolean interrupted = Thread.interrupted();
    try {
      for (int tries = 0; tries < MOST_TRIES; tries++) {
        makeDirectory(directory);
        try {
          return publish(file, content);
        } catch (ClosedByInterruptException e) {
          interrupted |= Thread.interrupted();
        } catch (NoSuchFileException e) {
          // Somebody saw the last dead one go and removed the empty directory, or took the
          // temporary file for a dead one's before it was locked.
        }
      }
      throw new IOException("no room is left for " + file + ": others remove it again and again");
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** Not forced: that takes a millisecond, in which somebody may see it empty and remove it. */
  private static void makeDirectory(Path directory) throws IOException {
    try {
      AtomicFile.makePrivateDirectory(directory);
    } catch (FileAlreadyExistsException e) {
      AtomicFile.privateDirectory(directory);
    }
  }

  private static LeaseFile publish(Path file, byte[] content) throws IOException {
    Path temp = TempName.beside(file);
    LeaseFile lease = open(temp, file, content);
    boolean visible = false;
    try {
      if (lease.channel.tryLock() == null) {
        throw new NoSuchFileException(temp + ": somebody looks whether it is a dead one's");
      }
      AtomicFile.writeFully(lease.channel, content);
      Files.move(temp, file, StandardCopyOption.ATOMIC_MOVE);
      visible = true;
      return lease;
    } finally {
      if (!visible) {
        lease.free();
        Files.deleteIfExists(temp);
      }
    }
  }

  /** Known to this process from its first instant, so that nobody here opens it to look. */
  private static LeaseFile open(Path temp, Path file, byte[] content) throws IOException {
    synchronized (OPENING) {
      FileChannel channel = AtomicFile.openPrivate(temp, StandardOpenOption.CREATE_NEW);
      boolean known = false;
      try {
        Object identity =
            identity(temp, file).orElseThrow(() -> new NoSuchFileException(temp.toString()));
        LeaseFile lease = new LeaseFile(file, content, channel, identity);
        OF_THIS_JVM.put(identity, lease);
        known = true;
        return lease;
      } finally {
        if (!known) {
          channel.close();
        }
      }
    }
  }

  /** What this process itself says in a file of that identity, if it has made it. */
  static Optional<byte[]> own(Object identity) {
    return Optional.ofNullable(OF_THIS_JVM.get(identity)).map(lease -> lease.content);
  }

  /**
   * Empty if it is gone, or no regular file.
   *
   * @param name what it is known by where files have no identities
   */
  static Optional<Object> identity(Path file, Path name) throws IOException {
    try {
      BasicFileAttributes attributes =
          Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
      if (!attributes.isRegularFile()) {
        return Optional.empty();
      }
      Object key = attributes.fileKey();
      return Optional.of(key == null ? name.toAbsolutePath() : key);
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  public Path file() {
    return file;
  }

  /**
   * Removes the file, then frees the lock; by whatever thread, and more than once if need be.
   *
   * @throws IOException if it could not be removed; the lock is free all the same
   */
  @Override
  public void close() throws IOException {
    try {
      Files.deleteIfExists(file);
    } finally {
      free();
    }
  }

  private void free() throws IOException {
    try {
      channel.close();
    } finally {
      // Last: while the file is open, its identity is no other's.
      OF_THIS_JVM.remove(identity, this);
    }
  }
}
