package dev.credslots.acceptance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The build itself keeps the core offline: what breaks the rule is planted, and must not build. */
@Tag("fault")
class PlantedTest {
  private static final Path ROOT = Path.of(System.getProperty("slots.root"));
  private static final long TIMEOUT_MINUTES = 5;

  private static final String PLANTED =
      """
      package dev.credslots;

      import java.io.IOException;
      import java.net.Socket;
      import java.time.Instant;

      /** Everything that the core must not do. */
      final class Planted {
        private Planted() {}

        static boolean open() throws IOException {
          try (Socket socket = new Socket()) {
            return socket.isBound();
          }
        }

        static Process start() throws IOException {
          return new ProcessBuilder("true").start();
        }

        static boolean home() {
          return System.getenv("HOME") != null;
        }

        static Instant now() {
          return Instant.now();
        }
      }
      """;

  @TempDir private Path copy;

  @Test
  void a_core_with_a_socket_a_process_the_environment_and_a_clock_does_not_build()
      throws Exception {
    copyTrackedFiles();
    Result clean = build();
    assertEquals(0, clean.exitCode(), () -> "fails without anything planted:\n" + clean.out());

    Files.writeString(copy.resolve("slots/core/src/main/java/dev/credslots/Planted.java"), PLANTED);
    Result planted = build();

    assertNotEquals(0, planted.exitCode(), planted::out);
    List<String> errors = planted.out().lines().filter(line -> line.contains("Forbidden")).toList();
    for (String call :
        List.of(
            "java.net.Socket",
            "java.lang.ProcessBuilder",
            "java.lang.System#getenv(java.lang.String)",
            "java.time.Instant#now()")) {
      assertTrue(
          errors.stream().anyMatch(line -> line.contains(call)),
          () -> call + " was not caught in\n" + planted.out());
    }
  }

  private record Result(int exitCode, String out) {}

  /**
   * Offline first: the machine that got this far has every plugin, unless its cache was cleaned.
   */
  private Result build() throws Exception {
    Result offline = maven("-o");
    boolean incomplete = offline.out().contains("in offline mode");
    return offline.exitCode() != 0 && incomplete ? maven() : offline;
  }

  private Result maven(String... options) throws Exception {
    List<String> command = new ArrayList<>(List.of("mvn", "-B", "-q"));
    command.addAll(List.of(options));
    command.addAll(List.of("-pl", "slots/core", "-am", "-DskipTests", "verify"));
    return run(copy, command);
  }

  private void copyTrackedFiles() throws Exception {
    Result listed = run(ROOT, List.of("git", "ls-files", "-z"));
    assumeTrue(listed.exitCode() == 0, "not a git checkout, so nobody knows which files are its");
    for (String name : listed.out().split("\0", -1)) {
      if (name.isEmpty()) {
        continue; // after the last NUL
      }
      Path target = copy.resolve(name);
      Files.createDirectories(Optional.ofNullable(target.getParent()).orElse(copy));
      try {
        Files.copy(ROOT.resolve(name), target);
      } catch (NoSuchFileException deleted) {
        // tracked, and removed in the work tree
      }
    }
  }

  private static Result run(Path directory, List<String> command) throws Exception {
    String program = command.get(0);
    assumeTrue(onPath(program), "no " + program + " on PATH");
    Process process =
        new ProcessBuilder(command).directory(directory.toFile()).redirectErrorStream(true).start();
    process.getOutputStream().close();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (!process.waitFor(TIMEOUT_MINUTES, TimeUnit.MINUTES)) {
      process.destroyForcibly();
      throw new IOException("not ended: " + command);
    }
    return new Result(process.exitValue(), out);
  }

  private static boolean onPath(String program) {
    String path = Optional.ofNullable(System.getenv("PATH")).orElse("");
    return Stream.of(path.split(File.pathSeparator, -1))
        .anyMatch(directory -> Files.isExecutable(Path.of(directory, program)));
  }
}
