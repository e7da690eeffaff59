package dev.credslots.internal.file;

import dev.credslots.internal.posix.Exchange;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Optional;

/**
 * Replaces a file that a client may be replacing at the same time, and hands back what came out, so
 * that the caller can look at it and keep it. Reading a file and then renaming over it loses what
 * arrived in between (7 of 2,715 on ext4).
 *
 * <p>Where the file system can, the two names are exchanged in one step and nothing is lost. Where
 * it can't, the old file gets a second name first, the target is seen to be that file still, and
 * the new one is renamed over it: a client's rename between the last two steps <em>is</em> lost,
 * and a client that writes in place writes into what is handed back until it is deleted. That
 * second half holds for the exchange, too.
 *
 * <p>There is no instant at which the target doesn't exist, and after a crash every byte that was
 * at it is at the target or at a name that {@link TempName#isOurs} knows. <strong>Such a file may
 * be the only copy of a login</strong>: recovery must not delete a regular file of such a name
 * before its content is found in a slot, a generation or the stash, or is put there. A link of such
 * a name holds nothing and may go.
 *
 * <p>The exchange is loaded at the first use of this class, once in a JVM: 60 ms, or 2 ms where the
 * launcher has a class-data archive and the unpacked library for it.
 */
public final class Replacement {
  /** How often a file may change, come or go while it is being replaced. */
  private static final int TRIES = 50;

  private Replacement() {}

  /**
   * What was at the target.
   *
   * @param file where it is now: a temporary name beside the target. Usually a regular file, but
   *     whatever somebody else put there last: look at it without following links. Nobody else
   *     deletes it; the caller does, after making sure that the content is kept
   * @param exchanged false if the file system could not and a client's file may have been lost
   */
  public record Displaced(Path file, boolean exchanged) {}

  /**
   * Makes {@code target} hold {@code bytes}, mode 0600, durable when this returns.
   *
   * @param target exists; for a new file there is {@link AtomicFile#create}
   * @return what was there; empty if it was a link and the file system can't exchange
   * @throws NoSuchFileException if nothing is at {@code target}; nothing was changed then
   * @throws IOException then {@code target} is as it was or, if only the directory could not be
   *     forced, holds {@code bytes} and the old content is at a temporary name as after a crash
   */
  public static Optional<Displaced> displace(Path target, byte[] bytes) throws IOException {
    Optional<Displaced> displaced = swap(AtomicFile.writeTemp(target, bytes), target);
    AtomicFile.syncDirectory(target);
    return displaced;
  }

  /**
   * Makes {@code live} a symbolic link to {@code destination}, durable when this returns, whatever
   * is there: there is no instant without something at a path that had something.
   *
   * <p>A link, too, is exchanged and not renamed over: a client that takes no lock may put its new
   * file there in the very microsecond before.
   *
   * @return what was there and is not a link; a link that was there is gone, what it led to is as
   *     it was
   * @throws NoSymbolicLinksException if the file system has none; nothing was changed then
   * @throws IOException then {@code live} is as it was or, if only the directory could not be
   *     forced or an old link not be removed, is the link and what was there is at a temporary name
   *     as after a crash
   */
  public static Optional<Displaced> turnLink(Path live, Path destination) throws IOException {
    for (int i = 0; i < TRIES; i++) {
      if (!Files.exists(live, LinkOption.NOFOLLOW_LINKS)) {
        if (AtomicFile.createLink(live, destination)) {
          AtomicFile.syncDirectory(live);
          return Optional.empty();
        }
      } else if (Files.isDirectory(live, LinkOption.NOFOLLOW_LINKS)) {
        throw new FileSystemException(live.toString(), null, "is a directory");
      } else {
        try {
          return exchangeLink(AtomicFile.tempLink(live, destination), live);
        } catch (NoSuchFileException e) {
          // Removed since: look again.
        }
      }
    }
    throw new FileSystemException(live.toString(), null, "somebody keeps making and removing it");
  }

  private static Optional<Displaced> exchangeLink(Path temp, Path live) throws IOException {
    Optional<Displaced> displaced = swap(temp, live);
    AtomicFile.syncDirectory(live);
    if (displaced.isPresent() && Files.isSymbolicLink(displaced.get().file())) {
      Files.delete(displaced.get().file()); // A link holds nothing.
      return Optional.empty();
    }
    return displaced;
  }

  /** What was at the target; empty if that was a link and is gone. */
  private static Optional<Displaced> swap(Path temp, Path target) throws IOException {
    BasicFileAttributes ours = look(temp);
    try {
      if (Exchange.swap(temp, target) == Exchange.Outcome.SWAPPED) {
        return Optional.of(new Displaced(temp, true));
      }
      if (Files.isSymbolicLink(target)) {
        // Here a client's rename is lost.
        Files.move(temp, target, StandardCopyOption.ATOMIC_MOVE);
        return Optional.empty();
      }
      return Optional.of(linkAndRename(temp, target));
    } catch (IOException | RuntimeException e) {
      discardOurs(temp, ours, e);
      throw e;
    }
  }

  /** For file systems without exchange; {@code exchange} is replaced by three steps and a race. */
  static Displaced linkAndRename(Path temp, Path target) throws IOException {
    for (int i = 0; i < TRIES; i++) {
      Path kept = TempName.beside(target);
      try {
        Files.createLink(kept, target);
      } catch (FileAlreadyExistsException e) {
        continue; // Somebody else's: not ours to remove.
      } catch (NoSuchFileException e) {
        // Linux says so, too, of a file that a client renames over at this very moment.
        if (Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
          continue;
        }
        throw e;
      } catch (UnsupportedOperationException e) {
        throw new FileSystemException(target.toString(), null, "neither exchange nor hard links");
      }
      if (isStill(target, kept)) {
        // Here a client's rename is lost.
        rename(temp, target, kept);
        return new Displaced(kept, false);
      }
    }
    throw new FileSystemException(target.toString(), null, "somebody keeps replacing it");
  }

  /** Whether they are one file; if not, a client has replaced or removed it, and so do we. */
  private static boolean isStill(Path target, Path kept) throws IOException {
    boolean still = false;
    try {
      still = same(look(kept), look(target));
      return still;
    } finally {
      if (!still) {
        Files.deleteIfExists(kept);
      }
    }
  }

  private static void rename(Path temp, Path target, Path kept) throws IOException {
    try {
      Files.move(temp, target, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException | RuntimeException e) {
      if (same(look(kept), look(target))) { // Or it is a network's file system, and was renamed.
        Files.deleteIfExists(kept);
      }
      throw e;
    }
  }

  /** Removes our own new file after a failure, but never what came out of a swap after all. */
  private static void discardOurs(Path temp, BasicFileAttributes ours, Exception because) {
    try {
      if (same(ours, look(temp))) {
        Files.deleteIfExists(temp);
      }
    } catch (NoSuchFileException e) {
      // Nothing to remove.
    } catch (IOException e) {
      because.addSuppressed(e);
    }
  }

  private static BasicFileAttributes look(Path file) throws IOException {
    return Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
  }

  /** By identity, or where the file system has none (Windows) by what else can be seen. */
  private static boolean same(BasicFileAttributes one, BasicFileAttributes other) {
    Object key = one.fileKey();
    if (key != null) {
      return key.equals(other.fileKey());
    }
    return one.size() == other.size()
        && one.lastModifiedTime().equals(other.lastModifiedTime())
        && one.creationTime().equals(other.creationTime())
        && one.isSymbolicLink() == other.isSymbolicLink();
  }
}
