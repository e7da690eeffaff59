package dev.credslots.acceptance;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.credslots.testkit.CredentialsDirectory;
import dev.credslots.testkit.FakeClient;
import dev.credslots.testkit.FakeLogin;
import dev.credslots.testkit.Laws;
import dev.credslots.testkit.Laws.Expectations;
import dev.credslots.testkit.Laws.Moment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.commons.codec.digest.DigestUtils;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What programs hold the command to: exit codes and JSON, of every command, on a directory that was
 * made by hand.
 */
class ContractTest {
  private static final String[] SWITCH = {
    "outcome", "from", "to", "reason", "message", "dryRun", "holds", "warnings"
  };
  private static final String[] HEAL = {
    "outcome", "verdict", "slot", "active", "message", "dryRun", "holds", "warnings"
  };
  private static final String[] CHANGE = {"outcome", "slot", "message", "holds", "warnings"};

  @TempDir static Path program;
  private static SlotsCommand slots;

  @TempDir Path scratch;
  private HandMadeDirectory made;
  private final List<String> said = new ArrayList<>();

  @BeforeAll
  static void build() throws Exception {
    slots = SlotsCommand.built(program);
  }

  @BeforeEach
  void make() throws Exception {
    made = HandMadeDirectory.of(scratch.toRealPath().resolve("claude"), client());
  }

  @AfterEach
  void no_secret_was_said() {
    for (String text : said) {
      assertFalse(text.contains("FAKE-"), () -> "a token in: " + text);
    }
  }

  /** Whose files the directory has; {@link CodexContractTest} has another's. */
  FakeClient client() {
    return FakeClient.CLAUDE;
  }

  /** What makes a command line one about {@link #client}. */
  List<String> provider() {
    return List.of();
  }

  SlotsCommand program() {
    return slots;
  }

  HandMadeDirectory made() {
    return made;
  }

  SlotsCommand.Result run(String... arguments) throws Exception {
    return run(slots.environment("SLOTS_DIR", made.path().toString()), arguments);
  }

  SlotsCommand.Result run(SlotsCommand command, String... arguments) throws Exception {
    List<String> line = new ArrayList<>(provider());
    line.addAll(List.of(arguments));
    SlotsCommand.Result result = command.run(line.toArray(String[]::new));
    said.add(result.out());
    said.add(result.err());
    return result;
  }

  Answer json(int exitCode, String... arguments) throws Exception {
    return Answer.of(exitCode, run(with("--json", arguments)));
  }

  private static String[] with(String last, String... arguments) {
    List<String> all = new ArrayList<>(List.of(arguments));
    all.add(last);
    return all.toArray(String[]::new);
  }

  private Path slotFile(String name) {
    return made.credentials().slotFile(name);
  }

  private static String sha256(Path file) throws Exception {
    return DigestUtils.sha256Hex(Files.readAllBytes(file));
  }

  private Instant inFile(String slot, String key) throws Exception {
    long milliseconds =
        new ObjectMapper().readTree(slotFile(slot).toFile()).at("/claudeAiOauth/" + key).asLong();
    return Instant.ofEpochMilli(milliseconds);
  }

  private void lawsHold(String... tokens) throws Exception {
    Expectations expected = Expectations.at(Moment.SETTLED).owner("bob", "bob");
    expected = expected.owner("alice", "alice");
    for (String token : tokens) {
      expected = expected.token(token);
    }
    assertEquals(
        List.of(), Laws.check(made.credentials(), expected), () -> made.credentials().describe());
  }

  private Optional<String> linked() throws Exception {
    return made.credentials().linkTarget();
  }

  // ---- status, list, active ----

  @Test
  void status_of_a_linked_directory() throws Exception {
    Instant before = Instant.now();
    Answer status =
        json(0, "status")
            .saysOfADirectory("active", "live", "slots", "holds", "warnings")
            .is("dir", made.path().toString())
            .is("active", "bob")
            .is("live/state", "linked")
            .is("live/matches", "bob")
            .is("live/sha256", sha256(slotFile("bob")));
    Instant after = Instant.now();
    status.object("live").has("state", "matches", "sha256");
    assertEquals(
        List.of("alice", "bob", "erik", "soon", "stale", "torn", "wiped"),
        status.each("slots", "name"));
    assertEquals(
        List.of("fresh", "fresh", "expired", "expiring", "refreshable", "unreadable", "wiped"),
        status.each("slots", "state"));
    for (Answer slot : status.list("slots")) {
      slot.has(
          "name",
          "active",
          "state",
          "expiresAt",
          "expiresInSeconds",
          "loginExpiresAt",
          "identity",
          "account");
      slot.object("identity").has("state").is("state", "no-baseline");
      slot.is("active", slot.text("name").equals("bob"));
      slot.isNull("account");
    }
    Answer bob = status.find("slots", "name", "bob");
    assertEquals(inFile("bob", "expiresAt"), bob.time("expiresAt"));
    assertEquals(inFile("bob", "refreshTokenExpiresAt"), bob.time("loginExpiresAt"));
    long end = inFile("bob", "expiresAt").getEpochSecond();
    long left = bob.number("expiresInSeconds");
    assertTrue(left <= end - before.getEpochSecond(), status::toString);
    assertTrue(left >= end - after.getEpochSecond() - 1, status::toString);
    assertTrue(status.find("slots", "name", "erik").number("expiresInSeconds") < 0);
    status.find("slots", "name", "erik").isTime("expiresAt").isNull("loginExpiresAt");
    status.find("slots", "name", "torn").isNull("expiresAt").isNull("expiresInSeconds");
    assertEquals(List.of(), status.list("holds"));
    assertEquals(List.of(), status.list("warnings"));
    assertFalse(Files.exists(made.path().resolve(".slots")), "a status writes nothing");
  }

  @Test
  void status_of_every_kind_of_live_path() throws Exception {
    made.detached();
    status("detached").isNull("active").is("live/matches", "bob");
    made.loggedInAsCarol();
    status("detached")
        .isNull("live/matches")
        .is("live/sha256", sha256(made.credentials().livePath()));
    made.shell("ln -sfn .credentials.json.gone .credentials.json");
    status("broken").isNull("active").isNull("live/matches").isNull("live/sha256");
    made.shell("printf '{}' >elsewhere; ln -sfn elsewhere .credentials.json");
    status("foreign").isNull("active").isNull("live/matches");
    made.shell("rm .credentials.json");
    status("absent").isNull("active").isNull("live/matches").isNull("live/sha256");
  }

  private Answer status(String state) throws Exception {
    Answer status = json(0, "status").is("live/state", state);
    for (Answer warning : status.list("warnings")) {
      warning.has("code", "message").isSentence("code").isSentence("message");
    }
    boolean odd = !state.equals("linked") && !state.equals("absent");
    assertEquals(odd, !status.list("warnings").isEmpty(), status::toString);
    return status;
  }

  @Test
  void list_and_active() throws Exception {
    Answer list = json(0, "list").saysOfADirectory("slots");
    assertEquals(
        List.of("alice", "bob", "erik", "soon", "stale", "torn", "wiped"),
        list.each("slots", "name"));
    json(0, "active").saysOfADirectory("active").is("active", "bob");
    assertEquals("bob\n", run("active").out());
    made.detached();
    json(0, "active").isNull("active");
  }

  // ---- check, drift, identity ----

  @Test
  void check_answers_what_switch_would_do() throws Exception {
    Answer all = json(5, "check", "--if-expired", "refuse").saysOfADirectory("slots");
    for (Answer slot : all.list("slots")) {
      slot.has("name", "state", "ok", "reason").isSentence("reason");
      String name = slot.text("name");
      int exit = run("switch", name, "--dry-run", "--if-expired", "refuse").exitCode();
      slot.is("ok", exit == 0);
      assertEquals(exit == 0 ? 0 : 3, exit, name);
      slot.is("ok", Set.of("alice", "bob").contains(name));
    }
    json(0, "check", "alice", "bob");
    json(5, "check", "alice", "erik");
    json(5, "check", "nobody").find("slots", "name", "nobody").is("ok", false);
    json(0, "check", "stale", "--if-expired", "activate");
    json(0, "check", "stale", "soon"); // they would be renewed first
    json(0, "switch", "stale", "--dry-run");
    json(0, "switch", "stale", "--if-expired", "activate").is("outcome", "switched");
  }

  @Test
  void drift() throws Exception {
    Answer none = json(0, "drift");
    none.saysOfADirectory("drift", "matchingSlot", "liveHash", "slotHashes")
        .is("drift", false)
        .is("matchingSlot", "bob")
        .is("liveHash", sha256(slotFile("bob")));
    none.object("slotHashes")
        .has("alice", "bob", "erik", "soon", "stale", "torn", "wiped")
        .is("alice", sha256(slotFile("alice")))
        .is("torn", sha256(slotFile("torn")));
    made.loggedInAsCarol();
    json(5, "drift")
        .is("drift", true)
        .isNull("matchingSlot")
        .is("liveHash", sha256(made.credentials().livePath()));
    made.shell("ln -sfn .credentials.json.gone .credentials.json");
    json(5, "drift").is("drift", true).isNull("matchingSlot").isNull("liveHash");
  }

  @Test
  void identity_after_a_capture_and_a_login_through_the_link() throws Exception {
    json(0, "identity", "bob").saysOfADirectory("slots");
    json(0, "capture", "bob").saysOfADirectory(CHANGE).is("outcome", "captured").is("slot", "bob");
    String first = DigestUtils.sha256Hex(made.token("bob", 1));
    Answer match = json(0, "identity", "bob").find("slots", "name", "bob");
    match
        .has("name", "state", "drift", "storedFingerprint", "currentFingerprint", "reason")
        .is("state", "match")
        .is("drift", false)
        .is("storedFingerprint", first)
        .is("currentFingerprint", first)
        .isSentence("reason");
    made.shell("login carol 1 28800 40 >.credentials.json"); // through the link
    Answer changed = json(5, "identity").find("slots", "name", "bob");
    changed
        .is("drift", true)
        .is("storedFingerprint", first)
        .is("currentFingerprint", DigestUtils.sha256Hex(made.token("carol", 1)));
    json(5, "heal").is("outcome", "refused").isSentence("message");
    json(0, "capture", "bob");
    json(0, "identity", "bob").find("slots", "name", "bob").is("state", "match");
  }

  // ---- switch ----

  @Test
  void a_switch_and_back() throws Exception {
    Answer there = json(0, "switch", "alice", "--reason", "bob quota exhausted");
    there
        .saysOfADirectory(SWITCH)
        .is("outcome", "switched")
        .is("from", "bob")
        .is("to", "alice")
        .is("reason", "bob quota exhausted")
        .is("dryRun", false)
        .isSentence("message");
    assertEquals(List.of(), there.list("holds"));
    assertEquals(Optional.of("alice"), linked());
    json(0, "switch", "-").is("outcome", "switched").is("to", "bob").is("reason", "manual");
    assertEquals(Optional.of("bob"), linked());
    json(0, "switch", "-").is("to", "alice");
    json(0, "switch", "alice")
        .is("outcome", "unchanged")
        .is("from", "alice")
        .is("to", "alice")
        .isSentence("message");
    lawsHold(made.token("bob", 1), made.token("alice", 1));
  }

  @Test
  void a_switch_is_refused() throws Exception {
    for (String slot : List.of("erik", "stale", "soon", "wiped", "torn", "nobody")) {
      for (String[] force : new String[][] {{}, {"--force"}}) {
        List<String> arguments = new ArrayList<>(List.of("switch", slot));
        arguments.addAll(List.of(force));
        json(3, arguments.toArray(String[]::new))
            .saysOfADirectory(SWITCH)
            .is("outcome", "refused")
            .is("from", "bob")
            .is("to", slot)
            .isSentence("message");
      }
    }
    assertEquals(Optional.of("bob"), linked());
    String policies = json(3, "switch", "stale").text("message");
    assertTrue(policies.contains("activate") && policies.contains("refuse"), policies);
    String refuse = json(3, "switch", "stale", "--if-expired", "refuse").text("message");
    assertTrue(refuse.contains("activate") && refuse.contains("refresh"), refuse);
    String near = json(3, "switch", "alcie").text("message");
    assertTrue(near.contains("alice"), near);
    json(3, "switch", "-").is("outcome", "refused"); // nothing was switched yet
  }

  @Test
  void a_switch_is_deferred_by_a_hold() throws Exception {
    Path pids = Files.createDirectory(scratch.resolve("pids"));
    Files.writeString(pids.resolve("nightly.pid"), ProcessHandle.current().pid() + "\n");
    Path config = config("{\"holds\": [\"" + pids + "/*.pid\"]}");
    String[] held = {"switch", "alice", "--config", config.toString()};
    Answer deferred = json(4, held);
    deferred.saysOfADirectory(SWITCH).is("outcome", "deferred").is("from", "bob").is("to", "alice");
    Answer hold = deferred.find("holds", "name", "nightly");
    hold.has("name", "pid", "since", "source", "reason").isTime("since").isSentence("source");
    assertEquals(ProcessHandle.current().pid(), hold.number("pid"));
    assertEquals(Optional.of("bob"), linked());
    json(0, "status", "--config", config.toString()).find("holds", "name", "nightly");

    made.refreshedByAClient();
    json(4, "heal", "bob", "--config", config.toString())
        .saysOfADirectory(HEAL)
        .is("outcome", "deferred")
        .find("holds", "name", "nightly");
    json(0, "heal", "bob", "--force", "--config", config.toString()).is("outcome", "healed");
    json(0, with("--force", held)).is("outcome", "switched");
    Files.delete(pids.resolve("nightly.pid"));
    json(0, "switch", "bob", "--config", config.toString()).is("outcome", "switched");
  }

  @Test
  void a_switch_only_if_another_slot_is_active() throws Exception {
    json(0, "switch", "alice", "--if-active", "erik")
        .is("outcome", "unchanged")
        .is("from", "bob")
        .is("to", "alice");
    assertEquals(Optional.of("bob"), linked());
    json(0, "switch", "alice", "--if-active", "bob").is("outcome", "switched");
    assertEquals(Optional.of("alice"), linked());
  }

  @Test
  void a_dry_run_of_a_switch_writes_nothing() throws Exception {
    String before = made.credentials().describe();
    json(0, "switch", "alice", "--dry-run")
        .saysOfADirectory(SWITCH)
        .is("outcome", "switched")
        .is("dryRun", true)
        .is("to", "alice");
    json(3, "switch", "erik", "--dry-run").is("outcome", "refused").is("dryRun", true);
    assertEquals(before, made.credentials().describe());
  }

  @Test
  void a_switch_over_a_live_file_brings_it_home_first() throws Exception {
    made.refreshedByAClient();
    Answer switched = json(0, "switch", "alice").is("outcome", "switched");
    assertEquals(Optional.of("alice"), linked());
    lawsHold(made.token("bob", 1), made.token("bob", 2), made.token("alice", 1));
    for (Answer warning : switched.list("warnings")) {
      warning.has("code", "message").isSentence("message");
    }
  }

  // ---- heal ----

  @Test
  void a_heal_of_a_link_finds_no_drift() throws Exception {
    json(0, "heal")
        .saysOfADirectory(HEAL)
        .is("outcome", "no-drift")
        .is("verdict", "linked")
        .is("active", "bob")
        .is("dryRun", false)
        .isSentence("message");
  }

  @Test
  void a_heal_of_a_slots_own_bytes_links_it_again() throws Exception {
    made.detached();
    Answer dry = json(0, "heal", "--dry-run");
    dry.saysOfADirectory(with("evidence", HEAL)).is("outcome", "relinked").is("dryRun", true);
    Answer piece = dry.find("evidence", "rank", "bytes");
    piece.has("rank", "slot", "detail").is("slot", "bob").isSentence("detail");
    assertEquals(Optional.empty(), linked());
    json(0, "heal")
        .saysOfADirectory(HEAL)
        .is("outcome", "relinked")
        .is("verdict", "own-bytes")
        .is("slot", "bob")
        .is("active", "bob");
    assertEquals(Optional.of("bob"), linked());
  }

  @Test
  void a_heal_on_the_callers_word_absorbs() throws Exception {
    made.refreshedByAClient();
    byte[] refreshed = made.credentials().live().orElseThrow();
    json(0, "heal", "bob")
        .saysOfADirectory(HEAL)
        .is("outcome", "healed")
        .is("slot", "bob")
        .is("active", "bob");
    assertEquals(Optional.of("bob"), linked());
    assertArrayEquals(refreshed, Files.readAllBytes(slotFile("bob")));
    lawsHold(made.token("bob", 1), made.token("bob", 2));
    json(0, "heal").is("outcome", "no-drift");
    json(0, "heal", "bob").is("outcome", "no-drift");
  }

  @Test
  void a_heal_of_somebody_elses_login_stashes_a_copy() throws Exception {
    made.loggedInAsCarol();
    byte[] carols = made.credentials().live().orElseThrow();
    json(5, "heal")
        .is("outcome", "stashed")
        .isNull("active")
        .isNull("slot")
        .is("sha256", DigestUtils.sha256Hex(carols))
        .isSentence("message");
    assertArrayEquals(carols, made.credentials().live().orElseThrow());
    Set<String> holders = made.credentials().tokensOnDisk().get(made.token("carol", 1));
    assertEquals(2, holders.size(), holders::toString);
    lawsHold(made.token("carol", 1));
  }

  @Test
  void a_heal_is_refused() throws Exception {
    refused("nobody", made);
    made.loggedInAsCarol();
    json(3, "heal", "nobody").is("outcome", "refused").isSentence("message");
    made.shell("rm .credentials.json; printf 'torn {' >.credentials.json");
    json(3, "heal").is("outcome", "refused").is("verdict", "unreadable");
    json(3, "heal", "bob").is("outcome", "refused");
    made.shell("cat .credentials.json.wiped >.credentials.json");
    json(3, "heal").is("verdict", "wiped");
    made.shell("cat .credentials.json.erik >.credentials.json");
    json(3, "heal").is("verdict", "expired");
    made.shell("ln -sfn .credentials.json.gone .credentials.json");
    json(3, "heal").is("verdict", "broken");
    made.shell("rm .credentials.json");
    json(3, "heal").is("verdict", "absent");
    made.shell("ln -s .credentials.json.erik .credentials.json");
    json(3, "heal").is("verdict", "damaged");
  }

  private void refused(String slot, HandMadeDirectory at) throws Exception {
    String before = at.credentials().describe();
    json(3, "heal", slot).saysOfADirectory(HEAL).is("outcome", "refused");
    assertEquals(before, at.credentials().describe());
  }

  @Test
  void a_heal_puts_a_useless_file_aside_only_when_told_to() throws Exception {
    json(0, "switch", "alice");
    made.shell("cat .credentials.json.wiped >live.new; mv live.new .credentials.json");
    json(3, "heal").is("outcome", "refused").is("verdict", "wiped");
    json(0, "heal", "--relink")
        .is("outcome", "relinked")
        .is("verdict", "wiped")
        .isNull("slot")
        .is("active", "alice");
    assertEquals(Optional.of("alice"), linked());
    lawsHold(made.token("alice", 1));
  }

  // ---- add, remove, rename, log, doctor ----

  @Test
  void the_first_use_makes_a_slot_of_the_plain_live_file() throws Exception {
    made = HandMadeDirectory.empty(scratch.resolve("first"), client());
    made.shell("login bob 1 28800 20 >.credentials.json");
    json(0, "status").is("live/state", "detached");
    json(0, "add", "bob").saysOfADirectory(CHANGE).is("outcome", "added").is("slot", "bob");
    assertEquals(Optional.of("bob"), linked());
    json(0, "identity", "bob").find("slots", "name", "bob").is("state", "match");
    lawsHold(made.token("bob", 1));
  }

  @Test
  void add_from_a_file_remove_and_rename() throws Exception {
    made.shell("login carol 1 28800 40 >../carol.json");
    Path file = scratch.toRealPath().resolve("carol.json");
    json(0, "add", "carol", "--from", file.toString()).is("outcome", "added").is("slot", "carol");
    assertEquals(Optional.of("bob"), linked());
    assertArrayEquals(Files.readAllBytes(file), Files.readAllBytes(slotFile("carol")));
    json(3, "add", "again", "--from", file.toString()).is("outcome", "refused");
    json(3, "add", "alice", "--from", file.toString()).is("outcome", "refused");
    json(3, "add", "other").is("outcome", "refused"); // live is a link: nothing to adopt

    json(0, "rename", "bob", "robert").is("outcome", "renamed").isSentence("message");
    assertEquals(Optional.of("robert"), linked());
    assertFalse(Files.exists(slotFile("bob")));
    json(3, "rename", "alice", "robert").is("outcome", "refused");
    json(3, "rename", "nobody", "somebody").is("outcome", "refused");

    json(3, "remove", "robert").is("outcome", "refused").isSentence("message");
    json(3, "remove", "nobody").is("outcome", "refused");
    json(0, "remove", "carol").is("outcome", "removed").is("slot", "carol");
    assertFalse(Files.exists(slotFile("carol")));
    lawsHold(made.token("bob", 1), made.token("carol", 1));
    json(3, "capture", "erik").is("outcome", "refused");
  }

  @Test
  void the_log_tells_what_happened_oldest_first() throws Exception {
    assertEquals(List.of(), json(0, "log").saysOfADirectory("events").list("events"));
    Instant before = Instant.now().minusMillis(1);
    run("switch", "alice", "--reason", "quota");
    made.detached();
    run("heal");
    run("switch", "erik"); // refused, and no event
    Answer log = json(0, "log");
    for (Answer event : log.list("events")) {
      event.has("at", "operation", "outcome", "from", "slot", "reason");
      assertFalse(event.time("at").isBefore(before), log::toString);
    }
    assertEquals(List.of("switch", "heal"), log.each("events", "operation"));
    Answer switched = log.find("events", "operation", "switch");
    switched.is("outcome", "switched").is("from", "bob").is("slot", "alice").is("reason", "quota");
    log.find("events", "operation", "heal").is("outcome", "relinked").is("slot", "bob");
    assertEquals(List.of("heal"), json(0, "log", "-n", "1").each("events", "operation"));
    assertEquals(2, run("log", "-n", "0").exitCode());
  }

  @Test
  void doctor_finds_and_mends() throws Exception {
    json(5, "doctor").find("findings", "code", "slot-wiped").is("severity", "error");
    made.shell("rm .credentials.json.torn .credentials.json.wiped");
    Answer well = json(0, "doctor").saysOfADirectory("findings");
    assertEquals(List.of(), well.list("findings"), well::toString);
    made.shell("chmod 644 .credentials.json.alice");
    Answer found = json(5, "doctor").find("findings", "code", "mode");
    found
        .has("code", "severity", "message", "remedy", "fixable")
        .is("fixable", true)
        .is("severity", "warning")
        .isSentence("message")
        .isSentence("remedy");
    json(0, "doctor", "--fix").saysOfADirectory("findings");
    json(0, "doctor");
    lawsHold();
  }

  // ---- the command line around it ----

  @Test
  void errors_are_objects_too() throws Exception {
    for (String[] line :
        new String[][] {
          {"statsu"},
          {"switch"},
          {"switch", "alice", "bob"},
          {"status", "--no-such-option"},
          {"status", "--grace", "soon"},
          {"switch", "alice", "--if-expired", "perhaps"}
        }) {
      Answer error = json(2, line).has("schemaVersion", "error");
      error.object("error").has("code", "message", "remedy").isSentence("code");
      error.isSentence("error/message");
      assertEquals("usage", error.text("error/code"));
      SlotsCommand.Result plain = run(line);
      assertEquals(2, plain.exitCode(), plain::toString);
      assertEquals("", plain.out());
      assertEquals(1, plain.err().lines().count(), plain::toString);
    }
    assertTrue(json(2, "statsu").text("error/message").contains("status"));
    assertTrue(json(2, "status", "--grcae", "1s").text("error/message").contains("--grace"));
    Answer gone = json(3, "status", "--dir", scratch.resolve("none").toString());
    gone.has("schemaVersion", "error").isSentence("error/message").isSentence("error/remedy");
  }

  @Test
  void options_stand_before_and_after_the_command() throws Exception {
    String dir = made.path().toString();
    for (String[] line :
        new String[][] {
          {"--dir", dir, "--json", "check", "alice"},
          {"check", "alice", "--json", "--dir", dir},
          {"--dir=" + dir, "check", "--json", "alice"},
          {"check", "--dir=" + dir, "--json", "--", "alice"}
        }) {
      Answer.of(0, run(slots, line)).is("dir", dir).find("slots", "name", "alice");
    }
    assertEquals("", run("switch", "alice", "--quiet").out());
    assertEquals("", run("switch", "bob", "-q").out());
  }

  @Test
  void where_the_directory_is_taken_from() throws Exception {
    Map<String, Path> places = new java.util.TreeMap<>();
    for (String name : List.of("option", "variable", "config", "secure", "client")) {
      places.put(name, HandMadeDirectory.empty(scratch.toRealPath().resolve(name)).path());
    }
    Path home = Files.createDirectories(slots.home().resolve(".claude"));
    Path config = config("{\"dir\": \"" + places.get("config") + "\"}");
    SlotsCommand client = slots.environment("CLAUDE_CONFIG_DIR", places.get("client").toString());
    SlotsCommand secure =
        client.environment("CLAUDE_SECURESTORAGE_CONFIG_DIR", places.get("secure").toString());
    SlotsCommand variable = secure.environment("SLOTS_DIR", places.get("variable").toString());
    String[] configured = {"status", "--json", "--config", config.toString()};

    dir(home, slots, "status", "--json");
    dir(places.get("client"), client, "status", "--json");
    dir(places.get("secure"), secure, "status", "--json");
    dir(places.get("config"), secure, configured);
    dir(places.get("variable"), variable, configured);
    String[] all = with("--dir", configured);
    dir(places.get("option"), variable, with(places.get("option").toString(), all));
  }

  private void dir(Path expected, SlotsCommand command, String... line) throws Exception {
    Answer.of(0, run(command, line)).is("dir", expected.toString());
  }

  @Test
  void a_typo_in_the_config_is_named() throws Exception {
    for (String text :
        List.of("{\"grcae\": \"300s\"}", "{\"grace\": \"soon\"}", "{\"holds\": 1}", "{", "[]")) {
      Path config = config(text);
      SlotsCommand.Result plain = run("status", "--config", config.toString());
      assertEquals(2, plain.exitCode(), plain::toString);
      assertEquals("", plain.out(), text);
      assertEquals(1, plain.err().lines().count(), plain::toString);
      assertTrue(plain.err().contains(config.toString()), plain::toString);
      json(2, "status", "--config", config.toString()).has("schemaVersion", "error");
    }
    SlotsCommand.Result typo =
        run("status", "--config", config("{\"grcae\": \"300s\"}").toString());
    assertTrue(typo.err().contains("grcae") && typo.err().contains("grace"), typo::toString);
    SlotsCommand.Result none = run("status", "--config", scratch.resolve("none").toString());
    assertEquals(2, none.exitCode(), none::toString);
  }

  @Test
  void configured_values_count_and_options_count_more() throws Exception {
    Path config = config("{\"slots\": [\"soon\", \"bob\"], \"grace\": \"10s\"}");
    String[] line = {"status", "--config", config.toString()};
    Answer status = json(0, line);
    assertEquals(List.of("soon", "bob"), status.each("slots", "name"));
    status.find("slots", "name", "soon").is("state", "fresh");
    json(0, "status", "--config", config.toString(), "--grace", "300s")
        .find("slots", "name", "soon")
        .is("state", "expiring");
    Path home = Files.createDirectories(scratch.resolve("slots-home"));
    Files.copy(config, home.resolve("config.json"));
    SlotsCommand rooted =
        slots
            .environment("SLOTS_HOME", home.toString())
            .environment("SLOTS_DIR", made.path().toString());
    assertEquals(
        List.of("soon", "bob"),
        Answer.of(0, run(rooted, "status", "--json")).each("slots", "name"));
  }

  @Test
  void named_slots_come_in_the_order_named() throws Exception {
    Answer status = json(0, "status", "--slots", "erik,bob,later");
    assertEquals(List.of("erik", "bob", "later"), status.each("slots", "name"));
    status.find("slots", "name", "later").is("state", "missing").isNull("expiresAt");
    assertEquals(
        List.of("erik", "bob"), json(0, "list", "--slots", "erik,bob,later").each("slots", "name"));
    json(3, "switch", "alice", "--slots", "erik,bob").is("outcome", "refused");
    SlotsCommand named =
        slots
            .environment("SLOTS_DIR", made.path().toString())
            .environment("SLOTS_NAMES", "bob,alice");
    assertEquals(
        List.of("bob", "alice"), Answer.of(0, run(named, "list", "--json")).each("slots", "name"));
    json(2, "list", "--slots", "").has("schemaVersion", "error");
  }

  @Test
  void another_template_and_live_name() throws Exception {
    made = HandMadeDirectory.empty(scratch.resolve("other"), client());
    made.shell(
        "mkdir -m 700 kept; login bob 1 28800 20 >kept/bob.json; login alice 1 28800 21"
            + " >kept/alice.json; ln -s kept/bob.json auth.json");
    String[] options = {"--slot-template", "kept/{slot}.json", "--live-name", "auth.json"};
    List<String> line = new ArrayList<>(List.of("switch", "alice"));
    line.addAll(List.of(options));
    json(0, line.toArray(String[]::new)).is("outcome", "switched").is("from", "bob");
    assertEquals(
        "kept/alice.json", Files.readSymbolicLink(made.path().resolve("auth.json")).toString());
    assertEquals(2, run("status", "--slot-template", "no-placeholder").exitCode());
  }

  Path config(String text) throws Exception {
    Path file = Files.createTempFile(scratch, "config", ".json");
    return Files.write(file, text.getBytes(StandardCharsets.UTF_8)).toRealPath();
  }

  /** The fixture's tokens are of the form that is looked for in what was said. */
  @Test
  void the_secrets_are_recognizable() throws Exception {
    String token = made.token("bob", 1);
    assertEquals(Optional.of("bob"), FakeLogin.accountOf(token));
    CredentialsDirectory directory = made.credentials();
    assertTrue(directory.tokensOnDisk().containsKey(token), directory::describe);
    assertTrue(token.contains("FAKE-"));
  }
}
