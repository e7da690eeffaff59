package dev.credslots.credential;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;

/**
 * Writes random JSON objects with odd blanks, numbers, escapes and duplicate names, and knows from
 * the writing where each value is: no parser has a say in it.
 */
final class RandomJson {
  private static final String[] BLANKS = {"", "", "", " ", "\n  ", "\r\n", "\t", " \t\r\n\n "};
  private static final String[] SCALARS = {
    "1e400",
    "0.10",
    "-0",
    "123456789012345678901234567890",
    "-1.5E-7",
    "0",
    "true",
    "false",
    "null",
    "\"\"",
    "\"a\\\"b\\\\\"",
    "\"\\u0000\\ud83d\\ude00\\n\"",
    "\"grüße 日本 😀\"",
    "\"}{][,:\"",
    "\"\\ud800\"",
    "\"http:\\/\\/x\"",
    "{}",
    "[]",
    "[ ]",
    "{\r\n}"
  };

  /** What the writer may call a member, and the name a reader understands. */
  private static final String[][] NAMES = {
    {"a", "a"},
    {"\\u0061", "a"},
    {"b", "b"},
    {"é", "é"},
    {"\\u00e9", "é"},
    {"日", "日"},
    {"😀", "😀"},
    {"\\ud83d\\ude00", "😀"},
    {"", ""},
    {"q\\\"", "q\""},
    {"back\\\\", "back\\"},
    {"averylongnamethatdoesnotfitintoafewquads", "averylongnamethatdoesnotfitintoafewquads"},
    {"c", "c"},
    {"d", "d"},
    {"\\n", "\n"}
  };

  private final Random random;
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  /** The value that counts and its members, {@code null} for what is not an object. */
  static final class Place {
    int start;
    int end;
    Map<String, Place> members;
  }

  private RandomJson(long seed) {
    random = new Random(seed);
  }

  @SuppressWarnings("ArrayRecordComponent") // Nobody compares two of them.
  record Document(byte[] bytes, Place root) {}

  static Document document(long seed) {
    RandomJson json = new RandomJson(seed);
    json.blanks();
    Place root = json.object(0);
    json.blanks();
    return new Document(json.out.toByteArray(), root);
  }

  static String name(Random random) {
    return NAMES[random.nextInt(NAMES.length)][1];
  }

  private Place object(int depth) {
    Place place = new Place();
    place.members = new HashMap<>();
    place.start = out.size();
    write("{");
    int count = random.nextInt(7);
    for (int i = 0; i < count; i++) {
      if (i > 0) {
        write(",");
      }
      blanks();
      String[] name = NAMES[random.nextInt(NAMES.length)];
      write("\"" + name[0] + "\"");
      blanks();
      write(":");
      blanks();
      place.members.put(name[1], value(depth + 1));
      blanks();
    }
    if (count == 0) {
      blanks();
    }
    write("}");
    place.end = out.size();
    return place;
  }

  private Place value(int depth) {
    if (depth < 4 && random.nextInt(3) == 0) {
      return object(depth);
    }
    Place place = new Place();
    place.start = out.size();
    if (depth < 4 && random.nextInt(4) == 0) {
      array(depth);
    } else {
      String scalar = SCALARS[random.nextInt(SCALARS.length)];
      write(scalar);
      if (scalar.startsWith("{")) {
        place.members = new HashMap<>();
      }
    }
    place.end = out.size();
    return place;
  }

  private void array(int depth) {
    write("[");
    int count = 1 + random.nextInt(3);
    for (int i = 0; i < count; i++) {
      if (i > 0) {
        write(",");
      }
      blanks();
      value(depth + 1);
      blanks();
    }
    write("]");
  }

  private void blanks() {
    write(BLANKS[random.nextInt(BLANKS.length)]);
  }

  private void write(String text) {
    out.writeBytes(text.getBytes(StandardCharsets.UTF_8));
  }
}
