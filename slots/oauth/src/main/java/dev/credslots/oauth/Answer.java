package dev.credslots.oauth;

import java.time.Duration;
import java.util.Optional;

/**
 * What came of sending a refresh token once. Bodies may hold tokens: they are in no {@code
 * toString} and no reason, and whoever logs one redacts it first.
 */
sealed interface Answer {

  /**
   * The server's whole reply, of whatever status. A reply that states no length ends where its
   * connection does, so even this body may be cut: it counts once it parses.
   *
   * @param retryAfter how long the server asked to be left alone; zero or more
   */
  @SuppressWarnings("ArrayRecordComponent") // Bytes to be stored as they came; nobody compares it.
  record Replied(int status, byte[] body, Optional<Duration> retryAfter) implements Answer {
    @Override
    public String toString() {
      return "Replied[" + status + ", " + body.length + " bytes, retryAfter=" + retryAfter + "]";
    }
  }

  /**
   * A reply began and its end is missing: cut off, too slow or too large. The token sent must be
   * taken for used, and what was read may hold its successor: keep it before anything else.
   *
   * @param body what was read, possibly nothing
   * @param reason what happened, for people, without a word of the reply
   */
  @SuppressWarnings("ArrayRecordComponent") // As above.
  record Partial(int status, byte[] body, String reason) implements Answer {
    @Override
    public String toString() {
      return "Partial[" + status + ", " + body.length + " bytes, " + reason + "]";
    }
  }

  /**
   * The token was certainly not sent, and will not be: the login is as it was.
   *
   * @param reason what happened, for people
   */
  record NotSent(String reason) implements Answer {}

  /**
   * The token may have been sent and no reply came: it may be used up, its successor lost. Never to
   * be sent again without need.
   *
   * @param reason what happened, for people
   */
  record NoAnswer(String reason) implements Answer {}
}
