package dev.credslots.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayOutputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class PastingTest {
  private static final Duration LONG = Duration.ofSeconds(30);

  @TempDir Path temp;

  @Test
  void an_empty_line_is_a_line_and_the_end_of_the_input_is_none() throws Exception {
    World world = new World(temp);
    world.typing.answers.addAll(List.of("", World.Typing.END, "nobody is asked for this"));
    Pasting pasting =
        new Pasting(
            world.surroundings(new ByteArrayOutputStream(), new ByteArrayOutputStream()),
            "Paste: ",
            "pipe it in");

    assertEquals(Optional.of(""), pasting.line(LONG));
    assertEquals(Optional.empty(), pasting.line(LONG));
  }
}
