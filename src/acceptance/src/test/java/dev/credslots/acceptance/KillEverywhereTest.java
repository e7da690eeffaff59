package dev.credslots.acceptance;

import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A command is killed before every one of its file system calls, and half way through every write;
 * the laws hold at once, and again after any next command. What only a power loss would show is
 * judged from the order of the calls, too.
 */
@Tag("fault")
class KillEverywhereTest {
  @TempDir static Path scratch;
  private static FaultLab lab;

  @BeforeAll
  static void build() throws Exception {
    lab = FaultLab.in(scratch);
  }

  @ParameterizedTest
  @MethodSource("dev.credslots.acceptance.FaultScenarios#all")
  void the_laws_hold(FaultLab.Scenario scenario) throws Exception {
    lab.killEverywhere(scenario);
  }
}
