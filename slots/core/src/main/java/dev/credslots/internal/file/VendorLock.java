package dev.credslots.internal.file;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * The locks under which Claude Code refreshes: {@code .oauth_refresh.lock} in the credentials
 * directory, then {@code <its real path>.lock} beside it; it takes them as abandoned after 60 s
 * without a touch [source, reverse]. Held, no refresh of it begins; the ones that began are over.
 *
 * <p>Newer versions hold {@code .storage-write} or {@code .storage-write.lock} around every write
 * (sources differ, 15 s). We don't take it, only wait for it: it is held for an instant.
 *
 * <p>Under our own lock these are only tried. Hold them for an instant, or {@link #touch} them
 * every 5 s. Not thread-safe.
 */
public final class VendorLock {
  private static final Duration STALE = Duration.ofSeconds(60);
  private static final Duration WRITE_STALE = Duration.ofSeconds(15);
  private static final List<String> WRITES = List.of(".storage-write", ".storage-write.lock");

  /** In the order in which they were taken. */
  private final List<DirectoryLock> locks;

  private VendorLock(List<DirectoryLock> locks) {
    this.locks = List.copyOf(locks);
  }

  /** What a try gave. */
  public sealed interface Attempt permits Acquired, LockBusy {}

  /** They are ours. */
  public record Acquired(VendorLock lock) implements Attempt {}

  /**
   * Takes both locks, or none; never waits. The second is left out where its directory can't be
   * written, and no client that runs as we do can take it either.
   *
   * @param directory the credentials directory, a link or not
   * @param mtime about now, and as no other program or call would have it: what tells our locks
   *     from a successor's; cut to microseconds
   * @param patience the same for all tries of one wait
   * @throws IOException if a lock can't be made or, though abandoned, removed; none is held then
   */
  public static Attempt tryAcquire(Path directory, Instant mtime, Patience patience)
      throws IOException {
    Optional<LockBusy> writing = writing(directory, patience);
    if (writing.isPresent()) {
      return writing.get();
    }
    List<Path> paths = paths(directory);
    DirectoryLock.Attempt first = DirectoryLock.tryAcquire(paths.get(0), STALE, mtime, patience);
    if (first instanceof LockBusy busy) {
      return busy;
    }
    DirectoryLock refresh = ((DirectoryLock.Acquired) first).lock();
    List<DirectoryLock> taken = new ArrayList<>(List.of(refresh));
    boolean complete = false;
    try {
      Optional<DirectoryLock.Attempt> second = tryBeside(paths.get(1), mtime, patience);
      if (second.orElse(null) instanceof LockBusy busy) {
        return busy;
      }
      if (second.orElse(null) instanceof DirectoryLock.Acquired acquired) {
        taken.add(acquired.lock());
      }
      complete = true;
      return new Acquired(new VendorLock(taken));
    } finally {
      if (!complete) {
        refresh.release();
      }
    }
  }

  /** Empty if it can't be taken by anybody who may not write there. */
  private static Optional<DirectoryLock.Attempt> tryBeside(
      Path path, Instant mtime, Patience patience) throws IOException {
    try {
      return Optional.of(DirectoryLock.tryAcquire(path, STALE, mtime, patience));
    } catch (FileSystemException e) {
      // Asked, not read from the reason, which is in the user's language.
      if (e instanceof AccessDeniedException
          || !Files.isWritable(Objects.requireNonNull(path.getParent()))) {
        return Optional.empty();
      }
      throw e;
    }
  }

  private static Optional<LockBusy> writing(Path directory, Patience patience) throws IOException {
    for (String name : WRITES) {
      Path path = directory.resolve(name);
      Optional<FileTime> modified =
          DirectoryLock.look(path).map(BasicFileAttributes::lastModifiedTime);
      if (modified.isPresent()) {
        Duration remaining = patience.remaining(path, modified.get(), WRITE_STALE);
        if (!remaining.isZero()) {
          return Optional.of(
              new LockBusy(
                  path,
                  modified.get().toInstant(),
                  LockBusy.Reason.WRITING,
                  Optional.of(remaining)));
        }
      }
    }
    return Optional.empty();
  }

  /** The two, in the order in which they are taken. */
  private static List<Path> paths(Path directory) throws IOException {
    return List.of(directory.resolve(".oauth_refresh.lock"), DirectoryLock.of(directory));
  }

  /**
   * The instants that tell these locks from others, as the file systems keep them: for the journal.
   * One, unless the directory and its parent are on file systems of different precision.
   */
  public List<Instant> mtimes() {
    return locks.stream().map(DirectoryLock::mtime).distinct().toList();
  }

  /** Whether nobody has taken one of them from us, nor touched it. */
  public boolean stillOurs() throws IOException {
    for (DirectoryLock lock : locks) {
      if (!lock.stillOurs()) {
        return false;
      }
    }
    return true;
  }

  /**
   * Shows that we live.
   *
   * @param mtime as for {@link #tryAcquire}; the journal has it already, or the locks of a killed
   *     holder are known by nothing
   * @return false if one is no longer ours: then none may be relied on. What isn't ours was left
   */
  public boolean touch(Instant mtime) throws IOException {
    boolean ours = stillOurs();
    for (DirectoryLock lock : locks) {
      ours = ours && lock.touch(mtime);
    }
    return ours;
  }

  /**
   * Removes what is still ours, the last taken first.
   *
   * @return false if one was not, and was left as it is
   * @throws IOException if one is ours and could not be removed; the other was tried all the same
   */
  public boolean release() throws IOException {
    boolean ours = true;
    IOException failure = null;
    for (int i = locks.size() - 1; i >= 0; i--) {
      try {
        ours &= locks.get(i).release();
      } catch (IOException e) {
        failure = e;
      }
    }
    if (failure != null) {
      throw failure;
    }
    return ours;
  }

  /**
   * Removes the locks that a process of ours left when it was killed. The caller has seen, by our
   * own lock, that it is dead.
   *
   * @param mtime as the journal has it; locks dated otherwise are left
   * @return whether there was one
   */
  public static boolean removeDead(Path directory, Instant mtime) throws IOException {
    boolean removed = false;
    for (Path path : paths(directory)) {
      removed |= DirectoryLock.removeDead(path, mtime);
    }
    return removed;
  }
}
