package dev.credslots.internal.file;

import dev.credslots.credential.CredentialFormat;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.Arrays;

/** What reading a credential file gave. The one reader of files whose writer we do not trust. */
public sealed interface FileContent {

  /**
   * All of it.
   *
   * @param modified the file's mtime when it was opened
   */
  @SuppressWarnings("ArrayRecordComponent") // Passed on within the engine, never compared.
  record Bytes(byte[] bytes, FileTime modified) implements FileContent {}

  /** There is no file, or a link to nothing. */
  record Missing() implements FileContent {}

  /**
   * There is something that is not read.
   *
   * @param reason as the rest of a sentence: {@code a directory}
   * @param regular whether it is a regular file all the same (too large, not permitted)
   */
  record Refused(String reason, boolean regular) implements FileContent {}

  /**
   * Reads at most {@link CredentialFormat#MAX_BYTES}, following links. Never blocks on a FIFO and
   * never throws: every failure is a case.
   */
  static FileContent of(Path file) {
    try {
      BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
      if (attributes.isDirectory()) {
        return new Refused("a directory", false);
      }
      if (!attributes.isRegularFile()) {
        return new Refused("not a regular file", false);
      }
      if (attributes.size() > CredentialFormat.MAX_BYTES) {
        return new Refused("larger than 1 MiB", true);
      }
      try (InputStream in = Files.newInputStream(file)) {
        byte[] bytes = read(in, (int) attributes.size());
        return bytes.length > CredentialFormat.MAX_BYTES
            ? new Refused("larger than 1 MiB", true)
            : new Bytes(bytes, attributes.lastModifiedTime());
      }
    } catch (NoSuchFileException e) {
      return new Missing();
    } catch (AccessDeniedException e) {
      return new Refused("not readable by this user", true);
    } catch (IOException e) {
      return new Refused("not readable (" + e.getClass().getSimpleName() + ")", true);
    }
  }

  /** All there is, at most a byte more than is allowed; one call if the size is still right. */
  private static byte[] read(InputStream in, int size) throws IOException {
    byte[] buffer = new byte[size + 1];
    int length = Math.max(0, in.read(buffer));
    if (length == size) {
      return Arrays.copyOf(buffer, size);
    }
    // It has changed since it was looked at, or the system gave less than there is.
    byte[] rest = in.readNBytes(CredentialFormat.MAX_BYTES + 1 - length);
    byte[] all = Arrays.copyOf(buffer, length + rest.length);
    System.arraycopy(rest, 0, all, length, rest.length);
    return all;
  }
}
