package dev.credslots;

import dev.credslots.internal.file.LeaseFile;
import java.io.IOException;
import java.nio.file.Path;

/**
 * A hold that lasts until it is closed or this process ends, whichever is first; see {@link
 * HoldLeases}. Thread-safe: any thread may close it.
 */
public final class HoldLease implements AutoCloseable {
  private final LeaseFile lease;
  private final Hold hold;

  HoldLease(LeaseFile lease, Hold hold) {
    this.lease = lease;
    this.hold = hold;
  }

  /** As others see it. */
  public Hold hold() {
    return hold;
  }

  /** What a process that runs under this hold gives in {@link HoldRequest#within}. */
  public String id() {
    return lease.file().getFileName().toString();
  }

  /**
   * The locked file. Closing any channel of this process on it, however opened, ends the hold; so
   * it must not be opened. Its descriptor has to stay open in a program that replaces this one.
   */
  public Path file() {
    return lease.file();
  }

  /**
   * Ends the hold; a second call does nothing.
   *
   * @throws StoreException if the file could not be removed; the hold has ended all the same
   */
  @Override
  public void close() {
    try {
      lease.close();
    } catch (IOException e) {
      throw Failures.failed("removing a hold", e);
    }
  }
}
