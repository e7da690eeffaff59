package dev.credslots;

import dev.credslots.internal.file.LockFile;
import dev.credslots.internal.file.RecoveryFile;
import dev.credslots.internal.file.VendorLock;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/** What a renewal holds while it asks: released in the reverse of the order they were taken in. */
final class Resources {
  @Nullable LockFile lease;
  @Nullable RecoveryFile recovery;
  @Nullable VendorLock client;

  /**
   * Lets go of everything. What cannot be released is left to the next command, which knows it by
   * what it finds; the outcome of the renewal stands.
   *
   * @param empty whether no reply waits in the recovery file
   */
  void release(boolean empty) {
    quietly(
        () -> {
          if (client != null) {
            client.release();
          }
        });
    quietly(
        () -> {
          if (recovery != null) {
            recovery.close();
            if (empty) {
              RecoveryFile.remove(recovery.path());
            }
          }
        });
    quietly(
        () -> {
          if (lease != null) {
            lease.close();
          }
        });
    client = null;
    recovery = null;
    lease = null;
  }

  private interface Step {
    void run() throws IOException;
  }

  private static void quietly(Step step) {
    try {
      step.run();
    } catch (IOException e) {
      LoggerFactory.getLogger(SlotManager.class).warn("releasing a renewal's locks failed", e);
    }
  }
}
