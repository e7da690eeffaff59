package dev.credslots.bench;

import dev.credslots.Drift;
import dev.credslots.Freshness;
import dev.credslots.SlotManager;
import dev.credslots.Status;
import dev.credslots.testkit.CredentialsDirectory;
import dev.credslots.testkit.FakeLogin;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** What looking costs, by the number of slots; add {@code -prof gc} for bytes per call. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class ReadingBenchmark {
  /** How many slots the directory has. */
  @Param({"10", "10000"})
  public int count;

  private SlotManager slots = SlotManager.builder(Path.of("")).slots("slot0").build();

  /** Makes the directory; the last slot is live. */
  @Setup
  public void directory() throws IOException {
    Path path = Files.createTempDirectory("slots-bench").resolve("claude");
    CredentialsDirectory directory = CredentialsDirectory.create(path);
    List<String> names = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      names.add("slot" + i);
      directory.slot("slot" + i, FakeLogin.of("slot" + i));
    }
    directory.link("slot" + (count - 1));
    slots = SlotManager.builder(path).slots(names).build();
  }

  /** What a prompt asks. */
  @Benchmark
  public Optional<String> active() {
    return slots.activeSlot();
  }

  /** What a scheduler asks of one slot. */
  @Benchmark
  public Freshness freshness() {
    return slots.freshness("slot0");
  }

  /** Every slot's bytes hashed. */
  @Benchmark
  public Optional<Drift> drift() {
    return slots.detectDrift();
  }

  /** Every state and identity. */
  @Benchmark
  public Status status() {
    return slots.status();
  }
}
