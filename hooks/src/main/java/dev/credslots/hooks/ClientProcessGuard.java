package dev.credslots.hooks;

import dev.credslots.Hold;
import dev.credslots.LockGuard;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * Busy while a client runs whose login is in the credentials directory: Claude Code, Codex, Gemini
 * CLI, opencode. Which directory that is, its own environment says; the two are compared as files,
 * so a container that has the directory mounted elsewhere counts too.
 *
 * <p>A client whose environment is not for us to see counts if it is this user's and the directory
 * is the one it would use without any variable. Nowhere but on Linux is any environment seen.
 *
 * <p>The process that asks and its ancestors do not count: a client that has a switch made waits
 * for no end of its own. Nor does what only looks like one by a later argument. Thread-safe; looks
 * at every process at each call, some milliseconds.
 */
public final class ClientProcessGuard implements LockGuard {
  private static final String SOURCE = "client";

  private final Path directory;
  private final Path home;
  private final Path proc;
  private final long self;

  /**
   * @param credentialsDirectory absolute; it need not exist
   * @param home the user's home directory, absolute
   */
  public ClientProcessGuard(Path credentialsDirectory, Path home) {
    this(credentialsDirectory, home, Path.of("/proc"), ProcessHandle.current().pid());
  }

  /**
   * @param proc what a test has made to look like {@code /proc}
   * @param self the process that asks
   */
  ClientProcessGuard(Path credentialsDirectory, Path home, Path proc, long self) {
    this.directory = credentialsDirectory;
    this.home = home;
    this.proc = proc;
    this.self = self;
  }

  @Override
  public List<Hold> holds() {
    try {
      return Files.isDirectory(proc.resolve("self")) ? byProc() : byHandles();
    } catch (IOException e) {
      throw new UncheckedIOException("the processes cannot be listed", e);
    }
  }

  private List<Hold> byProc() throws IOException {
    List<Hold> holds = new ArrayList<>();
    Set<Long> asking = RunningProcess.lineage(proc, self);
    RunningProcess me = new RunningProcess(proc, self);
    for (RunningProcess process : RunningProcess.all(proc)) {
      Client client = Client.of(process.title(), process.words()).orElse(null);
      if (client != null
          && !asking.contains(process.pid())
          && !process.hasEnded()
          && uses(process, client, me)) {
        holds.add(hold(client, process.pid()));
      }
    }
    return holds;
  }

  private boolean uses(RunningProcess process, Client client, RunningProcess me) {
    try {
      Map<String, String> environment = process.environment().orElse(null);
      if (environment == null) {
        return process.status("Uid") == me.status("Uid") && isDefaultOf(client);
      }
      String theirHome = environment.getOrDefault("HOME", "");
      Path store = client.store(environment, theirHome.isEmpty() ? home : Path.of(theirHome));
      return same(process.seen(process.workingDirectory().resolve(store)));
    } catch (IOException e) {
      return false; // It has ended meanwhile.
    } catch (InvalidPathException e) {
      return isDefaultOf(client); // Not to be spelled here: as if it were not to be seen.
    }
  }

  private boolean isDefaultOf(Client client) {
    return same(client.store(Map.of(), home));
  }

  private boolean same(Path store) {
    try {
      return Files.isSameFile(store, directory);
    } catch (IOException e) {
      return false; // One of them does not exist.
    }
  }

  private static Hold hold(Client client, long pid) {
    Optional<Instant> since =
        ProcessHandle.of(pid).flatMap(process -> process.info().startInstant());
    return new Hold(client.word(), OptionalLong.of(pid), since, SOURCE);
  }

  /** Where there is no /proc: names, and whose they are. */
  private List<Hold> byHandles() {
    List<Hold> holds = new ArrayList<>();
    List<Long> asking = new ArrayList<>();
    Optional<ProcessHandle> next = ProcessHandle.of(self);
    while (next.isPresent()) {
      asking.add(next.get().pid());
      next = next.get().parent();
    }
    Optional<String> user = ProcessHandle.current().info().user();
    for (ProcessHandle process : (Iterable<ProcessHandle>) ProcessHandle.allProcesses()::iterator) {
      ProcessHandle.Info info = process.info();
      List<String> words = new ArrayList<>();
      words.add(info.command().orElse(""));
      words.addAll(Arrays.asList(info.arguments().orElse(new String[0])));
      Client client = Client.of("", words).orElse(null);
      if (client != null
          && !asking.contains(process.pid())
          && user.equals(info.user())
          && isDefaultOf(client)) {
        holds.add(hold(client, process.pid()));
      }
    }
    return holds;
  }
}
