package dev.credslots.accounts;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import dev.credslots.StoreException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * {@code .slots/rotation.json} as bytes. It holds names, times and counts, never a secret.
 *
 * <p>Keys it does not know are a later version's: skipped, and gone with the next change. Anything
 * else that is not as it must be is an error that names the line; an unreadable file is never taken
 * for an empty one, because the next change would wipe it. Values are never repeated in an error.
 */
final class RotationFile {
  private static final int SCHEMA_VERSION = 1;

  /** What year a time may be of: arithmetic on it cannot overflow. */
  private static final Instant LATEST = Instant.parse("9999-01-01T00:00:00Z");

  private static final JsonFactory JSON =
      JsonFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

  private final Path file;
  private final JsonParser parser;

  private RotationFile(Path file, JsonParser parser) {
    this.file = file;
    this.parser = parser;
  }

  /**
   * @param file for the error
   * @throws StoreException of kind {@code REFUSED} if the bytes are no rotation
   */
  static Rotation read(byte[] bytes, Path file) {
    try (JsonParser parser = JSON.createParser(bytes)) {
      return new RotationFile(file, parser).rotation();
    } catch (IOException e) {
      // Without the cause: Jackson's message quotes the file.
      throw broken(file + " is not JSON");
    }
  }

  static byte[] write(Rotation rotation) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (JsonGenerator json = JSON.createGenerator(bytes)) {
      json.writeStartObject();
      json.writeNumberField("schemaVersion", SCHEMA_VERSION);
      if (!rotation.order().isEmpty()) {
        writeNames(json, "order", rotation.order());
      }
      writeNames(json, "disabled", rotation.disabledByName());
      json.writeObjectFieldStart("slots");
      for (Map.Entry<String, Usage> entry : rotation.usageByName().entrySet()) {
        json.writeObjectFieldStart(entry.getKey());
        writeUsage(json, entry.getValue());
        json.writeEndObject();
      }
      json.writeEndObject();
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException("memory does not fail", e);
    }
    bytes.write('\n');
    return bytes.toByteArray();
  }

  private static void writeNames(JsonGenerator json, String key, Iterable<String> names)
      throws IOException {
    json.writeArrayFieldStart(key);
    for (String name : names) {
      json.writeString(name);
    }
    json.writeEndArray();
  }

  private static void writeUsage(JsonGenerator json, Usage usage) throws IOException {
    writeTime(json, "lastUsed", usage.lastUsed());
    writeTime(json, "cooldownUntil", usage.cooldownUntil());
    writeTime(json, "disabledUntil", usage.disabledUntil());
    writeTime(json, "lastFailure", usage.lastFailure());
    json.writeNumberField("errorCount", usage.errorCount());
    json.writeObjectFieldStart("failures");
    for (Outcome outcome : Outcome.values()) {
      Integer count = usage.failures().get(outcome);
      if (count != null) {
        json.writeNumberField(outcome.word(), count);
      }
    }
    json.writeEndObject();
  }

  private static void writeTime(JsonGenerator json, String key, Optional<Instant> time)
      throws IOException {
    if (time.isPresent()) {
      json.writeStringField(key, time.get().toString());
    }
  }

  private Rotation rotation() throws IOException {
    int version = 0;
    List<String> order = List.of();
    List<String> disabled = List.of();
    Map<String, Usage> usage = Map.of();
    if (parser.nextToken() != JsonToken.START_OBJECT) {
      throw broken(file + " is not a JSON object");
    }
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String key = parser.currentName();
      parser.nextToken();
      switch (key) {
        case "schemaVersion" -> version = count(key);
        case "order" -> order = names(key);
        case "disabled" -> disabled = names(key);
        case "slots" -> usage = usages(key);
        default -> parser.skipChildren();
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
      throw broken(file + " has no 'schemaVersion'");
    }
    return new Rotation(order, usage, Set.copyOf(disabled));
  }

  private Map<String, Usage> usages(String key) throws IOException {
    Map<String, Usage> usages = new LinkedHashMap<>();
    object(key);
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String slot = parser.currentName();
      parser.nextToken();
      usages.put(slot, usage());
    }
    return usages;
  }

  private Usage usage() throws IOException {
    Map<String, Instant> times = new LinkedHashMap<>();
    Map<Outcome, Integer> failures = Map.of();
    int errorCount = 0;
    object("slots");
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String key = parser.currentName();
      parser.nextToken();
      switch (key) {
        case "lastUsed", "cooldownUntil", "disabledUntil", "lastFailure" ->
            times.put(key, time(key));
        case "errorCount" -> errorCount = count(key);
        case "failures" -> failures = failures(key);
        default -> parser.skipChildren();
      }
    }
    return new Usage(
        Optional.ofNullable(times.get("lastUsed")),
        Optional.ofNullable(times.get("cooldownUntil")),
        Optional.ofNullable(times.get("disabledUntil")),
        failures,
        errorCount,
        Optional.ofNullable(times.get("lastFailure")));
  }

  private Map<Outcome, Integer> failures(String key) throws IOException {
    Map<Outcome, Integer> failures = new EnumMap<>(Outcome.class);
    object(key);
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      Optional<Outcome> outcome = Outcome.of(parser.currentName());
      parser.nextToken();
      int count = count(key);
      if (outcome.isPresent() && count > 0) {
        failures.put(outcome.get(), count);
      }
    }
    return failures;
  }

  private void object(String key) {
    if (parser.currentToken() != JsonToken.START_OBJECT) {
      throw wrong("'" + key + "' must hold an object");
    }
  }

  private List<String> names(String key) throws IOException {
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

  private int count(String key) throws IOException {
    // Nine digits fit an int.
    boolean possible =
        parser.currentToken() == JsonToken.VALUE_NUMBER_INT && parser.getTextLength() <= 9;
    if (!possible || parser.getIntValue() < 0) {
      throw wrong("'" + key + "' must be a number, not negative");
    }
    return parser.getIntValue();
  }

  private Instant time(String key) throws IOException {
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

  private StoreException wrong(String problem) {
    int line = parser.currentTokenLocation().getLineNr();
    return broken(file + ":" + line + ": " + problem);
  }

  private static StoreException broken(String message) {
    return new StoreException(
        StoreException.Kind.REFUSED,
        message,
        "mend it, or move it away to start afresh without order, cooldowns and disabled slots",
        null);
  }
}
