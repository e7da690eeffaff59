package dev.credslots.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the server's users may rely on. */
class OAuthServerTest {
  private final FakeLogin bob = FakeLogin.of("bob");
  private OAuthServer server;

  @BeforeEach
  void start() throws IOException {
    server = OAuthServer.start().knows(bob);
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private record Answer(int status, String body, Optional<String> retryAfter) {}

  private Answer post(String type, String body) throws IOException {
    return send(
        HttpRequest.newBuilder(server.tokenUrl())
            .header("Content-Type", type)
            .POST(HttpRequest.BodyPublishers.ofString(body)));
  }

  private static Answer send(HttpRequest.Builder request) throws IOException {
    try {
      HttpResponse<String> response =
          HttpClient.newHttpClient().send(request.build(), HttpResponse.BodyHandlers.ofString());
      return new Answer(
          response.statusCode(), response.body(), response.headers().firstValue("Retry-After"));
    } catch (InterruptedException e) {
      throw new java.io.InterruptedIOException();
    }
  }

  private Answer refresh(FakeLogin login) throws IOException {
    return post(
        "application/x-www-form-urlencoded",
        "grant_type=refresh_token&scope=a+b&refresh_token=" + login.refreshToken());
  }

  @Test
  void a_token_is_good_for_one_refresh() throws IOException {
    Answer answer = refresh(bob);
    assertEquals(200, answer.status());
    FakeLogin next = server.current("bob");
    assertEquals(bob.sequence() + 1, next.sequence());
    assertTrue(answer.body().contains(next.refreshToken()));
    assertEquals(1, server.granted("bob"));
    assertEquals("a b", server.requests().get(0).scope());

    assertEquals(400, refresh(bob).status());
    assertTrue(server.revoked("bob"));
    assertEquals(400, refresh(next).status());
    assertEquals(
        List.of(
            OAuthServer.Decision.GRANTED,
            OAuthServer.Decision.REUSED,
            OAuthServer.Decision.INVALID),
        server.requests().stream().map(OAuthServer.Request::decision).toList());
  }

  @Test
  void a_body_may_be_json_and_the_client_must_be_known() throws IOException {
    server.wanting("me");
    String body = "{\"grant_type\":\"refresh_token\",\"refresh_token\":\"" + bob.refreshToken();
    assertEquals(401, post("application/json", body + "\"}").status());
    assertEquals(200, post("application/json", body + "\",\"client_id\":\"me\"}").status());
    assertTrue(server.requests().get(1).json());
  }

  @Test
  void faults_come_one_a_request() throws IOException {
    server.next(
        OAuthServer.Fault.status(429, "slow down", "Retry-After", "7"),
        OAuthServer.Fault.ignored(),
        OAuthServer.Fault.without("refresh_token"));
    assertEquals(new Answer(429, "slow down", Optional.of("7")), refresh(bob));
    assertThrows(IOException.class, () -> refresh(bob));
    assertEquals(0, server.granted("bob"));
    Answer third = refresh(bob);
    assertEquals(200, third.status());
    assertFalse(third.body().contains("refresh_token"));
    assertEquals(200, refresh(server.current("bob")).status());
  }

  @Test
  void a_lost_reply_has_used_the_token_up() throws IOException {
    server.next(OAuthServer.Fault.replyLost(), OAuthServer.Fault.cutAfter(20));
    assertThrows(IOException.class, () -> refresh(bob));
    assertEquals(1, server.granted("bob"));
    assertThrows(IOException.class, () -> refresh(server.current("bob")));
    assertEquals(2, server.granted("bob"));
  }

  @Test
  void a_gate_holds_the_reply_back() throws Exception {
    OAuthServer.Gate gate = server.hold();
    CompletableFuture<Answer> answer =
        CompletableFuture.supplyAsync(
            () -> {
              try {
                return refresh(bob);
              } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
              }
            });
    gate.awaitProcessed();
    assertEquals(1, server.granted("bob"));
    assertFalse(answer.isDone());
    gate.release();
    assertEquals(200, answer.get(20, TimeUnit.SECONDS).status());
  }

  @Test
  void the_api_takes_tokens_that_are_good() throws IOException {
    assertEquals(200, api(bob.accessToken()));
    server.expire(bob.accessToken());
    assertEquals(401, api(bob.accessToken()));
    assertEquals(401, api("sk-ant-oat01-FAKE-nobody"));
  }

  private int api(String token) throws IOException {
    return send(HttpRequest.newBuilder(server.apiUrl()).header("Authorization", "Bearer " + token))
        .status();
  }

  @Test
  void a_client_refreshes_what_is_over_and_nothing_else(@TempDir Path temp) throws Exception {
    FakeLogin over =
        FakeLogin.builder("alice").expiresAt(Instant.now().minus(Duration.ofHours(1))).build();
    server.knows(over);
    CredentialsDirectory directory = CredentialsDirectory.create(temp.resolve("claude"));
    directory.slot("alice", over).slot("bob", bob).link("alice");
    ClientSimulator client = new ClientSimulator(directory, 1);

    assertTrue(client.refreshAt(server).isPresent());
    assertEquals(Map.of("alice", 1L), Map.of("alice", server.granted("alice")));
    assertTrue(client.refreshAt(server).isEmpty());
    assertEquals(1, server.requests().size());
  }
}
