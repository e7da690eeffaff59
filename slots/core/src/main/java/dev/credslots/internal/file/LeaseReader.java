package dev.credslots.internal.file;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One look at who is alive, by their {@link LeaseFile}s. Confined to one thread. */
public final class LeaseReader {
  private static final int LONGEST_READ = 16 << 10;

  private @Nullable OwnLocks own;

  /**
   * What a living process's file says; takes no lock that anybody would notice.
   *
   * @return its beginning; nothing of it if this process has the lock from before it became a JVM;
   *     empty if there is no such file, or its process is dead
   * @throws IOException if nobody can tell
   */
  public Optional<byte[]> read(Path file) throws IOException {
    synchronized (LeaseFile.OPENING) {
      Object identity = LeaseFile.identity(file, file).orElse(null);
      if (identity == null) {
        return Optional.empty();
      }
      Optional<byte[]> said = LeaseFile.own(identity);
      if (said.isPresent()) {
        return said;
      }
      return isOwn(file)
          ? Optional.of(new byte[0]) // To read what it says would free it.
          : readOthers(file);
    }
  }

  private boolean isOwn(Path file) {
    if (own == null) {
      own = OwnLocks.now();
    }
    return own.on(file);
  }

  private static Optional<byte[]> readOthers(Path file) throws IOException {
    boolean interrupted = Thread.interrupted();
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS)) {
      return isLocked(channel) ? Optional.of(beginning(channel)) : Optional.empty();
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** By a shared lock, so that two that look at once do not take each other for the holder. */
  private static boolean isLocked(FileChannel channel) throws IOException {
    try {
      return channel.tryLock(0, Long.MAX_VALUE, true) == null;
    } catch (OverlappingFileLockException e) {
      return true; // Another copy of this class, loaded beside ours, has it or is looking.
    }
  }

  private static byte[] beginning(FileChannel channel) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(LONGEST_READ);
    while (buffer.hasRemaining() && channel.read(buffer) >= 0) {
      // Until it ends.
    }
    return Arrays.copyOf(buffer.array(), buffer.position());
  }
}
