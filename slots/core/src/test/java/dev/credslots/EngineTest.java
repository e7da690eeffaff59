package dev.credslots;

import dev.credslots.testkit.FakeClient;
import java.io.IOException;
import java.nio.file.Path;

/**
 * Tests that hold whatever client the credentials are of; {@code OverCodexTest} runs them again.
 */
abstract class EngineTest {

  /** Whose files the worlds have. */
  FakeClient client() {
    return FakeClient.CLAUDE;
  }

  World inMemory() {
    return World.inMemory(client());
  }

  World realTrio(Path directory) throws IOException {
    return World.of(directory, client()).trio();
  }
}
