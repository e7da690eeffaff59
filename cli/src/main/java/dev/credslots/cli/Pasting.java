package dev.credslots.cli;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Lines that a person pastes: hidden on a terminal, one after the other from a pipe. */
final class Pasting {
  private static final int LONGEST = 64 << 10;

  private final Input input;
  private final InputStream in;
  private final String prompt;
  private final String instead;

  /**
   * @param prompt for a terminal
   * @param instead what to do where nobody can be asked
   */
  Pasting(Surroundings surroundings, String prompt, String instead) {
    this.input = new Input(surroundings);
    this.in = surroundings.in();
    this.prompt = prompt;
    this.instead = instead;
  }

  /**
   * The next line.
   *
   * @return empty if there is none
   * @throws TimeoutException if none came in time; nothing more can be read then
   * @throws Failure if it would be shown while it is typed, or cannot be read
   */
  Optional<String> line(Duration patience) throws TimeoutException {
    boolean hidden = input.hides();
    FutureTask<Optional<String>> reading =
        new FutureTask<>(hidden ? this::fromPerson : this::fromPipe);
    Thread reader = new Thread(reading, "slots-paste");
    reader.setDaemon(true);
    reader.start();
    try {
      return reading.get(patience.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      if (hidden) {
        showAgain();
      }
      throw e;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof Failure failure) {
        throw failure;
      }
      throw Failure.failed("failed", "standard input cannot be read", instead, e.getCause());
    }
  }

  /** Whoever ends the input (Ctrl-D) has nothing to paste, and is not asked again. */
  private Optional<String> fromPerson() {
    String typed = input.hidden(prompt, instead).reveal();
    return input.ended() ? Optional.empty() : Optional.of(typed);
  }

  private Optional<String> fromPipe() throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    int next = in.read();
    if (next < 0) {
      return Optional.empty();
    }
    while (next >= 0 && next != '\n' && line.size() < LONGEST) {
      line.write(next);
      next = in.read();
    }
    return Optional.of(line.toString(StandardCharsets.UTF_8));
  }

  /** Whoever reads on still hides what is typed, and this process ends without its leave. */
  private static void showAgain() {
    try {
      new ProcessBuilder("stty", "echo").inheritIO().start().waitFor();
    } catch (IOException e) {
      // Then the person has to say so: "stty echo", unseen.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
