package dev.credslots.bench;

import dev.credslots.SlotManager;
import dev.credslots.SwitchOutcome;
import dev.credslots.testkit.CredentialsDirectory;
import dev.credslots.testkit.FakeLogin;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
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
 * A durable, journaled switch between two slots, beside the least that any durable switch does on
 * the same disk: two forced journal lines, a link, a rename, a forced directory.
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

  /** The floor. */
  @Benchmark
  public Path systemCalls() throws IOException {
    append();
    Path temp = live.resolveSibling("floor.tmp");
    Files.createSymbolicLink(temp, Path.of(turn++ % 2 == 0 ? "alice" : "bob"));
    Files.move(temp, live, StandardCopyOption.ATOMIC_MOVE);
    try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    }
    append();
    return live;
  }

  private void append() throws IOException {
    FileChannel channel = Objects.requireNonNull(journal);
    channel.write(ByteBuffer.wrap(LINE), channel.size());
    channel.force(false);
  }
}
