package dev.credslots.accounts;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.credslots.StoreException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * {@code .slots/rotation.json} as bytes. It holds names, times and counts, never a secret; {@link
 * StateReader} says what becomes of a file that is not as it must be.
 */
final class RotationFile {
  private final StateReader in;
  private List<String> order = List.of();
  private List<String> disabled = List.of();
  private final Map<String, Usage> usage = new LinkedHashMap<>();

  private RotationFile(StateReader in) {
    this.in = in;
  }

  /**
   * @param file for the error
   * @throws StoreException of kind {@code REFUSED} if the bytes are no rotation
   */
  static Rotation read(byte[] bytes, Path file) {
    RotationFile[] read = new RotationFile[1];
    StateReader.read(
        bytes,
        file,
        "order, cooldowns and disabled slots",
        in -> {
          read[0] = new RotationFile(in);
          return read[0]::member;
        });
    return new Rotation(read[0].order, read[0].usage, Set.copyOf(read[0].disabled));
  }

  static byte[] write(Rotation rotation) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (JsonGenerator json = StateReader.JSON.createGenerator(bytes)) {
      json.writeStartObject();
      json.writeNumberField("schemaVersion", StateReader.SCHEMA_VERSION);
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

  private void member(String key) throws IOException {
    switch (key) {
      case "order" -> order = in.names(key);
      case "disabled" -> disabled = in.names(key);
      case "slots" -> in.object(key, slot -> usage.put(slot, usage()));
      default -> in.skip();
    }
  }

  private Usage usage() throws IOException {
    Map<String, Instant> times = new LinkedHashMap<>();
    Map<Outcome, Integer> failures = new EnumMap<>(Outcome.class);
    int[] errorCount = new int[1];
    in.object(
        "slots",
        key -> {
          switch (key) {
            case "lastUsed", "cooldownUntil", "disabledUntil", "lastFailure" ->
                times.put(key, in.time(key));
            case "errorCount" -> errorCount[0] = in.count(key);
            case "failures" -> failures(key, failures);
            default -> in.skip();
          }
        });
    return new Usage(
        Optional.ofNullable(times.get("lastUsed")),
        Optional.ofNullable(times.get("cooldownUntil")),
        Optional.ofNullable(times.get("disabledUntil")),
        failures,
        errorCount[0],
        Optional.ofNullable(times.get("lastFailure")));
  }

  private void failures(String key, Map<Outcome, Integer> failures) throws IOException {
    in.object(
        key,
        word -> {
          Optional<Outcome> outcome = Outcome.of(word);
          int count = in.count(key);
          if (outcome.isPresent() && count > 0) {
            failures.put(outcome.get(), count);
          }
        });
  }
}
