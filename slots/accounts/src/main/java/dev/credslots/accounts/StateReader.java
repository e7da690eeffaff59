package dev.credslots.accounts;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import dev.credslots.StoreException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Reads a document that this module keeps beside the slots: one object with a {@code
 * schemaVersion}.
 *
 * <p>Keys it does not know are a later version's: skipped, and gone with the next change. Anything
 * else that is not as it must be is an error that names the line; an unreadable file is never taken
 * for an empty one, because the next change would wipe it. Values are never repeated in an error.
 */
final class StateReader {
  static final int SCHEMA_VERSION = 1;

  /** For writing, too. */
  static final JsonFactory JSON =
      JsonFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

  /** What year a time may be of: arithmetic on it cannot overflow. */
  private static final Instant LATEST = Instant.parse("9999-01-01T00:00:00Z");

  private final Path file;
  private final String lost;
  private final JsonParser parser;

  private StateReader(Path file, String lost, JsonParser parser) {
    this.file = file;
    this.lost = lost;
    this.parser = parser;
  }

  /** Takes one member of an object; the parser is at its value, and at its end afterwards. */
  interface Member {
    void take(String key) throws IOException;
  }

  /** Makes the taker of the document's members. */
  interface Members {
    Member of(StateReader reader);
  }

  /**
   * Hands every member of the document to the taker.
   *
   * @param file for the error
   * @param lost what is gone if somebody moves the file away, for the error
   * @throws StoreException of kind {@code REFUSED} if the bytes are no such document
   */
  static void read(byte[] bytes, Path file, String lost, Members members) {
    try (JsonParser parser = JSON.createParser(bytes)) {
      StateReader reader = new StateReader(file, lost, parser);
      reader.document(members.of(reader));
    } catch (IOException e) {
      // Without the cause: Jackson's message quotes the file.
      throw broken(file + " is not JSON", lost);
    }
  }

  private void document(Member member) throws IOException {
    int version = 0;
    if (parser.nextToken() != JsonToken.START_OBJECT) {
      throw broken(file + " is not a JSON object", lost);
    }
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String key = parser.currentName();
      parser.nextToken();
      if (key.equals("schemaVersion")) {
        version = count(key);
      } else {
        member.take(key);
      }
    }
    if (parser.nextToken() != null) {
      throw wrong("something follows the object");
    }
    if (version > SCHEMA_VERSION) {
      throw new StoreException(
          StoreException.Kind.REFUSED,
          file + " was written by a later version of slots",
          "use that version, or move the file away to start afresh",
          null);
    }
    if (version < SCHEMA_VERSION) {
      throw broken(file + " has no 'schemaVersion'", lost);
    }
  }

  /**
   * Hands every member of the object at hand to the taker.
   *
   * @param key whose value it is, for the error
   */
  void object(String key, Member member) throws IOException {
    if (parser.currentToken() != JsonToken.START_OBJECT) {
      throw wrong("'" + key + "' must hold an object");
    }
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String name = parser.currentName();
      parser.nextToken();
      member.take(name);
    }
  }

  /** Passes over the value at hand. */
  void skip() throws IOException {
    parser.skipChildren();
  }

  String text(String key) throws IOException {
    if (parser.currentToken() != JsonToken.VALUE_STRING) {
      throw wrong("'" + key + "' must be text");
    }
    return parser.getText();
  }

  List<String> names(String key) throws IOException {
    String problem = "'" + key + "' must be a list of names, each once";
    if (parser.currentToken() != JsonToken.START_ARRAY) {
      throw wrong(problem);
    }
    Set<String> names = new LinkedHashSet<>();
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      if (parser.currentToken() != JsonToken.VALUE_STRING || !names.add(parser.getText())) {
        throw wrong(problem);
      }
    }
    return new ArrayList<>(names);
  }

  int count(String key) throws IOException {
    // Nine digits fit an int; Usage.MOST has as many.
    boolean possible =
        parser.currentToken() == JsonToken.VALUE_NUMBER_INT && parser.getTextLength() <= 9;
    if (!possible || parser.getIntValue() < 0) {
      throw wrong("'" + key + "' must be a number, not negative");
    }
    return parser.getIntValue();
  }

  Instant time(String key) throws IOException {
    try {
      if (parser.currentToken() == JsonToken.VALUE_STRING) {
        Instant time = Instant.parse(parser.getText());
        if (!time.isBefore(Instant.EPOCH) && time.isBefore(LATEST)) {
          return time;
        }
      }
    } catch (DateTimeException e) {
      // Said below, without the value.
    }
    throw wrong("'" + key + "' must be a time such as 2026-01-18T12:00:00Z");
  }

  /** The error for what is at hand. */
  StoreException wrong(String problem) {
    int line = parser.currentTokenLocation().getLineNr();
    return broken(file + ":" + line + ": " + problem, lost);
  }

  private static StoreException broken(String message, String lost) {
    return new StoreException(
        StoreException.Kind.REFUSED,
        message,
        "mend it, or move it away to start afresh without " + lost,
        null);
  }
}
