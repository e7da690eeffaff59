package dev.credslots;

import dev.credslots.internal.file.AtomicFile;
import dev.credslots.internal.file.Deadline;
import dev.credslots.internal.file.RecoveryFile;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * A token server's reply from its arrival until it is home: the only copy of a login. In the file
 * that was allocated for it, else in the runtime directory, else in this process alone. Confined.
 */
final class Custody {
  /** How long a reply that has no durable copy is held on to. */
  private static final Duration LONGEST_HOLD = Duration.ofMinutes(10);

  private static final long PAUSE_MILLIS = 250;

  /** Ten seconds. */
  private static final int TRIES_BETWEEN_WORDS = 40;

  private final String what;
  private final Resources held;
  private final Adoption adoption;
  private final Consumer<String> trouble;
  private Optional<RecoveryFile.Content> answered = Optional.empty();
  private Optional<Path> durable = Optional.empty();
  private boolean settled;

  /**
   * @param what is kept, for people: {@code the renewed login of alice}
   * @param held with the file that was allocated
   * @param trouble is told while the reply cannot be written anywhere
   */
  Custody(String what, Resources held, Adoption adoption, Consumer<String> trouble) {
    this.what = what;
    this.held = held;
    this.adoption = adoption;
    this.trouble = trouble;
  }

  /** Keeps a reply; it is durable afterwards, unless it can be written nowhere. */
  void received(RecoveryFile.Header asked, byte[] reply, Instant at) {
    RecoveryFile recovery = held.recovery;
    if (recovery == null) {
      throw new IllegalStateException("this is over");
    }
    answered =
        Optional.of(
            new RecoveryFile.Content(
                asked, Optional.of(new RecoveryFile.Reply(at, reply.clone()))));
    keep(recovery);
  }

  private void keep(RecoveryFile recovery) {
    RecoveryFile.Content content = content();
    try {
      recovery.received(content.reply().orElseThrow());
      durable = Optional.of(recovery.path());
    } catch (IOException e) {
      durable = keepElsewhere(content);
    }
  }

  private Optional<Path> keepElsewhere(RecoveryFile.Content content) {
    Optional<Path> refuge = adoption.refuge(content.header().slot());
    if (refuge.isEmpty()) {
      return Optional.empty();
    }
    try {
      Path own = Objects.requireNonNull(refuge.get().getParent());
      AtomicFile.privateDirectory(Objects.requireNonNull(own.getParent()));
      AtomicFile.privateDirectory(own);
      RecoveryFile.write(refuge.get(), content);
      return refuge;
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /** What was received. */
  RecoveryFile.Content content() {
    return answered.orElseThrow(IllegalStateException::new);
  }

  /**
   * Brings the reply home: again and again as long as it has no durable copy.
   *
   * @throws StoreException as {@code home} does, saying where the reply is meanwhile
   */
  <T> T bringHome(Supplier<T> home) {
    Deadline deadline = Deadline.in(LONGEST_HOLD);
    for (int tries = 0; ; tries++) {
      try {
        return home.get();
      } catch (StoreException e) {
        if (durable.isEmpty() && tries % TRIES_BETWEEN_WORDS == 0) {
          tellTrouble(e);
        }
        if (durable.isPresent() || deadline.remaining() == 0 || !waitToTryAgain()) {
          throw safe(e);
        }
      }
    }
  }

  private void tellTrouble(StoreException because) {
    trouble.accept(
        what
            + " cannot be written anywhere yet ("
            + because.getMessage()
            + "); still trying: do not end this process, make room instead");
  }

  /** Nothing can be written: the login is in this process alone. False if that is to end. */
  private boolean waitToTryAgain() {
    try {
      TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
    RecoveryFile recovery = held.recovery;
    if (recovery != null) {
      keep(recovery);
    }
    return true;
  }

  private StoreException safe(StoreException e) {
    String where =
        durable
            .map(
                file ->
                    "; " + what + " is safe in " + file + " and the next command brings it home")
            .orElse("; " + what + " could be kept nowhere: log in again");
    return new StoreException(e.kind(), e.getMessage() + where, e.remedy(), e.getCause());
  }

  /** The reply is home: nothing of it needs to be kept any longer. */
  void settled() {
    settled = true;
    durable.filter(file -> !isRecovery(file)).ifPresent(Custody::removeRefuge);
  }

  private boolean isRecovery(Path file) {
    return held.recovery != null && held.recovery.path().equals(file);
  }

  private static void removeRefuge(Path file) {
    try {
      RecoveryFile.remove(file);
    } catch (IOException e) {
      // The next command finds the slot has it already, and removes it.
    }
  }

  /** Whether no reply waits for the next command. */
  boolean over() {
    return answered.isEmpty() || settled;
  }
}
