package dev.credslots.testkit;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamWriteFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.util.RawValue;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * JSON to judge files with. Binds data, as the engine never does: a test kit that read credentials
 * with the code under test would share its mistakes.
 *
 * <p>Objects are maps in file order, the last of duplicate keys counting; arrays lists; numbers
 * {@link BigInteger} or {@link BigDecimal}, never rounded.
 */
final class Json {
  /** Is written as JSON's null, which reads as no value. */
  static final Object NULL = NullNode.getInstance();

  private static final JsonMapper MAPPER =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxNestingDepth(200)
                          .maxStringLength(Integer.MAX_VALUE)
                          .maxNameLength(Integer.MAX_VALUE)
                          .maxNumberLength(Integer.MAX_VALUE)
                          .build())
                  .build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(DeserializationFeature.USE_BIG_INTEGER_FOR_INTS)
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .enable(StreamWriteFeature.WRITE_BIGDECIMAL_AS_PLAIN)
          .build();

  private Json() {}

  /** The value of a complete JSON text, or empty for null and anything torn or not UTF-8. */
  static Optional<Object> parse(byte[] bytes) {
    try {
      // Given bytes, Jackson would guess their encoding and drop a byte order mark.
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
      return Optional.ofNullable(MAPPER.readValue(text, Object.class));
    } catch (CharacterCodingException | JsonProcessingException torn) {
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

  /** JSON that {@link #write} writes as it stands, valid or not. */
  static Object raw(String json) {
    return new RawValue(json);
  }

  /** Maps, lists, texts and numbers as JSON on one line. */
  static String write(Object value) {
    try {
      return MAPPER.writeValueAsString(value);
    } catch (JsonProcessingException unwritable) {
      throw new IllegalArgumentException("not JSON's kind of value", unwritable);
    }
  }
}
