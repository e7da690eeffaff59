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
    Optional<Object> owner = userId(directory);
    Optional<Object> me = processUser(directory);
    if (owner.isPresent() && me.isPresent() && !owner.equals(me)) {
      String name =
          attributes(directory).map(attributes -> attributes.owner().getName()).orElse("nobody");
      throw Failures.refused(
          directory + " belongs to " + name + ", and this process is another user's",
          "run slots as " + name);
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

  /** Whether {@code directory} is there, this user's, and nobody else can put anything into it. */
  static boolean isPrivate(Path directory) {
    return Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)
        && userId(directory).equals(processUser(directory))
        && !writableByOthers(directory);
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

  /** By number: a name costs a look into the user database, at every switch. */
  private static Optional<Object> userId(Path path) {
    try {
      return path.getFileSystem().equals(FileSystems.getDefault())
          ? Optional.of(Files.getAttribute(path, "unix:uid"))
          : Optional.empty(); // In memory there is nobody else.
    } catch (IOException | UnsupportedOperationException e) {
      return Optional.empty(); // No way to tell: the system's own permissions decide.
    }
  }

  private static Optional<Object> processUser(Path directory) {
    Path self = Path.of(THIS_PROCESS);
    if (!directory.getFileSystem().equals(FileSystems.getDefault()) || Files.exists(self)) {
      return userId(self);
    }
    // Not Linux: whoever runs this owns their home directory.
    return userId(Path.of(System.getProperty("user.home", ".")));
  }
}
