package dev.credslots.internal.file;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.util.Arrays;
import java.util.Optional;

/**
 * The client's identity file ({@code .claude.json}), a document of up to some MiB with the caches
 * of a whole machine in it. Read whole; replaced whole, with its mode and owner.
 */
public final class IdentityFile {
  /** Beyond this nobody has seen one. */
  private static final int MAX_BYTES = 64 << 20;

  private IdentityFile() {}

  /** Its bytes; empty if it is absent, too large, or cannot be read. */
  public static Optional<byte[]> read(Path file) {
    try {
      if (!Files.isRegularFile(file) || Files.size(file) > MAX_BYTES) {
        return Optional.empty();
      }
      try (InputStream in = Files.newInputStream(file)) {
        return Optional.of(in.readAllBytes());
      }
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /** Whether it is there and beyond what {@link #read} takes. */
  public static boolean tooLarge(Path file) {
    try {
      return Files.isRegularFile(file) && Files.size(file) > MAX_BYTES;
    } catch (IOException e) {
      return false;
    }
  }

  /**
   * Replaces {@code before} by {@code after}, through a link, keeping mode and owner.
   *
   * @return false if the file no longer holds {@code before}; it is as it was
   * @throws IOException then it is as it was, or holds {@code after}
   */
  public static boolean replace(Path file, byte[] before, byte[] after) throws IOException {
    Path real = file.toRealPath();
    Path temp = AtomicFile.writeTemp(real, after);
    try {
      keepModeAndOwner(real, temp);
      if (!Arrays.equals(read(real).orElse(new byte[0]), before)) {
        return false;
      }
      Files.move(temp, real, StandardCopyOption.ATOMIC_MOVE);
      AtomicFile.syncDirectory(real);
      return true;
    } finally {
      Files.deleteIfExists(temp);
    }
  }

  private static void keepModeAndOwner(Path from, Path to) throws IOException {
    PosixFileAttributeView there = Files.getFileAttributeView(from, PosixFileAttributeView.class);
    PosixFileAttributeView here = Files.getFileAttributeView(to, PosixFileAttributeView.class);
    if (there == null || here == null) {
      return;
    }
    PosixFileAttributes attributes = there.readAttributes();
    PosixFileAttributes ours = here.readAttributes();
    if (!ours.owner().equals(attributes.owner())) {
      here.setOwner(attributes.owner());
    }
    if (!ours.group().equals(attributes.group())) {
      here.setGroup(attributes.group());
    }
    here.setPermissions(attributes.permissions());
  }
}
