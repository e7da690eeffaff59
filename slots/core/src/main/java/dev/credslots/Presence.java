package dev.credslots;

import dev.credslots.internal.file.AtomicFile;
import dev.credslots.internal.file.Deadline;
import dev.credslots.internal.file.Layout;
import dev.credslots.internal.file.LockFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * Whether the credentials directory is there and this watcher's: the lock on {@code .slots/watch}
 * says that it is watched, and by its identity that it is still the same directory. Confined to the
 * watcher's thread, which alone may release the lock.
 */
final class Presence implements AutoCloseable {
  private final Layout layout;
  private final Duration poll;
  private @Nullable LockFile lock;
  private @Nullable Deadline leftAlone;

  /**
   * @param poll how long a directory is left alone that has lost the lock's file: whoever deletes
   *     it now would find it not empty
   */
  Presence(Layout layout, Duration poll) {
    this.layout = layout;
    this.poll = poll;
  }

  /**
   * Takes the lock unless it is held; lets go of that of a directory that is gone.
   *
   * @return why there is nothing to watch, as a sentence; empty if there is
   * @throws StoreException if the directory is somebody else's, or the lock cannot be made in it
   * @throws AlreadyWatchedException if another watcher has it
   */
  Optional<String> absence() {
    try {
      if (lock != null && lock.stillOurs()) {
        return Optional.empty();
      }
      if (lock != null) {
        close();
        leftAlone = Deadline.in(poll);
      }
      if (!Files.isDirectory(layout.directory())) {
        leftAlone = null;
        return Optional.of("there is no credentials directory " + layout.directory());
      }
      if (!Files.isDirectory(layout.own(), LinkOption.NOFOLLOW_LINKS)
          && !Files.exists(layout.live(), LinkOption.NOFOLLOW_LINKS)) {
        // Perhaps a place where something is mounted at other times: nothing is put there.
        return Optional.of("there is no credential in " + layout.directory());
      }
      if (leftAlone != null && leftAlone.remaining() > 0) {
        return Optional.of("somebody has removed " + layout.watch());
      }
      Ownership.check(layout);
      AtomicFile.privateDirectory(layout.own());
      lock = LockFile.tryAcquire(layout.watch()).orElse(null);
    } catch (IOException e) {
      if (!Files.isDirectory(layout.directory())) {
        return absence(); // Gone while it was looked at.
      }
      throw Failures.failed("locking " + layout.watch(), e);
    }
    if (lock == null) {
      throw new AlreadyWatchedException(layout.directory());
    }
    return Optional.empty();
  }

  @Override
  public void close() {
    LockFile held = lock;
    lock = null;
    if (held != null) {
      try {
        held.close();
      } catch (IOException e) {
        LoggerFactory.getLogger(SlotWatcher.class).warn("closing a watcher's lock failed", e);
      }
    }
  }
}
