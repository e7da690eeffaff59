package dev.credslots.oauth;

import java.lang.reflect.Method;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Redirect;
import java.net.http.HttpClient.Version;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One request over a client and a connection of its own, for a pooled one may be stale. HTTP/1.1,
 * no redirect followed, no authenticator and no cookies. A proxy is used if the JVM is told of one
 * ({@code https.proxyHost} and its like; not {@code HTTPS_PROXY}), through a tunnel that sees no
 * token; what is on this machine is asked without.
 */
final class OneRequest {
  /** How to end a client at once: there is from JDK 21 on, before it ends when it is collected. */
  private static final @Nullable Method SHUTDOWN_NOW = shutdownNow();

  private final HttpRequest request;
  private final Duration connect;

  /**
   * @param connect how long one connection and its TLS handshake may take
   */
  OneRequest(HttpRequest request, Duration connect) {
    this.request = request;
    this.connect = connect;
  }

  /**
   * Makes the request and forgets its result, which {@code reading} has.
   *
   * @param deadline by the JVM's own clock
   * @param withdraw asked when the calling thread is interrupted: whether the request can still be
   *     given up. The interrupt is kept for the caller in any case
   * @return what failed
   */
  Optional<Throwable> make(Reading reading, long deadline, BooleanSupplier withdraw) {
    try {
      HttpClient client = client(left(deadline));
      try {
        return await(client.sendAsync(request, reading), deadline, withdraw);
      } finally {
        end(client);
      }
    } catch (RuntimeException e) {
      // No descriptor left for a client, for example. Who made the body knows whether it was sent.
      return Optional.of(e);
    }
  }

  static Duration left(long deadline) {
    return Duration.ofNanos(Math.max(1, deadline - System.nanoTime()));
  }

  private static Optional<Throwable> await(
      CompletableFuture<?> reply, long deadline, BooleanSupplier withdraw) {
    boolean interrupted = false;
    try {
      while (true) {
        try {
          reply.get(left(deadline).toNanos(), TimeUnit.NANOSECONDS);
          return Optional.empty();
        } catch (InterruptedException e) {
          interrupted = true;
          if (withdraw.getAsBoolean()) {
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

  private HttpClient client(Duration left) {
    HttpClient.Builder builder =
        HttpClient.newBuilder()
            .version(Version.HTTP_1_1)
            .followRedirects(Redirect.NEVER)
            .connectTimeout(connect.compareTo(left) < 0 ? connect : left)
            .executor(threads());
    if (PrivateUrl.isLoopback(request.uri())) {
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
