package dev.credslots.acceptance;

import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every other command that writes, killed before every call and half way through every write. */
@Tag("fault")
class KillMoreEverywhereTest {
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
