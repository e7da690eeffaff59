package dev.credslots;

import dev.credslots.internal.file.AtomicFile;
import dev.credslots.internal.file.Deadline;
import dev.credslots.internal.file.Journal;
import dev.credslots.internal.file.Layout;
import dev.credslots.internal.file.LockFile;
import dev.credslots.internal.file.NoSymbolicLinksException;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.util.Optional;

/**
 * Runs an operation under the lock, after whatever a killed one left is finished or undone.
 *
 * <p>Interruption takes effect while waiting only. One that strikes in the short critical section
 * closes the channel in use ({@link ClosedByInterruptException}); recovery then runs at once, under
 * the same lock, and the thread is interrupted again when it leaves.
 */
final class Exclusive {
  private final Settings settings;
  private final Recovery recovery;

  Exclusive(Settings settings, Recovery recovery) {
    this.settings = settings;
    this.recovery = recovery;
  }

  /** An operation on the locked directory. */
  interface Body<T> {
    T run(Journal journal) throws IOException;
  }

  /**
   * @return empty if somebody else had the lock until the deadline, or this thread was interrupted
   *     while waiting (its interrupt status is set then); nothing was changed
   * @throws StoreException if the directory is refused or an operation on it failed
   */
  <T> Optional<T> run(String doing, Notices notices, Deadline deadline, Body<T> body) {
    Layout layout = settings.layout();
    Ownership.check(layout);
    if (Thread.currentThread().isInterrupted()) {
      return Optional.empty(); // As at the lock, and before the directory for it is made.
    }
    try {
      AtomicFile.privateDirectory(layout.own());
      try (LockFile lock = LockFile.acquire(layout.lock(), deadline).orElse(null)) {
        return lock == null ? Optional.empty() : Optional.of(locked(notices, body));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    } catch (NoSymbolicLinksException e) {
      throw Failures.noLinks(e);
    } catch (IOException e) {
      throw Failures.failed(doing, e);
    }
  }

  private <T> T locked(Notices notices, Body<T> body) throws IOException {
    boolean interrupted = Thread.interrupted();
    try (Journal journal = Journal.open(settings.layout())) {
      recovery.run(journal, notices);
      return body.run(journal);
    } catch (IOException e) {
      interrupted |= Thread.interrupted();
      recoverNow(notices, e);
      throw e;
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** Leaves nothing half done if the disk lets us; otherwise the next command does it. */
  private void recoverNow(Notices notices, IOException because) {
    try (Journal journal = Journal.open(settings.layout())) {
      recovery.run(journal, notices);
    } catch (IOException e) {
      because.addSuppressed(e);
    }
  }
}
