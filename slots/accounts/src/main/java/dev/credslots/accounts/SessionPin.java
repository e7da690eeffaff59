package dev.credslots.accounts;

import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;

/**
 * The slot that a session stays with.
 *
 * @param since when it was pinned
 * @param lastUsed when the session last asked for its slot, to the minute
 */
public record SessionPin(String slot, Kind kind, Instant since, Instant lastUsed) {
  private static final Duration NOTED_EVERY = Duration.ofMinutes(1);

  /** Who pinned it. */
  public enum Kind {
    /** {@code --next} did: stays until the session is new or compacted, or its slot is no use. */
    AUTO,
    /** Somebody did, by name: stays until somebody says otherwise. */
    USER;

    /** The word in JSON: {@code auto}, {@code user}. */
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }

    static Optional<Kind> of(String word) {
      for (Kind kind : values()) {
        if (kind.word().equals(word)) {
          return Optional.of(kind);
        }
      }
      return Optional.empty();
    }
  }

  SessionPin movedTo(String other) {
    return new SessionPin(other, kind, since, lastUsed);
  }

  /** Whether a use at {@code now} is worth a note. */
  boolean isDue(Instant now) {
    return !now.isBefore(lastUsed.plus(NOTED_EVERY));
  }

  SessionPin usedAt(Instant now) {
    return new SessionPin(slot, kind, since, now);
  }

  /** Whether both bind to the same slot in the same way. */
  boolean bindsAs(SessionPin other) {
    return slot.equals(other.slot) && kind == other.kind;
  }
}
