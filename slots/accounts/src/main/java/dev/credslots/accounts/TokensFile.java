package dev.credslots.accounts;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import dev.credslots.StoreException;
import dev.credslots.credential.Secret;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/**
 * {@code tokens.json} as bytes: secrets by key, and for those that are in another store, which.
 *
 * <p>Keys it does not know are a later version's: skipped, and gone with the next change. Anything
 * else that is not as it must be is an error that names the line and no value; an unreadable file
 * is never taken for an empty one, because the next change would wipe it.
 *
 * @param secrets by key
 * @param elsewhere the name of the store by key; no key is in both
 */
record TokensFile(Map<String, Secret> secrets, Map<String, String> elsewhere) {
  private static final int SCHEMA_VERSION = 1;

  private static final JsonFactory JSON =
      JsonFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

  static TokensFile empty() {
    return new TokensFile(Map.of(), Map.of());
  }

  /** With a secret in place of what is known of its key. */
  TokensFile with(String key, Secret value) {
    TokensFile changed = without(key);
    changed.secrets.put(key, value);
    return changed;
  }

  /** With a note that the key's secret is in another store, and no longer here. */
  TokensFile withNote(String key, String store) {
    TokensFile changed = without(key);
    changed.elsewhere.put(key, store);
    return changed;
  }

  /** Without anything of the key; its maps can be changed. */
  TokensFile without(String key) {
    TokensFile changed = new TokensFile(new TreeMap<>(secrets), new TreeMap<>(elsewhere));
    changed.secrets.remove(key);
    changed.elsewhere.remove(key);
    return changed;
  }

  /**
   * @param file for the error
   * @throws StoreException if the bytes are none of ours
   */
  static TokensFile read(byte[] bytes, Path file) {
    try (JsonParser parser = JSON.createParser(bytes)) {
      return read(parser, file);
    } catch (IOException e) {
      // Without the cause: Jackson's message quotes the file.
      throw broken(file + " is not JSON");
    }
  }

  byte[] bytes() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (JsonGenerator json = JSON.createGenerator(bytes)) {
      json.writeStartObject();
      json.writeNumberField("schemaVersion", SCHEMA_VERSION);
      json.writeObjectFieldStart("tokens");
      for (Map.Entry<String, Secret> entry : secrets.entrySet()) {
        json.writeStringField(entry.getKey(), entry.getValue().reveal());
      }
      json.writeEndObject();
      json.writeObjectFieldStart("elsewhere");
      for (Map.Entry<String, String> entry : elsewhere.entrySet()) {
        json.writeStringField(entry.getKey(), entry.getValue());
      }
      json.writeEndObject();
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException("memory does not fail", e);
    }
    bytes.write('\n');
    return bytes.toByteArray();
  }

  private static TokensFile read(JsonParser parser, Path file) throws IOException {
    int version = 0;
    Map<String, Secret> secrets = new TreeMap<>();
    Map<String, String> elsewhere = Map.of();
    if (parser.nextToken() != JsonToken.START_OBJECT) {
      throw broken(file + " is not a JSON object");
    }
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String name = parser.currentName();
      JsonToken kind = parser.nextToken();
      switch (name) {
        case "schemaVersion" -> {
          boolean possible = kind == JsonToken.VALUE_NUMBER_INT && parser.getTextLength() <= 9;
          version = possible ? parser.getIntValue() : 0;
        }
        case "tokens" ->
            texts(parser, file).forEach((key, text) -> secrets.put(key, Secret.of(text)));
        case "elsewhere" -> elsewhere = texts(parser, file);
        default -> parser.skipChildren();
      }
    }
    if (parser.nextToken() != null) {
      throw wrong(parser, file, "something follows the object");
    }
    if (version > SCHEMA_VERSION) {
      throw new StoreException(
          StoreException.Kind.REFUSED,
          file + " was written by a later version of slots",
          "use that version",
          null);
    }
    if (version < SCHEMA_VERSION) {
      throw broken(file + " has no 'schemaVersion'");
    }
    return new TokensFile(secrets, elsewhere);
  }

  private static Map<String, String> texts(JsonParser parser, Path file) throws IOException {
    String problem = "not an object of texts";
    if (parser.currentToken() != JsonToken.START_OBJECT) {
      throw wrong(parser, file, problem);
    }
    Map<String, String> texts = new TreeMap<>();
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String key = parser.currentName();
      if (parser.nextToken() != JsonToken.VALUE_STRING) {
        throw wrong(parser, file, problem);
      }
      texts.put(key, parser.getText());
    }
    return texts;
  }

  private static StoreException wrong(JsonParser parser, Path file, String problem) {
    return broken(file + ":" + parser.currentTokenLocation().getLineNr() + ": " + problem);
  }

  private static StoreException broken(String message) {
    return new StoreException(
        StoreException.Kind.REFUSED,
        message,
        "mend it, or move it away and store your tokens again",
        null);
  }
}
