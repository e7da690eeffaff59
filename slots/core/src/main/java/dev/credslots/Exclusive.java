package dev.credslots;

import dev.credslots.internal.file.AtomicFile;
import dev.credslots.internal.file.Deadline;
import dev.credslots.internal.file.Journal;
import dev.credslots.internal.file.Layout;
import dev.credslots.internal.file.LockFile;
import dev.credslots.internal.file.NoSymbolicLinksException;
import dev.credslots.internal.file.Patience;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.time.Duration;
import java.util.Optional;

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
  private static final Duration LONGEST_PAUSE = Duration.ofMillis(250);
  private static final Duration SHORTEST_PAUSE = Duration.ofMillis(5);

  private final Settings settings;
  private final Recovery recovery;
  private final Splicing splicing;
  private final SlotDirectory directory;
  private final Adoption adoption;

  Exclusive(
      Settings settings,
      SlotDirectory directory,
      Recovery recovery,
      Adoption adoption,
      Splicing splicing) {
    this.settings = settings;
    this.directory = directory;
    this.recovery = recovery;
    this.adoption = adoption;
    this.splicing = splicing;
  }

  /** Which locks an operation needs. */
  enum Scope {
    /** Ours alone: nothing that a client may be reading or writing is changed. */
    OURS,
    /** The client's too: the live path, or a slot it may lead to, is changed. */
    CLIENT
  }

  /** Thrown by an operation that has changed nothing yet: somebody is in the way, so wait. */
  static final class Later extends IOException {
    private static final long serialVersionUID = 1L;

    Later(String message) {
      super(message);
    }
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
    return run(doing, scope, Optional.empty(), notices, deadline, body);
  }

  /**
   * As the other.
   *
   * @param leased the slot whose lease this thread holds
   */
  <T> Optional<T> run(
      String doing,
      Scope scope,
      Optional<String> leased,
      Notices notices,
      Deadline deadline,
      Body<T> body) {
    Ownership.check(settings.layout());
    if (Thread.currentThread().isInterrupted()) {
      return Optional.empty(); // As at the lock, and before the directory for it is made.
    }
    ClientLocks locks = new ClientLocks(settings, new Patience(settings.clock(), System::nanoTime));
    try {
      AtomicFile.privateDirectory(settings.layout().own());
      Pause pause = new Pause(SHORTEST_PAUSE, LONGEST_PAUSE);
      while (true) {
        Turn<T> turn = once(scope, leased, notices, deadline, locks, body);
        if (!turn.again() || deadline.remaining() == 0) {
          return turn.result();
        }
        pause.sleep(deadline);
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

  /**
   * One try.
   *
   * @param result what the operation gave, if it was run
   * @param again whether whoever was in the way may be gone soon
   */
  private record Turn<T>(Optional<T> result, boolean again) {
    static <T> Turn<T> done(T result) {
      return new Turn<>(Optional.of(result), false);
    }

    static <T> Turn<T> none(boolean again) {
      return new Turn<>(Optional.empty(), again);
    }
  }

  private <T> Turn<T> once(
      Scope scope,
      Optional<String> leased,
      Notices notices,
      Deadline deadline,
      ClientLocks locks,
      Body<T> body)
      throws IOException, InterruptedException {
    Layout layout = settings.layout();
    try (LockFile lock = LockFile.acquire(layout.lock(), deadline).orElse(null)) {
      if (lock == null) {
        notices.blocked(Messages.LOCKED);
        return Turn.none(false);
      }
      return locked(scope, leased, notices, locks, body);
    }
  }

  private <T> Turn<T> locked(
      Scope scope, Optional<String> leased, Notices notices, ClientLocks locks, Body<T> body)
      throws IOException {
    boolean interrupted = Thread.interrupted();
    try (Journal journal = Journal.open(settings.layout())) {
      locks.removeDead(journal.state());
      recovery.run(journal, notices);
      try {
        adoption.run(journal, locks, notices, leased);
        if (scope == Scope.CLIENT && !locks.held() && !locks.tryAcquire(journal)) {
          notices.blocked(Messages.clientBusy(locks.busy()));
          return Turn.none(true);
        }
        splicing.retry(journal, directory, locks, notices);
        return Turn.done(body.run(journal, locks));
      } finally {
        locks.release();
      }
    } catch (Later e) {
      notices.blocked(String.valueOf(e.getMessage()));
      return Turn.none(true);
    } catch (ClientLocks.LostException e) {
      interrupted |= Thread.interrupted();
      recoverNow(notices, e);
      notices.blocked(Messages.LOCK_LOST);
      return Turn.none(false);
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
