package dev.credslots.oauth;

import static dev.credslots.oauth.RawServer.reply;
import static dev.credslots.oauth.RawServer.replying;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonFactory;
import dev.credslots.credential.Secret;
import dev.credslots.oauth.Answer.NoAnswer;
import dev.credslots.oauth.Answer.NotSent;
import dev.credslots.oauth.Answer.Partial;
import dev.credslots.oauth.Answer.Replied;
import dev.credslots.oauth.RawServer.Behaviour;
import dev.credslots.oauth.TokenEndpoint.Limits;
import dev.credslots.testkit.FreePort;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class TokenEndpointTest {
  private static final Clock NOON =
      Clock.fixed(Instant.parse("2026-02-15T12:00:00Z"), ZoneOffset.UTC);
  private static final Secret TOKEN = Secret.of("sk-ant-ort01-canary +&\"\u00e9");
  private static final String NEW = "{\"access_token\":\"new\",\"refresh_token\":\"canary2\"}";

  /** For what must come to its end by itself. */
  private static final Limits PATIENT = new Limits(Duration.ofSeconds(20), Duration.ofSeconds(40));

  /** For what never ends by itself. */
  private static final Limits SHORT = new Limits(Duration.ofMillis(700), Duration.ofMillis(1500));

  private final List<Integer> retries = new ArrayList<>();

  private Answer refresh(Provider provider, Limits limits) {
    Pauses pauses =
        retry -> {
          retries.add(retry);
          return Duration.ofMillis(1);
        };
    Answer answer =
        new TokenEndpoint(provider, limits, NOON, pauses).refresh(TOKEN, List.of("a", "b"));
    assertFalse(answer.toString().contains("canary"), answer.toString());
    return answer;
  }

  private Answer refresh(RawServer server, Limits limits) {
    return refresh(Provider.CLAUDE.withTokenUrl(server.url("http")), limits);
  }

  private Replied replied(Behaviour behaviour) throws IOException {
    try (RawServer server = new RawServer(behaviour)) {
      Replied replied = assertInstanceOf(Replied.class, refresh(server, PATIENT));
      assertEquals(1, server.connections.size());
      return replied;
    }
  }

  private static String header(String request, String name) {
    return request
        .lines()
        .filter(line -> line.toLowerCase(Locale.ROOT).startsWith(name + ":"))
        .findFirst()
        .map(line -> line.substring(name.length() + 1).strip())
        .orElse("none");
  }

  @Test
  void request_in_json() throws IOException {
    try (RawServer server = new RawServer(replying(reply("200 OK", NEW)))) {
      Replied replied = assertInstanceOf(Replied.class, refresh(server, PATIENT));
      assertEquals(200, replied.status());
      assertArrayEquals(NEW.getBytes(ISO_8859_1), replied.body());
      assertEquals(Optional.empty(), replied.retryAfter());
      String request = server.requests.get(0);
      assertTrue(request.startsWith("POST /token HTTP/1.1\r\n"), request);
      assertEquals("application/json", header(request, "content-type"));
      assertEquals(Provider.CLAUDE.userAgent(), header(request, "user-agent"));
      assertEquals("none", header(request, "upgrade"));
      assertEquals("none", header(request, "authorization"));
      assertTrue(
          request.endsWith(
              "\r\n\r\n{\"grant_type\":\"refresh_token\","
                  + "\"refresh_token\":\"sk-ant-ort01-canary +&\\\"\u00c3\u00a9\","
                  + "\"client_id\":\"9d1c250a-e61b-44d9-88ed-5944d1962f5e\",\"scope\":\"a b\"}"),
          request);
    }
  }

  @Test
  void request_as_a_form() throws IOException {
    try (RawServer server = new RawServer(replying(reply("200 OK", NEW)))) {
      Provider codex = Provider.CODEX.withTokenUrl(server.url("http")).withClientId("c/1");
      assertInstanceOf(Replied.class, refresh(codex, PATIENT));
      String request = server.requests.get(0);
      assertEquals("application/x-www-form-urlencoded", header(request, "content-type"));
      assertTrue(
          request.endsWith(
              "\r\n\r\ngrant_type=refresh_token&refresh_token=sk-ant-ort01-canary+%2B%26%22%C3%A9"
                  + "&client_id=c%2F1&scope=a+b"),
          request);
    }
  }

  @Test
  void scopes_are_the_logins_else_the_providers_else_none() throws IOException {
    Provider none = Provider.CLAUDE.withScopes(List.of());
    assertTrue(body(Provider.CLAUDE, List.of("x")).contains("\"scope\":\"x\""));
    assertTrue(body(Provider.CLAUDE, List.of()).contains("\"scope\":\"org:create_api_key user:"));
    assertFalse(body(none, List.of()).contains("scope"));
    new JsonFactory().createParser(body(none, List.of())).nextToken();
  }

  private static String body(Provider provider, List<String> scopes) {
    return new String(RefreshRequest.body(provider, TOKEN, scopes), ISO_8859_1);
  }

  @ParameterizedTest
  @ValueSource(ints = {200, 204, 301, 302, 307, 308, 400, 401, 403, 404, 407, 500, 503, 529})
  void any_status_is_a_reply_and_asked_for_once(int status) throws IOException {
    String headers = status + " X\r\nLocation: /elsewhere\r\nWWW-Authenticate: Basic";
    String body = status == 204 ? "" : "{}";
    assertEquals(status, replied(replying(reply(headers, body))).status());
    assertEquals(List.of(), retries);
  }

  @ParameterizedTest
  @CsvSource({
    "429, 120, PT2M",
    "503, 'Sun, 15 Feb 2026 12:01:30 GMT', PT1M30S",
    "429, -1, PT0S",
    "429, soon,",
  })
  void server_that_wants_to_be_left_alone(int status, String header, Duration span)
      throws IOException {
    Replied replied = replied(replying(reply(status + " X\r\nRetry-After: " + header, "{}")));
    assertEquals(Optional.ofNullable(span), replied.retryAfter());
  }

  @Test
  void bytes_come_as_they_were_sent() throws IOException {
    assertArrayEquals(
        new byte[] {(byte) 0xff, 0, (byte) 0xfe},
        replied(replying(reply("200 OK", "\u00ff\u0000\u00fe"))).body());
  }

  @Test
  void chunked_reply_and_one_that_ends_with_its_connection_are_whole() throws IOException {
    String head = "HTTP/1.1 200 OK\r\n";
    assertEquals(
        "abc",
        text(
            replied(
                    replying(
                        head + "Transfer-Encoding: chunked\r\n\r\n1\r\na\r\n2\r\nbc\r\n0\r\n\r\n"))
                .body()));
    assertEquals("abc", text(replied(replying(head + "\r\nabc")).body()));
  }

  @Test
  void largest_body_is_still_read() throws IOException {
    String body = "x".repeat(TokenEndpoint.BODY_LIMIT);
    assertEquals(body.length(), replied(replying(reply("200 OK", body))).body().length);
  }

  private static String text(byte[] bytes) {
    return new String(bytes, ISO_8859_1);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 1 << 20})
  void larger_body_is_partial_and_its_beginning_handed_out(int more) throws IOException {
    String body = NEW + "x".repeat(TokenEndpoint.BODY_LIMIT - NEW.length() + more);
    Partial partial = partial(replying(reply("200 OK", body)), PATIENT);
    assertEquals(TokenEndpoint.BODY_LIMIT, partial.body().length);
    assertTrue(text(partial.body()).startsWith(NEW));
    assertTrue(partial.reason().contains("longer than 1048576 bytes"), partial.reason());
  }

  @Test
  void endless_body_is_not_waited_for() throws IOException {
    partial(
        connection -> {
          connection.read();
          connection.write("HTTP/1.1 200 OK\r\n\r\n");
          while (true) {
            connection.write("x".repeat(1 << 16));
          }
        },
        PATIENT);
  }

  private Partial partial(Behaviour behaviour, Limits limits) throws IOException {
    try (RawServer server = new RawServer(behaviour)) {
      Partial partial = assertInstanceOf(Partial.class, refresh(server, limits));
      assertEquals(200, partial.status());
      assertEquals(1, server.connections.size());
      assertEquals(List.of(), retries);
      return partial;
    }
  }

  @Test
  void truncated_body_is_handed_out_as_far_as_it_came() throws IOException {
    String head = "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n";
    assertEquals(NEW, text(partial(replying(head + NEW), PATIENT).body()));
    assertEquals("", text(partial(replying(head), PATIENT).body()));
    String chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n2\r\nb";
    assertTrue("ab".startsWith(text(partial(replying(chunked), PATIENT).body())));
  }

  @Test
  void slow_body_is_handed_out_as_far_as_it_came() throws IOException {
    Partial partial =
        partial(
            connection -> {
              connection.read();
              connection.write("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n" + NEW);
              connection.hang();
            },
            SHORT);
    assertEquals(NEW, text(partial.body()));
    assertEquals("no whole reply within 1500 ms", partial.reason());
  }

  @Test
  void refused_port_is_tried_three_times_and_nothing_was_sent() throws IOException {
    URI url = URI.create("http://127.0.0.1:" + FreePort.choose() + "/token");
    Answer answer = refresh(Provider.CLAUDE.withTokenUrl(url), PATIENT);
    assertEquals(List.of(1, 2), retries);
    String reason = assertInstanceOf(NotSent.class, answer).reason();
    assertTrue(reason.startsWith("no connection"), reason);
  }

  @Test
  void unknown_host_was_not_sent_to() {
    URI url = URI.create("https://credential-slots.invalid/token");
    Answer answer = refresh(Provider.CLAUDE.withTokenUrl(url), PATIENT);
    assertEquals(List.of(1, 2), retries);
    assertEquals(new NotSent("the server's name is not known here"), answer);
  }

  /** A fatal alert, handshake_failure. */
  @Test
  void refused_handshake_is_tried_three_times_and_nothing_was_sent() throws IOException {
    try (RawServer server =
        new RawServer(
            connection -> {
              connection.socket().getInputStream().read();
              connection.write(new byte[] {0x15, 3, 3, 0, 2, 2, 0x28});
              connection.socket().shutdownOutput();
              connection.socket().getInputStream().readAllBytes();
            })) {
      Answer answer = refresh(Provider.CLAUDE.withTokenUrl(server.url("https")), PATIENT);
      String reason = assertInstanceOf(NotSent.class, answer).reason();
      assertTrue(reason.startsWith("the TLS handshake failed ("), reason);
      assertEquals(3, server.connections.size());
      assertEquals(List.of(1, 2), retries);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"close at once", "close", "reset", "plain text"})
  void connection_without_tls_never_saw_the_token(String end) throws IOException {
    try (RawServer server =
        new RawServer(
            connection -> {
              if (!end.equals("close at once")) {
                connection.socket().getInputStream().read();
              }
              if (end.equals("reset")) {
                connection.reset();
              } else if (end.equals("plain text")) {
                connection.write("HTTP/1.1 400 Bad Request\r\n\r\n");
                connection.socket().shutdownOutput();
                connection.socket().getInputStream().readAllBytes();
              }
            })) {
      assertInstanceOf(
          NotSent.class, refresh(Provider.CLAUDE.withTokenUrl(server.url("https")), PATIENT));
      assertEquals(List.of(1, 2), retries);
    }
  }

  @Test
  void tls_that_never_comes_is_not_waited_for() throws IOException {
    try (RawServer server = new RawServer(connection -> connection.hang())) {
      assertInstanceOf(
          NotSent.class, refresh(Provider.CLAUDE.withTokenUrl(server.url("https")), SHORT));
    }
  }

  @Test
  void server_that_is_there_at_the_second_try_is_asked_once() throws IOException {
    int port = FreePort.choose();
    Provider provider =
        Provider.CLAUDE.withTokenUrl(URI.create("http://127.0.0.1:" + port + "/token"));
    List<RawServer> started = new ArrayList<>();
    Pauses starting =
        retry -> {
          try {
            started.add(new RawServer(port, replying(reply("200 OK", NEW))));
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
          return Duration.ofMillis(1);
        };
    Answer answer = new TokenEndpoint(provider, PATIENT, NOON, starting).refresh(TOKEN, List.of());
    try (RawServer server = started.get(0)) {
      assertInstanceOf(Replied.class, answer);
      assertEquals(1, started.size());
      assertEquals(1, server.requests.size());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"close", "reset", "garbage", "half a head"})
  void token_that_may_have_arrived_is_never_sent_again(String end) throws IOException {
    try (RawServer server =
        new RawServer(
            connection -> {
              connection.read();
              switch (end) {
                case "reset" -> connection.reset();
                case "garbage" -> connection.write(NEW + "\r\n\r\n");
                case "half a head" -> connection.write("HTTP/1.1 200 OK\r\nContent-");
                default -> {}
              }
            })) {
      assertInstanceOf(NoAnswer.class, refresh(server, PATIENT));
      assertEquals(1, server.connections.size());
      assertEquals(1, server.requests.size());
      assertEquals(List.of(), retries);
    }
  }

  /** Whether the body went out before the connection broke, only the client's side can tell. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void connection_that_is_closed_unread_is_never_counted_as_answered(boolean reset)
      throws IOException {
    try (RawServer server =
        new RawServer(
            connection -> {
              if (reset) {
                connection.reset();
              }
            })) {
      Answer answer = refresh(server, PATIENT);
      assertTrue(answer instanceof NoAnswer || answer instanceof NotSent, answer.toString());
      assertTrue(server.requests.isEmpty());
    }
  }

  @Test
  void silent_server_is_not_waited_for() throws IOException {
    try (RawServer server =
        new RawServer(
            connection -> {
              connection.read();
              connection.hang();
            })) {
      assertEquals(new NoAnswer("no whole reply within 1500 ms"), refresh(server, SHORT));
      assertEquals(1, server.connections.size());
    }
  }

  @Test
  void interrupted_caller_sends_nothing_and_stays_interrupted() throws IOException {
    try (RawServer server = new RawServer(connection -> connection.hang())) {
      Thread.currentThread().interrupt();
      Answer answer = refresh(Provider.CLAUDE.withTokenUrl(server.url("https")), SHORT);
      assertTrue(Thread.interrupted());
      assertEquals(new NotSent("interrupted"), answer);
    }
  }

  @Test
  void interrupt_after_sending_does_not_lose_the_reply() throws IOException {
    Thread caller = Thread.currentThread();
    Replied replied =
        replied(
            connection -> {
              connection.read();
              caller.interrupt();
              Thread.sleep(50);
              connection.write(reply("200 OK", NEW));
            });
    assertTrue(Thread.interrupted());
    assertEquals(NEW, text(replied.body()));
  }

  @Test
  void token_that_is_none_is_not_sent() {
    TokenEndpoint endpoint =
        new TokenEndpoint(Provider.CLAUDE, SHORT, NOON, Pauses.jittered(new Random(1)));
    assertThrows(IllegalArgumentException.class, () -> endpoint.refresh(Secret.of(""), List.of()));
    assertInstanceOf(NotSent.class, endpoint.refresh(Secret.of("canary\ud800"), List.of()));
  }

  @Test
  void no_thread_is_left_behind() throws Exception {
    replied(replying(reply("200 OK", NEW)));
    while (Thread.getAllStackTraces().keySet().stream()
        .map(Thread::getName)
        .anyMatch(
            name -> name.startsWith("HttpClient-") || name.startsWith("credential-slots-oauth"))) {
      System.gc();
      Thread.sleep(20);
    }
  }
}
