package dev.credslots.internal.file;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.credslots.internal.file.JournalRecord.Field;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JournalTest {
  private static final Instant NOW = Instant.parse("2026-01-18T12:00:00Z");
  private static final int ROTATE_AT = 1 << 20;

  @TempDir Path directory;
  private Layout layout;

  @BeforeEach
  void ownDirectory() throws IOException {
    layout = new Layout(directory, ".c.{slot}", ".c", ".c.{slot}.f");
    AtomicFile.privateDirectory(layout.own());
  }

  private static Map<Field, String> fields(String slot, String reason) {
    return Map.of(
        Field.OPERATION, "switch", Field.SLOT, slot, Field.TO, slot, Field.REASON, reason);
  }

  private void operation(String slot, String reason) throws IOException {
    try (Journal journal = Journal.open(layout)) {
      JournalRecord begun = journal.begin(NOW, fields(slot, reason));
      journal.end(begun, NOW, Optional.of(slot), Map.of(Field.OUTCOME, "switched"));
    }
  }

  private void append(byte[] bytes) throws IOException {
    Files.write(layout.journal(), bytes, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
  }

  private void append(String text) throws IOException {
    append(text.getBytes(StandardCharsets.UTF_8));
  }

  private List<String> reasons() throws IOException {
    return Journal.history(layout).stream().map(line -> line.get(Field.REASON).orElse("")).toList();
  }

  /** Ended operations until the next begin must rotate. */
  private void fillUp() throws IOException {
    operation("bob", "x".repeat(1000));
    byte[] bytes = Files.readAllBytes(layout.journal());
    byte[] one = java.util.Arrays.copyOf(bytes, Math.min(bytes.length, 2600));
    one = java.util.Arrays.copyOf(one, lastNewline(one) + 1);
    // Copies rather than operations, each of which is forced to the disk twice.
    for (long size = bytes.length; size < ROTATE_AT - 4000; size += one.length) {
      append(one);
    }
    while (Files.size(layout.journal()) < ROTATE_AT - 900) {
      operation("bob", "y");
    }
  }

  private static int lastNewline(byte[] bytes) {
    int last = bytes.length - 1;
    while (bytes[last] != '\n') {
      last--;
    }
    return last;
  }

  private List<String> names() throws IOException {
    try (Stream<Path> files = Files.list(layout.own())) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void nothing_has_happened_where_there_is_no_journal() throws IOException {
    assertEquals(new Journal.State(Optional.empty(), Optional.empty()), Journal.peek(layout));
    assertEquals(List.of(), Journal.history(layout));
    assertEquals(List.of(), names());
    try (Journal journal = Journal.open(layout)) {
      assertEquals(Optional.empty(), journal.state().open());
    }
    assertEquals(Optional.empty(), Journal.peek(layout).chosen());
  }

  @Test
  void an_operation_is_open_from_its_begin_to_its_end() throws IOException {
    try (Journal journal = Journal.open(layout)) {
      JournalRecord begun = journal.begin(NOW, fields("bob", "why"));
      assertEquals(Optional.of(begun), journal.state().open());
      assertEquals(Optional.of(begun), Journal.peek(layout).open());
      journal.end(begun, NOW, Optional.of("bob"), Map.of());
      assertEquals(Optional.empty(), journal.state().open());
    }
    assertEquals(new Journal.State(Optional.of("bob"), Optional.empty()), Journal.peek(layout));
  }

  @Test
  void every_line_carries_the_chosen_slot() throws IOException {
    operation("bob", "1");
    try (Journal journal = Journal.open(layout)) {
      journal.begin(NOW, fields("alice", "2"));
      assertEquals(Optional.of("bob"), journal.state().chosen());
    }
    assertEquals(Optional.of("bob"), Journal.peek(layout).chosen());
  }

  @Test
  void an_end_without_a_choice_forgets_it() throws IOException {
    operation("bob", "1");
    try (Journal journal = Journal.open(layout)) {
      JournalRecord begun = journal.begin(NOW, fields("alice", "2"));
      journal.end(begun, NOW, Optional.empty(), Map.of());
    }
    assertEquals(Optional.empty(), Journal.peek(layout).chosen());
  }

  @Test
  void a_torn_last_line_was_never_written_wherever_it_is_torn() throws IOException {
    operation("bob", "1");
    byte[] before = Files.readAllBytes(layout.journal());
    try (Journal journal = Journal.open(layout)) {
      journal.begin(NOW, fields("alice", "torn"));
    }
    byte[] whole = Files.readAllBytes(layout.journal());
    for (int length = before.length; length < whole.length; length++) {
      Files.write(layout.journal(), java.util.Arrays.copyOf(whole, length));
      assertEquals(new Journal.State(Optional.of("bob"), Optional.empty()), Journal.peek(layout));
    }
  }

  @Test
  void after_a_torn_line_the_next_one_stands_alone() throws IOException {
    operation("bob", "1");
    append("{\"type\":\"end\",\"id\":\"7\",\"at\":\"2026-01");
    operation("alice", "2");
    assertEquals(List.of("1", "2"), reasons());
    assertEquals(Optional.of("alice"), Journal.peek(layout).chosen());
  }

  @Test
  void a_torn_end_leaves_the_operation_open() throws IOException {
    operation("bob", "1");
    Files.write(
        layout.journal(),
        java.util.Arrays.copyOf(
            Files.readAllBytes(layout.journal()), (int) Files.size(layout.journal()) - 1));
    assertEquals(Optional.of("bob"), Journal.peek(layout).open().orElseThrow().get(Field.SLOT));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\n",
        "garbage\n",
        "{}\n",
        "[]\n",
        "{\"type\":\"begin\"\n",
        "{\"type\":\"maybe\",\"id\":\"1\",\"at\":\"2026-01-18T12:00:00Z\"}\n",
        "{\"type\":\"begin\",\"id\":\"1\",\"at\":\"yesterday\"}\n",
        "{\"type\":\"begin\",\"id\":\"1\",\"at\":{}}\n",
        "{\"type\":[\"begin\"],\"id\":\"1\"}\n",
        "\u0000\u0000\u0000\u0000\n",
        "\uFEFF\n",
      })
  void garbage_lines_are_passed_over(String garbage) throws IOException {
    operation("bob", "1");
    append(garbage);
    assertEquals(new Journal.State(Optional.of("bob"), Optional.empty()), Journal.peek(layout));
    operation("alice", "2");
    assertEquals(List.of("1", "2"), reasons());
  }

  @Test
  void a_tail_of_zeros_as_a_power_loss_leaves_it_is_passed_over() throws IOException {
    operation("bob", "1");
    append(new byte[4096]);
    assertEquals(Optional.of("bob"), Journal.peek(layout).chosen());
    operation("alice", "2");
    assertEquals(List.of("1", "2"), reasons());
    assertEquals(new Journal.State(Optional.of("alice"), Optional.empty()), Journal.peek(layout));
  }

  @Test
  void a_reason_is_kept_as_it_is() throws IOException {
    List<String> odd =
        List.of(
            "two\nlines\r\n",
            "\u0000\u0001\u001b[31m\u007f",
            "\"quoted\" \\ and ütf-8 €",
            "\uD83D\uDE00".repeat(500),
            "\u0001".repeat(1000),
            "€".repeat(1000));
    for (String reason : odd) {
      operation("bob", reason);
      assertEquals(Optional.of("bob"), Journal.peek(layout).chosen());
    }
    assertEquals(odd, reasons());
    assertEquals(odd.size() * 2, Files.readAllLines(layout.journal()).size());
  }

  @Test
  void rotation_strikes_in_the_middle_of_an_operation_and_changes_nothing_of_it()
      throws IOException {
    fillUp();
    operation("alice", "chosen");
    int before = Journal.history(layout).size();
    JournalRecord begun;
    try (Journal journal = Journal.open(layout)) {
      begun = journal.begin(NOW, fields("bob", "r".repeat(900)));
      assertEquals(Optional.of(begun), journal.state().open());
      assertEquals(Optional.of("alice"), journal.state().chosen());
      assertTrue(Files.size(layout.rotatedJournal()) > ROTATE_AT);
      assertEquals(Optional.of(begun), Journal.peek(layout).open());
      assertEquals(Optional.of("alice"), Journal.peek(layout).chosen());
      byte[] kept = Files.readAllBytes(layout.rotatedJournal());
      journal.end(begun, NOW, Optional.of("bob"), Map.of(Field.OUTCOME, "switched"));
      assertArrayEquals(kept, Files.readAllBytes(layout.rotatedJournal()));
    }
    assertEquals(2, Files.readAllLines(layout.journal()).size());
    assertEquals(new Journal.State(Optional.of("bob"), Optional.empty()), Journal.peek(layout));
    assertEquals(before + 1, Journal.history(layout).size());
    assertEquals(List.of("journal.jsonl", "journal.jsonl.1"), names());
  }

  @Test
  void a_second_rotation_replaces_the_first_ones_copy() throws IOException {
    fillUp();
    operation("bob", "r".repeat(900));
    fillUp();
    operation("alice", "r".repeat(900));
    assertEquals(List.of("journal.jsonl", "journal.jsonl.1"), names());
    assertEquals(Optional.of("alice"), Journal.peek(layout).chosen());
  }

  @Test
  void a_rotation_cut_short_after_the_copy_is_done_again() throws IOException {
    fillUp();
    operation("alice", "chosen");
    Files.createLink(layout.rotatedJournal(), layout.journal());
    long ended = Files.readAllLines(layout.journal()).size() / 2;
    assertEquals(ended, Journal.history(layout).size());
    operation("bob", "r".repeat(900));
    assertEquals(List.of("journal.jsonl", "journal.jsonl.1"), names());
    assertEquals(2, Files.readAllLines(layout.journal()).size());
    assertEquals(ended + 1, Journal.history(layout).size());
    assertEquals(Optional.of("bob"), Journal.peek(layout).chosen());
  }

  @Test
  void looking_needs_no_calm_thread() throws IOException {
    operation("bob", "1");
    Thread.currentThread().interrupt();
    try {
      assertEquals(Optional.of("bob"), Journal.peek(layout).chosen());
      assertEquals(1, Journal.history(layout).size());
      assertTrue(Thread.currentThread().isInterrupted());
    } finally {
      Thread.interrupted();
    }
  }

  @Test
  void the_journal_is_its_owners_alone_and_no_link() throws IOException {
    operation("bob", "1");
    assertEquals(
        "rw-------",
        java.nio.file.attribute.PosixFilePermissions.toString(
            Files.getPosixFilePermissions(layout.journal())));
    Files.move(layout.journal(), directory.resolve("elsewhere"));
    Files.createSymbolicLink(layout.journal(), directory.resolve("elsewhere"));
    org.junit.jupiter.api.Assertions.assertThrows(
        IOException.class, () -> operation("alice", "through the link"));
    assertFalse(Files.readString(directory.resolve("elsewhere")).contains("alice"));
  }
}
