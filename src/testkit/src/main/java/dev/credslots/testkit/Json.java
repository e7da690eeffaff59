package dev.credslots.testkit;

import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Just enough JSON to judge files with, written apart from the engine's parser on purpose: a test
 * kit that read credentials with the code under test would share its mistakes.
 *
 * <p>Objects are maps in file order, arrays lists, numbers {@link BigDecimal}, null {@link #NULL}.
 */
final class Json {
  /** What JSON's null reads as. */
  static final Object NULL =
      new Object() {
        @Override
        public String toString() {
          return "null";
        }
      };

  private static final int MAX_DEPTH = 200;

  private final String text;
  private int at;
  private int depth;

  private Json(String text) {
    this.text = text;
  }

  /** The value of a complete JSON text, or empty for anything torn, trailing or not UTF-8. */
  static Optional<Object> parse(byte[] bytes) {
    try {
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
      Json json = new Json(text);
      Object value = json.value();
      json.space();
      return json.at == text.length() ? Optional.of(value) : Optional.empty();
    } catch (CharacterCodingException | Torn torn) {
      return Optional.empty();
    }
  }

  /** The object of a complete JSON text, or empty for anything else. */
  @SuppressWarnings("unchecked") // an object is only ever read with text keys
  static Optional<Map<String, Object>> object(byte[] bytes) {
    return parse(bytes).filter(Map.class::isInstance).map(value -> (Map<String, Object>) value);
  }

  /** The object at a key of another, or empty. */
  @SuppressWarnings("unchecked") // as above
  static Optional<Map<String, Object>> objectAt(Map<String, Object> parent, String key) {
    return Optional.ofNullable(parent.get(key))
        .filter(Map.class::isInstance)
        .map(value -> (Map<String, Object>) value);
  }

  /** Every text in a value, at any depth, keys not included. */
  static void texts(Object value, Consumer<String> found) {
    if (value instanceof String text) {
      found.accept(text);
    } else if (value instanceof Map<?, ?> map) {
      map.values().forEach(child -> texts(child, found));
    } else if (value instanceof List<?> list) {
      list.forEach(child -> texts(child, found));
    }
  }

  static String write(Object value) {
    StringBuilder out = new StringBuilder();
    write(value, out);
    return out.toString();
  }

  private static void write(Object value, StringBuilder out) {
    if (value instanceof Map<?, ?> map) {
      String separator = "{";
      for (Map.Entry<?, ?> entry : map.entrySet()) {
        out.append(separator);
        quote(String.valueOf(entry.getKey()), out);
        out.append(':');
        write(entry.getValue(), out);
        separator = ",";
      }
      out.append(map.isEmpty() ? "{}" : "}");
    } else if (value instanceof List<?> list) {
      String separator = "[";
      for (Object child : list) {
        out.append(separator);
        write(child, out);
        separator = ",";
      }
      out.append(list.isEmpty() ? "[]" : "]");
    } else if (value instanceof String text) {
      quote(text, out);
    } else if (value instanceof Raw raw) {
      out.append(raw.json());
    } else if (value instanceof BigDecimal number) {
      out.append(number.toPlainString());
    } else {
      out.append(value);
    }
  }

  static String quote(String text) {
    StringBuilder out = new StringBuilder();
    quote(text, out);
    return out.toString();
  }

  private static void quote(String text, StringBuilder out) {
    out.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '"' -> out.append("\\\"");
        case '\\' -> out.append("\\\\");
        case '\n' -> out.append("\\n");
        case '\r' -> out.append("\\r");
        case '\t' -> out.append("\\t");
        default -> {
          if (c < 0x20) {
            out.append(String.format("\\u%04x", (int) c));
          } else {
            out.append(c);
          }
        }
      }
    }
    out.append('"');
  }

  private Object value() throws Torn {
    space();
    if (++depth > MAX_DEPTH) {
      throw new Torn();
    }
    Object value =
        switch (peek()) {
          case '{' -> map();
          case '[' -> list();
          case '"' -> string();
          case 't' -> word("true", true);
          case 'f' -> word("false", false);
          case 'n' -> word("null", NULL);
          default -> number();
        };
    depth--;
    return value;
  }

  private Map<String, Object> map() throws Torn {
    Map<String, Object> map = new LinkedHashMap<>();
    at++;
    space();
    if (peek() == '}') {
      at++;
      return map;
    }
    while (true) {
      space();
      String key = string();
      space();
      expect(':');
      map.put(key, value());
      space();
      if (peek() == '}') {
        at++;
        return map;
      }
      expect(',');
    }
  }

  private List<Object> list() throws Torn {
    List<Object> list = new ArrayList<>();
    at++;
    space();
    if (peek() == ']') {
      at++;
      return list;
    }
    while (true) {
      list.add(value());
      space();
      if (peek() == ']') {
        at++;
        return list;
      }
      expect(',');
    }
  }

  private String string() throws Torn {
    expect('"');
    StringBuilder out = new StringBuilder();
    while (true) {
      char c = next();
      if (c == '"') {
        return out.toString();
      }
      if (c < 0x20) {
        throw new Torn();
      }
      if (c != '\\') {
        out.append(c);
        continue;
      }
      char escaped = next();
      switch (escaped) {
        case '"', '\\', '/' -> out.append(escaped);
        case 'b' -> out.append('\b');
        case 'f' -> out.append('\f');
        case 'n' -> out.append('\n');
        case 'r' -> out.append('\r');
        case 't' -> out.append('\t');
        case 'u' -> {
          int code = 0;
          for (int i = 0; i < 4; i++) {
            int digit = Character.digit(next(), 16);
            if (digit < 0) {
              throw new Torn();
            }
            code = code * 16 + digit;
          }
          out.append((char) code);
        }
        default -> throw new Torn();
      }
    }
  }

  private Object word(String word, Object value) throws Torn {
    if (!text.startsWith(word, at)) {
      throw new Torn();
    }
    at += word.length();
    return value;
  }

  private BigDecimal number() throws Torn {
    int start = at;
    while (at < text.length() && "+-.eE0123456789".indexOf(text.charAt(at)) >= 0) {
      at++;
    }
    try {
      return new BigDecimal(text.substring(start, at));
    } catch (NumberFormatException notNumber) {
      throw new Torn();
    }
  }

  private void space() {
    while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) {
      at++;
    }
  }

  private char peek() throws Torn {
    if (at >= text.length()) {
      throw new Torn();
    }
    return text.charAt(at);
  }

  private char next() throws Torn {
    char c = peek();
    at++;
    return c;
  }

  private void expect(char expected) throws Torn {
    if (next() != expected) {
      throw new Torn();
    }
  }

  /** JSON to be written as it stands, valid or not. */
  record Raw(String json) {}

  private static final class Torn extends Exception {
    private static final long serialVersionUID = 1L;
  }
}
