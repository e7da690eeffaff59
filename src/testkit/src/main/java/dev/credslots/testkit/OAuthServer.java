package dev.credslots.testkit;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * An authorization server on this machine, for logins and refreshes: real HTTP, a page where a
 * person agrees, codes and refresh tokens that can be used once, PKCE checked, and the whole login
 * revoked when something is used again, as RFC 9700 advises and providers do. Faults on demand.
 *
 * <p>Speaks HTTP/1.1, a request a connection. Ends with {@link #close()} or with its JVM. Safe for
 * use by several threads; {@link #requests} is in the order in which requests were decided.
 */
public final class OAuthServer implements AutoCloseable {
  private static final int LONGEST_REQUEST = 1 << 20;

  private final ServerSocket socket;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private final Map<String, FakeLogin> current = new HashMap<>();
  private final Map<String, String> accountOfRefresh = new HashMap<>();
  private final Set<String> access = new HashSet<>();
  private final Set<String> revoked = new HashSet<>();
  private final List<Request> requests = new ArrayList<>();
  private final Deque<Fault> faults = new ArrayDeque<>();
  private final Deque<Fault> profileFaults = new ArrayDeque<>();
  private final Consent consent = new Consent();
  private String clientId = "";

  private OAuthServer(ServerSocket socket) {
    this.socket = socket;
  }

  /** A server on a free port of the loopback interface. */
  public static OAuthServer start() throws IOException {
    OAuthServer server =
        new OAuthServer(new ServerSocket(0, 200, InetAddress.getLoopbackAddress()));
    daemon(server::accept, "oauth-server");
    return server;
  }

  private static void daemon(Runnable task, String name) {
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    thread.start();
  }

  /** Where refresh tokens are posted. */
  public URI tokenUrl() {
    return URI.create("http://127.0.0.1:" + socket.getLocalPort() + "/v1/oauth/token");
  }

  /** What wants an access token: answers 200, or 401 as Anthropic's API does. */
  public URI apiUrl() {
    return URI.create("http://127.0.0.1:" + socket.getLocalPort() + "/api");
  }

  /** The page where a person agrees. */
  public URI authorizeUrl() {
    return URI.create("http://127.0.0.1:" + socket.getLocalPort() + "/oauth/authorize");
  }

  /** What names the account of an access token, as Anthropic's does. */
  public URI profileUrl() {
    return URI.create("http://127.0.0.1:" + socket.getLocalPort() + "/api/oauth/profile");
  }

  /** From now on the browser is this person's: a code is good for a new login of theirs. */
  public synchronized OAuthServer browserOf(FakeLogin person) {
    consent.loggedInAs(person);
    return this;
  }

  /** From now on the person says no, or whatever else this is the word for. */
  public synchronized OAuthServer denying(String error) {
    consent.denying(error);
    return this;
  }

  /** The next profile requests meet these, one each, in this order. */
  public synchronized OAuthServer nextProfile(Fault... upcoming) {
    profileFaults.addAll(List.of(upcoming));
    return this;
  }

  /** From now on wants this client id. */
  public synchronized OAuthServer wanting(String id) {
    clientId = id;
    return this;
  }

  /** Takes the login's tokens as its own. */
  public synchronized OAuthServer knows(FakeLogin login) {
    current.put(login.account(), login);
    accountOfRefresh.put(login.refreshToken(), login.account());
    access.add(login.accessToken());
    return this;
  }

  /** The next token requests meet these, one each, in this order. */
  public synchronized OAuthServer next(Fault... upcoming) {
    faults.addAll(List.of(upcoming));
    return this;
  }

  /** The newest generation that was given out. */
  public synchronized FakeLogin current(String account) {
    return Optional.ofNullable(current.get(account)).orElseThrow();
  }

  /** Whether a token of the login was used twice, and so all of them ended. */
  public synchronized boolean revoked(String account) {
    return revoked.contains(account);
  }

  /** From now on the API refuses this access token. */
  public synchronized void expire(String accessToken) {
    access.remove(accessToken);
  }

  /** Every token request that was decided, in order. */
  public synchronized List<Request> requests() {
    return List.copyOf(requests);
  }

  /** How many of them got a new token. */
  public synchronized long granted(String account) {
    return requests.stream()
        .filter(request -> request.account().equals(account))
        .filter(request -> request.decision() == Decision.GRANTED)
        .count();
  }

  /** What was decided about a token request. */
  public enum Decision {
    GRANTED,
    /** A token that had been used: the login is over. */
    REUSED,
    /** A token of a login that is over, or nobody's. */
    INVALID,
    /** Neither a refresh nor a code. */
    MALFORMED,
    /** Not looked at, by a {@link Fault}. */
    IGNORED
  }

  /**
   * A token request.
   *
   * @param account whose token or code was posted; empty if nobody's
   * @param json whether the body was JSON, not a form
   */
  public record Request(
      String account,
      Decision decision,
      boolean json,
      String clientId,
      String scope,
      String userAgent) {}

  /**
   * A reply.
   *
   * @param sent how many bytes of the body are sent before the connection is cut; all if negative
   */
  @SuppressWarnings("ArrayRecordComponent") // Written, never compared.
  record Reply(int status, Map<String, String> headers, byte[] body, int sent) {
    static Reply json(int status, String body) {
      return new Reply(
          status,
          Map.of("Content-Type", "application/json"),
          body.getBytes(StandardCharsets.UTF_8),
          -1);
    }

    String text() {
      return new String(body, StandardCharsets.UTF_8);
    }
  }

  /** Changes a reply on its way; empty cuts the connection. */
  interface Way {
    Optional<Reply> send(Reply reply) throws InterruptedException;
  }

  /** What goes wrong with a request. */
  public static final class Fault {
    private final boolean processed;
    private final Way way;

    private Fault(boolean processed, Way way) {
      this.processed = processed;
      this.way = way;
    }

    /** Another reply; the token is not looked at and stays good. */
    public static Fault status(int status, String body, String... headers) {
      Map<String, String> all = new LinkedHashMap<>();
      for (int i = 0; i < headers.length; i += 2) {
        all.put(headers[i], headers[i + 1]);
      }
      return new Fault(
          false,
          reply -> Optional.of(new Reply(status, all, body.getBytes(StandardCharsets.UTF_8), -1)));
    }

    /** The token is used up, and the reply says this instead. */
    public static Fault body(String body) {
      return new Fault(true, reply -> Optional.of(Reply.json(200, body)));
    }

    /** The token is used up, and the reply lacks this member. */
    public static Fault without(String member) {
      return edited(member, null);
    }

    /** The token is used up, and the reply has this JSON in the place of this member's. */
    public static Fault with(String member, String json) {
      return edited(member, json);
    }

    private static Fault edited(String member, @Nullable String json) {
      return new Fault(
          true,
          reply -> {
            Map<String, Object> members =
                new LinkedHashMap<>(Json.object(reply.body()).orElse(Map.of()));
            members.remove(member);
            if (json != null) {
              members.put(member, Json.raw(json));
            }
            return Optional.of(Reply.json(reply.status(), Json.write(members)));
          });
    }

    /** Closes the connection and has not looked at the token. */
    public static Fault ignored() {
      return new Fault(false, reply -> Optional.empty());
    }

    /** The token is used up, and the connection is closed. */
    public static Fault replyLost() {
      return new Fault(true, reply -> Optional.empty());
    }

    /** The token is used up, and so many bytes of the reply's body arrive. */
    public static Fault cutAfter(int bytes) {
      return new Fault(
          true,
          reply -> Optional.of(new Reply(reply.status(), reply.headers(), reply.body(), bytes)));
    }
  }

  /** Holds one reply back: the token is used up, and whoever asked does not know yet. */
  public static final class Gate {
    private final CountDownLatch processed = new CountDownLatch(1);
    private final CountDownLatch released = new CountDownLatch(1);

    private Gate() {}

    /** Waits until a request has been processed. */
    public void awaitProcessed() throws InterruptedException {
      if (!processed.await(60, TimeUnit.SECONDS)) {
        throw new IllegalStateException("no request came within a minute");
      }
    }

    /** Lets the reply go. */
    public void release() {
      released.countDown();
    }
  }

  /** The next request's reply waits for the gate. */
  public Gate hold() {
    Gate gate = new Gate();
    next(
        new Fault(
            true,
            reply -> {
              gate.processed.countDown();
              gate.released.await();
              return Optional.of(reply);
            }));
    return gate;
  }

  /** Asks this server over HTTP, as a client does; whether it granted. */
  boolean post(String refreshToken) throws IOException {
    HttpURLConnection connection = (HttpURLConnection) tokenUrl().toURL().openConnection();
    connection.setRequestMethod("POST");
    connection.setDoOutput(true);
    connection.setRequestProperty("Content-Type", "application/json");
    connection.setRequestProperty("User-Agent", "client-simulator");
    byte[] body =
        Json.write(Map.of("grant_type", "refresh_token", "refresh_token", refreshToken))
            .getBytes(StandardCharsets.UTF_8);
    // Streaming, or the JDK would send it twice when no answer comes.
    connection.setFixedLengthStreamingMode(body.length);
    connection.getOutputStream().write(body);
    return connection.getResponseCode() == 200;
  }

  private void accept() {
    while (!socket.isClosed()) {
      try {
        Socket connection = socket.accept();
        open.add(connection);
        daemon(() -> serve(connection), "oauth-server-connection");
      } catch (IOException closed) {
        return;
      }
    }
  }

  private void serve(Socket connection) {
    try (connection) {
      Optional<Reply> reply = answer(new BufferedInputStream(connection.getInputStream()));
      if (reply.isPresent()) {
        write(connection.getOutputStream(), reply.get());
      }
    } catch (IOException gone) {
      // Whoever asked is no longer there.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      open.remove(connection);
    }
  }

  private Optional<Reply> answer(InputStream in) throws IOException, InterruptedException {
    String first = line(in);
    Map<String, String> headers = new HashMap<>();
    for (String line = line(in); !line.isEmpty(); line = line(in)) {
      int colon = line.indexOf(':');
      headers.put(
          line.substring(0, colon).toLowerCase(Locale.ROOT), line.substring(colon + 1).strip());
    }
    byte[] body = in.readNBytes(Integer.parseInt(headers.getOrDefault("content-length", "0")));
    Fault fault;
    Reply reply;
    if (first.startsWith("GET /api/oauth/profile ")) {
      synchronized (this) {
        fault = profileFaults.poll();
        reply = profile(headers);
      }
      return fault == null ? Optional.of(reply) : fault.way.send(reply);
    }
    if (first.startsWith("GET /api")) {
      return Optional.of(api(headers.getOrDefault("authorization", "")));
    }
    if (first.startsWith("GET /oauth/authorize?")) {
      return Optional.of(authorize(first.split(" ", -1)[1]));
    }
    synchronized (this) {
      fault = faults.poll();
      reply =
          fault == null || fault.processed
              ? token(headers, body)
              : ignored(headers, body, "not looked at");
    }
    return fault == null ? Optional.of(reply) : fault.way.send(reply);
  }

  private synchronized Reply api(String authorization) {
    return access.contains(authorization.replaceFirst("^Bearer ", ""))
        ? Reply.json(200, "{\"ok\":true}")
        : Reply.json(
            401,
            "{\"type\":\"error\",\"error\":{\"type\":\"authentication_error\","
                + "\"message\":\"OAuth token has expired\"}}");
  }

  private synchronized Reply authorize(String target) {
    String query = target.substring(target.indexOf('?') + 1);
    return consent
        .agree(pairs(query))
        .map(back -> new Reply(302, Map.of("Location", back), new byte[0], -1))
        .orElseGet(() -> Reply.json(400, "{\"error\":\"invalid_request\"}"));
  }

  private Reply profile(Map<String, String> headers) {
    String token = headers.getOrDefault("authorization", "").replaceFirst("^Bearer ", "");
    if (!access.contains(token) || !"oauth-2025-04-20".equals(headers.get("anthropic-beta"))) {
      return api("");
    }
    FakeLogin login = current(FakeLogin.accountOf(token).orElseThrow());
    return Reply.json(200, login.profileJson());
  }

  private Reply ignored(Map<String, String> headers, byte[] body, String why) {
    log(headers, body, Decision.IGNORED);
    return Reply.json(500, "{\"error\":\"" + why + "\"}");
  }

  private Reply token(Map<String, String> headers, byte[] body) {
    Map<String, String> fields = fields(headers, body);
    if ("authorization_code".equals(fields.get("grant_type"))) {
      return code(headers, body, fields);
    }
    String posted = fields.getOrDefault("refresh_token", "");
    if (!"refresh_token".equals(fields.get("grant_type")) || posted.isEmpty()) {
      log(headers, body, Decision.MALFORMED);
      return Reply.json(400, "{\"error\":\"unsupported_grant_type\"}");
    }
    if (!clientId.isEmpty() && !clientId.equals(fields.get("client_id"))) {
      log(headers, body, Decision.MALFORMED);
      return Reply.json(401, "{\"error\":\"invalid_client\"}");
    }
    String account = accountOfRefresh.get(posted);
    if (account == null || revoked.contains(account)) {
      log(headers, body, Decision.INVALID);
      return Reply.json(400, "{\"error\":\"invalid_grant\"}");
    }
    FakeLogin login = current(account);
    if (!login.refreshToken().equals(posted)) {
      revoked.add(account);
      access.removeIf(token -> FakeLogin.accountOf(token).equals(Optional.of(account)));
      log(headers, body, Decision.REUSED);
      return Reply.json(
          400, "{\"error\":\"invalid_grant\",\"error_description\":\"token was used\"}");
    }
    FakeLogin successor = login.rotate();
    knows(successor);
    log(headers, body, Decision.GRANTED);
    return Reply.json(200, Json.write(granted(successor)));
  }

  private static Map<String, Object> granted(FakeLogin login) {
    Map<String, Object> granted = new LinkedHashMap<>();
    granted.put("token_type", "Bearer");
    granted.put("access_token", login.accessToken());
    granted.put("refresh_token", login.refreshToken());
    granted.put("expires_in", 28800);
    if (login.client() == FakeClient.CODEX) {
      granted.put("id_token", login.idToken());
    }
    return granted;
  }

  private Reply code(Map<String, String> headers, byte[] body, Map<String, String> fields) {
    Consent.Worth worth = consent.redeem(fields, json(headers));
    if (worth instanceof Consent.Worth.Login given) {
      FakeLogin login = given.login();
      // Another login of the account goes on by itself; here only the newest can be renewed.
      accountOfRefresh.values().removeIf(login.account()::equals);
      knows(login);
      log(headers, body, login.account(), Decision.GRANTED);
      Map<String, Object> granted = granted(login);
      granted.put("scope", "user:inference user:profile user:sessions:claude_code");
      granted.put(
          "refresh_token_expires_in",
          Duration.between(Instant.now(), login.refreshTokenExpiresAt()).toSeconds());
      return Reply.json(200, Json.write(granted));
    }
    if (worth instanceof Consent.Worth.Used again) {
      revoked.add(again.account());
      log(headers, body, again.account(), Decision.REUSED);
    } else {
      log(headers, body, Decision.INVALID);
    }
    return Reply.json(400, "{\"error\":\"invalid_grant\"}");
  }

  private void log(Map<String, String> headers, byte[] body, Decision decision) {
    String posted = fields(headers, body).getOrDefault("refresh_token", "");
    log(headers, body, FakeLogin.accountOf(posted).orElse(""), decision);
  }

  private void log(Map<String, String> headers, byte[] body, String account, Decision decision) {
    Map<String, String> fields = fields(headers, body);
    requests.add(
        new Request(
            account,
            decision,
            json(headers),
            fields.getOrDefault("client_id", ""),
            fields.getOrDefault("scope", ""),
            headers.getOrDefault("user-agent", "")));
  }

  private static boolean json(Map<String, String> headers) {
    return headers.getOrDefault("content-type", "").startsWith("application/json");
  }

  private static Map<String, String> fields(Map<String, String> headers, byte[] body) {
    if (json(headers)) {
      Map<String, String> fields = new HashMap<>();
      Json.object(body)
          .orElse(Map.of())
          .forEach((name, value) -> fields.put(name, String.valueOf(value)));
      return fields;
    }
    return pairs(new String(body, StandardCharsets.UTF_8));
  }

  private static Map<String, String> pairs(String text) {
    Map<String, String> pairs = new HashMap<>();
    for (String pair : text.split("&", -1)) {
      int equals = pair.indexOf('=');
      if (equals > 0) {
        pairs.put(decoded(pair.substring(0, equals)), decoded(pair.substring(equals + 1)));
      }
    }
    return pairs;
  }

  private static String decoded(String text) {
    return URLDecoder.decode(text, StandardCharsets.UTF_8);
  }

  private static String line(InputStream in) throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int c = in.read(); c != '\n'; c = in.read()) {
      if (c < 0 || line.size() > LONGEST_REQUEST) {
        throw new IOException("half a request");
      }
      line.write(c);
    }
    return line.toString(StandardCharsets.ISO_8859_1).stripTrailing();
  }

  private static void write(OutputStream out, Reply reply) throws IOException {
    StringBuilder head = new StringBuilder("HTTP/1.1 " + reply.status() + " Reply\r\n");
    reply.headers().forEach((name, value) -> head.append(name + ": " + value + "\r\n"));
    head.append("Content-Length: " + reply.body().length + "\r\nConnection: close\r\n\r\n");
    out.write(head.toString().getBytes(StandardCharsets.ISO_8859_1));
    out.write(
        reply.body(),
        0,
        reply.sent() < 0 ? reply.body().length : Math.min(reply.sent(), reply.body().length));
    out.flush();
  }

  @Override
  public void close() {
    try {
      socket.close();
      for (Socket connection : open) {
        connection.close();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
