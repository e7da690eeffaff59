package dev.credslots.internal.file;

import dev.credslots.credential.Fingerprint;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.commons.codec.binary.Hex;
import org.apache.commons.codec.digest.DigestUtils;

/** Bytes that belong to no slot, each in {@code .slots/stash/<SHA-256>.json}, never replaced. */
public final class Stash {
  private static final String ENDING = ".json";

  private final Layout layout;

  public Stash(Layout layout) {
    this.layout = layout;
  }

  /** Where bytes of that hash are, or would be. */
  public Path path(Fingerprint bytes) {
    return layout.stash().resolve(bytes.sha256() + ENDING);
  }

  /**
   * One entry.
   *
   * @param hash of its bytes
   * @param file where it is
   */
  public record Entry(Fingerprint hash, Path file) {}

  /** Everything, by the time it was kept. */
  public List<Entry> entries() throws IOException {
    List<Entry> entries = new ArrayList<>();
    Map<Entry, FileTime> times = new HashMap<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(layout.stash(), "*" + ENDING)) {
      for (Path file : files) {
        String name = file.getFileName().toString();
        String hash = name.substring(0, name.length() - ENDING.length());
        if (Fingerprint.isSha256(hash)) {
          Entry entry = new Entry(new Fingerprint(hash), file);
          entries.add(entry);
          times.put(entry, Files.getLastModifiedTime(file));
        }
      }
    } catch (NoSuchFileException | NotDirectoryException e) {
      return List.of();
    }
    entries.sort(Comparator.comparing(times::get));
    return entries;
  }

  /** The entries whose hash begins so. */
  public List<Fingerprint> matching(String beginning) {
    try {
      return entries().stream()
          .map(Entry::hash)
          .filter(hash -> !beginning.isEmpty() && hash.sha256().startsWith(beginning))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Lets an entry go, for good, if there is one. */
  public void remove(Fingerprint bytes) throws IOException {
    if (Files.deleteIfExists(path(bytes))) {
      AtomicFile.syncDirectory(path(bytes));
    }
  }

  /** Keeps these bytes, durable when this returns. */
  public Fingerprint keep(byte[] bytes) throws IOException {
    Fingerprint hash = Fingerprint.ofBytes(bytes);
    AtomicFile.privateDirectory(layout.stash());
    if (!Files.exists(path(hash))) {
      AtomicFile.create(path(hash), bytes);
    }
    return hash;
  }

  /** Keeps a file of any size without reading it into memory, durable when this returns. */
  public Fingerprint keepFile(Path file) throws IOException {
    AtomicFile.privateDirectory(layout.stash());
    MessageDigest digest = DigestUtils.getSha256Digest();
    Path temp = TempName.beside(layout.stash().resolve("large"));
    try (FileChannel channel = AtomicFile.openPrivate(temp, StandardOpenOption.CREATE_NEW)) {
      try (InputStream in = new DigestInputStream(Files.newInputStream(file), digest)) {
        OutputStream out = Channels.newOutputStream(channel);
        in.transferTo(out);
        channel.force(true);
      }
      Fingerprint hash = new Fingerprint(Hex.encodeHexString(digest.digest()));
      Files.move(temp, path(hash), StandardCopyOption.ATOMIC_MOVE);
      AtomicFile.syncDirectory(path(hash));
      return hash;
    } catch (IOException | UncheckedIOException e) {
      Files.deleteIfExists(temp);
      throw e;
    }
  }
}
