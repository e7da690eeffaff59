package dev.credslots.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Objects;

/**
 * A program that stands in for macOS's {@code security} and enforces its rules: lines of {@code -i}
 * are cut and their rest executed, {@code -U} updates only the same account's item, what is not
 * ASCII is printed in hexadecimal digits, exit codes tell what went wrong. It records what it was
 * given.
 */
public final class FakeSecurity {
  private static final Path PYTHON = Path.of("/usr/bin/python3");

  private final Path directory;

  private FakeSecurity(Path directory) {
    this.directory = directory;
  }

  /** What the keychain is like. */
  public enum Mode {
    OPEN,
    /** Exit code 36: it would have to ask somebody. */
    LOCKED,
    /** Exit code 51: nobody gave the right password. */
    UNAUTHORIZED,
    /** Never answers, as while somebody is asked. */
    HANGING,
    /** Says that it stored something and did not. */
    FORGETFUL
  }

  /** Whether it can run here. */
  public static boolean isAvailable() {
    return Files.isExecutable(PYTHON);
  }

  /** An open and empty keychain in a directory of its own. */
  public static FakeSecurity in(Path directory) throws IOException {
    Files.createDirectories(directory);
    FakeSecurity fake = new FakeSecurity(directory);
    try (InputStream script = FakeSecurity.class.getResourceAsStream("security.py")) {
      Files.write(fake.program(), Objects.requireNonNull(script).readAllBytes());
    }
    Files.setPosixFilePermissions(fake.program(), PosixFilePermissions.fromString("rwx------"));
    Files.writeString(directory.resolve("items"), "[]");
    Files.writeString(directory.resolve("record"), "");
    fake.become(Mode.OPEN);
    return fake;
  }

  /** What to run in place of {@code /usr/bin/security}. */
  public Path program() {
    return directory.resolve("security");
  }

  public void become(Mode mode) throws IOException {
    Files.writeString(directory.resolve("mode"), mode.name().toLowerCase(java.util.Locale.ROOT));
  }

  /** Puts items there, as other programs do, in place of those there are. */
  public void hold(Item... items) throws IOException {
    StringBuilder json = new StringBuilder("[");
    for (Item item : items) {
      json.append(json.length() > 1 ? "," : "")
          .append(Json.write(List.of(item.account, item.service, item.hex())));
    }
    Files.writeString(directory.resolve("items"), json.append("]"));
  }

  /** Its items, as JSON: account, service and the secret in hexadecimal digits. */
  public String items() throws IOException {
    return Files.readString(directory.resolve("items"));
  }

  /** What it was given in every run, argv and standard input, as JSON, a run a line. */
  public List<String> record() throws IOException {
    return Files.readAllLines(directory.resolve("record"));
  }

  /** A generic password. */
  public record Item(String account, String service, String secret) {
    /** The secret as the keychain file of the fake has it. */
    public String hex() {
      return java.util.HexFormat.of().formatHex(secret.getBytes(StandardCharsets.UTF_8));
    }
  }
}
