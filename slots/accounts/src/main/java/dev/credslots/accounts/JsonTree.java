package dev.credslots.accounts;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import dev.credslots.credential.EpochTime;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * An object of a JSON file that somebody else wrote, as a whole: small, and of a form that nobody
 * can be sure of. What is not of the wanted kind is absent. It prints its keys alone, as its values
 * may be secrets.
 */
final class JsonTree {
  private static final JsonFactory JSON =
      JsonFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

  private final Map<String, Object> members;

  private JsonTree(Map<String, Object> members) {
    this.members = members;
  }

  /** An object, or empty if the bytes are anything else than one. */
  static Optional<JsonTree> of(byte[] bytes) {
    try (JsonParser parser = JSON.createParser(bytes)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        return Optional.empty();
      }
      JsonTree tree = new JsonTree(object(parser));
      return parser.nextToken() == null ? Optional.of(tree) : Optional.empty();
    } catch (IOException e) {
      return Optional.empty(); // Its message quotes the file.
    }
  }

  private static Map<String, Object> object(JsonParser parser) throws IOException {
    Map<String, Object> members = new LinkedHashMap<>();
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String name = parser.currentName();
      parser.nextToken();
      members.put(name, value(parser));
    }
    return members;
  }

  private static Object value(JsonParser parser) throws IOException {
    return switch (parser.currentToken()) {
      case START_OBJECT -> new JsonTree(object(parser));
      case START_ARRAY -> {
        List<Object> items = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
          items.add(value(parser));
        }
        yield items;
      }
      case VALUE_STRING -> parser.getText();
      case VALUE_NUMBER_INT ->
          parser.getNumberType() == JsonParser.NumberType.BIG_INTEGER
              ? Optional.empty()
              : (Object) parser.getLongValue();
      default -> Optional.empty(); // No time, count or text.
    };
  }

  /** Its names, in the file's order. */
  List<String> names() {
    return List.copyOf(members.keySet());
  }

  boolean has(String name) {
    return members.containsKey(name);
  }

  Optional<JsonTree> object(String name) {
    return members.get(name) instanceof JsonTree tree ? Optional.of(tree) : Optional.empty();
  }

  /** A text that is not blank. */
  Optional<String> text(String name) {
    return members.get(name) instanceof String text && !text.isBlank()
        ? Optional.of(text)
        : Optional.empty();
  }

  Optional<Long> number(String name) {
    return members.get(name) instanceof Long number ? Optional.of(number) : Optional.empty();
  }

  /** A time that can be used. */
  Optional<Instant> time(String name) {
    return number(name).flatMap(number -> EpochTime.of(Long.toString(number)));
  }

  /** The texts in a list, each once. */
  List<String> texts(String name) {
    List<String> texts = new ArrayList<>();
    if (members.get(name) instanceof List<?> items) {
      for (Object item : items) {
        if (item instanceof String text && !texts.contains(text)) {
          texts.add(text);
        }
      }
    }
    return texts;
  }

  @Override
  public String toString() {
    return members.keySet().toString();
  }
}
