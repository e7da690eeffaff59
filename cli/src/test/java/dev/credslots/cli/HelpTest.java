package dev.credslots.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.credslots.cli.World.Result;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class HelpTest {
  @TempDir Path temp;
  private World world;

  @BeforeEach
  void makeWorld() throws Exception {
    world = World.ofThree(temp);
  }

  static List<String> names() {
    return Commands.NAMES;
  }

  private static void assertFits(String text) {
    text.lines().forEach(line -> assertTrue(line.length() <= 80, line));
    assertFalse(text.lines().anyMatch(line -> line.endsWith(" ")), text);
  }

  @Test
  void alone_it_shows_the_four_commands_that_do_the_job() {
    Result result = world.run();
    assertEquals(0, result.exit());
    List<String> lines = result.out().lines().filter(line -> line.startsWith("  slots")).toList();
    assertEquals(4, lines.size());
    assertTrue(lines.get(0).startsWith("  slots switch "), result.out());
    assertTrue(lines.get(3).startsWith("  slots add "), result.out());
    assertFits(result.out());
  }

  @Test
  void help_names_every_command_option_and_exit_code() {
    String text = world.run("help").out();
    names().forEach(name -> assertTrue(text.contains("\n  " + name + " "), name));
    GlobalOptions.ALL.forEach(option -> assertTrue(text.contains(option.shown()), option.name()));
    assertEquals(text, world.run("--help").out());
    assertFits(text);
  }

  @ParameterizedTest
  @MethodSource("names")
  void every_command_has_help_with_an_example(String name) {
    Command command = Commands.find(name);
    assertNotNull(command);
    assertEquals(name, command.name());
    assertFalse(command.examples().isEmpty());
    String text = world.run("help", name).out();
    assertTrue(text.contains("slots " + name), text);
    assertFits(text);
    assertEquals(text, world.run(name, "--help").out());
    assertEquals(text, world.run(name, "-h").out());
  }

  @ParameterizedTest
  @MethodSource("names")
  void every_example_is_a_line_that_parses(String name) {
    for (Command.Example example : Help.declaration(name).examples()) {
      String line = example.line();
      if (line.startsWith("slots " + name) && !line.contains("&") && !line.contains("|")) {
        String[] words = line.substring("slots ".length()).split(" ");
        Words parsed = Parser.parse(Help.declaration(name), Parser.without(words, 0));
        Parser.checkArguments(Help.declaration(name), parsed);
        assertNotNull(Help.declaration(name).handler().parse(parsed));
      }
    }
  }

  @Test
  void help_for_an_unknown_command_suggests_one() {
    Result result = world.run("help", "stat");
    assertEquals(2, result.exit());
    assertTrue(result.err().contains("did you mean"), result.err());
  }

  @Test
  void the_version_is_the_builds() {
    String version = world.run("--version").out();
    assertTrue(version.matches("slots \\d+\\.\\S+\n"), version);
  }

  @Test
  void the_manual_page_has_every_command_and_no_line_that_roff_would_misread() {
    String page = world.run("__man").out();
    assertTrue(page.startsWith(".TH SLOTS 1"), page);
    names().forEach(name -> assertTrue(page.contains("\n.SS slots " + name), name));
    page.lines()
        .filter(line -> line.startsWith("."))
        .forEach(
            line -> assertTrue(line.matches("\\.(TH|SH|SS|TP|PP|B|I|RS|RE|nf|fi)( .*)?"), line));
  }

  @Test
  void the_demo_goes_as_it_should_and_leaves_nothing() throws Exception {
    Result result = world.run("demo");
    assertEquals(0, result.exit(), result.out() + result.err());
    assertFits(result.out());
    assertTrue(result.out().lines().count() <= 100);
    for (String exit : List.of("3", "4", "5")) {
      assertTrue(result.out().contains("(exit code " + exit + ")"), result.out());
    }
    assertFalse(result.out().contains("FAKE"));
    try (Stream<Path> left = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
      assertFalse(left.anyMatch(path -> result.out().contains(path.toString() + "/claude")));
    }
  }

  @Test
  void training_prints_nothing() {
    assertEquals(new Result(0, "", ""), world.run("__train"));
  }
}
