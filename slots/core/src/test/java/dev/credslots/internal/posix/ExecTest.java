package dev.credslots.internal.posix;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.FileInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@EnabledOnOs(OS.LINUX)
class ExecTest {
  @TempDir Path directory;

  /**
   * Becomes the words behind "--"; before it, {@code NAME=VALUE} sets, {@code -NAME} removes a
   * variable, {@code keep=FILE} opens a file that stays open.
   */
  static final class Becoming {
    private static final List<FileInputStream> KEPT = new ArrayList<>();

    public static void main(String[] args) throws Exception {
      Map<String, String> set = new HashMap<>();
      Set<String> unset = new TreeSet<>();
      Set<Integer> keep = new TreeSet<>();
      int words = 0;
      for (; !args[words].equals("--"); words++) {
        String[] sides = args[words].split("=", 2);
        if (sides[0].equals("keep")) {
          KEPT.add(new FileInputStream(sides[1]));
          keep.add(Descriptors.on(Path.of(sides[1])).orElseThrow());
        } else if (sides[0].startsWith("-")) {
          unset.add(sides[0].substring(1));
        } else {
          set.put(sides[0], sides[1]);
        }
      }
      System.out.println(ProcessHandle.current().pid());
      System.out.flush();
      List<String> program = Arrays.asList(args).subList(words + 1, args.length);
      System.out.println(Exec.replace(new Exec.Program(program, set, unset, keep)));
    }
  }

  private FreshJvm.Result become(String... arguments) throws Exception {
    return FreshJvm.run(List.of("-XX:-MaxFDLimit"), Becoming.class, directory, arguments);
  }

  private static List<String> lines(FreshJvm.Result result) {
    return result.out().lines().toList();
  }

  @Test
  void the_program_has_the_process_of_the_jvm() throws Exception {
    FreshJvm.Result result = become("--", "sh", "-c", "echo $$; cat /proc/$$/comm; exit 7");

    List<String> lines = lines(result);
    assertEquals(List.of(lines.get(0), lines.get(0), "sh"), lines);
    assertEquals(7, result.exit());
  }

  @Test
  void variables_are_set_and_removed_and_the_others_stay() throws Exception {
    FreshJvm.Result result =
        become(
            "SET=a b=c", "-LC_ALL", "--", "sh", "-c", "echo \"$SET ${LC_ALL-none} ${PATH:+path}\"");

    assertEquals("a b=c none path", lines(result).get(1));
  }

  @Test
  void nothing_above_2_is_left_open_but_what_is_kept() throws Exception {
    Path kept = Files.writeString(directory.resolve("kept"), "");

    // The shell's own glob opens one more, in the shell.
    FreshJvm.Result none = become("--", "sh", "-c", "exec ls -l /proc/self/fd");
    FreshJvm.Result one = become("keep=" + kept, "--", "sh", "-c", "exec ls -l /proc/self/fd");

    assertEquals(4, none.out().lines().filter(line -> line.contains(" -> ")).count(), none.out());
    assertEquals(5, one.out().lines().filter(line -> line.contains(" -> ")).count(), one.out());
    assertTrue(one.out().contains(kept.toString()), one.out());
  }

  @ParameterizedTest
  @ValueSource(strings = {"HUP", "INT", "QUIT", "TERM", "PIPE", "USR1", "USR2"})
  void signals_do_to_the_program_what_they_always_do(String signal) throws Exception {
    FreshJvm.Result result =
        become("--", "sh", "-c", "ulimit -c 0; kill -" + signal + " $$; echo survived");

    assertTrue(result.exit() > 128, result.toString());
    assertEquals(1, lines(result).size(), result.out());
  }

  @Test
  void words_keep_bytes_that_the_jvm_cannot_spell() throws Exception {
    Path program = directory.resolve("program");
    Files.writeString(program, "#!/bin/sh\nprintf '%s' \"$2\" | od -An -tx1\n");
    program.toFile().setExecutable(true);
    Path script = directory.resolve("script");
    // The bytes c3 a9 and a lone ff, which is no character in any encoding.
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    Files.writeString(
        script,
        "exec '"
            + java
            + "' -cp \"$CP\" '"
            + Becoming.class.getName()
            + "' -- '"
            + program
            + "' first \"$(printf '\\303\\251\\377')\" ''\n");
    ProcessBuilder builder = new ProcessBuilder("sh", script.toString());
    builder.environment().put("CP", System.getProperty("java.class.path"));
    builder.environment().put("LC_ALL", "C");
    Process process = builder.start();

    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

    assertEquals(" c3 a9 ff", out.lines().skip(1).findFirst().orElse(out));
    assertEquals(0, process.waitFor());
  }

  @Test
  void a_program_that_cannot_be_run_is_refused_and_the_jvm_goes_on() throws Exception {
    Path file = Files.writeString(directory.resolve("file"), "no program");

    assertTrue(lines(become("--", "no-such-program-anywhere")).get(1).contains("NOT_FOUND"));
    assertTrue(lines(become("--", file.toString())).get(1).contains("NOT_EXECUTABLE"));
  }

  @Test
  void only_words_that_end_the_command_line_are_taken_from_it() {
    List<byte[]> commandLine =
        List.of(
            "java".getBytes(StandardCharsets.UTF_8),
            "--".getBytes(StandardCharsets.UTF_8),
            new byte[] {(byte) 0xe9});

    assertEquals(1, RawWords.of(List.of("\ufffd"), commandLine).get(0).length);
    assertEquals(
        "else",
        new String(RawWords.of(List.of("else", "x"), commandLine).get(0), StandardCharsets.UTF_8));
    assertEquals(4, RawWords.of(List.of("a", "b", "c", "d"), commandLine).size());
  }
}
