package dev.credslots.internal.file;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One line of the journal. It holds names, hashes and sentences, never a secret.
 *
 * @param type what the line is for
 * @param id the same in the begin and end of one operation
 * @param at when
 * @param fields the rest, by name
 */
public record JournalRecord(Type type, String id, Instant at, Map<Field, String> fields) {
  private static final JsonFactory JSON = new JsonFactory();

  public JournalRecord {
    fields = Map.copyOf(fields);
  }

  /** What the line is about. */
  public enum Type {
    BEGIN,
    END,
    /** The client's locks are about to be taken; nothing is changed yet. */
    LOCKS
  }

  /** What a line may say. */
  public enum Field {
    /**
     * {@code switch}, {@code heal}, {@code add}, {@code remove}, {@code rename}, {@code capture}.
     */
    OPERATION,
    /** How it ended. */
    OUTCOME,
    /** The slot that was live before. */
    FROM,
    /** The slot the operation is about. */
    SLOT,
    /** The slot the link is turned to, or a slot's new name. */
    TO,
    /** The caller's, or what was found. */
    REASON,
    /** The slot an operator last chose; on every line, so that the last line tells it. */
    CHOSEN,
    /** The account in the identity file as the last change left it; on every line. */
    BASELINE,
    /** The slot whose account is still to be put into the identity file; on every line. */
    PENDING,
    /** The modification time of the client's locks we hold, in microseconds since 1970. */
    LOCKED,
    /** SHA-256 of the bytes at the live path when the operation began. */
    LIVE,
    /** SHA-256 of the slot's bytes when the operation began. */
    TARGET,
    /** The slot that a switch brings the live file home to. */
    HOME,
    /** Why there. */
    VERDICT;

    private final String key = name().toLowerCase(Locale.ROOT);
  }

  public Optional<String> get(Field field) {
    return Optional.ofNullable(fields.get(field));
  }

  byte[] toLine() throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream(256);
    try (JsonGenerator json = JSON.createGenerator(line)) {
      json.writeStartObject();
      json.writeStringField("type", type.name().toLowerCase(Locale.ROOT));
      json.writeStringField("id", id);
      json.writeStringField("at", at.toString());
      for (Field field : Field.values()) {
        String value = fields.get(field);
        if (value != null) {
          json.writeStringField(field.key, value);
        }
      }
      json.writeEndObject();
    }
    line.write('\n');
    return line.toByteArray();
  }

  /** Reads one line; empty if it is torn or not one of ours. */
  static Optional<JournalRecord> parse(byte[] bytes, int from, int length) {
    Map<Field, String> fields = new EnumMap<>(Field.class);
    String type = "";
    String id = "";
    Instant at = Instant.EPOCH;
    try (JsonParser json = JSON.createParser(bytes, from, length)) {
      if (json.nextToken() != JsonToken.START_OBJECT) {
        return Optional.empty();
      }
      while (json.nextToken() == JsonToken.FIELD_NAME) {
        String name = json.currentName();
        String value = json.nextToken() == JsonToken.VALUE_STRING ? json.getText() : "";
        json.skipChildren();
        switch (name) {
          case "type" -> type = value;
          case "id" -> id = value;
          case "at" -> at = Instant.parse(value);
          default -> {
            Field field = field(name);
            if (field != null) {
              fields.put(field, value);
            }
          }
        }
      }
      if (json.currentToken() != JsonToken.END_OBJECT) {
        return Optional.empty();
      }
      return Optional.of(
          new JournalRecord(Type.valueOf(type.toUpperCase(Locale.ROOT)), id, at, fields));
    } catch (IOException | DateTimeException | IllegalArgumentException e) {
      return Optional.empty(); // A line cut by a crash: nothing after it was done.
    }
  }

  private static @Nullable Field field(String key) {
    for (Field field : Field.values()) {
      if (field.key.equals(key)) {
        return field;
      }
    }
    return null;
  }
}
