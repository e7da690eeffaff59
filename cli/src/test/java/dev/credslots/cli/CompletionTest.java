package dev.credslots.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CompletionTest {
  @TempDir Path temp;
  private World world;

  @BeforeEach
  void makeWorld() throws Exception {
    world = World.ofThree(temp);
  }

  private List<String> complete(String... words) {
    String[] all = new String[words.length + 2];
    all[0] = "__complete";
    all[1] = "--";
    System.arraycopy(words, 0, all, 2, words.length);
    return world.run(all).out().lines().toList();
  }

  @Test
  void commands_slots_and_options_complete() {
    assertEquals(List.of("switch", "status", "stash", "session"), complete("s"));
    assertEquals(Commands.NAMES, complete(""));
    assertEquals(List.of("alice", "bob", "erik"), complete("switch", ""));
    assertEquals(List.of("bob"), complete("--json", "switch", "b"));
    assertEquals(List.of(), complete("switch", "bob", ""));
    assertEquals(List.of("alice", "bob", "erik"), complete("check", "bob", ""));
    assertEquals(List.of("--reason"), complete("switch", "--r"));
    assertEquals(List.of("refuse", "refresh"), complete("switch", "--if-expired", "ref"));
    assertEquals(List.of("claude", "claudetm"), complete("import", "x", "--as", "cl"));
    assertEquals(List.of("erik"), complete("switch", "bob", "--if-active", "e"));
    assertEquals(List.of("erik"), complete("switch", "bob", "--if-active", "=", "e"));
    assertEquals(3, complete("switch", "bob", "--if-expired", "=").size());
    assertEquals(List.of("switch"), complete("help", "sw"));
    assertEquals(List.of("bash", "zsh", "fish"), complete("completion", ""));
    assertEquals(List.of(), complete("bogus", ""));
    assertEquals(List.of(), complete("add", ""));
  }

  @Test
  void providers_are_those_that_are_known_and_those_that_are_described() throws Exception {
    assertEquals(List.of("claude", "codex"), complete("status", "--provider", "c"));
    world.config(
        "{\"providers\":{\"claude\":{\"clientId\":\"me\"},\"copilot\":{\"format\":"
            + "{\"liveName\":\"apps.json\",\"accessToken\":\"/x\"}}}}");
    assertEquals(List.of("claude", "codex", "copilot"), complete("--provider", ""));
    world.config("{");
    assertEquals(List.of("claude", "codex"), complete("--provider", ""));
  }

  @Test
  void a_directory_on_the_unfinished_line_counts_and_a_wrong_one_says_nothing() {
    assertEquals(List.of(), complete("--dir", "nowhere", "switch", ""));
    assertEquals(List.of("bob"), complete("--dir=.claude", "switch", "b"));
    assertEquals(List.of(), complete("--grace", "rubbish", "switch", ""));
  }

  /** A command called slots that runs the classes under test. */
  private Path program() throws Exception {
    Path bin = Files.createDirectories(temp.resolve("a bin"));
    Path java = Path.of(System.getProperty("java.home"), "bin", "java");
    Path program =
        Files.writeString(
            bin.resolve("slots"),
            "#!/bin/sh\nexec '%s' -cp '%s' dev.credslots.cli.Main \"$@\"\n"
                .formatted(java, System.getProperty("java.class.path")));
    Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
    return bin;
  }

  private List<String> shell(String name, String... arguments) throws Exception {
    ProcessBuilder builder = new ProcessBuilder();
    builder.command().add(name);
    builder.command().addAll(List.of(arguments));
    builder.environment().put("HOME", temp.toString());
    builder.environment().put("PATH", program() + ":" + System.getenv("PATH"));
    builder.environment().remove("SLOTS_DIR");
    Process process = builder.redirectErrorStream(true).start();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), out);
    return out.lines().toList();
  }

  private static boolean installed(String shell) {
    for (String directory : System.getenv("PATH").split(":")) {
      if (Files.isExecutable(Path.of(directory, shell))) {
        return true;
      }
    }
    return false;
  }

  @Test
  void bash_completes_slot_names() throws Exception {
    assumeTrue(installed("bash"));
    List<String> out =
        shell(
            "bash",
            "--norc",
            "-ec",
            "eval \"$(slots completion bash)\"\n"
                + "complete -p slots >/dev/null\n"
                + "COMP_WORDS=(slots switch '') COMP_CWORD=2\n"
                + "_slots\n"
                + "printf '%s\\n' \"${COMPREPLY[@]}\"");
    assertEquals(List.of("alice", "bob", "erik"), out);
  }

  @Test
  void fish_completes_slot_names() throws Exception {
    assumeTrue(installed("fish"));
    List<String> out =
        shell(
            "fish",
            "--no-config",
            "-c",
            "slots completion fish | source; complete -C 'slots switch '");
    assertTrue(out.containsAll(List.of("alice", "bob", "erik")), out.toString());
  }

  @Test
  void zsh_completes_slot_names() throws Exception {
    assumeTrue(installed("zsh"));
    List<String> out =
        shell(
            "zsh",
            "-fc",
            "autoload -Uz compinit; compinit -u -d "
                + temp.resolve("dump")
                + "\n"
                + "eval \"$(slots completion zsh)\"\n"
                + "[[ ${_comps[slots]} = _slots ]] || exit 9\n"
                + "compadd() { shift; printf '%s\\n' \"$@\"; }\n"
                + "words=(slots switch '') CURRENT=3\n"
                + "_slots");
    assertEquals(List.of("alice", "bob", "erik"), out);
  }
}
