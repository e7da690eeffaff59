package dev.credslots.credential;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Where the members of one JSON object are, in bytes of the document that holds it. Of duplicate
 * names the last counts, as for the client's {@code JSON.parse}. Keeps the document, which nobody
 * may change meanwhile, and copies none of it.
 */
final class JsonOutline {
  /**
   * The limits of a server that reads strangers' requests are lifted: this is the user's own file,
   * already in memory. Without canonical names Jackson would decode to characters first and know no
   * byte offsets; the collision check on them is for strangers again.
   */
  private static final JsonFactory JSON =
      JsonFactory.builder()
          .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
          .disable(JsonFactory.Feature.FAIL_ON_SYMBOL_HASH_OVERFLOW)
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxDocumentLength(-1)
                  .maxTokenCount(-1)
                  .maxNameLength(Integer.MAX_VALUE)
                  .maxNumberLength(Integer.MAX_VALUE)
                  .maxStringLength(Integer.MAX_VALUE)
                  .build())
          .build();

  /** From {@code start} on and before {@code end}, in bytes from the start of the document. */
  record Span(int start, int end) {
    byte[] of(byte[] document) {
      return Arrays.copyOfRange(document, start, end);
    }
  }

  /**
   * One member.
   *
   * @param nameStart the offset of the name's opening quote
   * @param value without the blanks around it
   */
  record Member(String name, int nameStart, Span value, boolean isObject) {}

  private final byte[] document;
  private final int start;
  private final Map<String, Member> members = new LinkedHashMap<>();
  private @Nullable Member last;

  private JsonOutline(byte[] document, int start) {
    this.document = document;
    this.start = start;
  }

  /**
   * Reads a document to its end.
   *
   * @param wanted the names to remember; a document may have millions
   * @throws MalformedJsonException if it is anything but one JSON object in UTF-8 without a byte
   *     order mark, or what Jackson does not read though the client does: nested deeper than it
   *     goes, or a name with half a surrogate pair
   */
  static JsonOutline of(byte[] document, Predicate<String> wanted) throws MalformedJsonException {
    checkUtf8(document);
    return read(document, new Span(0, document.length), wanted);
  }

  /** The value that is all of {@code document} but for blanks around it. */
  static Span soleValue(byte[] document) throws MalformedJsonException {
    checkUtf8(document);
    try (JsonParser parser = JSON.createParser(document)) {
      JsonToken first = parser.nextToken();
      if (first == null) {
        throw new MalformedJsonException("empty");
      }
      Span value = skipValue(parser);
      if (parser.nextToken() != null) {
        throw new MalformedJsonException("not JSON (something follows the value)");
      }
      // Jackson counts one blank after a bare number as part of it.
      int end = value.end();
      while (document[end - 1] <= ' ' && document[end - 1] >= 0) {
        end--;
      }
      return new Span(value.start(), end);
    } catch (IOException e) {
      throw malformed(e);
    }
  }

  /** The object that is the value of {@code member}, which must be one. */
  JsonOutline inside(Member member, Predicate<String> wanted) throws MalformedJsonException {
    return read(document, member.value(), wanted);
  }

  /** The offset of the opening brace. */
  int start() {
    return start;
  }

  Optional<Member> member(String name) {
    return Optional.ofNullable(members.get(name));
  }

  /** The value of a wanted member if it is a text, without its escapes. */
  Optional<String> text(String name) throws MalformedJsonException {
    Member member = members.get(name);
    return member == null ? Optional.empty() : text(document, member.value());
  }

  /** A value of a checked document if it is a text, without its escapes. */
  static Optional<String> text(byte[] document, Span value) throws MalformedJsonException {
    if (document[value.start()] != '"') {
      return Optional.empty();
    }
    try (JsonParser parser = parser(document, value)) {
      parser.nextToken();
      return Optional.of(parser.getText());
    } catch (IOException e) {
      throw malformed(e);
    }
  }

  /** A value of a checked document as it is written: a number's digits, a text with its quotes. */
  static String written(byte[] document, Span value) {
    return new String(value.of(document), StandardCharsets.UTF_8);
  }

  /** The wanted members that count, in the order of their first appearance. */
  Collection<Member> members() {
    return members.values();
  }

  /** The member that ends last, wanted or not, a duplicate or not; empty for an empty object. */
  Optional<Member> last() {
    return Optional.ofNullable(last);
  }

  /**
   * Whether two values of checked documents say the same, whatever the blanks between their tokens
   * and the escapes in their texts. Numbers differ when they are written differently, and so do
   * objects in another order: a needless change does no harm, a missed one does.
   */
  static boolean sameValue(byte[] one, Span oneSpan, byte[] other, Span otherSpan)
      throws MalformedJsonException {
    try (JsonParser left = parser(one, oneSpan);
        JsonParser right = parser(other, otherSpan)) {
      while (true) {
        JsonToken token = left.nextToken();
        if (token != right.nextToken()) {
          return false;
        }
        if (token == null) {
          return true;
        }
        if (!Objects.equals(left.getText(), right.getText())) {
          return false;
        }
      }
    } catch (IOException e) {
      throw malformed(e);
    }
  }

  private static JsonOutline read(byte[] document, Span part, Predicate<String> wanted)
      throws MalformedJsonException {
    try (JsonParser parser = parser(document, part)) {
      JsonToken first = parser.nextToken();
      if (first != JsonToken.START_OBJECT) {
        throw new MalformedJsonException(first == null ? "empty" : "not a JSON object");
      }
      JsonOutline outline = new JsonOutline(document, part.start() + tokenStart(parser));
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        String name = parser.currentName();
        int nameStart = part.start() + tokenStart(parser);
        boolean isObject = parser.nextToken() == JsonToken.START_OBJECT;
        Span value = skipValue(parser);
        Member member =
            new Member(
                name,
                nameStart,
                new Span(part.start() + value.start(), part.start() + value.end()),
                isObject);
        outline.last = member;
        if (wanted.test(name)) {
          outline.members.put(name, member);
        }
      }
      if (parser.nextToken() != null) {
        throw new MalformedJsonException("not JSON (something follows the object)");
      }
      return outline;
    } catch (IOException e) {
      throw malformed(e);
    }
  }

  private static JsonParser parser(byte[] document, Span span) throws IOException {
    return JSON.createParser(document, span.start(), span.end() - span.start());
  }

  /** Moves from a value's first token to its last; offsets count from where the parser began. */
  private static Span skipValue(JsonParser parser) throws IOException {
    int start = tokenStart(parser);
    parser.skipChildren();
    // A text is read lazily: without this its end is not known yet.
    parser.finishToken();
    return new Span(start, Math.toIntExact(parser.currentLocation().getByteOffset()));
  }

  private static int tokenStart(JsonParser parser) {
    return Math.toIntExact(parser.currentTokenLocation().getByteOffset());
  }

  /**
   * Jackson guesses UTF-16 and UTF-32 from zero bytes, drops a byte order mark and skips over texts
   * without checking them; the client knows UTF-8 only.
   */
  private static void checkUtf8(byte[] document) throws MalformedJsonException {
    boolean marked =
        document.length >= 3
            && document[0] == (byte) 0xEF
            && document[1] == (byte) 0xBB
            && document[2] == (byte) 0xBF;
    if (marked || hasZero(document) || !decodes(document)) {
      throw new MalformedJsonException(
          "not JSON in UTF-8 (a byte order mark, another encoding or binary data)");
    }
  }

  private static boolean hasZero(byte[] document) {
    for (byte b : document) {
      if (b == 0) {
        return true;
      }
    }
    return false;
  }

  private static boolean decodes(byte[] document) {
    // A new decoder reports what is wrong instead of replacing it.
    CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
    ByteBuffer in = ByteBuffer.wrap(document);
    CharBuffer out = CharBuffer.allocate(8192);
    while (true) {
      CoderResult result = decoder.decode(in, out, true);
      if (!result.isOverflow()) {
        return !result.isError();
      }
      out.clear();
    }
  }

  private static MalformedJsonException malformed(IOException e) {
    // An array never fails to be read, but Jackson declares it.
    return new MalformedJsonException(
        e instanceof JsonProcessingException json
            ? "not JSON" + ClaudeFormat.place(json.getLocation())
            : "not JSON");
  }
}
