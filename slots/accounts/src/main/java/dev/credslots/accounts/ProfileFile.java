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
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * {@code profiles.json} as bytes: names, directories and addresses, never a secret.
 *
 * <p>Strict, since a mistake here would run a program as somebody else: keys it does not know are
 * refused too, and so is another version. Errors name the line and never repeat a value, in whose
 * place somebody may have put a secret.
 */
final class ProfileFile {
  private static final int VERSION = 1;

  private static final JsonFactory JSON =
      JsonFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

  private final Path file;
  private final JsonParser parser;

  private ProfileFile(Path file, JsonParser parser) {
    this.file = file;
    this.parser = parser;
  }

  /**
   * @param file for the error, and whose file system the directories are of
   * @throws StoreException of kind {@code REFUSED} if the bytes are no registry
   */
  static ProfileRegistry read(byte[] bytes, Path file) {
    try (JsonParser parser = JSON.createParser(bytes)) {
      return new ProfileFile(file, parser).registry();
    } catch (IOException e) {
      // Without the cause: Jackson's message quotes the file.
      throw broken(file + " is not JSON");
    }
  }

  static byte[] write(ProfileRegistry registry) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (JsonGenerator json = JSON.createGenerator(bytes).useDefaultPrettyPrinter()) {
      json.writeStartObject();
      json.writeNumberField("version", VERSION);
      if (registry.active().isPresent()) {
        json.writeStringField("active", registry.active().get());
      }
      json.writeObjectFieldStart("profiles");
      for (Profile profile : registry.all()) {
        json.writeObjectFieldStart(profile.name());
        json.writeStringField("type", profile.type());
        if (profile instanceof Profile.OAuth oauth) {
          json.writeStringField("configDirectory", oauth.configDirectory().toString());
        } else if (profile instanceof Profile.ApiKey key && key.baseUrl().isPresent()) {
          json.writeStringField("baseUrl", key.baseUrl().get().text());
        }
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

  private ProfileRegistry registry() throws IOException {
    boolean versioned = false;
    Optional<String> active = Optional.empty();
    SortedMap<String, Profile> profiles = new TreeMap<>();
    if (parser.nextToken() != JsonToken.START_OBJECT) {
      throw broken(file + " is not a JSON object");
    }
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String key = parser.currentName();
      parser.nextToken();
      switch (key) {
        case "version" -> {
          requireVersion();
          versioned = true;
        }
        case "active" -> active = Optional.of(text(key));
        case "profiles" -> readProfiles(profiles);
        default -> throw wrong("there is a key that no registry has");
      }
    }
    if (parser.nextToken() != null) {
      throw wrong("something follows the object");
    }
    if (!versioned) {
      throw broken(file + " has no 'version'");
    }
    if (active.isPresent() && !profiles.containsKey(active.get())) {
      throw broken(file + ": 'active' names no profile that is there");
    }
    return new ProfileRegistry(active, profiles);
  }

  private void requireVersion() throws IOException {
    boolean number =
        parser.currentToken() == JsonToken.VALUE_NUMBER_INT && parser.getTextLength() <= 9;
    if (!number || parser.getIntValue() < 1) {
      throw wrong("'version' must be a number");
    }
    if (parser.getIntValue() != VERSION) {
      throw new StoreException(
          StoreException.Kind.REFUSED,
          file + " was written by a later version of slots",
          "use that version, or move the file away and add the profiles again",
          null);
    }
  }

  private void readProfiles(Map<String, Profile> profiles) throws IOException {
    object("profiles");
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String name = parser.currentName();
      if (Profile.nameProblem(name).isPresent()) {
        throw wrong("a profile's name is not allowed");
      }
      parser.nextToken();
      profiles.put(name, profile(name));
    }
  }

  private Profile profile(String name) throws IOException {
    object("profiles");
    int line = parser.currentTokenLocation().getLineNr();
    @Nullable String type = null;
    @Nullable String directory = null;
    @Nullable String baseUrl = null;
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String key = parser.currentName();
      parser.nextToken();
      switch (key) {
        case "type" -> type = text(key);
        case "configDirectory" -> directory = text(key);
        case "baseUrl" -> baseUrl = text(key);
        default -> throw wrong("there is a key that no profile has");
      }
    }
    if ("oauth".equals(type) && directory != null && baseUrl == null) {
      return oauth(name, directory, line);
    }
    if ("api-key".equals(type) && directory == null) {
      return apiKey(name, Optional.ofNullable(baseUrl), line);
    }
    throw wrong(
        line,
        "a profile must have the type oauth and a configDirectory,"
            + " or the type api-key and perhaps a baseUrl");
  }

  private Profile oauth(String name, String directory, int line) {
    try {
      Path path = file.getFileSystem().getPath(directory);
      if (path.isAbsolute()) {
        return new Profile.OAuth(name, path);
      }
    } catch (InvalidPathException e) {
      // Said below, without the value.
    }
    throw wrong(line, "'configDirectory' must be an absolute path");
  }

  private Profile apiKey(String name, Optional<String> baseUrl, int line) {
    Optional<String> problem = baseUrl.flatMap(BaseUrl::problem);
    if (problem.isPresent()) {
      throw wrong(line, problem.get());
    }
    return new Profile.ApiKey(name, baseUrl.map(BaseUrl::new));
  }

  private void object(String key) {
    if (parser.currentToken() != JsonToken.START_OBJECT) {
      throw wrong("'" + key + "' must hold objects");
    }
  }

  private String text(String key) throws IOException {
    if (parser.currentToken() != JsonToken.VALUE_STRING || parser.getText().isEmpty()) {
      throw wrong("'" + key + "' must be a text");
    }
    return parser.getText();
  }

  private StoreException wrong(String problem) {
    return wrong(parser.currentTokenLocation().getLineNr(), problem);
  }

  private StoreException wrong(int line, String problem) {
    return broken(file + ":" + line + ": " + problem);
  }

  private static StoreException broken(String message) {
    return new StoreException(
        StoreException.Kind.REFUSED,
        message,
        "mend it, or move it away and add the profiles again",
        null);
  }
}
