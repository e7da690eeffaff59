package dev.credslots.acceptance;

import dev.credslots.testkit.FaultShim;
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

/**
 * Runs the built program as a user's shell would, in an environment with nothing but {@code PATH},
 * a {@code HOME} of its own and what a test adds.
 *
 * <p>Starts {@code java} directly, see {@link BuiltProgram}; the launcher script has its own test.
 *
 * <p>Immutable; several threads may run commands from one object.
 */
final class SlotsCommand {
  private static final long TIMEOUT_SECONDS = 60;

  private final Path scratch;
  private final BuiltProgram program;
  private final Map<String, String> environment;
  private final Path workingDirectory;
  private final List<String> wrapper;
  private final byte[] input;

  private SlotsCommand(
      Path scratch,
      BuiltProgram program,
      Map<String, String> environment,
      Path workingDirectory,
      List<String> wrapper,
      byte[] input) {
    this.scratch = scratch;
    this.program = program;
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

  /** The program below {@code -Dslots.root}, with a home in a scratch directory. */
  static SlotsCommand built(Path scratch) throws IOException, InterruptedException {
    BuiltProgram program = BuiltProgram.ready();
    Files.createDirectories(scratch.resolve("home"));
    return new SlotsCommand(scratch, program, Map.of(), scratch, List.of(), new byte[0]);
  }

  /** With a variable. */
  SlotsCommand environment(String name, String value) {
    return environment(Map.of(name, value));
  }

  /** With some variables. */
  SlotsCommand environment(Map<String, String> variables) {
    Map<String, String> more = new LinkedHashMap<>(environment);
    more.putAll(variables);
    return new SlotsCommand(scratch, program, more, workingDirectory, wrapper, input);
  }

  /** From a working directory. */
  SlotsCommand from(Path directory) {
    return new SlotsCommand(scratch, program, environment, directory, wrapper, input);
  }

  /** With bytes on stdin; without this stdin is empty. */
  SlotsCommand reading(byte[] bytes) {
    return new SlotsCommand(scratch, program, environment, workingDirectory, wrapper, bytes);
  }

  /** Started by another program, {@code strace} for one. */
  SlotsCommand through(String... command) {
    return new SlotsCommand(
        scratch, program, environment, workingDirectory, List.of(command), input);
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
    command.addAll(program.java());
    command.addAll(List.of(arguments));
    return execute(command);
  }

  /** Starts one command and leaves it to the caller, who ends it. */
  Process start(String... arguments) throws IOException {
    List<String> command = new ArrayList<>(wrapper);
    command.addAll(program.java());
    command.addAll(List.of(arguments));
    return builder(command).start();
  }

  /** The program as one word, for scripts. */
  Path script(Path file) throws IOException {
    StringBuilder line = new StringBuilder("#!/bin/sh\nexec");
    for (String word : program.java()) {
      line.append(" '").append(word).append('\'');
    }
    Files.writeString(file, line.append(" \"$@\"\n"));
    if (!file.toFile().setExecutable(true)) {
      throw new IOException("not made executable: " + file);
    }
    return file;
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
