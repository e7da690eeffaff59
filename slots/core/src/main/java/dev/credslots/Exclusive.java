package dev.credslots;

import dev.credslots.internal.file.AtomicFile;
import dev.credslots.internal.file.Deadline;
import dev.credslots.internal.file.Journal;
import dev.credslots.internal.file.Layout;
import dev.credslots.internal.file.LockBusy;
import dev.credslots.internal.file.LockFile;
import dev.credslots.internal.file.NoSymbolicLinksException;
import dev.credslots.internal.file.Patience;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Runs an operation under the locks, after whatever a killed one left is finished or undone.
 *
 * <p>Our own lock is taken first and the client's only tried under it: if those are busy, ours is
 * released before waiting, so that nobody who wants neither has to wait for a client. One deadline
 * for all.
 *
 * <p>Interruption takes effect while waiting only. One that strikes in the short critical section
 * closes the channel in use ({@link ClosedByInterruptException}); recovery then runs at once, under
 * the same lock, and the thread is interrupted again when it leaves.
 */
final class Exclusive {
  private static final long LONGEST_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(250);
  private static final long SHORTEST_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

  private final Settings settings;
  private final Recovery recovery;
  private final Splicing splicing;
  private final SlotDirectory directory;

  Exclusive(Settings settings, SlotDirectory directory, Recovery recovery, Splicing splicing) {
    this.settings = settings;
    this.directory = directory;
    this.recovery = recovery;
    this.splicing = splicing;
  }

  /** Which locks an operation needs. */
  enum Scope {
    /** Ours alone: nothing that a client may be reading or writing is changed. */
    OURS,
    /** The client's too: the live path, or a slot it may lead to, is changed. */
    CLIENT
  }

  /** An operation on the locked directory. */
  interface Body<T> {
    T run(Journal journal, ClientLocks locks) throws IOException;
  }

  /**
   * Runs {@code body}.
   *
   * @return empty if somebody else had a lock until the deadline, or this thread was interrupted
   *     while waiting (its interrupt status is set then); nothing was changed, and the notices say
   *     who was in the way
   * @throws StoreException if the directory is refused or an operation on it failed
   */
  <T> Optional<T> run(String doing, Scope scope, Notices notices, Deadline deadline, Body<T> body) {
    Ownership.check(settings.layout());
    if (Thread.currentThread().isInterrupted()) {
      return Optional.empty(); // As at the lock, and before the directory for it is made.
    }
    ClientLocks locks = new ClientLocks(settings, new Patience(settings.clock(), System::nanoTime));
    try {
      AtomicFile.privateDirectory(settings.layout().own());
      long pause = SHORTEST_PAUSE_NANOS;
      while (true) {
        Optional<T> done = once(scope, notices, deadline, locks, body);
        LockBusy busy = locks.busy();
        if (done.isPresent() || busy == null || deadline.remaining() == 0) {
          return done;
        }
        pause(Math.min(pause, deadline.remaining()));
        pause = Math.min(pause * 2, LONGEST_PAUSE_NANOS);
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

  private static void pause(long nanos) throws InterruptedException {
    TimeUnit.NANOSECONDS.sleep(nanos);
  }

  private <T> Optional<T> once(
      Scope scope, Notices notices, Deadline deadline, ClientLocks locks, Body<T> body)
      throws IOException, InterruptedException {
    Layout layout = settings.layout();
    try (LockFile lock = LockFile.acquire(layout.lock(), deadline).orElse(null)) {
      if (lock == null) {
        notices.blocked(Messages.LOCKED);
        return Optional.empty();
      }
      return locked(scope, notices, locks, body);
    }
  }

  private <T> Optional<T> locked(Scope scope, Notices notices, ClientLocks locks, Body<T> body)
      throws IOException {
    boolean interrupted = Thread.interrupted();
    try (Journal journal = Journal.open(settings.layout())) {
      locks.removeDead(journal.state());
      recovery.run(journal, notices);
      if (scope == Scope.CLIENT && !locks.tryAcquire(journal)) {
        notices.blocked(Messages.clientBusy(locks.busy()));
        return Optional.empty();
      }
      try {
        splicing.retry(journal, directory, locks, notices);
        return Optional.of(body.run(journal, locks));
      } finally {
        locks.release();
      }
    } catch (ClientLocks.LostException e) {
      interrupted |= Thread.interrupted();
      recoverNow(notices, e);
      notices.blocked(Messages.LOCK_LOST);
      return Optional.empty();
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
