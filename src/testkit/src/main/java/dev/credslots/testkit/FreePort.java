package dev.credslots.testkit;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;

/** A port that a test names before anybody listens on it. */
public final class FreePort {
  private static final int FIRST = 10_000;

  /**
   * From here on Linux gives ports to whoever asks for any (macOS from 49152), us in another JVM.
   */
  private static final int ANY = 32_768;

  private FreePort() {}

  /**
   * A port of the loopback interface that nobody listens on; at random, so that tests that run side
   * by side have different ones.
   *
   * @throws IOException if there is no loopback interface
   */
  public static int choose() throws IOException {
    while (true) {
      int port = ThreadLocalRandom.current().nextInt(FIRST, ANY);
      try (ServerSocket free = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
        return free.getLocalPort();
      } catch (BindException taken) {
        // another one, then
      }
    }
  }
}
