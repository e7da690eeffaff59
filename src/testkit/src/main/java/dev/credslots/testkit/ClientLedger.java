package dev.credslots.testkit;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/**
 * What the clients of one test agree on outside the credentials directory: the number of the next
 * token of each account, as the server would count them, and whose turn it is to write.
 *
 * <p>Clients that overwrite one another lose tokens that no tool could have kept. Taking turns at
 * the moment of writing lets each say exactly which token it overwrote; towards {@code slots} they
 * stay as rude as real ones.
 *
 * <p>Safe for use by several threads of one process through one object, and by several processes
 * through objects on the same directory.
 */
public final class ClientLedger {
  private final Optional<Path> directory;
  private final ReentrantLock turn = new ReentrantLock();
  private final Map<String, Long> last = new HashMap<>();

  private ClientLedger(Optional<Path> directory) {
    this.directory = directory;
  }

  /** For clients within one process. */
  public static ClientLedger inMemory() {
    return new ClientLedger(Optional.empty());
  }

  /** For clients of several processes; the directory is made if it is not there. */
  public static ClientLedger in(Path directory) throws IOException {
    Files.createDirectories(directory);
    return new ClientLedger(Optional.of(directory));
  }

  /** Waits for this client's turn. A thread has at most one turn at a time. */
  Turn turn() throws IOException {
    turn.lock();
    if (turn.getHoldCount() > 1) {
      turn.unlock();
      throw new IllegalStateException("this thread has its turn already");
    }
    if (directory.isEmpty()) {
      return new Turn(Optional.empty());
    }
    try {
      FileChannel channel =
          FileChannel.open(
              directory.get().resolve("turn"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      try {
        return new Turn(Optional.of(channel.lock()));
      } catch (IOException | RuntimeException failed) {
        channel.close();
        throw failed;
      }
    } catch (IOException | RuntimeException failed) {
      turn.unlock();
      throw failed;
    }
  }

  /** The right to write, until closed. */
  final class Turn implements AutoCloseable {
    private final Optional<FileLock> lock;

    private Turn(Optional<FileLock> lock) {
      this.lock = lock;
    }

    /** The next number of an account, above every one given out and above the one seen. */
    long next(String account, long seen) throws IOException {
      long next = Math.max(seen, last(account)) + 1;
      if (directory.isPresent()) {
        Files.writeString(file(account), Long.toString(next));
      } else {
        last.put(account, next);
      }
      return next;
    }

    private long last(String account) throws IOException {
      if (directory.isEmpty()) {
        return last.getOrDefault(account, 0L);
      }
      return Files.exists(file(account)) ? Long.parseLong(Files.readString(file(account))) : 0;
    }

    private Path file(String account) {
      return directory.orElseThrow().resolve(account + ".sequence");
    }

    @Override
    public void close() throws IOException {
      try {
        if (lock.isPresent()) {
          lock.get().acquiredBy().close(); // and with it the lock
        }
      } finally {
        turn.unlock();
      }
    }
  }
}
