package dev.credslots.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.credslots.cli.World.Result;
import dev.credslots.internal.posix.Exec;
import dev.credslots.testkit.FakeSecurity;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ProfileCommandsTest {
  private static final String KEY = "sk-ant-api03-FAKE-abcdefghijkl";

  @TempDir Path temp;
  private World world;
  private Path data;

  @BeforeEach
  void makeWorld() throws Exception {
    world = new World(temp);
    data = temp.resolve(".local/share/slots");
  }

  private Result run(int exit, String... args) {
    Result result = world.run(args);
    assertEquals(exit, result.exit(), result.out() + result.err());
    return result;
  }

  private static void assertSays(String part, Result result) {
    String said = (result.out() + result.err()).replaceAll("\\s+", " ");
    assertTrue(said.contains(part), said);
    assertFalse(said.contains("FAKE"), said);
  }

  private void withKey() {
    world.environment.put("SLOTS_API_KEY", KEY);
    run(0, "profile", "add", "ci", "--api-key");
    world.environment.remove("SLOTS_API_KEY");
  }

  private Path directory(String profile) {
    return data.resolve("profiles").resolve(profile);
  }

  private static void write(Path file, String text) {
    try {
      Files.writeString(file, text);
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void login(Path directory, String token, Duration left) {
    write(directory.resolve(".credentials.json"), World.login(token, token, left));
  }

  private static void account(Path identityFile, String uuid) {
    write(identityFile, "{\"oauthAccount\":{\"accountUuid\":\"" + uuid + "\"}}");
  }

  private JsonNode row(String name) throws Exception {
    for (JsonNode row : run(0, "profile", "list", "--json").json().get("profiles")) {
      if (row.get("name").asText().equals(name)) {
        return row;
      }
    }
    throw new AssertionError("no row " + name);
  }

  private static List<String> codes(JsonNode object) {
    return object.get("warnings").findValuesAsText("code");
  }

  // ---- add, list, show ----

  @Test
  void the_list_begins_with_the_built_in_default_and_marks_the_active_one() throws Exception {
    assertEquals("* default  oauth  not logged in\n", run(0, "profile", "list").out());
    run(0, "profile", "add", "work");
    run(0, "profile", "add", "home");
    List<String> lines = run(0, "profile", "list").out().lines().toList();
    assertEquals("  default", lines.get(0).substring(0, 9));
    assertEquals("  home", lines.get(1).substring(0, 6));
    assertEquals("* work", lines.get(2).substring(0, 6));
    run(0, "profile", "use", "default");
    assertTrue(row("default").get("active").asBoolean());
    assertFalse(row("work").get("active").asBoolean());
    run(3, "profile", "use", "gone");
  }

  @Test
  void the_list_says_what_can_be_done_with_each_login() throws Exception {
    for (String name : List.of("a", "b", "c", "d", "e")) {
      run(0, "profile", "add", name);
    }
    login(directory("a"), "a", Duration.ofHours(7));
    login(directory("b"), "b", Duration.ofHours(-1));
    write(
        directory("c").resolve(".credentials.json"),
        "{\"claudeAiOauth\":{\"accessToken\":\"sk-ant-oat01-FAKE\",\"expiresAt\":1}}");
    write(directory("d").resolve(".credentials.json"), "rubbish");
    assertEquals("logged-in", row("a").get("state").asText());
    assertEquals("refreshable", row("b").get("state").asText());
    assertEquals("expired", row("c").get("state").asText());
    assertEquals("unreadable", row("d").get("state").asText());
    assertEquals("not-logged-in", row("e").get("state").asText());
    assertEquals(
        World.NOW.plus(Duration.ofHours(7)).toString(), row("a").get("expiresAt").asText());
  }

  @Test
  void a_key_is_taken_from_the_variable_or_the_keyboard_and_shown_masked() throws Exception {
    withKey();
    assertEquals("sk-ant…ijkl", row("ci").get("key").asText());
    world.typing.answers.add("short-key-123456");
    run(0, "profile", "add", "lab", "--api-key", "--base-url", "https://gateway.test/v1");
    assertEquals(List.of("API key of lab (not shown): "), world.typing.asked);
    JsonNode lab = run(0, "profile", "show", "lab", "--json").json().get("profile");
    assertEquals("****", lab.get("key").asText());
    assertEquals("https://gateway.test/v1", lab.get("baseUrl").asText());
    assertEquals("api-key", lab.get("type").asText());
    assertTrue(lab.get("configDirectory").isNull());
    assertSays("sk-ant…ijkl", run(0, "profile", "show", "ci"));
    assertFalse(Files.readString(data.resolve("profiles.json")).contains("FAKE"));
  }

  @Test
  void without_a_key_no_profile_that_needs_one() {
    assertSays("SLOTS_API_KEY", run(2, "profile", "add", "ci", "--api-key"));
    world.environment.put("SLOTS_API_KEY", "sk-ant-oat01-FAKE");
    assertSays("not an API key", run(3, "profile", "add", "ci", "--api-key"));
    world.environment.put("SLOTS_API_KEY", "{\"claudeAiOauth\":\"FAKE\"}");
    assertSays("credential file", run(3, "profile", "add", "ci", "--api-key"));
    assertFalse(Files.exists(data.resolve("profiles.json")));
  }

  @Test
  void a_key_on_the_command_line_is_refused_and_not_repeated() {
    for (String[] line :
        new String[][] {
          {"profile", "add", "ci", "--api-key=" + KEY},
          {"profile", "add", "ci", "--api-key", KEY},
          {"profile", "add", "ci", "--api-key", "x", KEY},
          {"profile", "add", "ci", "--key", KEY},
          {"profile", "add", "ci", "--key=" + KEY},
          {"profile", "add", "ci", "--token=" + KEY},
          {"profile", "add", "ci", "--api-key", "--base-url", "https://u:" + KEY + "@gateway.test"},
        }) {
      assertSays("slots: ", run(2, line));
    }
    assertSays("on the command line", run(2, "profile", "add", "ci", "--api-key", KEY));
    assertSays("on a command line", run(2, "profile", "add", "ci", "--key", KEY));
    assertSays("sk-", run(3, "profile", "add", KEY, "--api-key"));
    assertFalse(Files.exists(data));
  }

  static List<String> badNames() {
    return List.of(
        "../escape",
        "a/b",
        ".",
        "..",
        "",
        "/abs",
        "with space",
        ".hidden",
        "work\n",
        "x".repeat(65),
        "wоrk",
        "ｗork",
        "work\u200b",
        "default",
        "lock",
        "tmp1");
  }

  @ParameterizedTest
  @MethodSource("badNames")
  void a_name_that_is_none_is_refused_and_nothing_is_made(String name) throws Exception {
    world.environment.put("SLOTS_API_KEY", KEY);
    List<String> before = everything();
    run(3, "profile", "add", name);
    run(3, "profile", "add", name, "--api-key");
    run(3, "profile", "login", name);
    run(3, "profile", "resync", name);
    if (!name.equals("default")) {
      run(3, "profile", "use", name);
      run(3, "profile", "show", name);
      run(3, "run", name, "--", "true");
      assertEquals("false\n", run(3, "env", name).out());
      world.environment.put("SLOTS_PROFILE", name);
      if (!name.isEmpty()) {
        run(3, "run", "--", "true");
      }
    }
    assertEquals(List.of(), world.programs.become);
    before.add(".local");
    List<String> after = everything();
    after.removeIf(path -> path.startsWith(".local/") && !path.contains("profiles/"));
    // An empty data directory with its lock is all that may be there.
    after.removeIf(path -> path.equals(".local/share"));
    assertTrue(before.containsAll(after), () -> before + " " + after);
  }

  private List<String> everything() throws Exception {
    try (Stream<Path> all = Files.walk(temp)) {
      return new java.util.ArrayList<>(
          all.map(path -> temp.relativize(path).toString()).sorted().toList());
    }
  }

  @Test
  void a_directory_can_be_brought_along() throws Exception {
    Path mine = Files.createDirectories(temp.resolve("mine"));
    Files.setPosixFilePermissions(mine, PosixFilePermissions.fromString("rwxr-x---"));
    login(mine, "mine", Duration.ofHours(7));
    JsonNode added = run(0, "profile", "add", "work", "--config-dir", "mine", "--json").json();
    assertEquals(List.of("directory-open"), codes(added));
    assertEquals("added profile work, which is active", added.get("message").asText());
    assertEquals(mine.toString(), row("work").get("configDirectory").asText());
    run(3, "profile", "add", "other", "--config-dir", "gone");
    run(3, "profile", "add", "other", "--config-dir", "mine");
    assertSays("without a profile", run(3, "profile", "add", "other", "--config-dir", ".claude"));
    run(2, "profile", "add", "other", "--config-dir", "mine", "--api-key");
    run(2, "profile", "add", "other", "--base-url", "https://gateway.test");
  }

  @Test
  void options_are_for_the_actions_they_mean_something_to() {
    run(2, "profile", "use", "work", "--force");
    run(2, "profile", "list", "--yes");
    run(2, "profile", "show", "--api-key");
    run(2, "profile", "frobnicate");
    run(2, "profile", "rename", "work");
    run(2, "profile", "list", "work");
    run(2, "profile", "use", "work", "--", "true");
  }

  @Test
  void a_login_that_others_have_too_is_warned_of() throws Exception {
    world.slot("bob", Duration.ofHours(7));
    world.link("bob");
    run(0, "profile", "add", "work");
    login(directory("work"), "bob", Duration.ofHours(7));
    Path mine = Files.createDirectories(temp.resolve("mine"));
    login(mine, "bob", Duration.ofHours(7));
    Result added = run(0, "profile", "add", "other", "--config-dir", "mine");
    assertSays("profile other and profile work are of one account", added);
    assertSays("profile other and slot bob of " + world.claude + " are of one account", added);
    world.programs.become.clear();
    run(127, "run", "work", "--", "x");
    assertSays("profile work and profile other", world.run("run", "work", "--", "x"));
  }

  @Test
  void an_account_that_others_have_too_is_warned_of() throws Exception {
    login(world.claude, "one", Duration.ofHours(7));
    account(temp.resolve(".claude.json"), "u-1");
    run(0, "profile", "add", "work");
    login(directory("work"), "two", Duration.ofHours(7));
    account(directory("work").resolve(".claude.json"), "u-1");
    assertSays("profile work and the login in " + world.claude, run(127, "run", "work", "--", "x"));
    account(directory("work").resolve(".claude.json"), "u-2");
    assertEquals(
        "", run(127, "-q", "run", "work", "--", "x").err().replaceAll("slots: 'x'.*\n", ""));
    assertFalse(world.run("run", "work", "--", "x").err().contains("one account"));
  }

  // ---- remove, rename, re-add ----

  @Test
  void removing_is_asked_about_and_refused_where_nobody_can_answer() throws Exception {
    run(0, "profile", "add", "work");
    run(0, "profile", "add", "home");
    login(directory("home"), "home", Duration.ofHours(7));
    assertSays("--yes", run(3, "profile", "remove", "home"));
    world.typing.answers.add("n");
    assertSays("nothing done", run(3, "profile", "remove", "home"));
    assertEquals("logged-in", row("home").get("state").asText());
    world.typing.answers.add("y");
    assertSays("its login stays in", run(0, "profile", "remove", "home"));
    assertTrue(Files.exists(directory("home").resolve(".credentials.json")));
    assertSays("--force", run(3, "profile", "remove", "work", "--yes"));
    run(0, "profile", "remove", "work", "--yes", "--force", "--purge");
    assertFalse(Files.exists(directory("work")));
  }

  @Test
  void a_removed_name_is_added_again_only_with_a_word_on_its_old_login() throws Exception {
    run(0, "profile", "add", "work");
    login(directory("work"), "work", Duration.ofHours(7));
    run(0, "profile", "remove", "work", "--yes", "--force");
    assertSays("and its login with it", run(3, "profile", "add", "work"));
    assertEquals(1, run(0, "profile", "list", "--json").json().get("profiles").size());
    world.typing.answers.add("y");
    run(0, "profile", "add", "work");
    assertTrue(world.typing.asked.get(world.typing.asked.size() - 1).contains("earlier profile"));
    assertEquals("logged-in", row("work").get("state").asText());

    withKey();
    run(0, "profile", "remove", "ci", "--yes");
    world.environment.put("SLOTS_API_KEY", "another-key-of-ci-0123");
    assertSays("earlier profile ci", run(3, "profile", "add", "ci", "--api-key"));
    run(0, "profile", "add", "ci", "--api-key", "--yes");
    assertEquals("anothe…0123", row("ci").get("key").asText());
  }

  @Test
  void a_renamed_profile_is_the_same() throws Exception {
    run(0, "profile", "add", "work");
    login(directory("work"), "work", Duration.ofHours(7));
    withKey();
    run(0, "profile", "rename", "work", "job");
    run(0, "profile", "rename", "ci", "build");
    assertTrue(row("job").get("active").asBoolean());
    assertEquals("logged-in", row("job").get("state").asText());
    assertEquals("sk-ant…ijkl", row("build").get("key").asText());
    run(3, "profile", "rename", "job", "build");
    run(3, "profile", "rename", "gone", "new");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "sk-FAKE",
        "{\"version\":2,\"profiles\":{}}",
        "{\"version\":1,\"profiles\":{\"work\":{\"type\":\"api-key\",\"apiKey\":\"sk-FAKE\"}}}"
      })
  void a_registry_that_is_none_stops_everything_and_is_left_alone(String content) throws Exception {
    Files.createDirectories(data);
    write(data.resolve("profiles.json"), content);
    for (String[] line :
        new String[][] {
          {"profile", "list"},
          {"profile", "add", "work"},
          {"profile", "use", "default"},
          {"profile", "show"},
          {"profile", "login", "work"},
          {"profile", "remove", "work", "--yes", "--force", "--purge"},
          {"run", "--", "true"},
          {"run", "default", "--", "true"},
          {"env"}
        }) {
      assertSays("profiles.json", run(3, line));
    }
    assertEquals(List.of(), world.programs.become);
    assertEquals(content, Files.readString(data.resolve("profiles.json")));
    assertFalse(Files.exists(directory("work")));
  }

  // ---- login ----

  @Test
  void a_login_is_run_as_the_profile_and_has_to_land_in_its_directory() throws Exception {
    run(0, "profile", "add", "work");
    world.environment.put("ANTHROPIC_API_KEY", "canary");
    Exec.Program[] seen = new Exec.Program[1];
    world.programs.child =
        program -> {
          seen[0] = program;
          login(directory("work"), "new", Duration.ofHours(8));
          return 0;
        };
    assertSays("logged in", run(0, "profile", "login", "work"));
    assertEquals(List.of("claude", "auth", "login"), seen[0].words());
    assertEquals(directory("work").toString(), seen[0].set().get("CLAUDE_CONFIG_DIR"));
    assertTrue(seen[0].unset().contains("ANTHROPIC_API_KEY"));
    world.config("{\"login\": [\"other\", \"log in\"]}");
    // The same login again is no new one.
    assertSays("no new login", run(1, "profile", "login", "work"));
    assertEquals(List.of("other", "log in"), seen[0].words());
    run(1, "profile", "login", "work", "--", "a", "--json", "--", "b");
    assertEquals(List.of("a", "--json", "--", "b"), seen[0].words());
  }

  @Test
  void a_login_that_landed_elsewhere_needs_attention() throws Exception {
    login(world.claude, "before", Duration.ofHours(7));
    run(0, "profile", "add", "work");
    world.programs.child =
        program -> {
          login(world.claude, "after", Duration.ofHours(8));
          return 0;
        };
    JsonNode told = run(5, "profile", "login", "work", "--json").json();
    assertEquals("elsewhere", told.get("outcome").asText());
    assertTrue(told.get("message").asText().contains(world.claude.toString()));
  }

  @Test
  void a_login_of_a_key_takes_another_key() throws Exception {
    withKey();
    world.typing.answers.add("another-key-of-ci-0123");
    run(0, "profile", "login", "ci");
    assertEquals("anothe…0123", row("ci").get("key").asText());
    run(2, "profile", "login", "ci", "--", "claude");
  }

  // ---- resync ----

  @Test
  void resync_copies_another_login_of_the_same_account_and_keeps_the_old_one() throws Exception {
    run(0, "profile", "add", "work");
    login(directory("work"), "old", Duration.ofHours(-1));
    login(world.claude, "new", Duration.ofHours(7));
    account(temp.resolve(".claude.json"), "u-1");
    account(directory("work").resolve(".claude.json"), "u-1");
    Path live = directory("work").resolve(".credentials.json");

    JsonNode told = run(0, "profile", "resync", "work", "--json").json();
    assertEquals("resynced", told.get("outcome").asText());
    assertTrue(codes(told).contains("shared-account"), told.toString());
    assertArrayEquals(Files.readAllBytes(world.live()), Files.readAllBytes(live));
    assertTrue(everywhere("work").contains("ort01-FAKE-old"));
    assertEquals("unchanged", json("profile", "resync", "work").get("outcome").asText());

    login(world.claude, "newer", Duration.ofHours(7));
    run(0, "profile", "resync", "work");
    assertArrayEquals(Files.readAllBytes(world.live()), Files.readAllBytes(live));
    assertTrue(everywhere("work").contains("ort01-FAKE-old"));
    assertFalse(Files.isSymbolicLink(world.live()));
  }

  private JsonNode json(String... line) throws Exception {
    List<String> words = new java.util.ArrayList<>(List.of(line));
    words.add("--json");
    return run(0, words.toArray(new String[0])).json();
  }

  private String everywhere(String profile) throws Exception {
    StringBuilder all = new StringBuilder();
    try (Stream<Path> files = Files.walk(directory(profile))) {
      for (Path file : (Iterable<Path>) files.filter(Files::isRegularFile)::iterator) {
        all.append(Files.readString(file));
      }
    }
    return all.toString();
  }

  @Test
  void resync_copies_nothing_unless_both_accounts_are_known_and_one() throws Exception {
    run(0, "profile", "add", "work");
    login(directory("work"), "old", Duration.ofHours(7));
    login(world.claude, "new", Duration.ofHours(7));
    byte[] before = Files.readAllBytes(directory("work").resolve(".credentials.json"));
    assertSays("nobody knows", run(3, "profile", "resync", "work"));
    account(temp.resolve(".claude.json"), "u-1");
    assertSays("nobody knows", run(3, "profile", "resync", "work"));
    account(directory("work").resolve(".claude.json"), "u-2");
    assertSays("another account's", run(3, "profile", "resync", "work"));
    account(directory("work").resolve(".claude.json"), "u-1");
    write(world.live(), "{\"claudeAiOauth\":{\"accessToken\":\"\",\"expiresAt\":0}}");
    assertSays("of no use", run(3, "profile", "resync", "work"));
    withKey();
    run(3, "profile", "resync", "ci");
    assertArrayEquals(before, Files.readAllBytes(directory("work").resolve(".credentials.json")));
    assertFalse(Files.isSymbolicLink(directory("work").resolve(".credentials.json")));
  }

  // ---- run ----

  private Exec.Program started() {
    assertEquals(1, world.programs.become.size());
    return world.programs.become.remove(0);
  }

  @Test
  void a_program_is_started_with_the_words_behind_the_dashes_as_they_are() {
    run(0, "profile", "add", "work");
    run(127, "-q", "run", "work", "--", "x", "--json", "--", "-h", "", "*");
    assertEquals(List.of("x", "--json", "--", "-h", "", "*"), started().words());
    run(127, "--json", "-q", "run", "--", "work", "--help");
    assertEquals(List.of("work", "--help"), started().words());
    run(2, "run", "work");
    run(2, "run", "work", "x");
    run(2, "run", "work", "--");
    run(2, "run", "a", "b", "--", "x");
    assertEquals(List.of(), world.programs.become);
  }

  @Test
  void argument_variable_and_active_profile_choose_in_this_order() {
    run(0, "profile", "add", "work");
    withKey();
    run(127, "run", "--", "x");
    assertEquals("work", started().set().get("SLOTS_PROFILE"));
    world.environment.put("SLOTS_PROFILE", "ci");
    run(127, "run", "--", "x");
    assertEquals(KEY, started().set().get("ANTHROPIC_API_KEY"));
    run(127, "run", "work", "--", "x");
    assertEquals(directory("work").toString(), started().set().get("CLAUDE_CONFIG_DIR"));
    run(127, "run", "default", "--", "x");
    Exec.Program program = started();
    assertTrue(program.set().isEmpty());
    assertTrue(program.unset().contains("SLOTS_PROFILE"));
    world.environment.remove("SLOTS_PROFILE");
    run(0, "profile", "use", "default");
    run(127, "run", "--", "x");
    program = started();
    assertTrue(program.set().isEmpty() && program.unset().isEmpty());
  }

  @Test
  void a_run_within_a_run_is_refused_unless_asked_for() {
    run(0, "profile", "add", "work");
    run(127, "run", "--", "x");
    world.environment.putAll(started().set());
    assertSays("--nested", run(3, "run", "--", "x"));
    assertSays("--nested", run(3, "run", "default", "--", "x"));
    run(127, "run", "work", "--nested", "--", "x");
    started();
  }

  @Test
  void the_login_without_a_profile_is_seen_from_within_a_run() throws Exception {
    login(world.claude, "own", Duration.ofHours(7));
    run(0, "profile", "add", "work");
    run(127, "run", "--", "x");
    world.environment.putAll(started().set());
    assertEquals(world.claude.toString(), row("default").get("configDirectory").asText());
    assertEquals("logged-in", row("default").get("state").asText());
    assertEquals(directory("work").toString(), json("status").get("dir").asText());
  }

  @Test
  void a_login_that_is_known_to_be_bad_starts_nothing() {
    run(0, "profile", "add", "work");
    Path live = directory("work").resolve(".credentials.json");
    for (String bad :
        List.of(
            "rubbish",
            "{\"claudeAiOauth\":{\"accessToken\":\"\",\"refreshToken\":\"\",\"expiresAt\":0}}",
            "{\"claudeAiOauth\":{\"accessToken\":\"sk-ant-oat01-FAKE\",\"expiresAt\":1}}")) {
      write(live, bad);
      assertSays("slots profile login work", run(3, "run", "work", "--", "x"));
      assertSays(
          "nothing was started", run(3, "run", "work", "--if-expired", "activate", "--", "x"));
    }
    assertEquals(List.of(), world.programs.become);
    assertTrue(Files.isRegularFile(live));
  }

  @Test
  void a_login_that_is_over_is_renewed_first_or_nothing_is_started() {
    run(0, "profile", "add", "work");
    login(directory("work"), "work", Duration.ofHours(-1));
    assertSays("--if-expired activate", run(1, "run", "work", "--", "x")); // Nobody's server.
    assertSays("renews it first", run(3, "run", "work", "--if-expired", "refuse", "--", "x"));
    assertEquals(List.of(), world.programs.become);
    run(127, "run", "work", "--if-expired", "activate", "--", "x");
    started();
    // About to end is good enough when it cannot be renewed.
    run(0, "profile", "add", "home");
    login(directory("home"), "home", Duration.ofMinutes(2));
    assertSays("could not renew", run(127, "run", "home", "--", "x"));
    started();
  }

  @Test
  void a_fresh_login_is_left_as_it_is() {
    run(0, "profile", "add", "work");
    login(directory("work"), "work", Duration.ofHours(7));
    run(127, "run", "work", "--", "x");
    started();
    assertFalse(Files.isSymbolicLink(directory("work").resolve(".credentials.json")));
    assertFalse(Files.exists(directory("work").resolve(".slots")));
  }

  @Test
  void a_profile_without_its_key_starts_nothing() throws Exception {
    withKey();
    Files.delete(data.resolve("tokens.json"));
    assertSays("no key for profile ci", run(3, "run", "ci", "--", "x"));
    assertEquals(List.of(), world.programs.become);
    assertEquals("not-logged-in", row("ci").get("state").asText());
  }

  @Test
  void a_program_that_cannot_be_started_is_named() throws Exception {
    Result result = run(127, "run", "--json", "--", "nosuch");
    assertEquals("not-started", result.json().get("outcome").asText());
    assertTrue(result.err().contains("'nosuch' cannot be started"), result.err());
  }

  @Test
  void on_macos_a_key_is_in_the_keychain_and_in_no_programs_arguments() throws Exception {
    assumeTrue(FakeSecurity.isAvailable(), "no python3, no fake security");
    FakeSecurity security = FakeSecurity.in(temp.resolve("bin"));
    world.machine = new Machine("Mac OS X", List.of(), security.program());
    withKey();
    run(127, "run", "ci", "--", "x");
    assertEquals(KEY, started().set().get("ANTHROPIC_API_KEY"));
    assertFalse(Files.readString(data.resolve("tokens.json")).contains("FAKE"));
    for (String record : security.record()) {
      assertFalse(record.substring(0, record.indexOf("\"stdin\"")).contains("FAKE"), record);
    }
    security.become(FakeSecurity.Mode.LOCKED);
    assertSays("locked", run(1, "run", "ci", "--", "x"));
    assertSays("locked", run(1, "profile", "rename", "ci", "build"));
    assertEquals("unknown", row("ci").get("state").asText());
    assertEquals(List.of(), world.programs.become);
    security.become(FakeSecurity.Mode.OPEN);
    run(0, "profile", "rename", "ci", "build");
    run(0, "profile", "remove", "build", "--yes", "--force", "--purge");
    assertEquals("[]", security.items());
  }

  // ---- env ----

  @Test
  void an_environment_that_selects_nothing_changes_nothing() {
    assertEquals("", run(0, "env").out());
    String lines = run(0, "env", "default").out();
    assertTrue(lines.contains("unset ANTHROPIC_API_KEY\n"), lines);
    assertFalse(lines.contains("export"), lines);
  }

  @Test
  void the_environment_of_a_key_holds_it_and_json_does_not() throws Exception {
    withKey();
    assertTrue(run(0, "env", "ci").out().contains("export ANTHROPIC_API_KEY='" + KEY + "'\n"));
    JsonNode json = json("env", "ci");
    assertFalse(json.toString().contains("FAKE"));
    assertEquals("ANTHROPIC_API_KEY", json.get("set").get(0).asText());
    world.terminal = Surroundings.Terminal.YES;
    assertTrue(run(0, "env", "ci").err().contains("on this terminal"));
    run(2, "env", "ci", "--shell", "csh");
  }

  @Test
  void a_variable_that_no_shell_can_have_is_not_unset() {
    run(0, "profile", "add", "work");
    world.environment.put("ANTHROPIC_$(touch x)", "canary");
    assertFalse(run(0, "env").out().contains("$("));
  }
}
