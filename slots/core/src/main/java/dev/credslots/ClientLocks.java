package dev.credslots;

import dev.credslots.internal.file.DirectoryLock;
import dev.credslots.internal.file.Journal;
import dev.credslots.internal.file.LockBusy;
import dev.credslots.internal.file.Patience;
import dev.credslots.internal.file.VendorLock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * The client's locks during one operation of ours. They are dated with one instant of our own that
 * the journal has before the first is made: by it the next command knows the locks of a killed one
 * and removes them at once. Held for milliseconds, so they are never touched again. Confined to one
 * call.
 */
final class ClientLocks {
  /** Claude Code takes the lock on its identity file as abandoned after this [source]. */
  private static final Duration IDENTITY_STALE = Duration.ofSeconds(10);

  private static final int MICROS_PER_MILLI = 1000;

  private final Settings settings;
  private final Patience patience;
  private final Instant dated;
  private @Nullable VendorLock held;
  private @Nullable LockBusy busy;

  ClientLocks(Settings settings, Patience patience) {
    this.settings = settings;
    this.patience = patience;
    this.dated = date(settings);
  }

  /**
   * An instant for locks, as nobody else uses: two commands of one millisecond are told apart by
   * the microseconds.
   */
  static Instant date(Settings settings) {
    return settings
        .clock()
        .instant()
        .truncatedTo(ChronoUnit.MILLIS)
        .plus(ThreadLocalRandom.current().nextInt(MICROS_PER_MILLI), ChronoUnit.MICROS);
  }

  /** No locks: recovery ends what was begun under the locks of the command that was killed. */
  static ClientLocks none(Settings settings) {
    return new ClientLocks(settings, new Patience(settings.clock(), System::nanoTime));
  }

  /** A client took one of the locks from us, as it may after a minute: nothing may be written. */
  static final class LostException extends IOException {
    private static final long serialVersionUID = 1L;

    LostException() {
      super("the client's lock was taken over");
    }
  }

  /** Takes them, or none; never waits. A client that takes none leaves nothing to take. */
  boolean tryAcquire(Journal journal) throws IOException {
    busy = null;
    if (!settings.format().takesLocks()) {
      return true;
    }
    journal.locking(settings.clock().instant(), dated);
    VendorLock.Attempt attempt =
        VendorLock.tryAcquire(settings.layout().directory(), dated, patience);
    if (attempt instanceof LockBusy blocked) {
      busy = blocked;
      return false;
    }
    held = ((VendorLock.Acquired) attempt).lock();
    return true;
  }

  /** Whether we have them. */
  boolean held() {
    return held != null;
  }

  /** Who has them; null unless the last try failed. */
  @Nullable LockBusy busy() {
    return busy;
  }

  /** Called right before something is replaced. */
  void requireOurs() throws IOException {
    if (held != null && !held.stillOurs()) {
      throw new LostException();
    }
  }

  void release() throws IOException {
    if (held != null) {
      held.release();
      held = null;
    }
  }

  /** Tries the lock on the identity file; empty if the client has it. */
  Optional<DirectoryLock> tryIdentity(Path file) throws IOException {
    DirectoryLock.Attempt attempt =
        DirectoryLock.tryAcquire(DirectoryLock.of(file), IDENTITY_STALE, dated, patience);
    return attempt instanceof DirectoryLock.Acquired acquired
        ? Optional.of(acquired.lock())
        : Optional.empty();
  }

  /** Removes what a killed command of ours still holds: we have our lock, so it is dead. */
  void removeDead(Journal.State journal) throws IOException {
    Optional<Instant> dead = journal.locked().filter(time -> !time.equals(dated));
    if (dead.isEmpty()) {
      return;
    }
    VendorLock.removeDead(settings.layout().directory(), dead.get());
    Optional<Path> identity = settings.identityFile();
    if (identity.isPresent() && Files.exists(identity.get())) {
      DirectoryLock.removeDead(DirectoryLock.of(identity.get()), dead.get());
    }
  }
}
