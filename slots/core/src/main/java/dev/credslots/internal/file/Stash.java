package dev.credslots.internal.file;

import dev.credslots.credential.Fingerprint;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import org.apache.commons.codec.binary.Hex;
import org.apache.commons.codec.digest.DigestUtils;

/** Bytes that belong to no slot, each in {@code .slots/stash/<SHA-256>.json}, never replaced. */
public final class Stash {
  private final Layout layout;

  public Stash(Layout layout) {
    this.layout = layout;
  }

  /** Where bytes of that hash are, or would be. */
  public Path path(Fingerprint bytes) {
    return layout.stash().resolve(bytes.sha256() + ".json");
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
