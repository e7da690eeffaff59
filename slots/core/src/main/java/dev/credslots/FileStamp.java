package dev.credslots;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.Optional;

/**
 * What can be seen of a path without reading it: equal stamps of two moments mean that nobody
 * changed it, as far as size, time and identity tell.
 *
 * @param own of the path itself; empty if nothing is there
 * @param destination where a link leads, as it says
 * @param behind of what the link leads to; empty if there is no link, or nothing behind it
 */
record FileStamp(Optional<Seen> own, Optional<String> destination, Optional<Seen> behind) {
  /** Of a path at which nothing is. */
  static final FileStamp NOTHING =
      new FileStamp(Optional.empty(), Optional.empty(), Optional.empty());

  /**
   * One file.
   *
   * @param key its identity; empty where the file system has none
   */
  record Seen(boolean regular, Optional<Object> key, long size, FileTime modified) {
    private static Seen of(BasicFileAttributes attributes) {
      return new Seen(
          attributes.isRegularFile(),
          Optional.ofNullable(attributes.fileKey()),
          attributes.size(),
          attributes.lastModifiedTime());
    }
  }

  /** Never throws: what cannot be looked at is not there. */
  static FileStamp of(Path path) {
    try {
      BasicFileAttributes own =
          Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
      return own.isSymbolicLink()
          ? new FileStamp(
              Optional.of(Seen.of(own)),
              Optional.of(Files.readSymbolicLink(path).toString()),
              behind(path))
          : new FileStamp(Optional.of(Seen.of(own)), Optional.empty(), Optional.empty());
    } catch (IOException e) {
      return NOTHING;
    }
  }

  private static Optional<Seen> behind(Path link) {
    try {
      return Optional.of(Seen.of(Files.readAttributes(link, BasicFileAttributes.class)));
    } catch (IOException e) {
      return Optional.empty(); // A link to nothing.
    }
  }
}
