package dev.credslots;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;

/** One sentence for each way a directory cannot be worked with. */
final class Failures {

  private Failures() {}

  static StoreException refused(String message, String remedy) {
    return new StoreException(StoreException.Kind.REFUSED, message, remedy, null);
  }

  /** The operating system's word, with the file it is about. */
  static StoreException failed(String doing, IOException cause) {
    return new StoreException(
        StoreException.Kind.FAILED, doing + " failed: " + sentence(cause), remedy(cause), cause);
  }

  static StoreException noLinks(Exception cause) {
    return new StoreException(
        StoreException.Kind.REFUSED,
        "this file system has no symbolic links, which slots needs",
        "keep the credentials directory on a file system that has them",
        cause);
  }

  private static String sentence(IOException e) {
    if (e instanceof AccessDeniedException denied) {
      return denied.getFile() + ": permission denied";
    }
    if (e instanceof NoSuchFileException gone) {
      return gone.getFile() + ": no such file";
    }
    if (e instanceof FileSystemException fs && fs.getReason() != null) {
      return fs.getFile() + ": " + fs.getReason();
    }
    String message = e.getMessage();
    return message == null ? e.getClass().getSimpleName() : message;
  }

  private static String remedy(IOException e) {
    String text = String.valueOf(e.getMessage());
    if (e instanceof AccessDeniedException) {
      return "make the credentials directory writable for its owner";
    }
    if (text.contains("No space left") || text.contains("quota")) {
      return "free some disk space and run the command again";
    }
    if (text.contains("Read-only")) {
      return "mount the file system writable and run the command again";
    }
    return "nothing is lost; mend the cause and run the command again";
  }
}
