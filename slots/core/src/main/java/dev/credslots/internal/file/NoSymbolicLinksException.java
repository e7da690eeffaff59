package dev.credslots.internal.file;

import java.io.IOException;

/** The file system cannot hold a symbolic link (FAT answers {@code EPERM}). Nothing was changed. */
public final class NoSymbolicLinksException extends IOException {
  private static final long serialVersionUID = 1L;

  NoSymbolicLinksException(Exception cause) {
    super("no symbolic links on this file system", cause);
  }
}
