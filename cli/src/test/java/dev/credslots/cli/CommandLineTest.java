package dev.credslots.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.credslots.cli.World.Result;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CommandLineTest {
  @TempDir Path temp;
  private World world;

  @BeforeEach
  void makeWorld() throws Exception {
    world = World.ofThree(temp);
  }

  private void assertUsage(String sentence, String... args) {
    Result result = world.run(args);
    assertEquals(2, result.exit(), result.out() + result.err());
    assertEquals("", result.out());
    assertEquals("slots: " + sentence + "\n", result.err());
  }

  @Test
  void global_options_go_before_and_after_the_command() {
    assertEquals("bob\n", world.run("--dir", ".claude", "active").out());
    assertEquals("bob\n", world.run("active", "--dir=.claude").out());
    assertEquals("", world.run("-q", "active").out());
    assertEquals("bob\n", world.run("--no-color", "--grace", "1m", "--", "active").out());
  }

  @Test
  void of_an_option_given_twice_the_last_counts() {
    assertEquals("bob\n", world.run("--dir", "/nowhere", "active", "--dir", ".claude").out());
  }

  @Test
  void what_is_not_known_is_named_with_what_was_probably_meant() {
    assertUsage("unknown command 'swich'; did you mean 'switch'? (slots help lists them)", "swich");
    assertUsage("unknown command 'qqqqqq'; slots help lists them", "qqqqqq");
    assertUsage(
        "unknown option '--raeson'; did you mean '--reason'? (see slots help switch)",
        "switch",
        "--raeson=x",
        "bob");
    assertUsage("unknown option '-x'; see slots help status", "status", "-x");
    assertUsage(
        "unknown option '--reas'; did you mean '--reason'? (see slots help switch)",
        "switch",
        "bob",
        "--reas",
        "x");
    Result slot = world.run("switch", "alise");
    assertEquals(3, slot.exit());
    assertTrue(slot.err().contains("did you mean 'alice'?"), slot.err());
  }

  @Test
  void too_few_and_too_many_arguments_are_said() {
    assertUsage("switch needs SLOT or --next; see slots help switch", "switch");
    assertUsage("rename needs NAME; see slots help rename", "rename", "bob");
    assertUsage("status has no use for 'now'; see slots help status", "status", "now");
    assertUsage("option --reason needs a value; see slots help switch", "switch", "a", "--reason");
    assertUsage("option --json takes no value; see slots help status", "status", "--json=yes");
  }

  @Test
  void a_value_is_never_repeated_for_it_may_be_a_secret() {
    Result result = world.run("status", "--token=sk-ant-oat01-FAKE-secret");
    assertEquals(2, result.exit());
    assertFalse(result.err().contains("secret"), result.err());
    result = world.run("status", "--grace", "sk-ant-oat01-FAKE-secret");
    assertEquals(2, result.exit());
    assertFalse(result.err().contains("secret"), result.err());
  }

  @Test
  void an_error_is_an_object_on_standard_output_with_json() throws Exception {
    Result result = world.run("--json", "swich");
    var error = result.json(2).get("error");
    assertEquals("usage", error.get("code").asText());
    assertEquals("unknown command 'swich'; did you mean 'switch'?", error.get("message").asText());
    assertEquals("slots help lists them", error.get("remedy").asText());
    assertTrue(result.err().startsWith("slots: unknown command"));
  }

  @Test
  void durations_are_numbers_with_a_unit() {
    assertEquals(Optional.of(Duration.ofSeconds(90)), Durations.parse("90"));
    assertEquals(Optional.of(Duration.ofSeconds(300)), Durations.parse("300s"));
    assertEquals(Optional.of(Duration.ofMinutes(5)), Durations.parse("5m"));
    assertEquals(Optional.of(Duration.ofHours(2)), Durations.parse("2h"));
    assertEquals(Optional.of(Duration.ofDays(1)), Durations.parse("1d"));
    assertEquals(Optional.of(Duration.ZERO), Durations.parse("0"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "s", "-5", "1.5h", "5 m", "5w", "9999999999", "999999999d", "٣s"})
  void everything_else_is_no_duration(String text) {
    assertEquals(Optional.empty(), Durations.parse(text));
  }

  @Test
  void what_makes_no_sense_to_the_engine_is_wrong_usage() {
    assertEquals(2, world.run("status", "--slot-template", "x").exit());
    assertEquals(2, world.run("status", "--slots", "a/b").exit());
    assertEquals(2, world.run("status", "--slots", "").exit());
    assertEquals(2, world.run("status", "--dir", "a\0b").exit());
    assertEquals(2, world.run("status", "--dir", "").exit());
    assertEquals(2, world.run("status", "--provider", "codecs").exit());
    assertEquals(2, world.run("switch", "bob", "--if-expired", "maybe").exit());
    assertEquals(2, world.run("switch", "bob", "--wait", "soon").exit());
    assertEquals(2, world.run("log", "-n", "0").exit());
  }

  @Test
  void a_missing_directory_is_refused_with_what_to_do() throws Exception {
    Result result = world.run("status", "--json", "--dir", "nowhere");
    assertEquals("no-directory", result.json(3).at("/error/code").asText());
    assertTrue(result.err().contains("--dir"), result.err());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "          |        |        |        | .claude",
        "          |        |        | claude | claude",
        "          |        | secure | claude | secure",
        "          |        | EMPTY  | claude | .claude",
        "          | slots  | secure | claude | slots",
        "option    | slots  | secure | claude | option",
        "~/option  |        |        |        | option",
      })
  void the_strongest_of_option_variables_and_default_names_the_directory(
      String option, String slots, String secure, String claude, String expected) throws Exception {
    Path directory = Files.createDirectories(temp.resolve(expected));
    putPath("SLOTS_DIR", slots);
    putPath("CLAUDE_SECURESTORAGE_CONFIG_DIR", secure);
    putPath("CLAUDE_CONFIG_DIR", claude);
    Result result =
        option == null
            ? world.run("status", "--json")
            : world.run("status", "--json", "--dir", option);
    assertEquals(directory.toString(), result.json(0).get("dir").asText());
  }

  private void putPath(String name, String value) {
    if (value != null) {
      world.environment.put(name, value.equals("EMPTY") ? "" : temp.resolve(value).toString());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"HOME", "SLOTS_HOME", "SLOTS_DIR", "CLAUDE_CONFIG_DIR"})
  void a_path_that_the_locale_cannot_spell_is_said_with_what_to_set(String variable) {
    // Half a character, which UTF-8 can spell no more than ASCII an umlaut.
    world.environment.put(variable, world.home + "/\uD800");
    Result result = world.run("status");
    assertEquals(2, result.exit());
    assertEquals(
        "slots: "
            + variable
            + " has characters that this locale cannot spell; set LC_ALL=C.UTF-8\n",
        result.err());
  }

  @Test
  void slots_are_named_by_option_or_variable() throws Exception {
    world.environment.put("SLOTS_NAMES", "bob,ghost");
    assertEquals(2, world.run("status", "--json").json(0).get("slots").size());
    var slots = world.run("status", "--json", "--slots", "erik").json(0).get("slots");
    assertEquals("erik", slots.get(0).get("name").asText());
  }

  @Test
  void verbose_shows_where_a_failure_came_from_and_only_then() {
    assertTrue(world.run("-v", "swich").err().contains("\tat "));
    assertFalse(world.run("swich").err().contains("\tat "));
  }

  @Test
  void control_characters_of_others_are_never_printed() {
    Result result = world.run("sw\u001b[31mich\n");
    assertTrue(
        result.err().startsWith("slots: unknown command 'sw\uFFFD[31mich\uFFFD'"), result.err());
    world.run("switch", "alice", "--reason", "a\u001b]0;title\u0007\u009b31m\u202ex");
    Result log = world.run("log");
    assertTrue(log.out().contains("a\uFFFD]0;title\uFFFD\uFFFD31m\uFFFDx"), log.out());
    assertTrue(
        world.run("log", "--json").out().chars().allMatch(c -> c == '\n' || (c >= ' ' && c < 127)));
  }

  @Test
  void colours_are_for_terminals_and_can_be_forbidden() {
    assertFalse(world.run("status").out().contains("\u001b"));
    world.terminal = Surroundings.Terminal.YES;
    world.environment.put("TERM", "xterm");
    assertTrue(world.run("status").out().contains("\u001b["));
    assertFalse(world.run("status", "--no-color").out().contains("\u001b"));
    world.environment.put("NO_COLOR", "1");
    assertFalse(world.run("status").out().contains("\u001b"));
  }
}
