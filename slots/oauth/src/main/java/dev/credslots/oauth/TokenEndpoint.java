package dev.credslots.oauth;

import dev.credslots.credential.Secret;
import dev.credslots.oauth.Answer.NoAnswer;
import dev.credslots.oauth.Answer.NotSent;
import java.net.http.HttpRequest;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Sends a refresh token, or the code of a login, to its provider, and knows afterwards whether it
 * was sent.
 *
 * <p>Either is single use, so what matters more than success is that it goes out at most once and
 * that nothing of a reply is lost. A try that ended before the token was handed to the network is
 * made again, at most twice; after that point never, whatever happens, and an interrupt of the
 * calling thread no longer ends the wait: the reply may be the only copy of the login.
 *
 * <p>Each try is {@link OneRequest one request}. Thread-safe.
 */
final class TokenEndpoint {
  /** A real reply has a few thousand bytes. */
  static final int BODY_LIMIT = 1 << 20;

  private static final int TRIES = 3;

  private final Provider provider;
  private final Limits limits;
  private final Clock clock;
  private final Pauses pauses;

  /**
   * How long to wait.
   *
   * @param connect for one connection and its TLS handshake
   * @param inAll for everything: every try, the pauses between them and the whole reply
   */
  record Limits(Duration connect, Duration inAll) {
    static final Limits USUAL = new Limits(Duration.ofSeconds(10), Duration.ofSeconds(30));

    Limits {
      if (connect.isNegative() || connect.isZero() || inAll.isNegative() || inAll.isZero()) {
        throw new IllegalArgumentException("A limit must be longer than nothing.");
      }
    }
  }

  /**
   * @param clock what a date in {@code Retry-After} is measured against; the limits are measured by
   *     the JVM's own, which nobody sets
   */
  TokenEndpoint(Provider provider, Limits limits, Clock clock, Pauses pauses) {
    this.provider = provider;
    this.limits = limits;
    this.clock = clock;
    this.pauses = pauses;
  }

  /**
   * Blocks until there is an answer, at most for {@link Limits#inAll} and a moment. An interrupt is
   * kept for the caller; it ends the call only while the token has not been sent.
   *
   * @param scopes those of the login; empty means the provider's
   * @throws IllegalArgumentException if the token is empty; nothing was sent
   */
  Answer refresh(Secret refreshToken, List<String> scopes) {
    if (refreshToken.isEmpty()) {
      throw new IllegalArgumentException("There is no refresh token to send.");
    }
    if (!RefreshRequest.canCarry(refreshToken)) {
      return new NotSent("the refresh token holds characters that cannot be sent");
    }
    return send(RefreshRequest.body(provider, refreshToken, scopes));
  }

  /** As {@link #refresh}, with the code of a login. */
  Answer exchange(CodeExchange exchange) {
    return send(exchange.body(provider));
  }

  private Answer send(byte[] body) {
    long deadline = System.nanoTime() + limits.inAll().toNanos();
    Answer answer = attempt(body, deadline);
    for (int retry = 1; retry < TRIES; retry++) {
      if (!(answer instanceof NotSent) || !paused(pauses.before(retry), deadline)) {
        return answer;
      }
      answer = attempt(body, deadline);
    }
    return answer;
  }

  /** Waits, or answers false: the time would not do for another try, or somebody interrupted. */
  private static boolean paused(Duration pause, long deadline) {
    if (pause.compareTo(OneRequest.left(deadline)) >= 0) {
      return false;
    }
    try {
      TimeUnit.NANOSECONDS.sleep(pause.toNanos());
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private Answer attempt(byte[] bytes, long deadline) {
    OnceBody body = new OnceBody(bytes);
    Reading reading = new Reading(BODY_LIMIT);
    Optional<Throwable> failure =
        new OneRequest(request(body), limits.connect()).make(reading, deadline, body::withdraw);
    SendFailure why = new SendFailure(failure, limits);
    // What was read comes first: a client that fails after the last byte has failed too late.
    Optional<Answer> read = reading.soFar(why.whileReading(), clock);
    if (read.isPresent()) {
      return read.get();
    }
    if (body.withdraw() || why.isEndedHandshake()) {
      return new NotSent(why.beforeSending());
    }
    return new NoAnswer(why.whileReading());
  }

  private HttpRequest request(OnceBody body) {
    return HttpRequest.newBuilder(provider.tokenUrl())
        .header("Content-Type", TokenParameters.contentType(provider.body()))
        .header("Accept", "application/json")
        .header("User-Agent", provider.userAgent())
        .POST(body)
        .build();
  }
}
