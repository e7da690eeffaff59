package dev.credslots;

import dev.credslots.credential.Fingerprint;
import dev.credslots.internal.file.AtomicFile;
import dev.credslots.internal.file.Layout;
import dev.credslots.internal.file.Replacement;
import dev.credslots.internal.file.Sidecar;
import dev.credslots.internal.file.SlotRecord;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Changes slots and the live link, one durable step at a time. Under the lock. */
final class SlotFiles {
  private final Layout layout;

  SlotFiles(Layout layout) {
    this.layout = layout;
  }

  boolean present(String slot) {
    return Files.exists(layout.slot(slot), LinkOption.NOFOLLOW_LINKS);
  }

  /** Whether both names are links of one file, as half a rename leaves them. */
  boolean sameFile(String one, String other) throws IOException {
    return present(one) && present(other) && Files.isSameFile(layout.slot(one), layout.slot(other));
  }

  /** Whether the live link leads to the slot's file by whatever way, another slot's among them. */
  boolean isLive(String slot) throws IOException {
    return Files.isSymbolicLink(layout.live())
        && Files.exists(layout.live())
        && Files.exists(layout.slot(slot))
        && Files.isSameFile(layout.live(), layout.slot(slot));
  }

  /**
   * Turns the live link to the slot.
   *
   * @return the file, not a link, that was at the live path; the caller keeps and discards it
   */
  Optional<Path> turn(String slot) throws IOException {
    return Replacement.turnLink(layout.live(), layout.destination(slot))
        .map(Replacement.Displaced::file);
  }

  /**
   * Makes a slot's file that was not there.
   *
   * @return false if something is; it is as it was
   */
  boolean create(String slot, byte[] bytes) throws IOException {
    Path file = layout.slot(slot);
    Path parent = file.toAbsolutePath().getParent();
    if (parent != null && !Files.isDirectory(parent)) {
      AtomicFile.privateDirectory(parent);
    }
    // What is remembered under the name is of a slot that somebody deleted by hand.
    forget(slot);
    return AtomicFile.create(file, bytes);
  }

  /**
   * Makes the slot's file hold {@code bytes}; a slot that is a link keeps being one.
   *
   * @return what it held, if anything; the caller discards it
   */
  Optional<Path> write(String slot, byte[] bytes) throws IOException {
    Path file = layout.slot(slot);
    if (!Files.exists(file)) {
      AtomicFile.replace(file, bytes); // Nothing there, or a link to nothing.
      return Optional.empty();
    }
    Path real = Files.isSymbolicLink(file) ? file.toRealPath() : file;
    return Replacement.displace(real, bytes).map(Replacement.Displaced::file);
  }

  /** Removes what came out of an exchange, once it is kept. */
  void discard(Path displaced) throws IOException {
    Files.deleteIfExists(displaced);
  }

  /**
   * Gives the slot a modification time that differs from its own and from what was live. Claude
   * Code compares the live path's mtime, in milliseconds and through the link, with the one it
   * knows before each request [reverse]: an equal one would keep it on the old login.
   */
  void freshen(String slot, long nowMillis, Optional<FileTime> own, Optional<FileTime> live)
      throws IOException {
    List<Long> taken =
        List.of(own.map(FileTime::toMillis).orElse(-1L), live.map(FileTime::toMillis).orElse(-1L));
    long fresh = nowMillis;
    while (taken.contains(fresh)) {
      fresh++;
    }
    Files.setLastModifiedTime(layout.slot(slot), FileTime.fromMillis(fresh));
  }

  /** Removes what was remembered of a slot that is no more; its generations stay. */
  void forget(String slot) throws IOException {
    Files.deleteIfExists(layout.sidecar(slot));
    AtomicFile.syncDirectory(layout.sidecar(slot));
    Files.deleteIfExists(layout.record(slot));
  }

  /**
   * First half of a rename: the file has both names, so that the live link can lead to either.
   *
   * @return false if {@code to} exists
   */
  boolean linkAnew(String from, String to) throws IOException {
    try {
      Files.createLink(layout.slot(to), layout.slot(from));
    } catch (FileAlreadyExistsException e) {
      return false;
    }
    AtomicFile.syncDirectory(layout.slot(to));
    return true;
  }

  /** Second half, from any point of it: the old name, and what goes with it. */
  void finishRename(String from, String to, Instant now) throws IOException {
    Files.deleteIfExists(layout.slot(from));
    AtomicFile.syncDirectory(layout.slot(from));
    Optional<Fingerprint> captured = Sidecar.read(layout.sidecar(from));
    if (captured.isPresent()) {
      Sidecar.write(layout.sidecar(to), to, captured.get(), now);
    }
    SlotRecord record = SlotRecord.read(layout.record(from));
    if (!record.equals(SlotRecord.EMPTY)) {
      record.write(layout, to);
    }
    forget(from);
    if (!Files.exists(layout.generations(to))) {
      moveIfPresent(layout.generations(from), layout.generations(to));
    }
  }

  private static void moveIfPresent(Path from, Path to) throws IOException {
    if (Files.exists(from, LinkOption.NOFOLLOW_LINKS)) {
      Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
      AtomicFile.syncDirectory(to);
    }
  }
}
