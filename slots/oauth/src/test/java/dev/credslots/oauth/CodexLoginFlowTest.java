package dev.credslots.oauth;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.credslots.LoginOutcome;
import dev.credslots.RefreshRequest;
import dev.credslots.SlotManager;
import dev.credslots.credential.CodexFormat;
import dev.credslots.credential.Credential;
import dev.credslots.testkit.Browser;
import dev.credslots.testkit.CredentialsDirectory;
import dev.credslots.testkit.FakeClient;
import dev.credslots.testkit.FakeLogin;
import dev.credslots.testkit.FreePort;
import dev.credslots.testkit.OAuthServer;
import dev.credslots.testkit.OAuthServer.Fault;
import dev.credslots.testkit.OAuthServer.Request;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Logins of Codex's, which differ by data alone: a form, no state in it, the account in a token.
 */
@Timeout(120)
class CodexLoginFlowTest {
  private static final Clock CLOCK = Clock.systemUTC();

  private final FakeLogin bob = FakeLogin.builder("bob").client(FakeClient.CODEX).build();
  private final FakeLogin carol = FakeLogin.builder("carol").client(FakeClient.CODEX).build();
  private final List<String> told = new ArrayList<>();
  private OAuthServer server;
  private CredentialsDirectory directory;
  private SlotManager slots;
  private Provider provider;
  private int port;

  @BeforeEach
  void bob_is_live_and_the_browser_is_carols(@TempDir Path temp) throws IOException {
    server = OAuthServer.start().knows(bob).browserOf(carol).wanting(Provider.CODEX.clientId());
    directory =
        CredentialsDirectory.create(temp.toRealPath().resolve("codex")).of(FakeClient.CODEX);
    directory.slot("bob", bob).link("bob");
    slots = SlotManager.builder(directory.path()).format(new CodexFormat()).discoverSlots().build();
    provider = Provider.CODEX.withTokenUrl(server.tokenUrl());
    port = FreePort.choose();
  }

  @AfterEach
  void nothing_secret_was_told() {
    told.add(slots.log(100).toString());
    for (String text : told) {
      assertFalse(text.contains("FAKE"), text);
    }
    server.close();
  }

  private LoginFlow flow() {
    Authorization authorization =
        Authorization.CODEX
            .withUrl(server.authorizeUrl())
            .withRedirectUri(URI.create("http://localhost:" + port + "/auth/callback"));
    return new LoginFlow(provider, authorization, CLOCK, told::add);
  }

  private LoginOutcome finish(LoginFlow flow, String slot, LoginAttempt attempt, Redirected code) {
    LoginOutcome outcome =
        flow.finish(slots, slot, attempt, assertInstanceOf(Redirected.Code.class, code), false);
    told.add(outcome.toString());
    return outcome;
  }

  private LoginOutcome logIn(String slot) throws IOException {
    LoginFlow flow = flow();
    try (LoginAttempt attempt = flow.begin()) {
      String address = Browser.agree(attempt.url()).toString();
      return finish(flow, slot, attempt, attempt.pasted(address));
    }
  }

  private void assertStored(String slot, String account) {
    FakeLogin given = server.current(account);
    Credential stored = slots.credential(slot).orElseThrow();
    assertEquals(given.accessToken(), stored.accessToken().orElseThrow().reveal());
    assertEquals(given.refreshToken(), stored.refreshToken().orElseThrow().reveal());
    assertEquals(given.email(), stored.account().orElseThrow().emailAddress().orElseThrow());
  }

  @Test
  void by_callback_whoever_else_calls() throws Exception {
    LoginFlow flow = flow();
    try (LoginAttempt attempt = flow.begin()) {
      assertEquals(Optional.empty(), attempt.listen());
      URI back = Browser.agree(attempt.url());
      String stranger = back.toString().replaceFirst("state=[^&]*", "state=somebody-elses");
      assertEquals(400, Browser.open(URI.create(stranger)).status());
      assertEquals(200, Browser.open(back).status());
      Redirected code = attempt.await(Duration.ofSeconds(20)).orElseThrow();
      LoginOutcome outcome = finish(flow, "carol", attempt, code);
      assertEquals(
          Optional.of(carol.email()),
          assertInstanceOf(LoginOutcome.LoggedIn.class, outcome, outcome::toString).account());
      assertEquals(List.of(), outcome.warnings());
    }
    assertStored("carol", "carol");
    Request request = server.requests().get(0);
    assertFalse(request.json());
    // And what was given can be renewed.
    TokenRefresher refresher =
        new TokenRefresher(provider, Duration.ofMinutes(5), CLOCK, told::add);
    assertTrue(refresher.refresh(slots, "carol", RefreshRequest.now()).ok());
    assertStored("carol", "carol");
  }

  @ParameterizedTest
  @ValueSource(strings = {"address", "code and state", "query", "code"})
  void by_every_form_of_pasting_where_the_port_is_somebodys(String form) throws Exception {
    LoginFlow flow = flow();
    InetAddress own = InetAddress.getByAddress(new byte[] {127, 0, 0, 1});
    try (ServerSocket taken = new ServerSocket(port, 1, own);
        LoginAttempt attempt = flow.begin()) {
      String why = attempt.listen().orElseThrow();
      assertTrue(why.contains(Integer.toString(taken.getLocalPort())), why);
      URI back = Browser.agree(attempt.url());
      Map<String, String> query = LoginAttemptTest.query(back);
      assertInstanceOf(
          Redirected.NotOurs.class, attempt.pasted(query.get("code") + "#somebody-elses"));
      String pasted =
          switch (form) {
            case "address" -> back.toString();
            case "code and state" -> query.get("code") + "#" + query.get("state");
            case "query" -> back.getRawQuery();
            default -> query.get("code");
          };
      assertTrue(finish(flow, "carol", attempt, attempt.pasted(pasted)).ok());
    }
    assertStored("carol", "carol");
  }

  @Test
  void another_persons_login_is_not_the_slots() throws Exception {
    LoginOutcome outcome = logIn("bob");
    assertInstanceOf(LoginOutcome.Refused.class, outcome, outcome::toString);
    assertArrayEquals(bob.credentialJson(), Files.readAllBytes(directory.slotFile("bob")));
    assertTrue(directory.tokensOnDisk().containsKey(server.current("carol").refreshToken()));
  }

  @Test
  void the_same_person_again() throws Exception {
    server.browserOf(bob);
    LoginOutcome outcome = logIn("bob");
    assertTrue(outcome.ok(), outcome.message());
    assertStored("bob", "bob");
    assertEquals(Optional.of("bob"), directory.linkTarget());
    assertTrue(directory.tokensOnDisk().containsKey(bob.refreshToken()));
  }

  @Test
  void an_id_token_that_names_nobody_is_no_persons() throws Exception {
    server.next(Fault.with("id_token", "\"opaque\""));
    LoginOutcome outcome = logIn("bob");
    assertInstanceOf(LoginOutcome.Refused.class, outcome, outcome::toString);
    assertTrue(outcome.message().contains("nobody could say"), outcome.message());
  }
}
