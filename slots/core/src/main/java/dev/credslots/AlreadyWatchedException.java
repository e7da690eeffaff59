package dev.credslots;

import java.nio.file.Path;

/** Another watcher, of this process or another, has the directory. Nothing was changed. */
public final class AlreadyWatchedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  AlreadyWatchedException(Path directory) {
    super("another watcher is watching " + directory + " already");
  }
}
