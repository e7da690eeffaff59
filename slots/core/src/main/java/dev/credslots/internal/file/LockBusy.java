package dev.credslots.internal.file;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * A directory lock that could not be had now. Nothing is held.
 *
 * @param path what is in the way
 * @param since when it was last touched, by its mtime
 * @param freeIn how long, from now, until another try may take it although nobody released it;
 *     empty if only a person can remove it
 */
public record LockBusy(Path path, Instant since, Reason reason, Optional<Duration> freeIn)
    implements DirectoryLock.Attempt, VendorLock.Attempt {
  /** Why it can't be had. */
  public enum Reason {
    /** Somebody holds it. */
    HELD("held by another program"),
    /** Its date is more than a minute ahead: maybe held, and reclaimed once it was watched. */
    FUTURE("dated in the future"),
    /** Claude Code is writing credentials. */
    WRITING("held by a client that is writing credentials"),
    /** Abandoned, but there is something inside. */
    NOT_EMPTY("an abandoned lock that isn't empty"),
    /** A file, a link or something else that no program's lock is. */
    NOT_A_LOCK("not a directory");

    private final String text;

    Reason(String text) {
      this.text = text;
    }

    /** As the rest of a sentence. */
    public String text() {
      return text;
    }
  }
}
