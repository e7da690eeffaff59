package dev.credslots.acceptance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.credslots.acceptance.ClientRecord.Filing;
import dev.credslots.testkit.ClientSimulator;
import dev.credslots.testkit.CredentialsDirectory;
import dev.credslots.testkit.FakeLogin;
import dev.credslots.testkit.Laws;
import dev.credslots.testkit.Laws.Expectations;
import dev.credslots.testkit.Laws.Moment;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The built program as a watcher: signals, other processes, memory, and a client at full speed. */
@Timeout(180)
class WatchTest {
  private static final List<String> ACCOUNTS = List.of("alice", "bob", "erik");

  /** More would be refused by the kernel that the heap limit is meant for. */
  private static final long MOST_KILOBYTES = 128 << 10;

  @TempDir(cleanup = org.junit.jupiter.api.io.CleanupMode.NEVER)
  Path scratch;

  private CredentialsDirectory directory;
  private FakeLogin bob = FakeLogin.of("bob");

  @BeforeEach
  void make() throws Exception {
    directory =
        CredentialsDirectory.create(Files.createDirectories(scratch.resolve("world/claude")))
            .slot("alice", FakeLogin.of("alice"))
            .slot("bob", bob)
            .link("bob")
            .identity(bob);
  }

  private Watching watch(String... options) throws Exception {
    return Watching.of(directory.path(), scratch, options);
  }

  private ClientSimulator client() {
    return new ClientSimulator(directory, 1).retryingAfter(Duration.ofMillis(2));
  }

  private static void awaitHealed(Watching watching, int count) throws Exception {
    watching.until(() -> watching.events("healed").size() >= count, count + " heals");
  }

  @ParameterizedTest
  @ValueSource(strings = {"TERM", "INT", "HUP"})
  void a_signal_ends_it_with_0_and_frees_the_directory(String signal) throws Exception {
    try (Watching watching = watch()) {
      client().refreshByRename();
      awaitHealed(watching, 1);
      watching.signal(signal);
      assertEquals(0, watching.exit());
      assertEquals("", watching.errors());
    }
    watch().close();
  }

  @Test
  void a_second_one_is_refused_until_the_first_is_gone_by_kill_9_too() throws Exception {
    SlotsCommand slots = SlotsCommand.built(scratch.resolve("program"));
    try (Watching first = watch()) {
      Answer.of(3, slots.run("watch", "--json", "--dir", directory.path().toString()))
          .is("error/code", "already-watched");
      first.signal("KILL");
      first.exit();
      watch().close();
    }
  }

  @Test
  void a_reader_that_is_gone_ends_it() throws Exception {
    List<String> command =
        new ArrayList<>(List.of("bash", "-c", "\"$@\" | head -n 1; exit ${PIPESTATUS[0]}", "bash"));
    command.addAll(Watching.launcher());
    command.addAll(List.of("watch", "--dir", directory.path().toString()));
    try (Watching watching = Watching.start(command, scratch, Map.of())) {
      watching.await(line -> line.contains("  started  "), "started");
      client().refreshByRename();
      assertEquals(0, watching.exit());
      assertEquals("", watching.errors());
      assertEquals(Optional.of("bob"), directory.linkTarget());
    }
  }

  @Test
  void a_doctor_has_nothing_to_say_of_a_directory_that_is_watched() throws Exception {
    SlotsCommand slots = SlotsCommand.built(scratch.resolve("program"));
    try (Watching watching = watch()) {
      client().refreshByRename();
      awaitHealed(watching, 1);
      SlotsCommand.Result doctor = slots.run("doctor", "--dir", directory.path().toString());
      assertFalse(doctor.out().contains("watch"), doctor::toString);
      assertEquals(0, doctor.exitCode(), doctor::toString);
    }
  }

  @Test
  void it_speaks_to_nobody() throws Exception {
    assumeTrue(Files.isExecutable(Path.of("/usr/bin/strace")), "no strace");
    Path log = scratch.resolve("strace");
    List<String> command =
        new ArrayList<>(
            List.of(
                "/usr/bin/strace", "-f", "-qq", "-e", "trace=connect,bind,sendto,sendmsg", "-o"));
    command.add(log.toString());
    command.addAll(Watching.launcher());
    command.addAll(List.of("watch", "--json", "--dir", directory.path().toString()));
    try (Watching watching = Watching.start(command, scratch, Map.of())) {
      watching.await(line -> line.contains("\"started\""), "started");
      client().refreshByRename();
      awaitHealed(watching, 1);
    }
    List<String> calls = Files.readAllLines(log);
    // The JDK opens two sockets to see what the system has, and uses neither.
    assertEquals(List.of(), calls.stream().filter(call -> call.contains("AF_INET")).toList());
  }

  @Test
  void a_thousand_slots_fit_into_the_memory_it_is_given() throws Exception {
    Instant soon = Instant.now().plus(Duration.ofDays(2));
    for (int i = 0; i < 1000; i++) {
      FakeLogin.Builder login = FakeLogin.builder("parked" + i);
      directory.slot("parked" + i, (i == 500 ? login.refreshTokenExpiresAt(soon) : login).build());
    }
    try (Watching watching = watch()) {
      for (int i = 1; i <= 20; i++) {
        client().refreshByRename();
        awaitHealed(watching, i);
      }
      watching.until(() -> !watching.events("expiring").isEmpty(), "the login that ends");
      assertEquals("parked500", watching.events("expiring").get(0).path("slot").asText());
      assertEquals(Optional.of("bob"), directory.linkTarget());
      String flags = Files.readString(Path.of("/proc/" + watching.pid() + "/cmdline"));
      assertTrue(flags.contains("-Xmx32m"), "the launcher gives it more");
      long resident = watching.residentKilobytes();
      assertTrue(resident < MOST_KILOBYTES, () -> resident + " KB resident");
    }
  }

  /** Every file says whose it is, so that whatever is in a slot has to be its owner's. */
  @Test
  void a_thousand_actions_of_a_client_at_full_speed_lose_and_misfile_nothing() throws Exception {
    thousandActions(0, true);
  }

  /** At full speed a client overwrites most of its own logins; at this, they are there to heal. */
  @Test
  @Tag("fault")
  void a_thousand_actions_that_leave_time_for_a_heal_lose_and_misfile_nothing() throws Exception {
    thousandActions(40, true);
  }

  /** Some files say nothing of whose they are; what is inferred of those may be wrong, not lost. */
  @Test
  @Tag("fault")
  void a_thousand_actions_of_a_client_that_forgets_the_end_of_logins_lose_nothing()
      throws Exception {
    thousandActions(0, false);
  }

  private void thousandActions(int pace, boolean marked) throws Exception {
    directory.slot("erik", FakeLogin.of("erik"));
    SlotsCommand slots = SlotsCommand.built(scratch.resolve("program"));
    for (String name : ACCOUNTS) {
      // Whose each is, as if everyone had logged in while ours looked on.
      run(slots, "switch", name);
      directory.identity(FakeLogin.of(name));
      run(slots, "capture", name);
    }
    Path config = Files.writeString(scratch.resolve("config.json"), "{\"generations\":9999}");
    Path said = scratch.resolve("client");
    try (Watching watching = watch("--config", config.toString())) {
      assertEquals(0, client(said, pace, marked).waitFor());
      // Until it has mended what can be: then a heal would have nothing to do.
      watching.until(() -> !mendable(slots), "the last file is home");
      watching.signal("TERM");
      assertEquals(0, watching.exit());
      assertEquals("", watching.errors());
      assertEquals(List.of(), watching.events("failed"));
      judge(said, watching, marked);
    }
  }

  private Process client(Path output, int pace, boolean marked) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-cp"));
    command.addAll(List.of(System.getProperty("java.class.path"), ClientSimulator.class.getName()));
    command.addAll(List.of(directory.path().toString(), "7", "1000"));
    command.addAll(List.of("--pace", Integer.toString(pace), "--retry", "2"));
    if (marked) {
      command.add("--marked");
    }
    return new ProcessBuilder(command)
        .redirectOutput(output.toFile())
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
  }

  private void run(SlotsCommand slots, String... arguments) throws Exception {
    List<String> words = new ArrayList<>(List.of(arguments));
    words.addAll(List.of("--dir", directory.path().toString()));
    SlotsCommand.Result result = slots.run(words.toArray(String[]::new));
    assertEquals(0, result.exitCode(), result::toString);
  }

  private boolean mendable(SlotsCommand slots) throws Exception {
    SlotsCommand.Result result =
        slots.run("heal", "--dry-run", "--json", "--dir", directory.path().toString());
    String would = Answer.of(result.exitCode(), result).text("outcome");
    return would.equals("healed") || would.equals("relinked");
  }

  /** What the client was given, and did not destroy itself, against what is on disk. */
  private void judge(Path said, Watching watching, boolean marked) throws IOException {
    ClientRecord client = ClientRecord.of(said);
    Set<String> found = directory.tokensOnDisk().keySet();
    Set<String> lasting = client.lasting(found);
    Expectations expected = Expectations.at(Moment.SETTLED);
    for (String token : lasting) {
      expected = expected.token(token);
    }
    List<String> violations =
        new ArrayList<>(
            Laws.check(directory, expected).stream()
                // The client's last word may be a file that it wiped.
                .filter(violation -> !violation.startsWith("live path is torn"))
                .toList());
    Map<String, Integer> heals = new TreeMap<>();
    for (JsonNode event : watching.events("healed")) {
      heals.merge(event.path("verdict").asText(), 1, Integer::sum);
    }
    String filed = "";
    if (marked) {
      Filing filing = client.filing(directory, ACCOUNTS);
      violations.addAll(filing.misfiled());
      filed =
          String.format(
              ", %d in their own slot, %d in another's by the client's hand, %d by its account file",
              filing.home(), filing.byHand(), filing.onAccount());
    }
    System.out.printf(
        "watch: %d tokens issued, %d destroyed by the client itself, %d to be on disk, %d found%s;"
            + " heals %s, relinked %d, captured %d, drifted %d, identity changed %d, deferred %d%n",
        client.issued(),
        client.destroyed(),
        lasting.size(),
        found.size(),
        filed,
        heals,
        watching.events("relinked").size(),
        watching.events("captured").size(),
        watching.events("drifted").size(),
        watching.events("identity-changed").size(),
        watching.events("deferred").size());
    assertTrue(client.issued() > 500, () -> "hardly any tokens: " + client.issued());
    assertEquals("", String.join("\n", violations));
  }
}
