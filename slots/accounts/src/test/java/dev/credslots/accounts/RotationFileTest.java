package dev.credslots.accounts;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.credslots.StoreException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is remembered comes back from disk, or an error does. */
final class RotationFileTest {
  private static final Path FILE = Path.of("/claude/.slots/rotation.json");
  private static final Instant NOW = Instant.parse("2026-01-18T12:00:00.125Z");

  @Test
  void what_is_written_is_read() {
    Rotation rotation =
        Rotation.EMPTY
            .ordered(List.of("erik", "bob", "alice"))
            .disabled("erik")
            .disabled("alice")
            .reported("bob", Outcome.OK, Optional.empty(), NOW.minusSeconds(9))
            .reported("bob", Outcome.RATE_LIMIT, Optional.empty(), NOW)
            .reported("bob", Outcome.BILLING, Optional.of(NOW.plusSeconds(77)), NOW)
            .reported("alice", Outcome.AUTH, Optional.empty(), NOW);
    byte[] bytes = RotationFile.write(rotation);
    assertEquals(rotation, read(new String(bytes, UTF_8)));
    assertArrayEquals(bytes, RotationFile.write(read(new String(bytes, UTF_8))));
    assertEquals(Rotation.EMPTY, read(new String(RotationFile.write(Rotation.EMPTY), UTF_8)));
  }

  @Test
  void the_file_is_plain() {
    Rotation rotation =
        Rotation.EMPTY
            .ordered(List.of("bob"))
            .reported("bob", Outcome.RATE_LIMIT, Optional.empty(), NOW);
    assertEquals(
        "{\"schemaVersion\":1,\"order\":[\"bob\"],\"disabled\":[],\"slots\":{\"bob\":{"
            + "\"cooldownUntil\":\"2026-01-18T12:01:00.125Z\","
            + "\"lastFailure\":\"2026-01-18T12:00:00.125Z\","
            + "\"errorCount\":1,\"failures\":{\"rate_limit\":1}}}}\n",
        new String(RotationFile.write(rotation), UTF_8));
  }

  @Test
  void counts_grow_no_larger_than_can_be_read() {
    Rotation failed =
        read("{\"schemaVersion\":1,\"slots\":{\"bob\":{\"errorCount\":999999999,"
                + "\"failures\":{\"auth\":999999999}}}}")
            .reported("bob", Outcome.AUTH, Optional.empty(), NOW);
    assertEquals(failed, read(new String(RotationFile.write(failed), UTF_8)));
  }

  @Test
  void counts_that_another_program_made_up_are_cut_to_what_can_be_read() {
    String file =
        "{\"version\":1,\"profiles\":{\"a:bob\":{}},\"usageStats\":{\"a:bob\":"
            + "{\"errorCount\":9223372036854775807,\"failureCounts\":{\"auth\":99999999999}}}}";
    ImportFile.Reading reading = ImportFile.read(file.getBytes(UTF_8), Optional.empty(), NOW);
    Map<String, Usage> usage = ((ImportFile.Reading.Understood) reading).file().usage();
    Rotation adopted = Rotation.EMPTY.adopting(List.of(), usage, NOW);
    assertEquals(1, adopted.usage().size());
    assertEquals(adopted, read(new String(RotationFile.write(adopted), UTF_8)));
  }

  @Test
  void what_a_later_version_added_is_skipped() {
    Rotation rotation =
        read(
            "{\"weights\":{\"bob\":[1,{}]},\"schemaVersion\":1,\"disabled\":[\"erik\"],"
                + "\"slots\":{\"bob\":{\"mood\":null,\"errorCount\":2,"
                + "\"failures\":{\"overloaded\":1,\"auth\":1}}}}");
    assertEquals(Set.of("erik"), rotation.disabled());
    assertEquals(Map.of(Outcome.AUTH, 1), rotation.usageOf("bob").failures());
    assertEquals(2, rotation.usageOf("bob").errorCount());
  }

  @ParameterizedTest(name = "[{0}]")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "``                                                       | is not a JSON object",
        "null                                                     | is not a JSON object",
        "[]                                                       | is not a JSON object",
        "{                                                        | is not JSON",
        "{\"schemaVersion\":1                                     | is not JSON",
        "{\"schemaVersion\":1,\"order\":[\"sk-ant-                | is not JSON",
        "{\"schemaVersion\":1}}                                   | is not JSON",
        "{\"schemaVersion\":1}{}                                  | something follows the object",
        "{\"schemaVersion\":1,\"order\":[],\"order\":[]}          | is not JSON",
        "{}                                                       | has no 'schemaVersion'",
        "{\"schemaVersion\":2}                                    | later version",
        "{\"schemaVersion\":\"1\"}                                | 'schemaVersion' must be a number",
        "{\"schemaVersion\":1,\"order\":\"sk-ant-x\"}             | :1: 'order' must be a list",
        "{\"schemaVersion\":1,\"order\":[\"a\",\"a\"]}            | 'order' must be a list",
        "{\"schemaVersion\":1,\"order\":[null]}                   | 'order' must be a list",
        "{\"schemaVersion\":1,\"disabled\":[1]}                   | 'disabled' must be a list",
        "{\"schemaVersion\":1,\"slots\":[]}                       | 'slots' must hold an object",
        "{\"schemaVersion\":1,\"slots\":{\"b\":1}}                | 'slots' must hold an object",
        "{\"schemaVersion\":1,\"slots\":{\"b\":{\"errorCount\":-1}}}          | must be a number",
        "{\"schemaVersion\":1,\"slots\":{\"b\":{\"errorCount\":1.5}}}         | must be a number",
        "{\"schemaVersion\":1,\"slots\":{\"b\":{\"errorCount\":12345678901}}} | must be a number",
        "{\"schemaVersion\":1,\"slots\":{\"b\":{\"failures\":{\"auth\":\"sk-ant\"}}}} | 'failures' must",
        "{\"schemaVersion\":1,\"slots\":{\"b\":{\"lastUsed\":1768737600}}}    | must be a time",
        "{\"schemaVersion\":1,\"slots\":{\"b\":{\"lastUsed\":\"sk-ant-x\"}}}  | must be a time",
        "{\"schemaVersion\":1,\"slots\":{\"b\":{\"lastUsed\":\"+1000000-01-01T00:00:00Z\"}}} | must be",
        "{\"schemaVersion\":1,\"slots\":{\"b\":{\"lastFailure\":null}}}       | must be a time",
      })
  void what_is_no_rotation_is_refused_by_name(String content, String expected) {
    StoreException refused = assertThrows(StoreException.class, () -> read(content));
    assertEquals(StoreException.Kind.REFUSED, refused.kind());
    assertTrue(refused.getMessage().startsWith(FILE.toString()), refused.getMessage());
    assertTrue(refused.getMessage().contains(expected), refused.getMessage());
    assertFalse(refused.getMessage().contains("sk-ant"), "a value is never repeated");
    assertTrue(refused.remedy().contains("move"), refused.remedy());
  }

  private static Rotation read(String content) {
    return RotationFile.read(content.getBytes(UTF_8), FILE);
  }
}
