package dev.credslots.oauth;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.credslots.RefreshOutcome;
import dev.credslots.credential.Secret;
import dev.credslots.testkit.FakeLogin;
import dev.credslots.testkit.OAuthServer.Fault;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Calls with a slot's token, at an API that looks at it. */
@Timeout(120)
class WithTokenTest {
  private final HttpClient http = HttpClient.newHttpClient();
  private final List<String> used = new ArrayList<>();
  private World world;

  @BeforeEach
  void begin(@TempDir Path temp) throws IOException {
    world = new World(temp);
  }

  @AfterEach
  void end() {
    world.close();
  }

  /** What an HTTP library throws. */
  public static final class ApiException extends Exception {
    private static final long serialVersionUID = 1L;
    private final int status;

    ApiException(int status) {
      super("the call failed");
      this.status = status;
    }

    public int statusCode() {
      return status;
    }
  }

  private String api(Secret token) throws Exception {
    used.add(token.reveal());
    HttpResponse<String> response =
        http.send(
            HttpRequest.newBuilder(world.server.apiUrl())
                .header("Authorization", "Bearer " + token.reveal())
                .build(),
            HttpResponse.BodyHandlers.ofString());
    if (response.statusCode() != 200) {
      throw new ApiException(response.statusCode());
    }
    return response.body();
  }

  private String call(String slot) throws Exception {
    return world.refresher.withToken(world.slots, slot, this::api);
  }

  private void assertUsed(FakeLogin... generations) {
    assertEquals(List.of(generations).stream().map(FakeLogin::accessToken).toList(), used);
  }

  @Test
  void a_token_that_is_good_is_used_as_it_is() throws Exception {
    assertEquals("{\"ok\":true}", call("bob"));
    assertUsed(world.bob);
    world.assertRequests(0);
  }

  @Test
  void a_token_that_is_over_is_renewed_before() throws Exception {
    assertEquals("{\"ok\":true}", call("alice"));
    assertUsed(world.server.current("alice"));
    world.assertRequests(1);
  }

  @Test
  void a_token_that_the_server_refuses_is_renewed_and_the_call_made_once_more() throws Exception {
    world.server.expire(world.bob.accessToken());
    assertEquals("{\"ok\":true}", call("bob"));
    assertUsed(world.bob, world.server.current("bob"));
    world.assertRequests(1);

    assertEquals("{\"ok\":true}", call("bob"));
    world.assertRequests(1);
  }

  @Test
  void the_message_alone_may_say_that_it_was_refused() throws Exception {
    String answer =
        world.refresher.withToken(
            world.slots,
            "bob",
            token -> {
              if (token.reveal().equals(world.bob.accessToken())) {
                throw new IOException("API Error: 401 {\"type\":\"error\"}");
              }
              return "done";
            });
    assertEquals("done", answer);
    world.assertRequests(1);
  }

  @Test
  void a_call_that_is_refused_twice_fails_with_the_second_refusal() {
    List<ApiException> failures = new ArrayList<>();
    ApiException thrown =
        assertThrows(
            ApiException.class,
            () ->
                world.refresher.withToken(
                    world.slots,
                    "bob",
                    token -> {
                      used.add(token.reveal());
                      failures.add(new ApiException(401));
                      throw failures.get(failures.size() - 1);
                    }));
    assertEquals(2, failures.size());
    assertSame(failures.get(1), thrown);
    assertUsed(world.bob, world.server.current("bob"));
    world.assertRequests(1);
  }

  @ParameterizedTest
  @ValueSource(ints = {400, 402, 403, 404, 429, 500})
  void another_failure_is_the_callers(int status) throws IOException {
    ApiException failure = new ApiException(status);
    ApiException thrown =
        assertThrows(
            ApiException.class,
            () ->
                world.refresher.withToken(
                    world.slots,
                    "bob",
                    token -> {
                      used.add(token.reveal());
                      throw failure;
                    }));
    assertSame(failure, thrown);
    assertUsed(world.bob);
    world.assertUntouched("bob", world.bob);
    world.assertRequests(0);
  }

  /** One that the call throws once, whatever its token. */
  private ApiException callRefused(String slot) {
    ApiException failure = new ApiException(401);
    ApiException thrown =
        assertThrows(
            ApiException.class,
            () ->
                world.refresher.withToken(
                    world.slots,
                    slot,
                    token -> {
                      used.add(token.reveal());
                      throw failure;
                    }));
    assertSame(failure, thrown);
    return thrown;
  }

  @ParameterizedTest
  @ValueSource(ints = {400, 403, 429, 500, 503})
  void without_a_new_token_the_first_refusal_is_the_callers(int status) throws IOException {
    world.server.next(Fault.status(status, "{}"));
    callRefused("bob");
    assertUsed(world.bob);
    world.assertUntouched("bob", world.bob);
    world.assertRequests(1);
  }

  @Test
  void a_login_that_is_over_is_the_first_refusal_too() throws IOException {
    FakeLogin carol = FakeLogin.of("carol");
    world.directory.slot("carol", carol);
    callRefused("carol");
    assertUsed(carol);
    world.assertRequests(1);
  }

  /** The old token may be good all the same: clocks are wrong, and ends are estimates. */
  @Test
  void a_token_that_could_not_be_renewed_before_is_used() throws Exception {
    world.server.next(Fault.status(400, "{}"));
    assertEquals("{\"ok\":true}", call("alice"));
    assertUsed(world.alice);
    world.assertRequests(1);
  }

  @Test
  void a_refresh_token_whose_reply_was_lost_is_not_posted_again_by_itself() {
    world.server.next(Fault.replyLost());
    callRefused("alice");
    assertUsed(world.alice);
    world.assertRequests(1);
    assertFalse(world.server.revoked("alice"));
  }

  @Test
  void what_another_thread_renewed_meanwhile_is_not_asked_for_again() throws Exception {
    ExecutorService other = Executors.newSingleThreadExecutor();
    try {
      world.server.expire(world.bob.accessToken());
      String answer =
          world.refresher.withToken(
              world.slots,
              "bob",
              token -> {
                if (used.isEmpty()) {
                  RefreshOutcome theirs =
                      other.submit(() -> world.refresh("bob")).get(60, TimeUnit.SECONDS);
                  assertEquals(true, theirs.ok(), theirs::message);
                }
                return api(token);
              });
      assertEquals("{\"ok\":true}", answer);
      assertUsed(world.bob, world.server.current("bob"));
      world.assertRequests(1);
    } finally {
      other.shutdownNow();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"nobody", "../bob"})
  void a_slot_that_is_not_there_has_no_token(String slot) {
    NoTokenException thrown = assertThrows(NoTokenException.class, () -> call(slot));
    assertEquals("slot " + slot + " has no access token; log in again", thrown.getMessage());
    assertEquals(List.of(), used);
    world.assertRequests(0);
  }

  @Test
  void a_slot_that_a_client_wiped_has_no_token() throws IOException {
    world.directory.slot("alice", world.alice.wipedJson());
    assertThrows(NoTokenException.class, () -> call("alice"));
    assertEquals(List.of(), used);
    world.assertRequests(0);
  }
}
