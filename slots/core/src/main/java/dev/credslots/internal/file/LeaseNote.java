package dev.credslots.internal.file;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What a {@link LeaseFile} says of its process, for people to read.
 *
 * @param name who it is
 * @param pid as the process itself sees it; another container's means nothing here
 * @param since when it began
 * @param reason why
 */
public record LeaseNote(
    String name, OptionalLong pid, Optional<Instant> since, Optional<String> reason) {
  private static final JsonFactory JSON = new JsonFactory();

  /** One JSON object. */
  public byte[] bytes() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(256);
    try (JsonGenerator json = JSON.createGenerator(bytes)) {
      json.writeStartObject();
      json.writeStringField("name", name);
      if (pid.isPresent()) {
        json.writeNumberField("pid", pid.getAsLong());
      }
      if (since.isPresent()) {
        json.writeStringField("since", since.get().toString());
      }
      if (reason.isPresent()) {
        json.writeStringField("reason", reason.get());
      }
      json.writeEndObject();
    }
    return bytes.toByteArray();
  }

  /**
   * As much as can be understood: that there is a locked file is what counts.
   *
   * @param name unless the note has another
   */
  public static LeaseNote of(byte[] bytes, String name) {
    String named = name;
    OptionalLong pid = OptionalLong.empty();
    Optional<Instant> since = Optional.empty();
    Optional<String> reason = Optional.empty();
    try (JsonParser json = JSON.createParser(bytes)) {
      if (json.nextToken() == JsonToken.START_OBJECT) {
        while (json.nextToken() == JsonToken.FIELD_NAME) {
          String field = json.currentName();
          json.nextToken();
          switch (field) {
            case "name" -> named = json.getText();
            case "pid" -> pid = OptionalLong.of(json.getLongValue());
            case "since" -> since = Optional.of(Instant.parse(json.getText()));
            case "reason" -> reason = Optional.of(json.getText());
            default -> json.skipChildren();
          }
        }
      }
    } catch (IOException | DateTimeException e) {
      // What was read before is kept.
    }
    return new LeaseNote(named, pid, since, reason);
  }
}
