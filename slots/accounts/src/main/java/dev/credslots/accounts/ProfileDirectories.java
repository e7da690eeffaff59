package dev.credslots.accounts;

import dev.credslots.StoreException;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The configuration directories of profiles: those below {@code root}, which are ours to make and
 * delete, and those that were brought along.
 */
final class ProfileDirectories {
  private final Path root;

  ProfileDirectories(Path root) {
    this.root = root.normalize();
  }

  /** The own directory for a name. */
  Path of(String name) {
    return root.resolve(name);
  }

  /** Whether it is ours; the name that made it may have changed. */
  boolean owns(Path directory) {
    return root.equals(directory.getParent());
  }

  /** Whether there is anything at it but an empty directory. */
  boolean used(Path directory) {
    if (!Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
      return Files.exists(directory, LinkOption.NOFOLLOW_LINKS);
    }
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
      return entries.iterator().hasNext();
    } catch (IOException e) {
      return true;
    }
  }

  /** Whether both are one directory, by whatever way. */
  boolean same(Path one, Path other) {
    if (one.equals(other)) {
      return true;
    }
    try {
      return Files.exists(one) && Files.exists(other) && Files.isSameFile(one, other);
    } catch (IOException e) {
      return false;
    }
  }

  /** Why it cannot be a profile's, as a sentence; empty if it can. */
  Optional<String> problem(Path directory) {
    if (!owns(directory)) {
      return Files.isDirectory(directory)
          ? Optional.empty()
          : Optional.of(directory + " is no directory; --config-dir takes one that exists");
    }
    // A name that is allowed cannot lead out; a link that somebody put there could.
    boolean real =
        Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)
            || !Files.exists(directory, LinkOption.NOFOLLOW_LINKS);
    return real && directory.startsWith(root) && !Files.isSymbolicLink(root)
        ? Optional.empty()
        : Optional.of(directory + " is not a directory of its own; move it away first");
  }

  /** Makes it if it is missing and ours: 0700 from its first instant. */
  void make(Path directory) {
    if (!owns(directory)) {
      return;
    }
    try {
      Files.createDirectories(directory, ownerOnly());
      if (!Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
        throw new IOException(directory + " is not a directory");
      }
    } catch (IOException e) {
      throw failed("making", directory, e);
    }
  }

  private FileAttribute<?>[] ownerOnly() {
    return root.getFileSystem().supportedFileAttributeViews().contains("posix")
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"))
        }
        : new FileAttribute<?>[0];
  }

  /** Deletes an own directory. A link in it is deleted, and what it leads to is not touched. */
  void delete(Path directory) {
    if (!Files.exists(directory, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    try {
      if (Files.isSymbolicLink(root)) {
        throw new IOException(root + " is a symbolic link");
      }
      // Does not follow links, and of one in the directory's own place deletes the link.
      Files.walkFileTree(directory, new Deletion());
    } catch (IOException e) {
      throw failed("deleting", directory, e);
    }
  }

  private static final class Deletion extends SimpleFileVisitor<Path> {
    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
      Files.delete(file);
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException failure)
        throws IOException {
      if (failure != null) {
        throw failure;
      }
      Files.delete(directory);
      return FileVisitResult.CONTINUE;
    }
  }

  private static StoreException failed(String doing, Path directory, IOException cause) {
    return new StoreException(
        StoreException.Kind.FAILED,
        doing + " " + directory + " failed: " + cause.getClass().getSimpleName(),
        "mend the cause and run the command again",
        cause);
  }
}
