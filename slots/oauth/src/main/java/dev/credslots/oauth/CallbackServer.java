package dev.credslots.oauth;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Waits on this machine's own address for the browser that a login was begun in. Whoever else
 * calls, with another state or without one, gets a 400 and ends nothing. What it says is made of
 * nothing that it was sent. Thread-safe.
 */
final class CallbackServer implements AutoCloseable {
  /** By number: a name may resolve to an address that others reach. */
  private static final byte[] LOOPBACK = {127, 0, 0, 1};

  private static final int OK = 200;
  private static final int BAD_REQUEST = 400;
  private static final int NOT_FOUND = 404;
  private static final int NOT_ALLOWED = 405;

  private final HttpServer server;
  private final ExecutorService threads;
  private final BlockingQueue<Redirected> answers = new LinkedBlockingQueue<>();
  private final String path;
  private final RedirectReader reader;

  private CallbackServer(HttpServer server, String path, RedirectReader reader) {
    this.server = server;
    this.path = path.isEmpty() ? "/" : path; // As a browser asks for it.
    this.reader = reader;
    this.threads =
        Executors.newCachedThreadPool(
            task -> {
              Thread thread = new Thread(task, "credential-slots-callback");
              thread.setDaemon(true);
              return thread;
            });
  }

  /** Whether a browser that is sent there can be waited for here. */
  static boolean canWaitAt(URI redirectUri) {
    return "http".equalsIgnoreCase(redirectUri.getScheme())
        && redirectUri.getPort() > 0
        && PrivateUrl.isLoopback(redirectUri)
        && !redirectUri.getHost().startsWith("[");
  }

  /**
   * @param redirectUri one that {@link #canWaitAt}
   * @throws IOException if the port is somebody else's
   */
  static CallbackServer listen(URI redirectUri, RedirectReader reader) throws IOException {
    InetSocketAddress own =
        new InetSocketAddress(InetAddress.getByAddress(LOOPBACK), redirectUri.getPort());
    HttpServer server = HttpServer.create(own, 0);
    CallbackServer callback = new CallbackServer(server, redirectUri.getPath(), reader);
    server.createContext("/", callback::answer);
    server.setExecutor(callback.threads);
    server.start();
    return callback;
  }

  /** The answer to the attempt; null if none came in time. */
  @Nullable Redirected await(Duration patience) throws InterruptedException {
    return answers.poll(patience.toNanos(), TimeUnit.NANOSECONDS);
  }

  private void answer(HttpExchange exchange) throws IOException {
    Redirected redirected = null;
    try (exchange) {
      if (!exchange.getRequestURI().getPath().equals(path)) {
        say(exchange, NOT_FOUND, "There is nothing here.");
        return;
      }
      if (!exchange.getRequestMethod().equals("GET")) {
        say(exchange, NOT_ALLOWED, "This is for a browser that was sent here.");
        return;
      }
      String query = exchange.getRequestURI().getRawQuery();
      redirected = reader.query(query == null ? "" : query);
      if (redirected instanceof Redirected.NotOurs) {
        say(exchange, BAD_REQUEST, "This is not the login that slots waits for.");
        return;
      }
      say(
          exchange,
          OK,
          redirected instanceof Redirected.Code
              ? "Go on in the terminal, which says what became of it; this page can be closed."
              : "Not logged in. The terminal says why; this page can be closed.");
    } finally {
      // After the page, which ends with this server; also if the browser did not wait for it.
      if (redirected != null && !(redirected instanceof Redirected.NotOurs)) {
        answers.add(redirected);
      }
    }
  }

  private static void say(HttpExchange exchange, int status, String sentence) throws IOException {
    byte[] page =
        ("<!doctype html><meta charset=utf-8><title>slots</title><p>" + sentence + "</p>\n")
            .getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", "text/html; charset=utf-8");
    exchange.getResponseHeaders().set("Cache-Control", "no-store");
    exchange.getResponseHeaders().set("Referrer-Policy", "no-referrer");
    exchange.getResponseHeaders().set("Connection", "close");
    if (exchange.getRequestMethod().equals("HEAD")) {
      exchange.sendResponseHeaders(status, -1); // With a length the JDK complains on the terminal.
    } else {
      exchange.sendResponseHeaders(status, page.length);
      exchange.getResponseBody().write(page);
    }
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
