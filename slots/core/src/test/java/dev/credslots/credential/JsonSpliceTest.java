package dev.credslots.credential;

import static java.nio.charset.StandardCharsets.UTF_16;
import static java.nio.charset.StandardCharsets.UTF_16BE;
import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeout;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.credslots.credential.JsonOutline.Span;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class JsonSpliceTest {
  private static final int MEBIBYTE = 1 << 20;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        // replaced: only the value
        "{\"a\":1}                        | a   | {\"a\":NEW}",
        "{ \"a\" : 1e400 , \"b\":0.10 }   | a   | { \"a\" : NEW , \"b\":0.10 }",
        "{\"z\":-0,\"a\":-0}              | a   | {\"z\":-0,\"a\":NEW}",
        "{\"z\":1e400,\"a\":\"}\\\"\" }   | a   | {\"z\":1e400,\"a\":NEW }",
        "{\"a\":[1,{\"a\":2}],\"c\":true} | a   | {\"a\":NEW,\"c\":true}",
        "{\"x\":{\"a\":1},\"a\":null}     | a   | {\"x\":{\"a\":1},\"a\":NEW}",
        "{\"x\":[{\"a\":1}],\"b\":{\"a\":0}} | b/a | {\"x\":[{\"a\":1}],\"b\":{\"a\":NEW}}",
        // of duplicates the last
        "{\"a\":1,\"a\":2}                | a   | {\"a\":1,\"a\":NEW}",
        "{\"b\":{\"a\":1},\"b\":{}}       | b/a | {\"b\":{\"a\":1},\"b\":{\"a\":NEW}}",
        "{\"b\":0,\"b\":{\"a\":1}}        | b/a | {\"b\":0,\"b\":{\"a\":NEW}}",
        // names compared without their escapes
        "{\"\\u0061\":1,\"b\":2}          | a   | {\"\\u0061\":NEW,\"b\":2}",
        "{\"é\":\"日本😀\",\"a\":\"ü\"}   | a   | {\"é\":\"日本😀\",\"a\":NEW}",
        // added as the last member
        "{}                               | a   | {\"a\":NEW}",
        "{ }                              | a   | {\"a\":NEW }",
        "{\"b\":1}                        | a   | {\"b\":1,\"a\":NEW}",
        "{ \"b\": 1 }                     | a   | { \"b\": 1, \"a\": NEW }",
        "{\"b\":1, \"c\" : [] }           | a   | {\"b\":1, \"c\" : [], \"a\" : NEW }",
        "{\"x\":{\"a\":1}}                | a   | {\"x\":{\"a\":1},\"a\":NEW}",
        "{\"x\":{},\"y\":1}               | x/a | {\"x\":{\"a\":NEW},\"y\":1}",
        // with what is missing on the way
        "{}                               | x/y/a | {\"x\":{\"y\":{\"a\":NEW}}}",
        "{\"x\": {}}                      | x/y/a | {\"x\": {\"y\":{\"a\":NEW}}}",
        "{\"x\": {\"z\": 0}}              | x/y/a | {\"x\": {\"z\": 0,\"y\": {\"a\": NEW}}}",
      })
  void puts_a_value_and_leaves_the_rest(String json, String path, String expected)
      throws Exception {
    byte[] value = "{\"n\": [1e400, \"NEW\"]}".getBytes(UTF_8);
    byte[] put = JsonSplice.put(json.getBytes(UTF_8), value, path.split("/"));

    assertEquals(expected.replace("NEW", new String(value, UTF_8)), new String(put, UTF_8));
    assertArrayEquals(value, JsonSplice.find(put, path.split("/")).orElseThrow().of(put));
  }

  @Test
  void an_added_member_is_indented_like_the_one_before_it() throws Exception {
    String tabs = "{\r\n\t\"a\": 1,\r\n\t\"b\": {\r\n\t\t\"c\": 2\r\n\t}\r\n}\r\n";

    assertEquals(
        "{\r\n\t\"a\": 1,\r\n\t\"b\": {\r\n\t\t\"c\": 2\r\n\t},\r\n\t\"n\": 3\r\n}\r\n",
        put(tabs, "3", "n"));
    assertEquals(
        "{\r\n\t\"a\": 1,\r\n\t\"b\": {\r\n\t\t\"c\": 2,\r\n\t\t\"n\": 3\r\n\t}\r\n}\r\n",
        put(tabs, "3", "b", "n"));
  }

  @Test
  void odd_names_are_escaped() throws Exception {
    for (String name : List.of("q\"", "\\", "\n\u0001\u007f\u2028", "", "😀")) {
      String json = put("{\"z\":1e400}", "2", name);
      byte[] bytes = json.getBytes(UTF_8);
      assertEquals("2", new String(JsonSplice.find(bytes, name).orElseThrow().of(bytes), UTF_8));
    }
  }

  @Test
  void blanks_around_the_value_are_left_out() throws Exception {
    assertEquals("{\"a\":[ 1 ]}", put("{\"a\":0}", " \r\n[ 1 ]\n", "a"));
    for (String scalar :
        List.of("1e400", "-0", "\"x\"", "null", "123456789012345678901234567890")) {
      assertEquals("{\"a\":" + scalar + "}", put("{\"a\":0}", scalar, "a"));
      assertEquals("{\"a\":" + scalar + "}", put("{\"a\":0}", " " + scalar + " ", "a"));
    }
  }

  @Test
  void what_is_not_there_is_not_found() throws Exception {
    byte[] json = "{\"a\":{\"b\":1},\"c\":[{\"b\":1}],\"d\":{\"b\":1},\"d\":2}".getBytes(UTF_8);
    assertEquals(Optional.empty(), JsonSplice.find(json, "b"));
    assertEquals(Optional.empty(), JsonSplice.find(json, "c", "b"));
    assertEquals(Optional.empty(), JsonSplice.find(json, "d", "b"));
    assertEquals(Optional.empty(), JsonSplice.find(json, "a", "b", "c"));
    assertEquals(Optional.of(new Span(5, 12)), JsonSplice.find(json, "a"));
    assertEquals(Optional.of(new Span(10, 11)), JsonSplice.find(json, "a", "b"));
  }

  @Test
  void something_else_on_the_way_is_never_overwritten() {
    for (String way : List.of("1", "null", "[]", "\"{}\"")) {
      byte[] json = ("{\"a\":" + way + "}").getBytes(UTF_8);
      assertThrows(
          MalformedJsonException.class, () -> JsonSplice.put(json, "1".getBytes(UTF_8), "a", "b"));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "[]",
        "[{\"SECRET\":1}]",
        "1",
        "\"SECRET\"",
        "null",
        "SECRET",
        "{",
        "}",
        "{\"SECRET\"",
        "{\"SECRET\":",
        "{\"a\":\"SECRET",
        "{\"a\":1",
        "{\"a\":1,",
        "{\"a\":1,}",
        "{\"a\":1}SECRET",
        "{\"a\":1}{\"a\":1}",
        "{\"a\":1},",
        "{\"a\":1}\u0000",
        "\u0000{\"a\":1}",
        "{\"a\":SECRET}",
        "{\"a\":NaN}",
        "{\"a\":Infinity}",
        "{\"a\":01}",
        "{\"a\":+1}",
        "{\"a\":1.}",
        "{\"a\":.5}",
        "{\"a\":-}",
        "{\"a\":0x1}",
        "{\"a\":1SECRET}",
        "{\"a\":trueSECRET}",
        "{\"a\":\"\t\"}",
        "{\"a\":\"\\x\"}",
        "{\"a\":\"\\u12\"}",
        "{a:1}",
        "{'a':1}",
        "{\"a\":'SECRET'}",
        "{\"a\" 1}",
        "{\"a\":1 \"b\":2}",
        "{,}",
        "{\"a\":[1,]}",
        "{\"a\":[,1]}",
        "{\"a\":1]",
        "{\"a\":[1}",
        "{\"a\":1/*SECRET*/}",
        "{\"a\":1}//SECRET",
        "{\"a\":1}#SECRET",
        "{\"a\":\u00a01}",
        "\ufeff{\"a\":1}",
        "{\"a\":1}\ufeff",
        "{\"a\":1}\f",
        "{\"b\":{\"c\":[SECRET]},\"a\":1}",
        "{\"a\":1,\"a\n\":2}"
      })
  void what_is_not_one_json_object_is_refused_in_a_message_without_its_bytes(String text) {
    assertRefused(text.getBytes(UTF_8));
  }

  @Test
  void other_encodings_and_broken_utf8_are_refused() {
    String json = "{\"a\":1}";
    assertRefused(json.getBytes(UTF_16));
    assertRefused(json.getBytes(UTF_16BE));
    assertRefused(json.getBytes(UTF_16LE));
    for (String broken : List.of("ff", "c0af", "eda080", "f4908080", "e282", "80")) {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      bytes.writeBytes("{\"b\":\"".getBytes(UTF_8));
      for (int i = 0; i < broken.length(); i += 2) {
        bytes.write(Integer.parseInt(broken.substring(i, i + 2), 16));
      }
      bytes.writeBytes("\",\"a\":1}".getBytes(UTF_8));
      assertRefused(bytes.toByteArray());
    }
  }

  @Test
  void every_torn_document_is_refused() {
    byte[] json = RandomJson.document(40).bytes();
    int end = json.length;
    while (json[end - 1] != '}') {
      end--;
    }
    for (int i = 0; i < end; i++) {
      assertRefused(Arrays.copyOf(json, i));
    }
  }

  @Test
  void a_value_that_is_not_one_value_is_refused() {
    for (String value : List.of("", " ", "1 2", "{", "\ufeff1", "1,\"b\":2", "\"", "tru")) {
      assertThrows(
          MalformedJsonException.class,
          () -> JsonSplice.put("{}".getBytes(UTF_8), value.getBytes(UTF_8), "a"));
    }
  }

  @Test
  void what_jackson_does_not_read_is_refused() {
    assertRefused("{\"\\ud800\":0,\"a\":1}".getBytes(UTF_8));
    assertRefused(("{\"b\":" + "[".repeat(2000) + "]".repeat(2000) + "}").getBytes(UTF_8));
  }

  @Test
  void flipped_bytes_never_throw_anything_else_nor_yield_anything_but_json() {
    Random random = new Random(7);
    for (int seed = 0; seed < 2_000; seed++) {
      byte[] json = RandomJson.document(seed).bytes();
      for (int flips = 1 + random.nextInt(3); flips > 0; flips--) {
        json[random.nextInt(json.length)] = (byte) random.nextInt(256);
      }
      byte[] before = json.clone();
      try {
        byte[] put = JsonSplice.put(json, "[1]".getBytes(UTF_8), "a");
        assertEquals("[1]", new String(JsonSplice.find(put, "a").orElseThrow().of(put), UTF_8));
      } catch (MalformedJsonException e) {
        assertNull(e.getCause());
      }
      assertArrayEquals(before, json);
    }
  }

  @Test
  void random_documents_keep_every_byte_outside_the_value() throws Exception {
    byte[] value = "{\"new\":\"😀\"}".getBytes(UTF_8);
    int replaced = 0;
    int added = 0;
    int blocked = 0;
    for (int seed = 0; seed < 5_000; seed++) {
      RandomJson.Document document = RandomJson.document(seed);
      byte[] json = document.bytes();
      Random random = new Random(~seed);
      String[] path = new String[1 + random.nextInt(3)];
      RandomJson.Place place = document.root();
      boolean scalarOnTheWay = false;
      for (int i = 0; i < path.length; i++) {
        path[i] = RandomJson.name(random);
        scalarOnTheWay |= place != null && place.members == null;
        place = place == null || place.members == null ? null : place.members.get(path[i]);
      }
      Optional<Span> expected =
          Optional.ofNullable(place).map(there -> new Span(there.start, there.end));
      String story = "seed " + seed;
      assertEquals(expected, JsonSplice.find(json, path), story);
      if (scalarOnTheWay) {
        assertThrows(MalformedJsonException.class, () -> JsonSplice.put(json, value, path));
        blocked++;
        continue;
      }
      byte[] put = JsonSplice.put(json, value, path);
      Span found = JsonSplice.find(put, path).orElseThrow();
      assertArrayEquals(value, found.of(put), story);
      if (expected.isPresent()) {
        Span old = expected.get();
        assertArrayEquals(Arrays.copyOf(json, old.start()), Arrays.copyOf(put, found.start()));
        assertArrayEquals(
            new Span(old.end(), json.length).of(json), new Span(found.end(), put.length).of(put));
        replaced++;
      } else {
        assertAdded(json, put, story);
        added++;
      }
      assertArrayEquals(put, JsonSplice.put(put, value, path), story);
    }
    String counts = replaced + " replaced, " + added + " added, " + blocked + " blocked";
    assertTrue(replaced > 300 && added > 300 && blocked > 300, counts);
  }

  @Test
  void a_large_document_takes_linear_time() {
    assertTimeout(
        Duration.ofMinutes(3),
        () -> {
          byte[] json = large(64 * MEBIBYTE, new Random(1));
          byte[] put = JsonSplice.put(json, "{\"x\":1}".getBytes(UTF_8), "oauthAccount");
          Span span = JsonSplice.find(put, "oauthAccount").orElseThrow();
          assertEquals("{\"x\":1}", new String(span.of(put), UTF_8));
          assertArrayEquals(json, JsonSplice.put(put, "{}".getBytes(UTF_8), "oauthAccount"));
        });
  }

  @Test
  void texts_names_and_numbers_may_be_as_long_as_the_file() throws Exception {
    byte[] digits = repeated('7', 2 * MEBIBYTE);
    byte[] letters = repeated('x', 64 * MEBIBYTE - 100);
    byte[] name = repeated('n', MEBIBYTE);
    ByteArrayOutputStream json = new ByteArrayOutputStream();
    json.writeBytes("{\"".getBytes(UTF_8));
    json.writeBytes(name);
    json.writeBytes("\":".getBytes(UTF_8));
    json.writeBytes(digits);
    json.writeBytes(",\"t\":\"".getBytes(UTF_8));
    json.writeBytes(letters);
    json.writeBytes("\",\"a\":1}".getBytes(UTF_8));
    byte[] document = json.toByteArray();

    Span span = JsonSplice.find(document, "t").orElseThrow();
    assertEquals(letters.length + 2, span.end() - span.start());
    assertEquals(document.length + 2, JsonSplice.put(document, "123".getBytes(UTF_8), "a").length);
  }

  /** An object of about {@code size} bytes with {@code "oauthAccount":{}} in the middle. */
  static byte[] large(int size, Random random) {
    ByteArrayOutputStream json = new ByteArrayOutputStream(size + 4096);
    json.writeBytes("{".getBytes(UTF_8));
    boolean account = false;
    for (int i = 0; json.size() < size; i++) {
      if (!account && json.size() > size / 2) {
        json.writeBytes("\r\n\t\"oauth\\u0041ccount\" : {} ,".getBytes(UTF_8));
        account = true;
      }
      json.writeBytes(("\n  \"k" + i + "\": ").getBytes(UTF_8));
      json.writeBytes(RandomJson.document(random.nextInt(2_000)).bytes());
      json.write(',');
    }
    json.writeBytes("\"end\":1e400}".getBytes(UTF_8));
    return json.toByteArray();
  }

  private static String put(String json, String value, String... path)
      throws MalformedJsonException {
    return new String(JsonSplice.put(json.getBytes(UTF_8), value.getBytes(UTF_8), path), UTF_8);
  }

  private static byte[] repeated(char c, int count) {
    byte[] bytes = new byte[count];
    Arrays.fill(bytes, (byte) c);
    return bytes;
  }

  private static void assertRefused(byte[] json) {
    MalformedJsonException refusal =
        assertThrows(MalformedJsonException.class, () -> JsonSplice.find(json, "a"));
    assertFalse(refusal.getMessage().contains("SECRET"), refusal.getMessage());
    assertNull(refusal.getCause());
    assertThrows(
        MalformedJsonException.class, () -> JsonSplice.put(json, "1".getBytes(UTF_8), "a"));
  }

  /** Bytes and tokens of {@code put} are those of {@code json} with one run of new ones. */
  private static void assertAdded(byte[] json, byte[] put, String story) throws IOException {
    int same = Arrays.mismatch(json, put);
    int rest = json.length - same;
    assertArrayEquals(
        Arrays.copyOfRange(json, same, json.length),
        Arrays.copyOfRange(put, put.length - rest, put.length),
        story);
    List<String> before = tokens(json);
    List<String> after = tokens(put);
    int first = 0;
    while (first < before.size() && before.get(first).equals(after.get(first))) {
      first++;
    }
    int left = before.size() - first;
    assertEquals(
        before.subList(first, before.size()),
        after.subList(after.size() - left, after.size()),
        story);
  }

  private static List<String> tokens(byte[] json) throws IOException {
    List<String> tokens = new ArrayList<>();
    try (JsonParser parser = new JsonFactory().createParser(json)) {
      for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
        tokens.add(token + parser.getText());
      }
    }
    return tokens;
  }
}
