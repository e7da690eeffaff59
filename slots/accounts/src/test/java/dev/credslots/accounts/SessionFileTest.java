package dev.credslots.accounts;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.credslots.StoreException;
import dev.credslots.accounts.SessionPin.Kind;
import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Pins come back from disk, or an error does. */
final class SessionFileTest {
  private static final Path FILE = Path.of("/claude/.slots/sessions.json");
  private static final Instant NOW = Instant.parse("2026-01-18T12:00:00.125Z");

  @Test
  void what_is_written_is_read_and_plain() {
    Sessions sessions =
        Sessions.EMPTY
            .pinned("s2", "bob", Kind.USER, NOW)
            .flatMap(some -> some.pinned("s1", "alice", Kind.AUTO, NOW))
            .orElseThrow();
    String text = new String(SessionFile.write(sessions), UTF_8);
    assertEquals(
        "{\"schemaVersion\":1,\"sessions\":{"
            + "\"s1\":{\"slot\":\"alice\",\"kind\":\"auto\",\"since\":\"2026-01-18T12:00:00.125Z\","
            + "\"lastUsed\":\"2026-01-18T12:00:00.125Z\"},"
            + "\"s2\":{\"slot\":\"bob\",\"kind\":\"user\",\"since\":\"2026-01-18T12:00:00.125Z\","
            + "\"lastUsed\":\"2026-01-18T12:00:00.125Z\"}}}\n",
        text);
    assertEquals(sessions, read(text));
  }

  @Test
  void what_a_later_version_added_is_skipped() {
    String pin =
        "{\"mood\":[1],\"slot\":\"bob\",\"kind\":\"auto\",\"since\":\"2026-01-18T12:00:00Z\","
            + "\"lastUsed\":\"2026-01-18T12:00:00Z\"}";
    Sessions sessions = read("{\"x\":{},\"schemaVersion\":1,\"sessions\":{\"s1\":" + pin + "}}");
    assertEquals("bob", sessions.pin("s1").orElseThrow().slot());
  }

  @ParameterizedTest(name = "[{0}]")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "``                                                        | is not a JSON object",
        "{\"schemaVersion\":1,\"sessions\":{\"sk-ant-              | is not JSON",
        "{\"schemaVersion\":2}                                     | later version",
        "{}                                                        | has no 'schemaVersion'",
        "{\"schemaVersion\":1,\"sessions\":[]}                     | must hold an object",
        "{\"schemaVersion\":1,\"sessions\":{\"sk-ant x\":{}}}      | must have sessions' ids",
        "{\"schemaVersion\":1,\"sessions\":{\"s\":1}}              | must hold an object",
        "{\"schemaVersion\":1,\"sessions\":{\"s\":{}}}             | a session must have 'slot'",
        "{\"schemaVersion\":1,\"sessions\":{\"s\":{\"slot\":1}}}   | 'slot' must be text",
        "{\"schemaVersion\":1,\"sessions\":{\"s\":{\"kind\":\"sk-ant\"}}} | must be auto or user",
        "{\"schemaVersion\":1,\"sessions\":{\"s\":{\"since\":\"sk-ant\"}}} | must be a time",
      })
  void what_is_no_such_file_is_refused_by_name(String content, String expected) {
    StoreException refused = assertThrows(StoreException.class, () -> read(content));
    assertEquals(StoreException.Kind.REFUSED, refused.kind());
    assertTrue(refused.getMessage().startsWith(FILE.toString()), refused.getMessage());
    assertTrue(refused.getMessage().contains(expected), refused.getMessage());
    assertFalse(refused.getMessage().contains("sk-ant"), "a value is never repeated");
    assertTrue(refused.remedy().contains("move"), refused.remedy());
  }

  private static Sessions read(String content) {
    return SessionFile.read(content.getBytes(UTF_8), FILE);
  }
}
