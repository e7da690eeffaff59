package dev.credslots.accounts;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.credslots.ChangeOutcome;
import dev.credslots.Hold;
import dev.credslots.LogEntry;
import dev.credslots.SlotManager;
import dev.credslots.SlotManagerBuilder;
import dev.credslots.StoreException;
import dev.credslots.SwitchOption;
import dev.credslots.SwitchOutcome;
import dev.credslots.testkit.CredentialsDirectory;
import dev.credslots.testkit.FakeLogin;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The next slot, in a real directory. bob is live; alice and erik are fresh. */
final class RotationBookTest {
  private static final Instant NOW = Instant.parse("2026-01-18T12:00:00Z");

  @TempDir Path temp;
  private final FakeClock clock = new FakeClock(NOW);
  private final List<Hold> holds = new ArrayList<>();
  private CredentialsDirectory directory;
  private Path file;
  private SlotManager slots;
  private RotationBook book;

  @BeforeEach
  void trio() throws IOException {
    directory = CredentialsDirectory.create(temp.resolve("claude"));
    file = directory.path().resolve(".slots/rotation.json");
    for (String name : List.of("bob", "alice", "erik")) {
      directory.slot(name, FakeLogin.builder(name).now(NOW).build());
    }
    directory.link("bob");
    AtomicReference<RotationBook> itself = new AtomicReference<>();
    slots = builder().onEvent(RotationBook.listener(itself::get)).build();
    book = new RotationBook(slots, clock);
    itself.set(book);
  }

  private SlotManagerBuilder builder() {
    return SlotManager.builder(directory.path())
        .discoverSlots()
        .clock(clock)
        .lockTimeout(Duration.ofSeconds(60))
        .lockGuard(() -> List.copyOf(holds));
  }

  private List<LogEntry> switches() {
    return slots.log(Integer.MAX_VALUE).stream()
        .filter(entry -> entry.outcome().equals("switched"))
        .toList();
  }

  @Test
  void the_next_is_the_one_not_used_for_longest() {
    for (String expected : List.of("alice", "erik", "bob", "alice")) {
      clock.advance(Duration.ofMinutes(1));
      SwitchOutcome outcome = book.switchNext("quota");
      assertEquals(expected, assertInstanceOf(SwitchOutcome.Switched.class, outcome).to());
    }
    assertFalse(Files.exists(file), "uses come from the log");
  }

  @Test
  void a_configured_order_and_an_explicit_one_count_as_given() {
    SlotManager configured = builder().slots("erik", "bob", "alice").build();
    RotationBook inOrder = new RotationBook(configured, clock).inConfiguredOrder();
    assertTrue(inOrder.switchNext("quota").ok());
    assertEquals(Optional.of("erik"), slots.activeSlot());

    assertTrue(inOrder.order(List.of("alice", "erik")).ok());
    assertTrue(inOrder.switchNext("quota").ok());
    assertEquals(Optional.of("alice"), slots.activeSlot());
    assertEquals(List.of("alice", "erik"), book.read().order());
    assertTrue(book.clearOrder().ok());
    assertEquals(List.of(), book.read().order());
  }

  @Test
  void thirty_that_hit_the_limit_together_make_one_switch() throws Exception {
    List<SwitchOutcome> outcomes =
        together(30, () -> book.switchNext("quota", SwitchOption.ifActive("bob")));
    assertEquals(1, switches().size());
    assertEquals(Optional.of("alice"), slots.activeSlot());
    assertEquals(1, outcomes.stream().filter(SwitchOutcome.Switched.class::isInstance).count());
    assertTrue(outcomes.stream().allMatch(SwitchOutcome::ok), outcomes.toString());
    for (SwitchOutcome outcome : outcomes) {
      if (outcome instanceof SwitchOutcome.Unchanged unchanged) {
        assertEquals(Optional.of("alice"), unchanged.active());
        assertEquals("nothing done: bob is not active, alice is", unchanged.message());
      }
    }
  }

  @Test
  void thirty_reports_at_once_are_all_counted() throws Exception {
    together(30, () -> book.report("bob", Outcome.RATE_LIMIT));
    assertEquals(30, book.read().usageOf("bob").errorCount());
  }

  private interface Call<T> {
    T run();
  }

  private static <T> List<T> together(int threads, Call<T> call) throws Exception {
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    try {
      CountDownLatch start = new CountDownLatch(1);
      List<Future<T>> running = new ArrayList<>();
      for (int i = 0; i < threads; i++) {
        running.add(
            pool.submit(
                () -> {
                  start.await();
                  return call.run();
                }));
      }
      start.countDown();
      List<T> results = new ArrayList<>();
      for (Future<T> each : running) {
        results.add(each.get(120, TimeUnit.SECONDS));
      }
      return results;
    } finally {
      pool.shutdownNow();
    }
  }

  @Test
  void who_is_late_learns_that_it_is_done() {
    book.switchNext("quota", SwitchOption.ifActive("bob"));
    SwitchOutcome late = book.switchNext("quota", SwitchOption.ifActive("bob"));
    SwitchOutcome.Unchanged unchanged = assertInstanceOf(SwitchOutcome.Unchanged.class, late);
    assertTrue(unchanged.ok());
    assertEquals("alice", unchanged.to());
    assertEquals(1, switches().size());
  }

  @Test
  void behind_a_file_that_the_client_wrote_is_the_slot_chosen_last() throws IOException {
    slots.switchTo("bob", "first");
    FakeLogin renewed = FakeLogin.builder("bob").now(NOW).firstSequence(2).build();
    slots.capture("bob");
    directory.liveFile(renewed.credentialJson());
    SwitchOutcome outcome = book.switchNext("quota", SwitchOption.ifActive("bob"));
    assertInstanceOf(SwitchOutcome.Switched.class, outcome, outcome::message);
    assertEquals(Optional.of("alice"), slots.activeSlot());
  }

  @Test
  void cooling_and_disabled_slots_are_passed_over_and_nothing_eligible_is_refused() {
    assertTrue(book.report("alice", Outcome.RATE_LIMIT, Duration.ofMinutes(30)).ok());
    assertTrue(book.disable("erik").ok());
    SwitchOutcome refused = book.switchNext("quota");
    SwitchOutcome.Refused none = assertInstanceOf(SwitchOutcome.Refused.class, refused);
    assertEquals("", none.to());
    assertEquals(
        "no other slot can be used now: bob is active;"
            + " erik is disabled (slots enable erik takes it back);"
            + " alice is cooling until 2026-01-18T12:30:00Z;"
            + " the soonest is alice, at 2026-01-18T12:30:00Z",
        none.message());
    assertEquals(List.of(), switches());

    clock.advance(Duration.ofMinutes(30));
    assertEquals(
        "alice", assertInstanceOf(Next.Chosen.class, book.next()).slot(), "its time is over");
    assertTrue(book.enable("erik").ok());
    assertTrue(book.switchNext("quota").ok());
  }

  @Test
  void holds_defer_and_force_goes_on() {
    holds.add(Hold.named("agent"));
    assertInstanceOf(SwitchOutcome.Deferred.class, book.switchNext("quota"));
    assertEquals(Optional.of("bob"), slots.activeSlot());
    assertTrue(book.switchNext("quota", SwitchOption.FORCE).ok());
  }

  @Test
  void a_dry_run_says_and_does_nothing() {
    SwitchOutcome outcome = book.switchNext("quota", SwitchOption.DRY_RUN);
    assertEquals("would switch to alice", outcome.message());
    assertEquals(Optional.of("bob"), slots.activeSlot());
  }

  @Test
  void a_slot_that_spoils_between_choice_and_switch_is_passed_over() {
    // The guard is asked after the choice: what it does, another program may do at that instant.
    SlotManager spoiling =
        builder()
            .lockGuard(
                () -> {
                  spoil("alice");
                  return List.of();
                })
            .build();
    SwitchOutcome outcome = new RotationBook(spoiling, clock).switchNext("quota");
    assertEquals("erik", assertInstanceOf(SwitchOutcome.Switched.class, outcome).to());
  }

  private void spoil(String name) {
    try {
      directory.slot(name, FakeLogin.builder(name).now(NOW).build().wipedJson());
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @Test
  void what_the_manager_lacks_is_refused() {
    assertInstanceOf(ChangeOutcome.Refused.class, book.report("zoe", Outcome.OK));
    assertInstanceOf(ChangeOutcome.Refused.class, book.order(List.of("bob", "zoe")));
    assertInstanceOf(ChangeOutcome.Refused.class, book.order(List.of("bob", "bob")));
    assertInstanceOf(ChangeOutcome.Refused.class, book.order(List.of()));
    assertEquals("no such slot; there are alice, bob, erik", book.disable("zoe").message());
    assertFalse(Files.exists(file));
  }

  @Test
  void reports_say_what_follows() {
    Map<String, String> said = new HashMap<>();
    said.put("plain", book.report("bob", Outcome.TIMEOUT).message());
    said.put("told", book.report("bob", Outcome.AUTH, NOW.plusSeconds(90)).message());
    said.put(
        "absurd", book.report("alice", Outcome.AUTH, Duration.ofSeconds(Long.MAX_VALUE)).message());
    said.put("fine", book.report("bob", Outcome.OK).message());
    assertEquals(
        Map.of(
            "plain", "bob is spared until 2026-01-18T12:01:00Z (1 in a row)",
            "told", "bob is spared until 2026-01-18T12:01:30Z (2 in a row)",
            "absurd",
                "alice is spared until 2026-01-18T12:01:00Z (1 in a row); the reset time that was"
                    + " given is past or more than 8 days ahead, and not used",
            "fine", "bob works: its failures are cleared"),
        said);
  }

  @Test
  void a_corrupt_file_is_refused_and_left_alone() throws IOException {
    book.disable("erik");
    Files.writeString(file, "{\"schemaVersion\":1,\"disabled\":[\"er");
    assertThrows(StoreException.class, () -> book.switchNext("quota"));
    StoreException refused =
        assertThrows(StoreException.class, () -> book.report("bob", Outcome.RATE_LIMIT));
    assertTrue(refused.getMessage().contains("rotation.json"), refused.getMessage());
    assertEquals("{\"schemaVersion\":1,\"disabled\":[\"er", Files.readString(file));
    assertEquals(List.of(), switches());
  }

  @Test
  void renames_and_removals_are_followed() {
    assertTrue(slots.renameSlot("erik", "eric").ok());
    assertFalse(Files.exists(file), "nothing was remembered of erik");

    book.order(List.of("bob", "alice", "eric"));
    book.report("alice", Outcome.RATE_LIMIT);
    book.disable("eric");
    slots.switchTo("alice", "to be used");
    assertTrue(slots.renameSlot("alice", "ann").ok());
    assertEquals(List.of("bob", "ann", "eric"), book.read().order());
    assertEquals(1, book.read().usageOf("ann").errorCount());
    assertEquals(NOW, book.lastUses().get("ann"), "the log calls it by its old name");
    assertTrue(slots.removeSlot("eric").ok());
    assertFalse(book.read().mentions("eric"));
  }

  @Test
  void what_another_program_remembered_counts_where_nothing_is_known() {
    Usage theirs =
        new Usage(
            Optional.of(NOW.minusSeconds(60)),
            Optional.of(NOW.plusSeconds(600)),
            Optional.of(NOW.plus(Duration.ofDays(900))),
            Map.of(Outcome.AUTH, 1),
            1,
            Optional.of(NOW.plusSeconds(5)));
    assertTrue(book.report("bob", Outcome.OK).ok());
    assertTrue(book.adopt(List.of("erik", "alice"), Map.of("alice", theirs, "bob", theirs)));
    assertEquals(List.of("erik", "alice", "bob"), book.read().order());
    assertEquals(0, book.read().usageOf("bob").errorCount(), "bob is known here");
    Usage alice = book.read().usageOf("alice");
    assertEquals(Optional.of(NOW.plusSeconds(600)), alice.unusableUntil(NOW), "no absurd end");
    assertEquals(Optional.empty(), alice.lastFailure(), "which was in the future");

    assertTrue(book.adopt(List.of("bob"), Map.of("alice", Usage.NONE)));
    assertEquals(List.of("erik", "alice", "bob"), book.read().order());
    assertEquals(1, book.read().usageOf("alice").errorCount());
  }
}
