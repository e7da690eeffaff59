package dev.credslots;

import dev.credslots.internal.file.Layout;
import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.UserPrincipal;
import java.util.Optional;

/** Whether the credentials directory is one we may write in. Checked before anything is written. */
final class Ownership {
  /** A symbolic link whose owner is the effective user of this process, whoever that is. */
  private static final String THIS_PROCESS = "/proc/self";

  private Ownership() {}

  /**
   * @throws StoreException if the directory is missing, no directory, or somebody else's; root is
   *     refused too, because it would leave slots behind that their user cannot read
   */
  static void check(Layout layout) {
    Path directory = layout.directory();
    if (!Files.isDirectory(directory)) {
      throw Failures.refused(
          Files.exists(directory)
              ? directory + " is not a directory"
              : "there is no credentials directory " + directory,
          "log in with your client first, or name the directory with --dir");
    }
    Optional<PosixFileAttributes> attributes = attributes(directory);
    Optional<UserPrincipal> me = processOwner(directory);
    if (attributes.isPresent() && me.isPresent()) {
      UserPrincipal owner = attributes.get().owner();
      if (!owner.equals(me.get())) {
        throw Failures.refused(
            directory + " belongs to " + owner.getName() + ", not to " + me.get().getName(),
            "run slots as " + owner.getName());
      }
    }
    if (Files.isSymbolicLink(layout.own())) {
      throw Failures.refused(
          layout.own() + " is a symbolic link", "remove it; slots keeps its own directory there");
    }
  }

  /** Whether others may make or remove files in {@code directory}. */
  static boolean writableByOthers(Path directory) {
    return attributes(directory)
        .map(
            attributes ->
                attributes.permissions().contains(PosixFilePermission.OTHERS_WRITE)
                    || attributes.permissions().contains(PosixFilePermission.GROUP_WRITE))
        .orElse(false);
  }

  static Optional<PosixFileAttributes> attributes(Path path, LinkOption... options) {
    try {
      PosixFileAttributeView view =
          Files.getFileAttributeView(path, PosixFileAttributeView.class, options);
      return view == null ? Optional.empty() : Optional.of(view.readAttributes());
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private static Optional<UserPrincipal> processOwner(Path directory) {
    if (directory.getFileSystem() != FileSystems.getDefault()) {
      return Optional.empty(); // In memory there is nobody else.
    }
    try {
      Path self = Path.of(THIS_PROCESS);
      return Optional.of(
          Files.exists(self)
              ? Files.getOwner(self)
              : directory
                  .getFileSystem()
                  .getUserPrincipalLookupService()
                  .lookupPrincipalByName(System.getProperty("user.name", "")));
    } catch (IOException | UnsupportedOperationException e) {
      return Optional.empty(); // No way to tell: the system's own permissions decide.
    }
  }
}
