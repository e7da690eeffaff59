package dev.credslots.bench;

import dev.credslots.SlotManager;
import dev.credslots.SwitchOutcome;
import dev.credslots.testkit.CredentialsDirectory;
import dev.credslots.testkit.FakeLogin;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * A durable, journaled switch between two slots, beside the same system calls made by hand on the
 * same disk. A system property names the disk: {@code -jvmArgs -Djava.io.tmpdir=DIR}.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class SwitchBenchmark {
  private static final byte[] LINE =
      ("{\"type\":\"begin\",\"reason\":\"" + "x".repeat(300) + "\"}\n")
          .getBytes(StandardCharsets.UTF_8);

  private static final String SIDECAR = ".fingerprint.json";
  private static final FileTime NOW = FileTime.fromMillis(1_800_000_000_000L);

  private Path directory = Path.of("");
  private Path live = Path.of("");
  private SlotManager slots = manager(Path.of(""));
  private @Nullable FileChannel journal;
  private int turn;

  private static SlotManager manager(Path directory) {
    return SlotManager.builder(directory).slots("alice", "bob").build();
  }

  /** Makes a directory of two fresh slots. */
  @Setup
  public void directory() throws IOException {
    directory = Files.createTempDirectory("slots-bench").resolve("claude");
    CredentialsDirectory.create(directory)
        .slot("alice", FakeLogin.of("alice"))
        .slot("bob", FakeLogin.of("bob"))
        .link("bob");
    slots = manager(directory);
    // From here on nothing is captured or kept any more.
    slots.switchTo("alice", "benchmark");
    slots.switchTo("bob", "benchmark");
    live = directory.resolve("floor");
    journal =
        FileChannel.open(
            directory.resolve("floor.jsonl"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
  }

  /** What a user of the library waits for. */
  @Benchmark
  public SwitchOutcome durableSwitch() {
    return slots.switchTo(turn++ % 2 == 0 ? "alice" : "bob", "benchmark");
  }

  /** The same reads, writes and forces of a switch with nothing to carry, and nothing else. */
  @Benchmark
  public int sameSystemCalls() throws IOException {
    int read = 0;
    try (FileChannel lock =
        FileChannel.open(
            directory.resolve("floor.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      FileLock held = Objects.requireNonNull(lock.tryLock());
      append(false);
      Path first = clientLock("floor.first");
      Path second = clientLock("floor.second");
      for (String slot : List.of("alice", "bob")) {
        Path file = directory.resolve(".credentials.json." + slot);
        read += Files.readAllBytes(file).length;
        read += Files.readAllBytes(file.resolveSibling(file.getFileName() + SIDECAR)).length;
      }
      append(true);
      try (Stream<Path> generations = Files.list(directory.resolve(".slots/generations/alice"))) {
        read += (int) generations.count();
      }
      Files.setLastModifiedTime(directory.resolve(".credentials.json.alice"), NOW);
      Path temp = live.resolveSibling("floor.tmp");
      Path old = live.resolveSibling("floor.old");
      Files.createSymbolicLink(temp, Path.of(turn++ % 2 == 0 ? "alice" : "bob"));
      Files.move(temp, live, StandardCopyOption.ATOMIC_MOVE);
      try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
        channel.force(true);
      }
      Files.deleteIfExists(old); // Of what the exchange hands back; the name alone costs as much.
      append(true);
      Files.delete(second);
      Files.delete(first);
      held.release();
    }
    return read;
  }

  private Path clientLock(String name) throws IOException {
    Path made = Files.createDirectory(directory.resolve(name));
    Files.setLastModifiedTime(made, NOW);
    return made;
  }

  private void append(boolean force) throws IOException {
    FileChannel channel = Objects.requireNonNull(journal);
    channel.write(ByteBuffer.wrap(LINE), channel.size());
    if (force) {
      channel.force(false);
    }
  }
}
