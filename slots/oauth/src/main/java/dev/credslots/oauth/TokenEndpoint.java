package dev.credslots.oauth;

import dev.credslots.credential.Secret;
import dev.credslots.oauth.Answer.NoAnswer;
import dev.credslots.oauth.Answer.NotSent;
import java.lang.reflect.Method;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Redirect;
import java.net.http.HttpClient.Version;
import java.net.http.HttpRequest;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Sends a refresh token to its provider, and knows afterwards whether it was sent.
 *
 * <p>The token is single use, so what matters more than success is that it goes out at most once
 * and that nothing of a reply is lost. A try that ended before the token was handed to the network
 * is made again, at most twice; after that point never, whatever happens, and an interrupt of the
 * calling thread no longer ends the wait: the reply may be the only copy of the login.
 *
 * <p>HTTP/1.1, no redirect followed, no authenticator and no cookies. A proxy is used if the JVM is
 * told of one ({@code https.proxyHost} and its like; not {@code HTTPS_PROXY}), through a tunnel
 * that sees no token; a token URL on this machine is asked without. Each try has a client and a
 * connection of its own, for a pooled one may be stale. Thread-safe.
 */
final class TokenEndpoint {
  /** A real reply has a few thousand bytes. */
  static final int BODY_LIMIT = 1 << 20;

  private static final int TRIES = 3;

  /** How to end a client at once: there is from JDK 21 on, before it ends when it is collected. */
  private static final @Nullable Method SHUTDOWN_NOW = shutdownNow();

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
    byte[] body = RefreshRequest.body(provider, refreshToken, scopes);
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
    if (pause.compareTo(left(deadline)) >= 0) {
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

  private static Duration left(long deadline) {
    return Duration.ofNanos(Math.max(1, deadline - System.nanoTime()));
  }

  private Answer attempt(byte[] bytes, long deadline) {
    OnceBody body = new OnceBody(bytes);
    Reading reading = new Reading(BODY_LIMIT);
    Optional<Throwable> failure = exchange(body, reading, deadline);
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

  /** Makes one request and forgets its result, which {@code reading} has; returns what failed. */
  private Optional<Throwable> exchange(OnceBody body, Reading reading, long deadline) {
    try {
      HttpClient client = client(left(deadline));
      try {
        return await(client.sendAsync(request(body), reading), body, deadline);
      } finally {
        end(client);
      }
    } catch (RuntimeException e) {
      // No descriptor left for a client, for example. The body knows whether it was sent.
      return Optional.of(e);
    }
  }

  private static Optional<Throwable> await(
      CompletableFuture<?> reply, OnceBody body, long deadline) {
    boolean interrupted = false;
    try {
      while (true) {
        try {
          reply.get(left(deadline).toNanos(), TimeUnit.NANOSECONDS);
          return Optional.empty();
        } catch (InterruptedException e) {
          interrupted = true;
          if (body.withdraw()) {
            reply.cancel(true);
            return Optional.of(e);
          }
        } catch (TimeoutException e) {
          reply.cancel(true);
          return Optional.of(e);
        } catch (ExecutionException e) {
          return Optional.of(e);
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private HttpRequest request(OnceBody body) {
    return HttpRequest.newBuilder(provider.tokenUrl())
        .header("Content-Type", RefreshRequest.contentType(provider.body()))
        .header("Accept", "application/json")
        .header("User-Agent", provider.userAgent())
        .POST(body)
        .build();
  }

  private HttpClient client(Duration left) {
    Duration connect = limits.connect();
    HttpClient.Builder builder =
        HttpClient.newBuilder()
            .version(Version.HTTP_1_1)
            .followRedirects(Redirect.NEVER)
            .connectTimeout(connect.compareTo(left) < 0 ? connect : left)
            .executor(threads());
    if (provider.isLocal()) {
      builder.proxy(HttpClient.Builder.NO_PROXY);
    }
    return builder.build();
  }

  /**
   * Daemons that end by themselves when there is nothing to do: a pool that somebody shut down
   * would reject what the client still has to say about a connection that closes late.
   */
  private static Executor threads() {
    return new ThreadPoolExecutor(
        0,
        Integer.MAX_VALUE,
        200,
        TimeUnit.MILLISECONDS,
        new SynchronousQueue<>(),
        task -> {
          Thread thread = new Thread(task, "credential-slots-oauth");
          thread.setDaemon(true);
          return thread;
        });
  }

  /** Closes the client's connection and ends its threads, on JDK 17 as soon as it is collected. */
  private static void end(HttpClient client) {
    if (SHUTDOWN_NOW == null) {
      return;
    }
    try {
      SHUTDOWN_NOW.invoke(client);
    } catch (ReflectiveOperationException e) {
      // Then it ends when it is collected, too.
    }
  }

  private static @Nullable Method shutdownNow() {
    try {
      return HttpClient.class.getMethod("shutdownNow");
    } catch (NoSuchMethodException e) {
      return null;
    }
  }
}
