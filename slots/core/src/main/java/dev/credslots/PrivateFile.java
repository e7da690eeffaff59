package dev.credslots;

import dev.credslots.credential.CredentialFormat;
import dev.credslots.internal.file.AtomicFile;
import dev.credslots.internal.file.Deadline;
import dev.credslots.internal.file.FileContent;
import dev.credslots.internal.file.LockFile;
import dev.credslots.internal.file.TempName;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Arrays;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * A small file outside the credentials directory that several threads and processes read and
 * change, such as a registry of profiles. It is 0600 from its first instant, whatever the umask;
 * directories made for it are 0700. Thread-safe; the bytes are the caller's to understand.
 *
 * <p>Writers exclude each other by an operating system's lock on {@code NAME.lock} beside it.
 * Readers take none and see the old bytes or the new, also after a power loss.
 */
public final class PrivateFile {
  private static final Set<PosixFilePermission> OWNER =
      Set.copyOf(PosixFilePermissions.fromString("rw-------"));

  private final Path file;
  private final Duration lockTimeout;

  /**
   * Touches nothing.
   *
   * @param file absolute; neither it nor its directories need exist
   * @param lockTimeout how long a change waits for another; not negative
   */
  public PrivateFile(Path file, Duration lockTimeout) {
    SlotManager.requireNotNegative("a lock timeout", lockTimeout);
    this.file = file;
    this.lockTimeout = lockTimeout;
  }

  /** Where it is. */
  public Path path() {
    return file;
  }

  /**
   * Its bytes; empty if it does not exist.
   *
   * @throws StoreException if what is there is no regular file, a symbolic link, cannot be read, or
   *     is over 1 MiB
   */
  public Optional<byte[]> read() {
    if (Files.isSymbolicLink(file)) {
      throw refused("a symbolic link");
    }
    FileContent content = FileContent.of(file);
    if (content instanceof FileContent.Refused unreadable) {
      throw refused(unreadable.reason());
    }
    return content instanceof FileContent.Bytes read ? Optional.of(read.bytes()) : Optional.empty();
  }

  /** Whether anybody but its owner may read or write it; the next {@link #update} ends that. */
  public boolean exposed() {
    return Ownership.attributes(file, LinkOption.NOFOLLOW_LINKS)
        .map(attributes -> !OWNER.containsAll(attributes.permissions()))
        .orElse(false);
  }

  /**
   * Changes it, durably. It is 0600 afterwards, changed or not.
   *
   * @param change given the bytes as they are, the bytes as they shall be; empty or equal leaves
   *     them. It is called once at most, and what it throws is thrown, nothing changed
   * @return false if somebody else had the lock until the timeout, or this thread was interrupted
   *     while waiting (its interrupt status is set then); nothing was changed
   * @throws StoreException as {@link #read}, if others can write in its directory or that is
   *     somebody else's (nothing was changed), or if writing failed: it has the old bytes or the
   *     new
   */
  public boolean update(UnaryOperator<Optional<byte[]>> change) {
    Path directory = Objects.requireNonNull(file.getParent(), "a private file has a directory");
    try {
      makeDirectories(directory);
      if (!Ownership.isPrivate(directory.toRealPath())) {
        throw Failures.refused(
            directory + " is another user's, or others can write in it",
            "make it yours alone: chmod go-w " + directory);
      }
      Path lock = file.resolveSibling(file.getFileName() + ".lock");
      try (LockFile held = LockFile.acquire(lock, Deadline.in(lockTimeout)).orElse(null)) {
        if (held == null) {
          return false;
        }
        replace(change);
        return true;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    } catch (IOException e) {
      throw Failures.failed("writing " + file, e);
    }
  }

  private void replace(UnaryOperator<Optional<byte[]>> change) throws IOException {
    Optional<byte[]> before = read();
    Optional<byte[]> after = change.apply(before);
    if (after.isEmpty() || (before.isPresent() && Arrays.equals(before.get(), after.get()))) {
      tighten();
      return;
    }
    if (after.get().length > CredentialFormat.MAX_BYTES) {
      throw new IOException(file + " would be larger than 1 MiB");
    }
    removeLeftovers();
    AtomicFile.replace(file, after.get());
  }

  /** What a writer that was killed left, secrets and all; with the lock, nobody else writes. */
  private void removeLeftovers() throws IOException {
    String beginning = file.getFileName() + ".";
    try (DirectoryStream<Path> entries =
        Files.newDirectoryStream(
            Objects.requireNonNull(file.getParent()),
            entry -> {
              String name = entry.getFileName().toString();
              return name.startsWith(beginning) && TempName.isOurs(name);
            })) {
      for (Path leftover : entries) {
        Files.deleteIfExists(leftover);
      }
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
  }

  private void tighten() throws IOException {
    if (exposed()) {
      Files.getFileAttributeView(file, PosixFileAttributeView.class).setPermissions(OWNER);
    }
  }

  private static void makeDirectories(Path directory) throws IOException {
    if (Files.isDirectory(directory)) {
      return;
    }
    Path parent = directory.getParent();
    if (parent != null) {
      makeDirectories(parent);
    }
    AtomicFile.privateDirectory(directory);
  }

  private StoreException refused(String what) {
    return Failures.refused(file + " is " + what, "move it away to start afresh");
  }
}
