package dev.credslots.keychain;

import dev.credslots.credential.Secret;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Runs real programs, in an environment with little but the way to the session bus: no variable
 * with a secret in it, no display on which something could open a window and wait. What they print
 * is in English.
 */
public final class SystemRunner implements ProgramRunner {
  private static final List<String> PASSED_ON =
      List.of("HOME", "USER", "LOGNAME", "XDG_RUNTIME_DIR", "DBUS_SESSION_BUS_ADDRESS");

  /** Beyond what any of our calls prints. */
  private static final int MOST_OUTPUT = 1 << 20;

  private final Map<String, String> environment;
  private final Duration limit;

  /**
   * @param environment of this process, of which a few variables are passed on
   * @param limit how long a program may take
   */
  public SystemRunner(Map<String, String> environment, Duration limit) {
    Map<String, String> passed = new HashMap<>();
    for (String name : PASSED_ON) {
      String value = environment.get(name);
      if (value != null) {
        passed.put(name, value);
      }
    }
    passed.put("PATH", "/usr/bin:/bin");
    passed.put("LC_ALL", "C");
    this.environment = Map.copyOf(passed);
    this.limit = limit;
  }

  @Override
  public Ended run(List<String> command, byte[] input) throws IOException, TimeoutException {
    ProcessBuilder builder = new ProcessBuilder(command).directory(new File("/"));
    builder.environment().clear();
    builder.environment().putAll(environment);
    long deadline = System.nanoTime() + limit.toNanos();
    Process process = builder.start();
    try {
      Drain out = new Drain(process.getInputStream());
      Drain err = new Drain(process.getErrorStream());
      out.start();
      err.start();
      write(process, input);
      // A program that it left behind may hold the pipes open: that is no end either.
      if (process.waitFor(deadline - System.nanoTime(), TimeUnit.NANOSECONDS)
          && out.ended(deadline)
          && err.ended(deadline)) {
        return new Ended(process.exitValue(), out.text(), err.text());
      }
      throw new TimeoutException("gave no answer within " + limit.toSeconds() + " s");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while waiting for " + command.get(0), e);
    } finally {
      if (process.isAlive()) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
      }
    }
  }

  private static void write(Process process, byte[] input) {
    try (OutputStream in = process.getOutputStream()) {
      in.write(input);
    } catch (IOException e) {
      // It ended without reading; its exit code says why.
    }
  }

  /** Empties a stream, so that its writer never waits for us. */
  private static final class Drain extends Thread {
    private final InputStream from;
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    Drain(InputStream from) {
      super("slots: reader of a program");
      this.from = from;
      setDaemon(true);
    }

    @Override
    public void run() {
      byte[] some = new byte[8192];
      try (from) {
        int count;
        while ((count = from.read(some)) >= 0) {
          if (bytes.size() < MOST_OUTPUT) {
            bytes.write(some, 0, count);
          }
        }
      } catch (IOException e) {
        // Closed because the program was killed.
      }
    }

    boolean ended(long deadline) throws InterruptedException {
      join(Math.max(1, (deadline - System.nanoTime()) / 1_000_000));
      return !isAlive();
    }

    /** Once it has ended. */
    Secret text() {
      return Secret.of(bytes.toString(StandardCharsets.UTF_8));
    }
  }
}
