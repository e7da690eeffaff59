package dev.credslots.accounts;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.credslots.ChangeOutcome;
import dev.credslots.Hold;
import dev.credslots.SlotManager;
import dev.credslots.SlotManagerBuilder;
import dev.credslots.StoreException;
import dev.credslots.SwitchOption;
import dev.credslots.SwitchOutcome;
import dev.credslots.accounts.SessionPin.Kind;
import dev.credslots.testkit.CredentialsDirectory;
import dev.credslots.testkit.FakeLogin;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
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

/** Sessions in a real directory. bob is live; alice and erik are fresh. */
final class SessionBookTest {
  private static final Instant NOW = Instant.parse("2026-01-18T12:00:00Z");

  @TempDir Path temp;
  private final FakeClock clock = new FakeClock(NOW);
  private final List<Hold> holds = new ArrayList<>();
  private CredentialsDirectory directory;
  private Path file;
  private SlotManager slots;
  private RotationBook rotation;
  private SessionBook book;

  @BeforeEach
  void trio() throws IOException {
    directory = CredentialsDirectory.create(temp.resolve("claude"));
    file = directory.path().resolve(".slots/sessions.json");
    for (String name : List.of("bob", "alice", "erik")) {
      directory.slot(name, FakeLogin.builder(name).now(NOW).build());
    }
    directory.link("bob");
    AtomicReference<SessionBook> itself = new AtomicReference<>();
    slots = builder().onEvent(event -> itself.get().follow(event)).build();
    rotation = new RotationBook(slots, clock);
    book = new SessionBook(slots, rotation, clock);
    itself.set(book);
  }

  private SlotManagerBuilder builder() {
    return SlotManager.builder(directory.path())
        .discoverSlots()
        .clock(clock)
        .lockTimeout(Duration.ofSeconds(60))
        .lockGuard(() -> List.copyOf(holds));
  }

  private long switches() {
    return slots.log(Integer.MAX_VALUE).stream()
        .filter(entry -> entry.outcome().equals("switched"))
        .count();
  }

  private void goesTo(String slot, String session) {
    SwitchOutcome outcome = book.switchNext(session, "next");
    assertTrue(outcome.ok(), outcome::message);
    assertEquals(Optional.of(slot), slots.activeSlot(), outcome::message);
  }

  private String refuses(String session) {
    SwitchOutcome outcome = book.switchNext(session, "next");
    return assertInstanceOf(SwitchOutcome.Refused.class, outcome).message();
  }

  @Test
  void a_new_session_gets_the_next_slot_and_keeps_it() {
    goesTo("alice", "s1");
    assertEquals(new SessionPin("alice", Kind.AUTO, NOW, NOW), book.read().pin("s1").orElseThrow());
    clock.advance(Duration.ofMinutes(1));
    goesTo("erik", "s2");
    goesTo("alice", "s1");
    assertInstanceOf(SwitchOutcome.Unchanged.class, book.switchNext("s1", "again"));
    assertEquals(3, switches());
    assertEquals(NOW.plusSeconds(60), book.read().pin("s1").orElseThrow().lastUsed());
  }

  @Test
  void sessions_on_a_slot_that_reached_its_limit_move_together() {
    goesTo("alice", "s1");
    book.switchNext("s2", "next"); // erik
    slots.switchTo("alice", "back");
    rotation.report("alice", Outcome.RATE_LIMIT, Duration.ofHours(2));
    goesTo("bob", "s1");
    clock.advance(Duration.ofMinutes(1));
    goesTo("erik", "s2");
    goesTo("bob", "s1");
    clock.advance(Duration.ofHours(3));
    goesTo("bob", "s1");
    assertEquals("bob", book.read().pin("s1").orElseThrow().slot(), "it does not move back");
  }

  @Test
  void thirty_calls_of_a_new_session_make_one_decision() throws Exception {
    List<SwitchOutcome> outcomes = together(30, i -> book.switchNext("s1", "start"));
    assertEquals(1, switches());
    assertTrue(outcomes.stream().allMatch(SwitchOutcome::ok), outcomes.toString());
    assertEquals("alice", book.read().pin("s1").orElseThrow().slot());
    assertEquals(Optional.of("alice"), slots.activeSlot());
  }

  @Test
  void thirty_sessions_whose_slot_cools_make_one_switch() throws Exception {
    for (int i = 0; i < 30; i++) {
      assertTrue(book.pin("s" + i, "bob").ok());
    }
    // Pinned automatically, as after thirty calls while bob was the only other.
    Files.writeString(file, Files.readString(file).replace("user", "auto"));
    rotation.report("bob", Outcome.RATE_LIMIT, Duration.ofHours(1));
    List<SwitchOutcome> outcomes = together(30, i -> book.switchNext("s" + i, "quota"));
    assertTrue(outcomes.stream().allMatch(SwitchOutcome::ok), outcomes.toString());
    assertEquals(1, switches());
    book.read().pins().forEach((id, pin) -> assertEquals("alice", pin.slot(), id));
  }

  private interface Call<T> {
    T run(int number);
  }

  private static <T> List<T> together(int threads, Call<T> call) throws Exception {
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    try {
      CountDownLatch start = new CountDownLatch(1);
      List<Future<T>> running = new ArrayList<>();
      for (int i = 0; i < threads; i++) {
        int number = i;
        running.add(
            pool.submit(
                () -> {
                  start.await();
                  return call.run(number);
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
  void reset_end_and_compaction_make_a_session_new_but_a_users_pin_outlives_compaction() {
    goesTo("alice", "s1");
    assertTrue(book.compacted("s1").ok());
    goesTo("erik", "s1");
    assertEquals("session s1 is no longer pinned to erik", book.forget("s1").message());
    assertEquals("session s1 was not pinned", book.forget("s1").message());

    assertTrue(book.pin("s1", "bob").ok());
    assertEquals(
        "session s1 stays with bob: it was pinned by hand", book.compacted("s1").message());
    goesTo("bob", "s1");
    assertTrue(book.forget("s1").ok());
    assertEquals(Optional.empty(), book.read().pin("s1"));
  }

  @Test
  void a_users_pin_never_moves() {
    assertTrue(book.pin("s1", "erik").ok());
    rotation.report("erik", Outcome.RATE_LIMIT, Duration.ofMinutes(30));
    String said = refuses("s1");
    assertTrue(said.contains("erik is cooling until 2026-01-18T12:30:00Z"), said);
    assertTrue(said.contains("slots session reset s1"), said);
    assertEquals(Optional.of("bob"), slots.activeSlot());
    clock.advance(Duration.ofMinutes(30));
    goesTo("erik", "s1");
    slots.switchTo("bob", "back");
    assertTrue(slots.removeSlot("erik").ok());
    assertTrue(refuses("s1").contains("there is no slot erik"), "removal moves it neither");
    assertTrue(book.pin("s1", "alice").ok());
    goesTo("alice", "s1");
  }

  @Test
  void a_slot_that_spoils_between_decision_and_switch_is_left() {
    // The guard is asked after the decision: what it does, another program may do at that instant.
    SlotManager spoiling =
        builder()
            .lockGuard(
                () -> {
                  spoil("alice");
                  return List.of();
                })
            .build();
    SessionBook racing = new SessionBook(spoiling, new RotationBook(spoiling, clock), clock);
    SwitchOutcome outcome = racing.switchNext("s1", "next");
    assertEquals("bob", assertInstanceOf(SwitchOutcome.Unchanged.class, outcome).to());
    assertEquals("bob", racing.read().pin("s1").orElseThrow().slot());

    racing.pin("s2", "alice");
    assertTrue(racing.switchNext("s2", "next").message().contains("slots session reset s2"));
  }

  private void spoil(String name) {
    try {
      directory.slot(name, FakeLogin.builder(name).now(NOW).build().wipedJson());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void holds_defer_a_dry_run_and_another_active_slot_leave_the_session_alone() {
    assertEquals(
        "would switch to alice", book.switchNext("s1", "x", SwitchOption.DRY_RUN).message());
    SwitchOutcome other = book.switchNext("s1", "x", SwitchOption.ifActive("erik"));
    assertEquals("nothing done: erik is not active, bob is", other.message());
    assertFalse(Files.exists(file));

    holds.add(Hold.named("agent"));
    assertInstanceOf(SwitchOutcome.Deferred.class, book.switchNext("s1", "x"));
    assertEquals(Optional.of("bob"), slots.activeSlot());
    assertEquals("alice", book.read().pin("s1").orElseThrow().slot(), "where it will go");
  }

  @Test
  void renames_and_removals_are_followed() {
    goesTo("alice", "s1");
    book.pin("s2", "alice");
    assertTrue(slots.renameSlot("alice", "ann").ok());
    goesTo("ann", "s1");
    slots.switchTo("bob", "back");
    assertTrue(slots.removeSlot("ann").ok());
    assertEquals(Optional.empty(), book.read().pin("s1"));
    assertEquals("ann", book.read().pin("s2").orElseThrow().slot());
  }

  @Test
  void what_is_no_slot_or_no_id_is_refused() {
    ChangeOutcome refused = book.pin("s1", "zoe");
    assertInstanceOf(ChangeOutcome.Refused.class, refused);
    assertEquals("no such slot; there are alice, bob, erik", refused.message());
    assertThrows(IllegalArgumentException.class, () -> book.pin("a b", "bob"));
    assertThrows(IllegalArgumentException.class, () -> book.switchNext("", "x"));
    assertFalse(Files.exists(file));
  }

  @Test
  void a_corrupt_file_is_refused_and_left_alone() throws IOException {
    book.pin("s1", "bob");
    Files.writeString(file, "{\"schemaVersion\":1,\"sessions\":{\"s");
    assertThrows(StoreException.class, () -> book.switchNext("s1", "x"));
    assertThrows(StoreException.class, () -> book.pin("s1", "alice"));
    assertEquals("{\"schemaVersion\":1,\"sessions\":{\"s", Files.readString(file));
    assertEquals(0, switches());
  }
}
