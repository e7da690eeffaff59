package dev.credslots.hooks;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.credslots.SlotListener;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.util.Set;

/**
 * Appends one JSON line, {@code {"at","slot","reason"}}, for each turn of the live link.
 *
 * <p>Thread-safe. Each line is one write to a file opened for appending, so lines of several
 * processes do not mix. The file is made 0600; it is opened anew for each line, so it may be
 * rotated by a rename at any time. A line that could not be written throws {@link
 * UncheckedIOException}, which a slot manager reports as a warning.
 */
public final class SwitchLog implements SlotListener {
  private static final Set<OpenOption> APPEND =
      Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.APPEND);
  private static final JsonFactory JSON = new JsonFactory();

  private final Path file;
  private final Clock clock;

  /**
   * @param file its directory must exist
   * @param clock tells the time of each line
   */
  public SwitchLog(Path file, Clock clock) {
    this.file = file;
    this.clock = clock;
  }

  @Override
  public void onSwitch(String slot, String reason) {
    try {
      append(line(slot, reason));
    } catch (IOException e) {
      throw new UncheckedIOException("the switch log " + file + " cannot be written", e);
    }
  }

  private byte[] line(String slot, String reason) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (JsonGenerator json = JSON.createGenerator(bytes)) {
      json.writeStartObject();
      json.writeStringField("at", clock.instant().toString());
      json.writeStringField("slot", slot);
      json.writeStringField("reason", reason);
      json.writeEndObject();
      json.writeRaw('\n');
    }
    return bytes.toByteArray();
  }

  private synchronized void append(byte[] line) throws IOException {
    try (FileChannel channel = FileChannel.open(file, APPEND, ownerOnly())) {
      if (channel.write(ByteBuffer.wrap(line)) < line.length) {
        throw new IOException("only a part of a line was written");
      }
    }
  }

  private FileAttribute<?>[] ownerOnly() throws IOException {
    boolean posix =
        !Files.exists(file) && file.getFileSystem().supportedFileAttributeViews().contains("posix");
    return posix
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
        }
        : new FileAttribute<?>[0];
  }
}
