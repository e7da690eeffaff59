package dev.credslots.hooks;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;

/**
 * Reads all that a process prints and keeps the beginning. A thread of its own, which nobody waits
 * for: a child left behind may keep the stream open for ever.
 */
final class Drain extends Thread {
  private final InputStream in;
  private final int most;
  private final ByteArrayOutputStream kept = new ByteArrayOutputStream();
  private boolean cut;
  private boolean ended;

  Drain(InputStream in, int most) {
    super("output of a hook");
    this.in = in;
    this.most = most;
    setDaemon(true);
    start();
  }

  @Override
  public void run() {
    byte[] buffer = new byte[8192];
    try {
      int read = in.read(buffer);
      while (read >= 0) {
        keep(buffer, read);
        read = in.read(buffer);
      }
    } catch (IOException e) {
      // It was ended, and its stream closed.
    }
    end();
  }

  private synchronized void end() {
    ended = true;
  }

  private synchronized void keep(byte[] buffer, int length) {
    int room = Math.min(length, most - kept.size());
    kept.write(buffer, 0, room);
    cut |= room < length;
  }

  /** What was kept so far. */
  synchronized Printed printed() {
    return new Printed(kept.toByteArray(), cut, ended);
  }
}
