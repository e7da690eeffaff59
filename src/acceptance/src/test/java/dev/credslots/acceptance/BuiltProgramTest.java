package dev.credslots.acceptance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class BuiltProgramTest {
  private static final Path RUNTIME =
      Path.of(System.getProperty("slots.root"), "cli", "target", "runtime");

  @Test
  void the_runtime_directory_is_a_complete_class_path() throws Exception {
    assertVersion(onClassPath());
  }

  @Test
  void the_runtime_directory_is_a_complete_module_path() throws Exception {
    assertVersion(run("-p", RUNTIME.toString(), "-m", "dev.credslots.cli", "--version"));
  }

  @Test
  @Tag("fault")
  void fault_tests_run_only_when_asked_for() throws Exception {
    assertVersion(onClassPath());
  }

  private static void assertVersion(String said) {
    assertTrue(said.matches("slots \\d+\\.\\S+"), said);
  }

  private static String onClassPath() throws Exception {
    return run("-cp", RUNTIME + "/*", "dev.credslots.cli.Main", "--version");
  }

  private static String run(String... arguments) throws Exception {
    var command = new ArrayList<String>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of(arguments));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), output);
    return output.strip();
  }
}
