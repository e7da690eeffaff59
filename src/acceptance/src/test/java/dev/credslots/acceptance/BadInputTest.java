package dev.credslots.acceptance;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.credslots.testkit.Laws;
import dev.credslots.testkit.Laws.Expectations;
import dev.credslots.testkit.Laws.Moment;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.apache.commons.codec.digest.DigestUtils;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What nobody should hand the command, and somebody will: each gets a sentence and an exit code,
 * and nothing is lost. A command that hangs is ended by {@link SlotsCommand} and fails its test.
 */
class BadInputTest {
  /** In the shell: what {@code login} prints, with its expiresAt replaced. */
  private static final String ENDING =
      "login odd 1 28800 30 | sed 's/\"expiresAt\":[0-9]*/\"expiresAt\":%s/' >%s";

  @TempDir static Path program;
  private static SlotsCommand slots;

  @TempDir private Path scratch;
  private HandMadeDirectory made;

  @BeforeAll
  static void build() throws Exception {
    slots = SlotsCommand.built(program);
  }

  @BeforeEach
  void make() throws Exception {
    made =
        HandMadeDirectory.empty(scratch.toRealPath().resolve("claude"))
            .shell(
                """
                login bob 1 28800 20 >.credentials.json.bob
                login alice 1 14400 21 >.credentials.json.alice
                ln -s .credentials.json.bob .credentials.json
                """);
  }

  private SlotsCommand.Result run(int exitCode, String... arguments) throws Exception {
    return run(slots, exitCode, arguments);
  }

  /** One sentence and nothing else on stderr, besides warnings; no trace, no token. */
  private SlotsCommand.Result run(SlotsCommand command, int exitCode, String... arguments)
      throws Exception {
    SlotsCommand.Result result =
        command.environment("SLOTS_DIR", made.path().toString()).run(arguments);
    assertEquals(exitCode, result.exitCode(), result::toString);
    List<String> lines =
        result.err().lines().filter(line -> !line.startsWith("slots: warning: ")).toList();
    if (exitCode == 0 || exitCode == 5) {
      assertTrue(lines.size() <= 1, result::toString);
    } else {
      assertEquals(1, lines.size(), result::toString);
    }
    for (String line : lines) {
      assertTrue(line.matches("slots: .{10,}"), result::toString);
    }
    for (String text : List.of(result.out(), result.err())) {
      assertFalse(text.contains("-FAKE-"), result::toString);
      assertFalse(text.contains("Exception") || text.contains("\tat "), result::toString);
      assertFalse(text.contains("internal error"), result::toString);
      assertTrue(
          text.chars().allMatch(c -> c == '\n' || !Character.isISOControl(c)), result::toString);
    }
    return result;
  }

  private Answer json(int exitCode, String... arguments) throws Exception {
    List<String> all = new ArrayList<>(List.of(arguments));
    all.add("--json");
    return Answer.of(exitCode, run(exitCode, all.toArray(String[]::new)));
  }

  private void nothingIsLost() throws Exception {
    Expectations expected =
        Expectations.at(Moment.SETTLED)
            .owner("bob", "bob")
            .owner("alice", "alice")
            .token(HandMadeDirectory.refreshToken("bob", 1))
            .token(HandMadeDirectory.refreshToken("alice", 1));
    assertEquals(List.of(), Laws.check(made.credentials(), expected), made.credentials()::describe);
  }

  // ---- what a slot can be ----

  static Stream<String> uselessSlots() {
    return Stream.of(
        ": >%s",
        "truncate -s 100M %s",
        "{ printf '{\"claudeAiOauth\":{\"accessToken\":\"a\",\"x\":\"'; head -c 2000000 /dev/zero"
            + " | tr '\\0' x; printf '\"}}'; } >%s",
        "printf '\\000\\001\\377\\376 binary \\033[2J' >%s",
        "{ printf '\\357\\273\\277'; login odd 1 28800 30; } >%s",
        "login odd 1 28800 30 | iconv -t UTF-16LE >%s",
        "head -c 300000 /dev/zero | tr '\\0' '[' >%s",
        "{ printf '{\"x\":'; head -c 300000 /dev/zero | tr '\\0' '['; } >%s",
        "{ login odd 1 28800 30; printf ' {}'; } >%s",
        "printf 'null' >%s",
        "printf '{\"claudeAiOauth\":[]}' >%s",
        "printf '{\"claudeAiOauth\":{},\"claudeAiOauth\":7}' >%s",
        "mkdir %s",
        "mkfifo %s",
        "ln -s /dev/zero %s",
        "login odd 1 28800 30 >../outside; ln -s ../outside %s");
  }

  @Test
  void a_useless_slot_is_never_activated_and_stops_nothing_else() throws Exception {
    List<String> odd = new ArrayList<>();
    for (String make : uselessSlots().toList()) {
      odd.add("odd" + odd.size());
      made.shell(make.formatted(".credentials.json." + odd.get(odd.size() - 1)));
    }
    Answer status = json(0, "status");
    Answer check = json(5, "check");
    for (String slot : odd) {
      status.find("slots", "name", slot).is("state", "unreadable").isNull("expiresAt");
      check.find("slots", "name", slot).is("ok", false).isSentence("reason");
      run(3, "switch", slot, "--force", "--if-expired", "activate");
    }
    run(3, "switch", odd.get(0));
    run(3, "capture", odd.get(0));
    Answer doctor = json(5, "doctor");
    assertEquals(
        odd.size(),
        doctor.each("findings", "code").stream().filter("slot-unreadable"::equals).count(),
        doctor::toString);
    run(0, "drift");
    run(0, "identity");
    run(0, "list");
    assertEquals(Optional.of("bob"), made.credentials().linkTarget());
    run(0, "switch", "alice");
    assertEquals(Optional.of("alice"), made.credentials().linkTarget());
    nothingIsLost();
  }

  /** A device proper, where the machine lets us make one. */
  @Test
  void a_slot_that_is_a_device_is_not_read() throws Exception {
    made.shell("mknod .credentials.json.odd c 1 5 || true"); // reads zeros without an end
    assumeTrue(
        Files.exists(made.credentials().slotFile("odd"), LinkOption.NOFOLLOW_LINKS),
        "only root makes devices, and not everywhere");
    json(0, "status").find("slots", "name", "odd").is("state", "unreadable");
    run(3, "switch", "odd");
    nothingIsLost();
  }

  @Test
  void an_odd_end_is_no_end() throws Exception {
    Map<String, String> states = new LinkedHashMap<>();
    states.put("\"soon\"", "refreshable");
    states.put("true", "refreshable");
    states.put("null", "refreshable");
    states.put("1e308", "refreshable");
    states.put("1e999999999", "refreshable");
    states.put("-1893456000000", "refreshable");
    states.put("0.1", "refreshable");
    states.put("1893456000000.5", "fresh");
    states.put("1.893456e12", "fresh");
    states.put("1893456000", "fresh");
    states.put("0,\"expiresAt\":1893456000000", "fresh"); // of duplicates the last counts
    states.put("1893456000000,\"expiresAt\":\"soon\"", "refreshable");
    states.put("NaN", "unreadable");
    states.put("01893456000000", "unreadable");
    Map<String, String> slotStates = new LinkedHashMap<>();
    for (Map.Entry<String, String> state : states.entrySet()) {
      String slot = "odd" + slotStates.size();
      slotStates.put(slot, state.getValue());
      made.shell(ENDING.formatted(state.getKey(), ".credentials.json." + slot));
    }
    Answer status = json(0, "status");
    Answer check = json(5, "check", "--if-expired", "refuse");
    for (Map.Entry<String, String> slot : slotStates.entrySet()) {
      boolean fresh = slot.getValue().equals("fresh");
      status.find("slots", "name", slot.getKey()).is("state", slot.getValue());
      check.find("slots", "name", slot.getKey()).is("ok", fresh);
      run(fresh ? 0 : 3, "switch", slot.getKey(), "--if-expired", "refuse");
    }
    nothingIsLost();
  }

  // ---- what can be at the live path ----

  static Stream<String> uselessLiveFiles() {
    return uselessSlots().filter(make -> make.contains(">%s") || make.contains("truncate"));
  }

  @ParameterizedTest
  @MethodSource("uselessLiveFiles")
  void a_useless_live_file_is_kept_before_it_is_replaced(String make) throws Exception {
    run(0, "switch", "alice");
    made.shell("rm .credentials.json; " + make.formatted(".credentials.json"));
    String hash = sha256(made.credentials().livePath());
    json(0, "status").is("live/state", "detached");
    run(5, "drift");
    run(3, "heal");
    run(3, "heal", "bob", "--force");
    run(3, "add", "odd");
    assertEquals(hash, sha256(made.credentials().livePath()), "a refusal changes nothing");
    run(0, "switch", "bob");
    assertEquals(Optional.of("bob"), made.credentials().linkTarget());
    assertTrue(stashed().contains(hash), made.credentials()::describe);
    nothingIsLost();
  }

  private Set<String> stashed() throws Exception {
    Set<String> hashes = new TreeSet<>();
    try (Stream<Path> files = Files.list(made.path().resolve(".slots/stash"))) {
      for (Path file : files.toList()) {
        hashes.add(sha256(file));
      }
    }
    return hashes;
  }

  private static String sha256(Path file) throws IOException {
    try (var in = Files.newInputStream(file)) {
      return DigestUtils.sha256Hex(in);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"mkdir", "mkfifo"})
  void a_live_path_that_is_no_file_is_left_alone(String make) throws Exception {
    made.shell("rm .credentials.json; " + make + " .credentials.json");
    json(0, "status").is("live/state", "foreign");
    json(3, "heal").is("verdict", "not-a-file");
    run(3, "heal", "bob", "--force");
    run(3, "switch", "alice", "--force");
    run(3, "add", "odd");
    run(5, "doctor");
    made.shell("test -d .credentials.json || test -p .credentials.json");
  }

  // ---- names ----

  static Stream<String> names() {
    return Stream.of(
        "../escape",
        "a/b",
        ".",
        "..",
        "",
        "/abs",
        "with space",
        ".hidden",
        "work\n",
        "\nwork",
        "red\u001b[31m",
        "x".repeat(65),
        "b\u043eb", // Cyrillic
        "bo\u0431",
        "bob\u200b",
        "\uff42ob",
        "tmp1",
        "lock",
        "bob.lock",
        "bob.fingerprint.json",
        "bob.tmp1",
        "bak");
  }

  @ParameterizedTest
  @MethodSource("names")
  void a_name_that_is_none_names_nothing(String name) throws Exception {
    made.shell("login carol 1 28800 40 >../carol.json");
    Set<String> before = names(made.path().getParent());
    String carol = made.path().resolveSibling("carol.json").toString();
    run(3, "add", name, "--from", carol);
    run(3, "rename", "alice", name);
    run(3, "switch", name);
    assertEquals(before, names(made.path().getParent()));
    nothingIsLost();
  }

  @Test
  void no_command_takes_a_name_that_is_none() throws Exception {
    made.shell("login carol 1 28800 40 >live.new; mv live.new .credentials.json");
    Set<String> before = names(made.path().getParent());
    for (String name : List.of("../escape", "work\n", "bob\u200b")) {
      run(3, "add", name);
      run(3, "heal", name, "--force");
      run(3, "remove", name);
      run(3, "capture", name);
      run(5, "check", name);
      run(3, "identity", name);
    }
    assertEquals(before, names(made.path().getParent()));
    nothingIsLost();
  }

  @Test
  void a_name_like_an_option_needs_two_dashes_and_is_none_then() throws Exception {
    run(2, "switch", "-x");
    run(2, "add", "-x");
    run(3, "switch", "--", "-x");
    run(3, "rename", "--", "alice", "-x");
    assertFalse(Files.exists(made.credentials().slotFile("-x")));
    nothingIsLost();
  }

  /** All that is there, apart from what we keep for ourselves and are free to make. */
  private static Set<String> names(Path directory) throws IOException {
    Set<String> names = new TreeSet<>();
    try (Stream<Path> all = Files.walk(directory)) {
      all.map(path -> directory.relativize(path).toString())
          .filter(name -> !name.contains(".slots"))
          .forEach(names::add);
    }
    return names;
  }

  // ---- files to add ----

  @ParameterizedTest
  @ValueSource(
      strings = {
        "rm -f ../odd",
        "mkdir ../odd",
        "mkfifo ../odd",
        "ln -s /dev/zero ../odd",
        "truncate -s 100M ../odd",
        ": >../odd"
      })
  void a_file_that_is_no_login_is_not_added(String make) throws Exception {
    made.shell(make);
    run(3, "add", "odd", "--from", made.path().resolveSibling("odd").toString());
    assertFalse(Files.exists(made.credentials().slotFile("odd"), LinkOption.NOFOLLOW_LINKS));
    nothingIsLost();
  }

  // ---- the directory ----

  @Test
  void a_directory_that_is_missing_or_none() throws Exception {
    Path none = scratch.resolve("none");
    Path file = Files.createFile(scratch.resolve("file"));
    for (Path path : List.of(none, file)) {
      for (String command : List.of("status", "heal", "doctor", "list", "drift")) {
        run(command.equals("doctor") ? 5 : 3, command, "--dir", path.toString());
      }
      run(3, "switch", "alice", "--dir", path.toString());
      run(3, "add", "alice", "--dir", path.toString());
    }
    assertFalse(Files.exists(none));
  }

  @Test
  void a_directory_that_cannot_be_written() throws Exception {
    SlotsCommand command = slots;
    if (System.getProperty("user.name").equals("root")) {
      // Without this capability permissions count for root, too.
      String[] drop = {"setpriv", "--bounding-set", "-dac_override,-dac_read_search"};
      Path probe = Files.createDirectory(scratch.resolve("probe"));
      made.shell("chmod 500 ../probe");
      Process tried =
          new ProcessBuilder(drop[0], drop[1], drop[2], "touch", probe.resolve("x").toString())
              .redirectErrorStream(true)
              .start();
      tried.getInputStream().readAllBytes();
      assumeTrue(tried.waitFor() != 0, "root can't be kept from writing here");
      command = slots.through(drop);
    }
    made.shell("chmod 500 .");
    try {
      run(command, 0, "status");
      SlotsCommand.Result result = run(command, 1, "switch", "alice");
      assertTrue(result.err().contains("writable"), result::toString);
      run(command, 1, "add", "odd", "--from", made.credentials().slotFile("bob").toString());
    } finally {
      made.shell("chmod 700 .");
    }
    assertEquals(Optional.of("bob"), made.credentials().linkTarget());
    nothingIsLost();
  }

  @Test
  void a_directory_that_others_can_write_is_warned_of() throws Exception {
    made.shell("chmod 777 .");
    json(0, "status").find("warnings", "code", "directory-writable").isSentence("message");
    SlotsCommand.Result result = run(0, "switch", "alice");
    assertTrue(result.err().contains("writable by other users"), result::toString);
    json(5, "doctor").find("findings", "code", "directory-writable");
    nothingIsLost();
  }

  @Test
  void a_directory_of_somebody_else_is_refused() throws Exception {
    assumeTrue(System.getProperty("user.name").equals("root"), "only root gives files away");
    made.shell("chown 65534 .");
    for (String[] line :
        new String[][] {{"switch", "alice"}, {"heal"}, {"add", "odd"}, {"capture", "bob"}}) {
      run(3, line);
    }
    assertFalse(Files.exists(made.path().resolve(".slots")), "root left something behind");
    assertEquals(Optional.of("bob"), made.credentials().linkTarget());
  }

  @Test
  void our_own_directory_is_no_link() throws Exception {
    made.shell("mkdir ../elsewhere; ln -s ../elsewhere .slots");
    run(3, "switch", "alice");
    run(3, "capture", "bob");
    run(5, "doctor");
    try (Stream<Path> files = Files.list(made.path().resolveSibling("elsewhere"))) {
      assertEquals(List.of(), files.toList());
    }
  }

  @Test
  void what_is_ours_can_be_rubbish_too() throws Exception {
    run(0, "switch", "alice");
    byte[] alice = made.credentials().slot("alice").orElseThrow();
    made.shell(
        """
        printf '\\000\\377{"type":"begin"' >.slots/journal.jsonl
        printf 'rubbish' >.credentials.json.alice.fingerprint.json
        for file in .slots/slots/*; do printf '{' >"$file"; done
        """);
    run(0, "status");
    run(0, "log");
    run(0, "switch", "bob");
    run(0, "switch", "alice");
    assertArrayEquals(alice, made.credentials().slot("alice").orElseThrow());
    nothingIsLost();
  }

  @Test
  void the_longest_name_is_one() throws Exception {
    made.shell("login carol 1 28800 40 >../carol.json");
    String name = "x".repeat(64);
    run(0, "add", name, "--from", made.path().resolveSibling("carol.json").toString());
    run(0, "switch", name);
    assertEquals(Optional.of(name), made.credentials().linkTarget());
    nothingIsLost();
  }
}
