package dev.credslots.internal.file;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/**
 * The one way anything is written: a temporary file in the same directory, created exclusively and
 * owner-only from its first instant, then written, forced, renamed, and the directory forced. A
 * reader sees the old content or the new, never a mixture; after a power loss likewise.
 *
 * <p>Thread-safe; callers that need an order among writers hold the {@link LockFile}.
 */
public final class AtomicFile {
  private static final Set<OpenOption> NEW_FILE =
      Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
  private static final FileAttribute<?>[] NONE = {};
  private static final FileAttribute<?>[] OWNER_FILE = {
    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
  };
  private static final FileAttribute<?>[] OWNER_DIRECTORY = {
    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"))
  };

  private AtomicFile() {}

  /**
   * Makes {@code target} hold {@code bytes}, mode 0600, replacing what is there.
   *
   * @throws IOException then {@code target} is as it was or, if only the directory could not be
   *     forced, holds the new bytes without a promise about power loss; no temporary file is left
   */
  public static void replace(Path target, byte[] bytes) throws IOException {
    Path temp = writeTemp(target, bytes);
    try {
      Files.move(temp, target, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException | RuntimeException e) {
      discard(temp, e);
      throw e;
    }
    syncDirectory(target);
  }

  /**
   * Makes {@code target} hold {@code bytes}, mode 0600, only if nothing is there.
   *
   * @return false if something is, which is as it was
   * @throws IOException then {@code target} does not exist or holds all of {@code bytes}
   */
  public static boolean create(Path target, byte[] bytes) throws IOException {
    Path temp = writeTemp(target, bytes);
    try {
      return publish(temp, target);
    } finally {
      Files.deleteIfExists(temp);
      syncDirectory(target);
    }
  }

  /** A rename would replace; a hard link is the only step that refuses an existing name. */
  private static boolean publish(Path temp, Path target) throws IOException {
    try {
      Files.createLink(target, temp);
      return true;
    } catch (FileAlreadyExistsException e) {
      return false;
    }
  }

  /**
   * Makes sure {@code directory} exists, mode 0700, and is no symbolic link.
   *
   * @throws IOException if it is one, or cannot be made; nothing is changed then
   */
  public static void privateDirectory(Path directory) throws IOException {
    if (Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    if (Files.isSymbolicLink(directory)) {
      throw new IOException(directory + " is a symbolic link; it must be a directory");
    }
    try {
      makePrivateDirectory(directory);
    } catch (FileAlreadyExistsException e) {
      if (!Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
        throw e;
      }
    }
    syncDirectory(directory);
  }

  /** Makes a directory that is 0700 from its first instant; what stands in the way is thrown. */
  static void makePrivateDirectory(Path directory) throws IOException {
    Files.createDirectory(directory, posix(directory) ? OWNER_DIRECTORY : NONE);
  }

  /** Opens or makes a file that is appended to or locked, mode 0600, never through a link. */
  public static FileChannel openPrivate(Path file, OpenOption... options) throws IOException {
    Set<OpenOption> all = new java.util.HashSet<>(Set.of(options));
    all.add(StandardOpenOption.CREATE);
    all.add(StandardOpenOption.WRITE);
    all.add(LinkOption.NOFOLLOW_LINKS);
    return FileChannel.open(file, all, ownerOnly(file));
  }

  /** Forces the directory that holds {@code file}, so that a name made in it survives. */
  public static void syncDirectory(Path file) throws IOException {
    Path directory = file.toAbsolutePath().getParent();
    // An in-memory file system has no power to lose, and no way to open a directory.
    if (directory == null || !directory.getFileSystem().equals(FileSystems.getDefault())) {
      return;
    }
    if (java.io.File.separatorChar == '\\') {
      return; // Windows cannot open a directory; NTFS journals the rename itself.
    }
    try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  static void writeFully(FileChannel channel, byte[] bytes) throws IOException {
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    while (buffer.hasRemaining()) {
      channel.write(buffer);
    }
  }

  /** A forced temporary file beside {@code target}. */
  static Path writeTemp(Path target, byte[] bytes) throws IOException {
    Path temp = TempName.beside(target);
    try (FileChannel channel = FileChannel.open(temp, NEW_FILE, ownerOnly(target))) {
      writeFully(channel, bytes);
      channel.force(true);
    } catch (FileAlreadyExistsException e) {
      throw e; // Somebody else's: not ours to remove.
    } catch (IOException | RuntimeException e) {
      discard(temp, e);
      throw e;
    }
    return temp;
  }

  /** A temporary link beside {@code link}. */
  static Path tempLink(Path link, Path destination) throws IOException {
    Path temp = TempName.beside(link);
    if (!createLink(temp, destination)) {
      throw new FileAlreadyExistsException(temp.toString()); // Somebody else's: not ours to remove.
    }
    return temp;
  }

  /**
   * Makes a symbolic link where nothing is.
   *
   * @return false if something is there, which is as it was
   */
  static boolean createLink(Path link, Path destination) throws IOException {
    try {
      Files.createSymbolicLink(link, destination);
      return true;
    } catch (FileAlreadyExistsException e) {
      return false;
    } catch (UnsupportedOperationException e) {
      throw new NoSymbolicLinksException(e);
    } catch (FileSystemException e) {
      throw "Operation not permitted".equals(e.getReason()) ? new NoSymbolicLinksException(e) : e;
    }
  }

  private static FileAttribute<?>[] ownerOnly(Path path) {
    return posix(path) ? OWNER_FILE : NONE;
  }

  static boolean posix(Path path) {
    return path.getFileSystem().supportedFileAttributeViews().contains("posix");
  }

  private static void discard(Path temp, Exception because) {
    try {
      Files.deleteIfExists(temp);
    } catch (IOException e) {
      because.addSuppressed(e);
    }
  }
}
