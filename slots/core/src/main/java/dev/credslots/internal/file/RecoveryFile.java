package dev.credslots.internal.file;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.credslots.credential.Fingerprint;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.Optional;

/**
 * Where a token server's reply is put before anything else happens to it. A refresh token can be
 * used once: the reply is the only copy of its successor, and must find its room on the disk taken
 * already. So the file is allocated and forced <em>before</em> the request is sent, with what the
 * next command has to know, and the reply overwrites its zeros in place.
 *
 * <p>A reply counts if its hash is right: one that was cut by a crash is none. Mode 0600. Not
 * thread-safe; whoever writes it holds the slot's lease.
 */
public final class RecoveryFile implements AutoCloseable {
  /** All of it, allocated at once. */
  private static final int SIZE = 64 << 10;

  /** Where the reply begins; a block of its own, which no write of the header can tear. */
  private static final int REPLY_AT = 4 << 10;

  private static final int HASH_CHARACTERS = 64;
  private static final int NEWLINE = '\n';
  private static final JsonFactory JSON = new JsonFactory();

  private final Path path;
  private final FileChannel channel;

  private RecoveryFile(Path path, FileChannel channel) {
    this.path = path;
    this.channel = channel;
  }

  /**
   * What was about to be asked.
   *
   * @param slot whose login
   * @param posted of the refresh token that was sent; empty if it was the code of a new login
   * @param at when
   * @param locked the modification time of the client's locks that are held meanwhile
   */
  public record Header(String slot, Optional<Fingerprint> posted, Instant at, Instant locked) {}

  /**
   * What was answered.
   *
   * @param at when it had arrived
   */
  @SuppressWarnings("ArrayRecordComponent") // Passed on within the engine, never compared.
  public record Reply(Instant at, byte[] body) {}

  /** What a file says; no reply if none had arrived. */
  public record Content(Header header, Optional<Reply> reply) {}

  /**
   * Makes the file, durable, with all the room a reply needs.
   *
   * @throws IOException then there may be a file without a reply; nothing may be sent
   */
  public static RecoveryFile allocate(Path path, Header header) throws IOException {
    byte[] bytes = Arrays.copyOf(line(header), SIZE);
    AtomicFile.replace(path, bytes);
    return new RecoveryFile(
        path, FileChannel.open(path, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS));
  }

  /**
   * A whole file with its reply, elsewhere, for when the allocated one cannot be written.
   *
   * @throws IOException then there is no such file, or one that does not count
   */
  public static void write(Path path, Content content) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.writeBytes(Arrays.copyOf(line(content.header()), REPLY_AT));
    if (content.reply().isPresent()) {
      bytes.writeBytes(framed(content.reply().get()));
    }
    AtomicFile.replace(path, bytes.toByteArray());
  }

  public Path path() {
    return path;
  }

  /**
   * Puts the reply in place; it is durable afterwards.
   *
   * @throws IOException then it is not, or not surely
   */
  public void received(Reply reply) throws IOException {
    ByteBuffer buffer = ByteBuffer.wrap(framed(reply));
    long position = REPLY_AT;
    while (buffer.hasRemaining()) {
      position += channel.write(buffer, position);
    }
    channel.force(position > SIZE);
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }

  /** Removes a file whose reply is home, or that has none. */
  public static void remove(Path path) throws IOException {
    if (Files.deleteIfExists(path)) {
      AtomicFile.syncDirectory(path);
    }
  }

  /**
   * Reads a file.
   *
   * @return empty if there is none, or none of ours
   */
  public static Optional<Content> read(Path path) throws IOException {
    byte[] bytes;
    try {
      bytes = Files.readAllBytes(path);
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
    return header(bytes).map(header -> new Content(header, reply(bytes)));
  }

  private static byte[] line(Header header) throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream(256);
    try (JsonGenerator json = JSON.createGenerator(line)) {
      json.writeStartObject();
      json.writeNumberField("schemaVersion", 1);
      json.writeStringField("slot", header.slot());
      if (header.posted().isPresent()) {
        json.writeStringField("posted", header.posted().get().sha256());
      } else {
        json.writeBooleanField("login", true);
      }
      json.writeStringField("at", header.at().toString());
      json.writeNumberField("locked", ChronoUnit.MICROS.between(Instant.EPOCH, header.locked()));
      json.writeEndObject();
    }
    line.write(NEWLINE);
    return line.toByteArray();
  }

  private static Optional<Header> header(byte[] bytes) {
    String slot = "";
    String posted = "";
    String at = "";
    long locked = 0;
    boolean login = false;
    try (JsonParser json = JSON.createParser(bytes, 0, Math.min(bytes.length, REPLY_AT))) {
      if (json.nextToken() != JsonToken.START_OBJECT) {
        return Optional.empty();
      }
      while (json.nextToken() == JsonToken.FIELD_NAME) {
        String name = json.currentName();
        json.nextToken();
        switch (name) {
          case "slot" -> slot = json.getText();
          case "posted" -> posted = json.getText();
          case "login" -> login = json.getBooleanValue();
          case "at" -> at = json.getText();
          case "locked" -> locked = json.getLongValue();
          default -> {}
        }
        json.skipChildren();
      }
      return login || Fingerprint.isSha256(posted)
          ? Optional.of(
              new Header(
                  slot,
                  login ? Optional.empty() : Optional.of(new Fingerprint(posted)),
                  Instant.parse(at),
                  Instant.EPOCH.plus(locked, ChronoUnit.MICROS)))
          : Optional.empty();
    } catch (IOException | DateTimeException e) {
      return Optional.empty();
    }
  }

  /** Length, hash and time, then the body. */
  private static byte[] framed(Reply reply) {
    String head =
        reply.body().length
            + " "
            + Fingerprint.ofBytes(reply.body()).sha256()
            + " "
            + reply.at().toEpochMilli()
            + "\n";
    ByteArrayOutputStream framed = new ByteArrayOutputStream(reply.body().length + 128);
    framed.writeBytes(head.getBytes(StandardCharsets.US_ASCII));
    framed.writeBytes(reply.body());
    return framed.toByteArray();
  }

  private static Optional<Reply> reply(byte[] bytes) {
    int end = REPLY_AT;
    while (end < bytes.length && bytes[end] != NEWLINE && bytes[end] != 0) {
      end++;
    }
    if (end >= bytes.length || bytes[end] != NEWLINE) {
      return Optional.empty();
    }
    String[] head =
        new String(bytes, REPLY_AT, end - REPLY_AT, StandardCharsets.US_ASCII).split(" ", -1);
    try {
      int length = Integer.parseInt(head[0]);
      boolean whole =
          head.length == 3
              && head[1].length() == HASH_CHARACTERS
              && length >= 0
              && length <= bytes.length - end - 1;
      if (!whole) {
        return Optional.empty();
      }
      byte[] body = Arrays.copyOfRange(bytes, end + 1, end + 1 + length);
      return Fingerprint.ofBytes(body).sha256().equals(head[1])
          ? Optional.of(new Reply(Instant.ofEpochMilli(Long.parseLong(head[2])), body))
          : Optional.empty();
    } catch (NumberFormatException e) {
      return Optional.empty(); // Cut by a crash.
    }
  }
}
