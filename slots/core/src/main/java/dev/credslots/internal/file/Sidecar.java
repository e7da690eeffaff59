package dev.credslots.internal.file;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.credslots.credential.Fingerprint;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;

/**
 * The captured fingerprint of a slot, in the file and form of the Python {@code credential-slots}
 * 0.3.0 ({@code refresh_token_sha256}, {@code captured_at}, {@code slot}), so that both can run on
 * one directory.
 */
public final class Sidecar {
  private static final JsonFactory JSON = new JsonFactory();

  private Sidecar() {}

  /** The captured fingerprint; empty if there is none, or no usable one. */
  public static Optional<Fingerprint> read(Path file) {
    if (!(FileContent.of(file) instanceof FileContent.Bytes content)) {
      return Optional.empty();
    }
    try (JsonParser json = JSON.createParser(content.bytes())) {
      if (json.nextToken() != JsonToken.START_OBJECT) {
        return Optional.empty();
      }
      Optional<Fingerprint> captured = Optional.empty();
      while (json.nextToken() == JsonToken.FIELD_NAME) {
        boolean hash = "refresh_token_sha256".equals(json.currentName());
        JsonToken value = json.nextToken();
        if (hash && value == JsonToken.VALUE_STRING) {
          captured =
              Optional.of(json.getText()).filter(Fingerprint::isSha256).map(Fingerprint::new);
        }
        json.skipChildren();
      }
      return json.currentToken() == JsonToken.END_OBJECT ? captured : Optional.empty();
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /** Writes it, 0600, durable. */
  public static void write(Path file, String slot, Fingerprint captured, Instant at)
      throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (JsonGenerator json = JSON.createGenerator(bytes)) {
      json.writeStartObject();
      json.writeStringField("captured_at", at.toString());
      json.writeStringField("refresh_token_sha256", captured.sha256());
      json.writeStringField("slot", slot);
      json.writeEndObject();
    }
    Path parent = file.toAbsolutePath().getParent();
    if (parent != null && !Files.isDirectory(parent)) {
      AtomicFile.privateDirectory(parent);
    }
    AtomicFile.replace(file, bytes.toByteArray());
  }
}
