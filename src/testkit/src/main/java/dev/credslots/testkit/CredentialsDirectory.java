package dev.credslots.testkit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A credentials directory made of plain files, on any file system. */
public final class CredentialsDirectory {
  private final Path directory;

  private CredentialsDirectory(Path directory) {
    this.directory = directory;
  }

  /** Builds in {@code directory}, which exists. */
  public static CredentialsDirectory in(Path directory) {
    return new CredentialsDirectory(directory);
  }

  /** The file of the slot {@code name}, whether or not it exists. */
  public Path slotFile(String name) {
    return directory.resolve(".credentials.json." + name);
  }

  /** Writes {@code content} as the slot {@code name}. */
  public CredentialsDirectory slot(String name, String content) throws IOException {
    Files.writeString(slotFile(name), content);
    return this;
  }
}
