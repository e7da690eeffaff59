package dev.credslots.bench;

import dev.credslots.testkit.CredentialsDirectory;
import java.nio.file.Path;
import org.openjdk.jmh.annotations.Benchmark;

/** What naming a slot's file costs: the floor under every other measurement. */
public class FixtureBenchmark {
  /** Measured by JMH. */
  @Benchmark
  public Path slotFile() {
    return CredentialsDirectory.in(Path.of("/d")).slotFile("bob");
  }
}
