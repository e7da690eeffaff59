package dev.credslots.acceptance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/** What a command printed with {@code --json}, held against the contract as it is read. */
final class Answer {
  private static final JsonMapper MAPPER =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();
  private static final Pattern ISO_UTC =
      Pattern.compile("\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}(\\.\\d+)?Z");

  private final JsonNode json;
  private final SlotsCommand.Result result;

  private Answer(JsonNode json, SlotsCommand.Result result) {
    this.json = json;
    this.result = result;
  }

  /** Exactly one object of the present schema on stdout, and this exit code. */
  static Answer of(int exitCode, SlotsCommand.Result result) throws JsonProcessingException {
    assertEquals(exitCode, result.exitCode(), result::toString);
    JsonNode json = MAPPER.readTree(result.out());
    assertTrue(json.isObject(), result::toString);
    assertTrue(json.path("schemaVersion").isInt(), result::toString);
    assertEquals(1, json.path("schemaVersion").intValue(), result::toString);
    return new Answer(json, result);
  }

  /** The object has these fields and no others. */
  Answer has(String... names) {
    assertEquals(Set.of(names), Set.copyOf(names(json)), result::toString);
    return this;
  }

  /** As {@link #has}, besides the two that every object has. */
  Answer saysOfADirectory(String... names) {
    Set<String> expected = new TreeSet<>(Set.of(names));
    expected.addAll(Set.of("schemaVersion", "dir"));
    assertEquals(expected, new TreeSet<>(names(json)), result::toString);
    assertTrue(json.path("dir").isTextual(), result::toString);
    return this;
  }

  /** The text at a path such as {@code live/state}. */
  Answer is(String path, String text) {
    JsonNode node = at(path);
    assertTrue(node.isTextual(), () -> path + " is no text in " + result);
    assertEquals(text, node.textValue(), () -> path + " in " + result);
    return this;
  }

  Answer is(String path, boolean value) {
    JsonNode node = at(path);
    assertTrue(node.isBoolean(), () -> path + " is no boolean in " + result);
    assertEquals(value, node.booleanValue(), () -> path + " in " + result);
    return this;
  }

  Answer isNull(String path) {
    assertTrue(at(path).isNull(), () -> path + " is not null in " + result);
    return this;
  }

  /** A sentence: some text, on one line. */
  Answer isSentence(String path) {
    JsonNode node = at(path);
    assertTrue(node.isTextual() && !node.textValue().isBlank(), () -> path + " in " + result);
    assertEquals(1, node.textValue().lines().count(), () -> path + " in " + result);
    return this;
  }

  Answer isTime(String path) {
    time(path);
    return this;
  }

  /** The time at a path, which is ISO-8601 in UTC. */
  Instant time(String path) {
    JsonNode node = at(path);
    assertTrue(
        node.isTextual() && ISO_UTC.matcher(node.textValue()).matches(),
        () -> path + " is no time in UTC in " + result);
    return Instant.parse(node.textValue());
  }

  /** The list at a path, an answer for each object in it. */
  List<Answer> list(String path) {
    JsonNode node = at(path);
    assertTrue(node.isArray(), () -> path + " is no list in " + result);
    List<Answer> answers = new ArrayList<>();
    node.forEach(child -> answers.add(new Answer(child, result)));
    return answers;
  }

  /** The object in the list at a path whose field has this text. */
  Answer find(String path, String field, String text) {
    List<Answer> found =
        list(path).stream()
            .filter(answer -> answer.json.path(field).asText().equals(text))
            .toList();
    assertEquals(1, found.size(), () -> field + " " + text + " in " + path + " of " + result);
    return found.get(0);
  }

  /** The texts of a field of every object in the list at a path, in order. */
  List<String> each(String path, String field) {
    return list(path).stream().map(answer -> answer.text(field)).toList();
  }

  Answer object(String path) {
    assertTrue(at(path).isObject(), () -> path + " is no object in " + result);
    return new Answer(at(path), result);
  }

  String text(String path) {
    assertTrue(at(path).isTextual(), () -> path + " is no text in " + result);
    return at(path).textValue();
  }

  long number(String path) {
    assertTrue(at(path).isIntegralNumber(), () -> path + " is no number in " + result);
    return at(path).longValue();
  }

  JsonNode json() {
    return json;
  }

  /** What the command wrote besides. */
  String err() {
    return result.err();
  }

  private JsonNode at(String path) {
    JsonNode node = json.at("/" + path);
    assertTrue(!node.isMissingNode(), () -> "no " + path + " in " + result);
    return node;
  }

  private static List<String> names(JsonNode object) {
    List<String> names = new ArrayList<>();
    object.fieldNames().forEachRemaining(names::add);
    return names;
  }

  @Override
  public String toString() {
    return result.toString();
  }
}
