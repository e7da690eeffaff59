package dev.credslots;

import dev.credslots.credential.Fingerprint;
import dev.credslots.internal.file.Deadline;
import dev.credslots.internal.file.FileContent;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Waits until two reads of the live path in a row give the same: a client that writes in place
 * truncates first, and an event comes at its first call, not at its last.
 */
final class Settling {
  private static final Duration LONGEST = Duration.ofSeconds(1);
  private static final long FIRST_PAUSE_MILLIS = 1;
  private static final long LONGEST_PAUSE_MILLIS = 64;

  private final Path live;

  Settling(Path live) {
    this.live = live;
  }

  /**
   * The live path, read.
   *
   * @param hash of the bytes; empty if there are none to read
   */
  record Settled(FileStamp stamp, Optional<Fingerprint> hash) {}

  /** What is there at last; after a second also if it never rested: it is decided under locks. */
  Settled settle() throws InterruptedException {
    Deadline deadline = Deadline.in(LONGEST);
    long pause = FIRST_PAUSE_MILLIS;
    Settled before = read();
    while (true) {
      TimeUnit.MILLISECONDS.sleep(pause);
      Settled now = read();
      if (now.equals(before) || deadline.remaining() == 0) {
        return now;
      }
      before = now;
      pause = Math.min(pause * 2, LONGEST_PAUSE_MILLIS);
    }
  }

  private Settled read() {
    FileStamp stamp = FileStamp.of(live);
    return new Settled(
        stamp,
        FileContent.of(live) instanceof FileContent.Bytes content
            ? Optional.of(Fingerprint.ofBytes(content.bytes()))
            : Optional.empty());
  }
}
