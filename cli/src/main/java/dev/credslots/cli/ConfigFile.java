package dev.credslots.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import dev.credslots.ExpiryPolicy;
import dev.credslots.IdentityPolicy;
import dev.credslots.credential.CustomFormat;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Reads a configuration file. What is wrong in it is named by file, line and key, and a value is
 * never repeated: somebody may have put a secret there.
 */
final class ConfigFile {
  private static final int MAX_BYTES = 1 << 20;
  private static final int LONGEST_KEY_SHOWN = 40;

  private static final List<String> KEYS =
      List.of(
          "dir",
          "provider",
          "slots",
          "slotTemplate",
          "liveName",
          "grace",
          "lockTimeout",
          "hookTimeout",
          "ifExpired",
          "identity",
          "generations",
          "holds",
          "busyClients",
          "login",
          "providers",
          "tokenStore",
          "setupTokenCommand");

  private static final List<String> PROVIDER_KEYS =
      List.of(
          "tokenUrl",
          "clientId",
          "body",
          "scopes",
          "userAgent",
          "authorizeUrl",
          "redirectUri",
          "profileUrl",
          "format");

  private final Path file;
  private final JsonParser parser;

  private ConfigFile(Path file, JsonParser parser) {
    this.file = file;
    this.parser = parser;
  }

  /**
   * @param required whether it must exist
   * @throws Failure naming what is wrong
   */
  static Config read(Path file, boolean required) {
    Path directory = file.toAbsolutePath().getParent();
    Config config = new Config(directory == null ? file.toAbsolutePath() : directory);
    byte[] bytes;
    try {
      BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
      if (!attributes.isRegularFile() || attributes.size() > MAX_BYTES) {
        throw Failure.config(
            "the configuration " + file + " is not a file of at most 1 MiB", "", null);
      }
      try (InputStream in = Files.newInputStream(file)) {
        bytes = in.readNBytes(MAX_BYTES);
      }
    } catch (NoSuchFileException e) {
      if (required) {
        throw Failure.config("there is no configuration " + file, "check --config", null);
      }
      return config;
    } catch (IOException e) {
      throw Failure.config(
          "the configuration " + file + " cannot be read", "make it readable for you", e);
    }
    try (JsonParser parser = new JsonFactory().createParser(bytes)) {
      new ConfigFile(file, parser).readInto(config);
      return config;
    } catch (JsonProcessingException e) {
      int line = e.getLocation() == null ? 1 : e.getLocation().getLineNr();
      // Without the cause: Jackson's message quotes the file.
      throw Failure.config(file + ":" + line + ": not JSON", "mend the file", null);
    } catch (IOException e) {
      throw Failure.config("the configuration " + file + " cannot be read", "", e);
    }
  }

  private void readInto(Config config) throws IOException {
    if (parser.nextToken() != JsonToken.START_OBJECT) {
      throw wrong("not a JSON object");
    }
    Set<String> seen = new HashSet<>();
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String key = parser.currentName();
      if (!KEYS.contains(key)) {
        throw wrong("unknown key" + shown(key) + Nearest.hint(key, KEYS));
      }
      if (!seen.add(key)) {
        throw wrong("key '" + key + "' is there twice");
      }
      parser.nextToken();
      readValue(config, key);
    }
    if (parser.nextToken() != null) {
      throw wrong("something follows the object");
    }
  }

  private void readValue(Config config, String key) throws IOException {
    switch (key) {
      case "dir" -> config.dir = text(key);
      case "provider" -> config.provider = text(key);
      case "slots" -> config.slots = texts(key);
      case "slotTemplate" -> config.slotTemplate = text(key);
      case "liveName" -> config.liveName = text(key);
      case "grace" -> config.grace = duration(key);
      case "lockTimeout" -> config.lockTimeout = duration(key);
      case "ifExpired" -> {
        config.ifExpired = ExpiryPolicy.of(text(key)).orElse(null);
        if (config.ifExpired == null) {
          throw wrong("key 'ifExpired' must be refuse, refresh or activate");
        }
      }
      case "generations" -> config.generations = count(key);
      case "holds" -> config.holds = texts(key);
      case "busyClients" -> config.busyClients = flag(key);
      case "login" -> {
        config.login = texts(key);
        if (config.login.isEmpty()) {
          throw wrong("key 'login' must name a program");
        }
      }
      case "providers" -> config.providers = providers();
      case "hookTimeout" -> {
        config.hookTimeout = duration(key);
        if (config.hookTimeout.isZero()) {
          throw wrong("key 'hookTimeout' leaves hooks no time; write 1s or more");
        }
      }
      case "setupTokenCommand" -> {
        config.setupTokenCommand = texts(key);
        if (config.setupTokenCommand.isEmpty()) {
          throw wrong("key 'setupTokenCommand' must name a program");
        }
      }
      case "tokenStore" -> {
        config.tokenStore = text(key);
        if (!Stores.NAMES.contains(config.tokenStore)) {
          throw wrong("key 'tokenStore' must be " + Stores.CHOICE);
        }
      }
      case "identity" -> {
        String value = text(key);
        if (!value.equals("follow") && !value.equals("leave")) {
          throw wrong("key 'identity' must be follow or leave");
        }
        config.identity = value.equals("leave") ? IdentityPolicy.LEAVE : IdentityPolicy.FOLLOW;
      }
      default -> throw new IllegalStateException("a key without a reader: " + key);
    }
  }

  private Map<String, Config.Endpoint> providers() throws IOException {
    if (parser.currentToken() != JsonToken.START_OBJECT) {
      throw wrong("key 'providers' must be an object");
    }
    Map<String, Config.Endpoint> providers = new HashMap<>();
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String name = parser.currentName();
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        throw wrong("provider '" + name + "' must be an object");
      }
      providers.put(name, endpoint(name));
    }
    return providers;
  }

  private Config.Endpoint endpoint(String name) throws IOException {
    Config.Endpoint endpoint = new Config.Endpoint();
    boolean known = name.equals("claude") || name.equals("codex");
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String key = parser.currentName();
      parser.nextToken();
      switch (key) {
        case "tokenUrl" -> endpoint.tokenUrl = text(key);
        case "clientId" -> endpoint.clientId = text(key);
        case "body" -> endpoint.body = text(key);
        case "scopes" -> endpoint.scopes = texts(key);
        case "userAgent" -> endpoint.userAgent = text(key);
        case "authorizeUrl" -> endpoint.authorizeUrl = text(key);
        case "redirectUri" -> endpoint.redirectUri = text(key);
        case "profileUrl" -> endpoint.profileUrl = text(key);
        case "format" -> {
          if (known) {
            throw wrong("provider '" + name + "' has its own format");
          }
          format(name, endpoint);
        }
        default -> throw wrong("unknown key" + shown(key) + Nearest.hint(key, PROVIDER_KEYS));
      }
    }
    if (!known && endpoint.format == null) {
      throw wrong(
          "unknown provider" + shown(name) + "; one besides claude and codex needs a 'format'");
    }
    return endpoint;
  }

  private void format(String name, Config.Endpoint endpoint) throws IOException {
    if (parser.currentToken() != JsonToken.START_OBJECT) {
      throw wrong("key 'format' must be an object");
    }
    CustomFormat.Builder format = CustomFormat.of(name);
    try {
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        String key = parser.currentName();
        parser.nextToken();
        switch (key) {
          case "dir" -> endpoint.dir = text(key);
          case "liveName" -> format.liveName(text(key));
          case "loginKeys" -> format.loginKeys(texts(key));
          default -> {
            if (!CustomFormat.Builder.POINTERS.contains(key)) {
              throw wrong("unknown key" + shown(key) + Nearest.hint(key, formatKeys()));
            }
            format.pointer(key, text(key));
          }
        }
      }
      endpoint.format = format.build();
    } catch (IllegalArgumentException e) {
      throw wrong("provider" + shown(name) + ": " + e.getMessage());
    }
  }

  private static List<String> formatKeys() {
    List<String> keys = new ArrayList<>(List.of("dir", "liveName", "loginKeys"));
    keys.addAll(CustomFormat.Builder.POINTERS);
    return keys;
  }

  private String text(String key) throws IOException {
    if (parser.currentToken() != JsonToken.VALUE_STRING || parser.getText().isEmpty()) {
      throw wrong("key '" + key + "' must be a text");
    }
    return parser.getText();
  }

  private List<String> texts(String key) throws IOException {
    String problem = "key '" + key + "' must be a list of texts";
    if (parser.currentToken() != JsonToken.START_ARRAY) {
      throw wrong(problem);
    }
    List<String> texts = new ArrayList<>();
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      if (parser.currentToken() != JsonToken.VALUE_STRING || parser.getText().isEmpty()) {
        throw wrong(problem);
      }
      texts.add(parser.getText());
    }
    return texts;
  }

  private Duration duration(String key) throws IOException {
    JsonToken token = parser.currentToken();
    boolean possible = token == JsonToken.VALUE_STRING || token == JsonToken.VALUE_NUMBER_INT;
    return (possible ? Durations.parse(parser.getText()) : Optional.<Duration>empty())
        .orElseThrow(() -> wrong("key '" + key + "' is not a duration: " + Durations.FORM));
  }

  private boolean flag(String key) throws IOException {
    if (!parser.currentToken().isBoolean()) {
      throw wrong("key '" + key + "' must be true or false");
    }
    return parser.getBooleanValue();
  }

  private int count(String key) throws IOException {
    boolean possible =
        parser.currentToken() == JsonToken.VALUE_NUMBER_INT && parser.getTextLength() <= 4;
    if (!possible || parser.getIntValue() < 1) {
      throw wrong("key '" + key + "' must be a number from 1 to 9999");
    }
    return parser.getIntValue();
  }

  /** Keys are shown unless they may be a secret that got into the wrong place. */
  private static String shown(String key) {
    boolean harmless = !key.isEmpty() && key.length() <= LONGEST_KEY_SHOWN && !key.contains("sk-");
    return harmless ? " '" + Plain.text(key) + "'" : "";
  }

  private Failure wrong(String problem) {
    int line = parser.currentTokenLocation().getLineNr();
    return Failure.config(file + ":" + line + ": " + problem, "", null);
  }
}
