package dev.credslots.internal.posix;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystems;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * Swaps two names of one file system in one step: {@code renameat2(2)} with {@code
 * RENAME_EXCHANGE}. Whatever a client put at one of them a moment before is at the other
 * afterwards, which no rename can promise. Thread-safe.
 *
 * <p>Linux only; macOS and Windows are answered with {@link Outcome#UNSUPPORTED}, so is a file
 * system that isn't the machine's, one that can't exchange (NFS, FUSE), a libc without the call,
 * and a JVM that may not or cannot load native code.
 */
public final class Exchange {
  /** What became of a swap; what else can happen is thrown. */
  public enum Outcome {
    /** Each name has what the other had. */
    SWAPPED,
    /** It can't be done here, now or later; nothing was changed. */
    UNSUPPORTED
  }

  private Exchange() {}

  /**
   * Swaps what is at {@code a} with what is at {@code b}: files, links (not what they lead to) or
   * directories. Not durable until the directories are forced.
   *
   * @throws NoSuchFileException if nothing is at one of them; nothing was changed then
   * @throws AccessDeniedException if a directory may not be written; nothing was changed then
   * @throws FileSystemException with the system's reason; on a local file system nothing was
   *     changed then, on a network's nobody knows
   */
  public static Outcome swap(Path a, Path b) throws FileSystemException {
    if (!a.getFileSystem().equals(FileSystems.getDefault())
        || !b.getFileSystem().equals(FileSystems.getDefault())
        || !System.getProperty("os.name", "").equals("Linux")) {
      return Outcome.UNSUPPORTED;
    }
    byte[] nameOfA = name(a);
    byte[] nameOfB = name(b);
    NativeExchange.Answer answer;
    try {
      answer = NativeExchange.swap(nameOfA, nameOfB);
    } catch (LinkageError e) {
      return Outcome.UNSUPPORTED; // Not loaded: not permitted, no room in /tmp, another processor.
    }
    return switch (answer.kind()) {
      case DONE -> Outcome.SWAPPED;
      case UNSUPPORTED -> Outcome.UNSUPPORTED;
      case MISSING -> throw new NoSuchFileException(a.toString(), b.toString(), null);
      case DENIED -> throw new AccessDeniedException(a.toString(), b.toString(), null);
      case FAILED -> throw new FileSystemException(a.toString(), b.toString(), answer.reason());
    };
  }

  /**
   * The bytes the kernel knows a path by, with the zero behind them. Neither UTF-8 nor {@code
   * sun.jnu.encoding} gives them back for every path (under {@code LANG=C} the JDK 17 reads a name
   * it can't spell); the URI of a path is made of its very bytes.
   */
  static byte[] name(Path path) {
    byte[] uri = path.toUri().getRawPath().getBytes(StandardCharsets.US_ASCII);
    ByteArrayOutputStream name = new ByteArrayOutputStream(uri.length + 1);
    for (int i = 0; i < uri.length; i++) {
      if (uri[i] == '%') {
        name.write(Character.digit(uri[i + 1], 16) * 16 + Character.digit(uri[i + 2], 16));
        i += 2;
      } else if (uri[i] != '/' || i < uri.length - 1 || i == 0) {
        name.write(uri[i]); // All but the slash that follows a directory, and a link to one.
      }
    }
    name.write(0);
    return name.toByteArray();
  }
}
