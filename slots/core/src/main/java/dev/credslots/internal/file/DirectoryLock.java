package dev.credslots.internal.file;

import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/**
 * A lock as Node's {@code proper-lockfile} makes it, and with it Claude Code: an empty directory
 * whose mtime says when its holder was last alive. Whoever makes it has it; nothing is put inside.
 *
 * <p>We date ours with an instant that nobody else uses, and know it by that: an inode number says
 * nothing (ext4 gives it to the next directory). Looking at the date and removing are two calls,
 * here as in every client: a successor that takes the lock between them loses it. Not thread-safe.
 */
public final class DirectoryLock {
  private final Path path;
  private FileTime modified;

  private DirectoryLock(Path path, FileTime modified) {
    this.path = path;
    this.modified = modified;
  }

  /** What a try gave. */
  public sealed interface Attempt permits Acquired, LockBusy {}

  /** It is ours. */
  public record Acquired(DirectoryLock lock) implements Attempt {}

  /** The name of the lock on a file or directory, which is followed if it is a link. */
  public static Path of(Path locked) throws IOException {
    Path real = locked.toRealPath();
    Path name = real.getFileName();
    return name == null ? real.resolve(".lock") : real.resolveSibling(name + ".lock");
  }

  /**
   * Takes the lock if it is free or abandoned; never waits.
   *
   * @param staleAfter from when on its owner, and so do we, takes an untouched lock as abandoned
   * @param mtime about now, and as no other program or call would have it; cut to microseconds
   * @throws IOException if it can't be made, dated or, though abandoned, removed; it is not held
   *     then. Killed before it is dated, we leave one that looks like anybody's
   */
  public static Attempt tryAcquire(Path path, Duration staleAfter, Instant mtime, Patience patience)
      throws IOException {
    if (make(path)) {
      return new Acquired(dated(path, mtime));
    }
    Optional<BasicFileAttributes> other = look(path);
    if (other.isPresent()) {
      Optional<LockBusy> busy = respect(path, other.get(), staleAfter, patience);
      if (busy.isPresent()) {
        return busy.get();
      }
    }
    // Released this moment, or abandoned and removed; others may have seen it too.
    return make(path)
        ? new Acquired(dated(path, mtime))
        : busy(path, patience.now(), LockBusy.Reason.HELD, staleAfter);
  }

  /** What is in the way; empty if it was abandoned and is gone. */
  private static Optional<LockBusy> respect(
      Path path, BasicFileAttributes other, Duration staleAfter, Patience patience)
      throws IOException {
    FileTime modified = other.lastModifiedTime();
    Instant since = modified.toInstant();
    if (!other.isDirectory()) {
      return Optional.of(new LockBusy(path, since, LockBusy.Reason.NOT_A_LOCK, Optional.empty()));
    }
    Duration remaining = patience.remaining(path, modified, staleAfter);
    if (!remaining.isZero()) {
      LockBusy.Reason reason =
          patience.isFuture(modified) ? LockBusy.Reason.FUTURE : LockBusy.Reason.HELD;
      return Optional.of(busy(path, since, reason, remaining));
    }
    return switch (removeIf(path, modified)) {
      case GONE -> Optional.empty();
      case ANOTHER -> Optional.of(busy(path, patience.now(), LockBusy.Reason.HELD, staleAfter));
      case NOT_EMPTY ->
          Optional.of(new LockBusy(path, since, LockBusy.Reason.NOT_EMPTY, Optional.empty()));
    };
  }

  /** The instant that tells this lock from others, as the file system keeps it: for the journal. */
  public Instant mtime() {
    return modified.toInstant();
  }

  public Path path() {
    return path;
  }

  /** Whether nobody has taken it from us, nor touched it. */
  public boolean stillOurs() throws IOException {
    return isDated(path, modified);
  }

  /**
   * Shows that we live. Due well before the lock is stale for others; a killed holder's lock is
   * known by the last instant only, so the journal has to have it first.
   *
   * @param mtime as for {@link #tryAcquire}
   * @return false if the lock is no longer ours; it was left as it is
   */
  public boolean touch(Instant mtime) throws IOException {
    if (!stillOurs()) {
      return false;
    }
    modified = date(path, mtime);
    return true;
  }

  /**
   * Removes the lock if it is still ours.
   *
   * @return false if it was not, and was left as it is
   * @throws IOException if it is ours and could not be removed
   */
  public boolean release() throws IOException {
    return stillOurs() && removeIf(path, modified) == Removal.GONE;
  }

  /**
   * Removes the lock that a process of ours left when it was killed.
   *
   * @param mtime as the journal has it
   * @return whether it was there; anybody else's is left
   */
  public static boolean removeDead(Path path, Instant mtime) throws IOException {
    FileTime modified = FileTime.from(mtime);
    return isDated(path, modified) && removeIf(path, modified) == Removal.GONE;
  }

  private enum Removal {
    GONE,
    ANOTHER,
    NOT_EMPTY
  }

  /** Removes an empty directory that is dated so, looking once more right before. */
  private static Removal removeIf(Path path, FileTime modified) throws IOException {
    Optional<BasicFileAttributes> there = look(path);
    if (there.isEmpty()) {
      return Removal.GONE;
    }
    if (!there.get().isDirectory() || !there.get().lastModifiedTime().equals(modified)) {
      return Removal.ANOTHER;
    }
    try {
      Files.delete(path);
      return Removal.GONE;
    } catch (NoSuchFileException e) {
      return Removal.GONE;
    } catch (DirectoryNotEmptyException e) {
      return Removal.NOT_EMPTY;
    }
  }

  private static boolean make(Path path) throws IOException {
    try {
      AtomicFile.makePrivateDirectory(path);
      return true;
    } catch (FileAlreadyExistsException e) {
      return false;
    }
  }

  private static DirectoryLock dated(Path path, Instant mtime) throws IOException {
    try {
      return new DirectoryLock(path, date(path, mtime));
    } catch (IOException | RuntimeException e) {
      try {
        Files.deleteIfExists(path); // Made a moment ago: nobody takes it for abandoned yet.
      } catch (IOException stays) {
        e.addSuppressed(stays);
      }
      throw e;
    }
  }

  /** Returns what the file system made of it: some keep whole seconds. */
  private static FileTime date(Path path, Instant mtime) throws IOException {
    BasicFileAttributeView view =
        Files.getFileAttributeView(path, BasicFileAttributeView.class, LinkOption.NOFOLLOW_LINKS);
    // Microseconds are what every supported JDK writes.
    view.setTimes(FileTime.from(mtime.truncatedTo(ChronoUnit.MICROS)), null, null);
    return view.readAttributes().lastModifiedTime();
  }

  private static boolean isDated(Path path, FileTime modified) throws IOException {
    return look(path)
        .filter(BasicFileAttributes::isDirectory)
        .map(BasicFileAttributes::lastModifiedTime)
        .filter(modified::equals)
        .isPresent();
  }

  static Optional<BasicFileAttributes> look(Path path) throws IOException {
    try {
      return Optional.of(
          Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  private static LockBusy busy(Path path, Instant since, LockBusy.Reason reason, Duration freeIn) {
    return new LockBusy(path, since, reason, Optional.of(freeIn));
  }
}
