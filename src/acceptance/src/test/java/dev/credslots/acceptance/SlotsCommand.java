package dev.credslots.acceptance;

import dev.credslots.testkit.FaultShim;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Runs the built program as a user's shell would, in an environment with nothing but {@code PATH},
 * a {@code HOME} of its own and what a test adds.
 *
 * <p>Starts {@code java} directly, with flags for many short runs and a class-data archive that is
 * made once; the launcher script has its own test.
 *
 * <p>Immutable; several threads may run commands from one object.
 */
final class SlotsCommand {
  private static final String MAIN = "dev.credslots.cli.Main";

  /** From this JDK on, loading a native library prints a warning unless a flag allows it. */
  private static final int NATIVE_ACCESS_WARNS = 24;

  private static final long TIMEOUT_SECONDS = 60;

  private final Path scratch;
  private final String classPath;
  private final Optional<Path> archive;
  private final Map<String, String> environment;
  private final Path workingDirectory;
  private final List<String> wrapper;
  private final byte[] input;

  private SlotsCommand(
      Path scratch,
      String classPath,
      Optional<Path> archive,
      Map<String, String> environment,
      Path workingDirectory,
      List<String> wrapper,
      byte[] input) {
    this.scratch = scratch;
    this.classPath = classPath;
    this.archive = archive;
    this.environment = Map.copyOf(environment);
    this.workingDirectory = workingDirectory;
    this.wrapper = List.copyOf(wrapper);
    this.input = input;
  }

  /** What a run left. */
  record Result(int exitCode, String out, String err) {
    /** Whether SIGKILL ended it. */
    boolean killed() {
      return exitCode == 128 + 9;
    }

    @Override
    public String toString() {
      return "exit " + exitCode + "\nout: " + out + "\nerr: " + err;
    }
  }

  /** The program below {@code -Dslots.root}, with a home and an archive in a scratch directory. */
  static SlotsCommand built(Path scratch) throws IOException, InterruptedException {
    Path runtime = Path.of(System.getProperty("slots.root"), "cli", "target", "runtime");
    String classPath;
    try (Stream<Path> jars = Files.list(runtime)) {
      classPath =
          jars.filter(file -> file.toString().endsWith(".jar"))
              .sorted()
              .map(Path::toString)
              .collect(Collectors.joining(File.pathSeparator));
    }
    if (classPath.isEmpty()) {
      throw new IOException("no jars in " + runtime + ": build the program first");
    }
    Files.createDirectories(scratch.resolve("home"));
    SlotsCommand plain =
        new SlotsCommand(
            scratch, classPath, Optional.empty(), Map.of(), scratch, List.of(), new byte[0]);
    return plain.withArchive();
  }

  /** Made by the commands that the launcher makes its own by, the native library unpacked too. */
  private SlotsCommand withArchive() throws IOException, InterruptedException {
    Path file = scratch.resolve("slots.jsa");
    List<String> command =
        java(
            List.of(
                "-XX:ArchiveClassesAtExit=" + file,
                "-Djffi.extract.dir=" + scratch,
                "-Djffi.extract.name=libjffi-1.2"));
    command.add("__train");
    execute(command);
    return Files.isRegularFile(file)
        ? new SlotsCommand(
            scratch, classPath, Optional.of(file), environment, workingDirectory, wrapper, input)
        : this; // slower, but right
  }

  /** With a variable. */
  SlotsCommand environment(String name, String value) {
    return environment(Map.of(name, value));
  }

  /** With some variables. */
  SlotsCommand environment(Map<String, String> variables) {
    Map<String, String> more = new LinkedHashMap<>(environment);
    more.putAll(variables);
    return new SlotsCommand(scratch, classPath, archive, more, workingDirectory, wrapper, input);
  }

  /** From a working directory. */
  SlotsCommand from(Path directory) {
    return new SlotsCommand(scratch, classPath, archive, environment, directory, wrapper, input);
  }

  /** With bytes on stdin; without this stdin is empty. */
  SlotsCommand reading(byte[] bytes) {
    return new SlotsCommand(
        scratch, classPath, archive, environment, workingDirectory, wrapper, bytes);
  }

  /** Started by another program, {@code strace} for one. */
  SlotsCommand through(String... command) {
    return new SlotsCommand(
        scratch, classPath, archive, environment, workingDirectory, List.of(command), input);
  }

  /** With its file system calls counted and faulted. */
  SlotsCommand under(FaultShim.Run run) {
    return environment(run.environment());
  }

  /** The home directory every run has. */
  Path home() {
    return scratch.resolve("home");
  }

  /**
   * Runs one command to its end.
   *
   * @throws IOException if it can't be started, or has not ended after 60 s and was killed
   */
  Result run(String... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(wrapper);
    command.addAll(java(List.of()));
    command.addAll(List.of(arguments));
    return execute(command);
  }

  /** Starts one command and leaves it to the caller, who ends it. */
  Process start(String... arguments) throws IOException {
    List<String> command = new ArrayList<>(wrapper);
    command.addAll(java(List.of()));
    command.addAll(List.of(arguments));
    return builder(command).start();
  }

  /** The program as one word, for scripts. */
  Path script(Path file) throws IOException {
    StringBuilder line = new StringBuilder("#!/bin/sh\nexec");
    for (String word : java(List.of())) {
      line.append(" '").append(word).append('\'');
    }
    Files.writeString(file, line.append(" \"$@\"\n"));
    if (!file.toFile().setExecutable(true)) {
      throw new IOException("not made executable: " + file);
    }
    return file;
  }

  private List<String> java(List<String> flags) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    // Warnings about an archive go to stdout otherwise, into what a test reads.
    command.add("-Xlog:disable");
    command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-XX:-UsePerfData"));
    command.add("-XX:-MaxFDLimit"); // As the launcher does: it is for a program in our place.
    if (Runtime.version().feature() >= NATIVE_ACCESS_WARNS) {
      command.add("--enable-native-access=ALL-UNNAMED"); // As the launcher does.
    } else {
      command.add("-Xlog:all=error:stderr"); // Newer ones call it an error of the JDK's archive.
    }
    command.add("-Xshare:auto");
    archive.ifPresent(file -> command.add("-XX:SharedArchiveFile=" + file));
    command.add("-Djffi.boot.library.path=" + scratch);
    command.addAll(flags);
    command.addAll(List.of("-cp", classPath, MAIN));
    return command;
  }

  private ProcessBuilder builder(List<String> command) {
    ProcessBuilder builder = new ProcessBuilder(command).directory(workingDirectory.toFile());
    builder.environment().clear();
    builder.environment().put("PATH", Optional.ofNullable(System.getenv("PATH")).orElse("/bin"));
    builder.environment().put("HOME", home().toString());
    // Nobody's: a test that means to renew says where.
    builder.environment().put("CLAUDE_OAUTH_TOKEN_URL", "http://127.0.0.1:9/token");
    builder.environment().put("CODEX_REFRESH_TOKEN_URL_OVERRIDE", "http://127.0.0.1:9/token");
    builder.environment().putAll(environment);
    return builder;
  }

  private Result execute(List<String> command) throws IOException, InterruptedException {
    Process process = builder(command).start();
    CompletableFuture<String> out = read(process.getInputStream());
    CompletableFuture<String> err = read(process.getErrorStream());
    try (var stdin = process.getOutputStream()) {
      stdin.write(input);
    } catch (IOException ended) {
      // it may end, or be killed, without reading
    }
    if (!process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly().waitFor();
      throw new IOException(
          "not ended after " + TIMEOUT_SECONDS + " s: " + command + "\n" + err.join());
    }
    return new Result(process.exitValue(), out.join(), err.join());
  }

  private static CompletableFuture<String> read(InputStream stream) {
    return CompletableFuture.supplyAsync(
        () -> {
          try (stream) {
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
          } catch (IOException broken) {
            throw new UncheckedIOException(broken);
          }
        },
        task -> new Thread(task, "reader of a command").start());
  }
}
