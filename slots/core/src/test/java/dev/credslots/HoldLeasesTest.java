package dev.credslots;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.Closeable;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class HoldLeasesTest {
  private static final String DIGITS = ".0123456789abcdef";

  private final ExecutorService threads = Executors.newCachedThreadPool();

  @TempDir Path scratch;
  private World world;
  private HoldLeases leases;

  @BeforeEach
  void makeWorld() throws Exception {
    world = World.realTrio(scratch.toRealPath());
    leases = new HoldLeases(world.directory, World.CLOCK);
  }

  @AfterEach
  void stop() throws InterruptedException {
    threads.shutdownNow();
    assertTrue(threads.awaitTermination(10, TimeUnit.SECONDS));
  }

  private HoldLease take(HoldRequest request) {
    return leases.take(request).orElseThrow();
  }

  private SlotManager guarded() {
    return world.manager(builder -> builder.lockGuard(leases::live));
  }

  @Test
  void a_hold_says_who_since_when_and_why_until_it_is_closed() throws Exception {
    Hold expected =
        new Hold(
            "nightly",
            OptionalLong.of(ProcessHandle.current().pid()),
            Optional.of(World.NOW),
            "lease",
            Optional.of("tests"));
    try (HoldLease lease = take(HoldRequest.of("nightly").because("tests"))) {
      assertEquals(expected, lease.hold());
      assertEquals(List.of(expected), leases.live());
      assertTrue(lease.file().endsWith(Path.of(".slots/holds", lease.id())));
    }
    assertEquals(List.of(), leases.live());
  }

  @Test
  void several_may_hold_under_one_name() {
    try (HoldLease one = take(HoldRequest.of("agent"));
        HoldLease two = take(HoldRequest.of("agent"))) {
      assertEquals(2, leases.live().size());
      assertFalse(one.id().equals(two.id()));
    }
  }

  @Test
  void what_the_dead_left_is_no_hold_and_goes_with_its_directory() throws Exception {
    Path holds = Files.createDirectories(world.own("holds"));
    Files.writeString(holds.resolve("agent" + DIGITS), "{}");
    Files.writeString(holds.resolve(".waiting" + DIGITS), "{}");

    assertEquals(List.of(), leases.live());
    assertFalse(Files.exists(holds));

    try (HoldLease lease = take(HoldRequest.of("alive"))) {
      Files.writeString(holds.resolve("agent" + DIGITS), "{}");
      assertEquals(1, leases.live().size());
      assertEquals(List.of(lease.id()), List.of(holds.toFile().list()));
    }
  }

  @Test
  void a_file_that_is_no_hold_is_left_alone() throws Exception {
    Path holds = Files.createDirectories(world.own("holds"));
    for (String name : List.of("notes", DIGITS, "agent.0123", "tmp" + DIGITS, "a b" + DIGITS)) {
      Files.writeString(holds.resolve(name), "");
    }

    assertEquals(List.of(), leases.live());
    assertEquals(5, holds.toFile().list().length);
  }

  @Test
  void a_note_that_cannot_be_read_is_a_hold_all_the_same() throws Exception {
    try (HoldLease lease = take(HoldRequest.of("agent").because("x"))) {
      // As long as it is: an open would free the lock.
      Process writer =
          new ProcessBuilder(
                  "sh", "-c", "printf '{\"pid\":7,\"since\":[' >\"$1\"", "sh", lease.file() + "")
              .start();
      assertEquals(0, writer.waitFor());
      Process other =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-cp",
                  System.getProperty("java.class.path"),
                  Looking.class.getName(),
                  world.directory.toString())
              .redirectErrorStream(true)
              .start();
      String said = new String(other.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertEquals(
          "[Hold[name=agent, pid=OptionalLong[7], since=Optional.empty, source=lease, reason=Optional.empty]]",
          said.strip());
    }
  }

  /** Another process that looks. */
  static final class Looking {
    public static void main(String[] arguments) {
      System.out.println(new HoldLeases(Path.of(arguments[0]), World.CLOCK).live());
    }
  }

  @Test
  void a_hold_defers_a_switch_and_is_in_the_sentence() throws Exception {
    try (HoldLease lease = take(HoldRequest.of("nightly"))) {
      SwitchOutcome outcome = guarded().switchTo("alice", "test");
      assertTrue(outcome instanceof SwitchOutcome.Deferred, outcome::message);
      assertTrue(outcome.message().contains("nightly (pid "), outcome.message());
      assertTrue(lease != null);
    }
    assertTrue(guarded().switchTo("alice", "test") instanceof SwitchOutcome.Switched);
  }

  @Test
  void nobody_begins_to_hold_while_the_link_is_turned() throws Exception {
    List<Optional<HoldLease>> taken = new ArrayList<>();
    HoldRequest impatient =
        new HoldRequest("late", Optional.empty(), Duration.ZERO, List.of(), waiting -> {});
    int[] looks = {0};
    SlotManager manager =
        world.manager(
            builder ->
                builder.lockGuard(
                    () -> {
                      if (++looks[0] == 2) { // Under the lock.
                        taken.add(
                            CompletableFuture.supplyAsync(() -> leases.take(impatient), threads)
                                .join());
                      }
                      return leases.live();
                    }));

    assertTrue(manager.switchTo("alice", "test") instanceof SwitchOutcome.Switched);

    assertEquals(List.of(Optional.empty()), taken);
    assertTrue(leases.take(impatient).isPresent());
  }

  @Test
  void a_new_hold_lets_a_waiting_switch_go_first_and_says_so_once() throws Exception {
    List<List<Hold>> told = new ArrayList<>();
    CountDownLatch waits = new CountDownLatch(1);
    HoldRequest request =
        new HoldRequest(
            "late",
            Optional.empty(),
            Duration.ofSeconds(9),
            List.of(),
            waiting -> {
              told.add(waiting);
              waits.countDown();
            });
    Closeable wait = leases.announce();
    Future<HoldLease> late = threads.submit(() -> take(request));
    waits.await();
    assertFalse(late.isDone());
    assertEquals(List.of(), leases.live());

    wait.close();

    late.get().close();
    assertEquals(1, told.size());
    assertEquals("switch", told.get(0).get(0).name());
  }

  @Test
  void a_hold_under_a_living_hold_waits_for_nobody() throws Exception {
    try (HoldLease outer = take(HoldRequest.of("outer"));
        Closeable wait = leases.announce()) {
      HoldRequest inner =
          new HoldRequest(
              "inner",
              Optional.empty(),
              Duration.ofSeconds(9),
              List.of("else" + DIGITS, outer.id()),
              waiting -> {
                throw new AssertionError("waits for " + waiting);
              });
      take(inner).close();
      assertTrue(wait != null);
    }
  }

  @Test
  void a_hold_under_one_that_has_ended_waits_as_any_other() throws Exception {
    HoldLease outer = take(HoldRequest.of("outer"));
    outer.close();
    try (Closeable wait = leases.announce()) {
      HoldRequest inner =
          new HoldRequest(
              "inner",
              Optional.empty(),
              Duration.ofSeconds(9),
              List.of(outer.id(), "../lock"),
              waiting -> Thread.currentThread().interrupt());
      assertEquals(Optional.empty(), leases.take(inner));
      assertTrue(Thread.interrupted());
      assertTrue(wait != null);
    }
  }

  @Test
  void a_name_that_no_slot_could_have_is_refused() {
    for (String name : List.of("", "../x", "a b", ".waiting", "tmp", "x.lock", "work\n")) {
      assertThrows(IllegalArgumentException.class, () -> leases.take(HoldRequest.of(name)), name);
    }
    assertFalse(Files.exists(world.own("holds")));
  }

  @Test
  void a_state_directory_that_is_a_link_is_refused() throws Exception {
    Path elsewhere = Files.createDirectories(world.directory.resolve("elsewhere"));
    Files.createSymbolicLink(world.own(""), elsewhere);

    assertThrows(StoreException.class, () -> leases.take(HoldRequest.of("agent")));
    assertThrows(StoreException.class, () -> leases.announce());

    // Nor is anything removed through it.
    Path dead =
        Files.writeString(
            Files.createDirectory(elsewhere.resolve("holds")).resolve("agent" + DIGITS), "");
    assertEquals(List.of(), leases.live());
    assertTrue(Files.exists(dead));
  }

  @Test
  void a_long_reason_is_cut() {
    try (HoldLease lease = take(HoldRequest.of("agent").because("x".repeat(5_000)))) {
      assertEquals(1_000, lease.hold().reason().orElseThrow().length());
    }
  }

  @Test
  void what_a_killed_hold_left_half_made_is_a_leftover_that_any_look_removes() throws Exception {
    Files.createDirectories(world.own("holds"));
    Path temp = world.own("holds/agent" + DIGITS + ".tmp.slots-0123456789abcdef");
    Files.writeString(temp, "{");
    assertTrue(
        world.manager().diagnose().stream()
            .anyMatch(
                finding ->
                    finding.code().equals("temp-file")
                        && finding.message().contains(temp.toString())));
    world.manager().repair();
    assertFalse(Files.exists(temp));

    Files.writeString(temp, "{");
    assertEquals(List.of(), leases.live());
    assertFalse(Files.exists(world.own("holds")));
  }

  @Test
  void whoever_looks_keeps_nobody_from_holding_and_takes_nobodys_hold() throws Exception {
    Process looker =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                LookingAllTheTime.class.getName(),
                world.directory.toString())
            .redirectErrorStream(true)
            .start();
    try {
      assertEquals('l', looker.getInputStream().read());
      threads.execute(
          () -> {
            while (!Thread.currentThread().isInterrupted()) {
              leases.live();
            }
          });
      for (int i = 0; i < 500; i++) {
        try (HoldLease lease = take(HoldRequest.of("agent"))) {
          assertTrue(Files.exists(lease.file()));
          assertEquals(1, leases.live().size());
        }
      }
    } finally {
      looker.destroyForcibly().waitFor();
    }
  }

  /** Another process that looks until it is killed. */
  static final class LookingAllTheTime {
    public static void main(String[] arguments) {
      System.out.print("l");
      System.out.flush();
      while (true) {
        new HoldLeases(Path.of(arguments[0]), World.CLOCK).live();
      }
    }
  }
}
