package dev.credslots.oauth;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.credslots.LoginOutcome;
import dev.credslots.SlotManager;
import dev.credslots.credential.Credential;
import dev.credslots.credential.Secret;
import dev.credslots.testkit.Browser;
import dev.credslots.testkit.FakeLogin;
import dev.credslots.testkit.FreePort;
import dev.credslots.testkit.OAuthServer.Decision;
import dev.credslots.testkit.OAuthServer.Fault;
import dev.credslots.testkit.OAuthServer.Request;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Logins against a server that checks PKCE and takes a code once. */
@Timeout(120)
class LoginFlowTest {
  private static final FakeLogin CAROL = FakeLogin.of("carol");

  private final List<String> told = new ArrayList<>();
  private World world;
  private SlotManager slots;
  private Authorization authorization;

  @BeforeEach
  void bob_is_on_record(@TempDir Path temp) throws IOException {
    world = new World(temp);
    slots = world.manager(builder -> builder.onEvent(event -> told.add(event.toString())));
    assertTrue(slots.capture("bob").ok());
    authorization =
        Authorization.CLAUDE
            .withUrl(world.server.authorizeUrl())
            .withProfileUrl(world.server.profileUrl())
            .withRedirectUri(URI.create("http://localhost:" + FreePort.choose() + "/callback"));
  }

  /** Whatever happens, nobody is told a token, a code or a verifier. */
  @AfterEach
  void nothing_secret_was_told() throws IOException {
    told.add(slots.log(100).toString());
    told.add(slots.diagnose().toString());
    Path journal = world.directory.path().resolve(".slots/journal.jsonl");
    told.add(Files.readString(journal));
    for (String text : told) {
      assertFalse(text.contains("FAKE"), text);
    }
    world.close();
  }

  private LoginFlow flow() {
    return new LoginFlow(world.provider(), authorization, world.clock, told::add);
  }

  private LoginOutcome heard(LoginOutcome outcome) {
    told.add(outcome.toString());
    told.add(outcome.message());
    return outcome;
  }

  /** What the browser is sent to. */
  private URI agreed(LoginAttempt attempt) throws IOException {
    return Browser.agree(attempt.url());
  }

  private LoginOutcome logIn(String slot, boolean accept) throws IOException {
    LoginFlow flow = flow();
    try (LoginAttempt attempt = flow.begin()) {
      Redirected redirected = attempt.pasted(agreed(attempt).toString());
      Redirected.Code code = assertInstanceOf(Redirected.Code.class, redirected);
      return heard(flow.finish(slots, slot, attempt, code, accept));
    }
  }

  private FakeLogin assertStored(String slot, String account) throws IOException {
    FakeLogin given = world.server.current(account);
    Credential stored = world.login(slot);
    assertEquals(given.accessToken(), stored.accessToken().orElseThrow().reveal());
    assertEquals(given.refreshToken(), stored.refreshToken().orElseThrow().reveal());
    world.assertNothingWaits();
    return given;
  }

  @Test
  void by_callback() throws Exception {
    world.server.browserOf(CAROL);
    LoginFlow flow = flow();
    try (LoginAttempt attempt = flow.begin()) {
      attempt.listen();
      URI back = agreed(attempt);
      assertEquals(200, Browser.open(back).status());
      Redirected.Code code = (Redirected.Code) attempt.await(Duration.ofSeconds(20)).orElseThrow();
      assertTrue(heard(flow.finish(slots, "carol", attempt, code, false)).ok());
    }
    FakeLogin given = assertStored("carol", "carol");
    Credential login = world.login("carol");
    assertEquals(world.clock.instant().plus(World.LIFE), login.expiresAt().orElseThrow());
    Instant end = given.refreshTokenExpiresAt();
    assertTrue(Duration.between(login.loginExpiresAt().orElseThrow(), end).abs().toSeconds() < 60);
    assertEquals("max", login.subscriptionType().orElseThrow());
    assertEquals("default_claude_max_20x", login.rateLimitTier().orElseThrow());
    Request request = world.server.requests().get(0);
    assertEquals(Decision.GRANTED, request.decision());
    assertTrue(request.json());
    assertEquals(Provider.CLAUDE.clientId(), request.clientId());
    // And what was given can be renewed.
    assertTrue(world.refresh("carol").ok());
    assertStored("carol", "carol");
  }

  @ParameterizedTest
  @ValueSource(strings = {"address", "code and state", "query", "code"})
  void by_every_form_of_pasting(String form) throws Exception {
    world.server.browserOf(CAROL);
    LoginFlow flow = flow();
    try (LoginAttempt attempt = flow.begin()) {
      URI back = agreed(attempt);
      Map<String, String> query = LoginAttemptTest.query(back);
      String pasted =
          switch (form) {
            case "address" -> back.toString();
            case "code and state" -> query.get("code") + "#" + query.get("state");
            case "query" -> back.getRawQuery();
            default -> query.get("code");
          };
      Redirected.Code code = (Redirected.Code) attempt.pasted(pasted);
      assertTrue(heard(flow.finish(slots, "carol", attempt, code, false)).ok());
    }
    assertStored("carol", "carol");
  }

  @Test
  void the_same_person_again_and_the_old_login_is_kept() throws Exception {
    world.server.browserOf(world.bob);
    LoginOutcome.LoggedIn outcome =
        assertInstanceOf(LoginOutcome.LoggedIn.class, logIn("bob", false));
    assertFalse(outcome.added());
    assertEquals("bob@example.test", outcome.account().orElseThrow());
    assertStored("bob", "bob");
    world.assertOnDisk(world.bob);
    assertEquals(1, slots.status().slots().stream().filter(slot -> slot.active()).count());
  }

  @Test
  void another_persons_login_is_not_the_slots_unless_it_is_accepted() throws Exception {
    world.server.browserOf(CAROL);
    byte[] before = world.bytes("bob");
    LoginOutcome.Refused refused =
        assertInstanceOf(LoginOutcome.Refused.class, logIn("bob", false));
    assertTrue(refused.message().contains("carol@example.test"), refused.message());
    assertArrayEquals(before, world.bytes("bob"));
    world.assertOnDisk(world.server.current("carol"));
    world.assertNothingWaits();

    assertTrue(logIn("bob", true).ok());
    assertStored("bob", "carol");
  }

  @Test
  void a_code_of_another_attempt_is_worth_nothing() throws Exception {
    world.server.browserOf(CAROL);
    LoginFlow flow = flow();
    try (LoginAttempt own = flow.begin();
        LoginAttempt strangers = flow.begin()) {
      String code = LoginAttemptTest.query(agreed(strangers)).get("code");
      Redirected.Code injected = (Redirected.Code) own.pasted(code);
      LoginOutcome outcome = heard(flow.finish(slots, "carol", own, injected, false));
      assertInstanceOf(LoginOutcome.Refused.class, outcome);
      assertTrue(outcome.message().contains("invalid_grant"), outcome.message());
    }
    assertFalse(Files.exists(world.directory.slotFile("carol")));
    world.assertNothingWaits();
  }

  @Test
  void a_code_is_sent_once() throws Exception {
    world.server.browserOf(CAROL).next(Fault.replyLost());
    LoginOutcome outcome = logIn("carol", false);
    assertInstanceOf(LoginOutcome.Failed.class, outcome, outcome::toString);
    assertTrue(outcome.message().contains("no answer came"), outcome.message());
    world.assertRequests(1);
    assertFalse(world.server.revoked("carol"));
  }

  static Stream<Arguments> errors() {
    return Stream.of(
        Arguments.of(LoginOutcome.Failed.class, Fault.status(500, "oops")),
        Arguments.of(LoginOutcome.Failed.class, Fault.ignored()),
        Arguments.of(LoginOutcome.Failed.class, Fault.status(302, "", "Location", "/elsewhere")),
        Arguments.of(LoginOutcome.Failed.class, Fault.body("<html>")),
        Arguments.of(
            LoginOutcome.Refused.class, Fault.status(400, "{\"error\":\"invalid_grant\"}")),
        Arguments.of(LoginOutcome.Refused.class, Fault.status(403, "no")),
        Arguments.of(LoginOutcome.Deferred.class, Fault.status(429, "{}", "Retry-After", "60")),
        Arguments.of(LoginOutcome.Deferred.class, Fault.status(503, "")));
  }

  @ParameterizedTest
  @MethodSource("errors")
  void a_server_that_gives_no_login_leaves_the_slot_as_it_was(
      Class<? extends LoginOutcome> expected, Fault fault) throws Exception {
    world.server.browserOf(world.bob).next(fault);
    byte[] before = world.bytes("bob");
    LoginOutcome outcome = logIn("bob", false);
    assertInstanceOf(expected, outcome, outcome::toString);
    assertEquals(java.util.Optional.empty(), outcome.stashed());
    assertArrayEquals(before, world.bytes("bob"));
    world.assertNothingWaits();
  }

  static Stream<Fault> halves() {
    return Stream.of(
        Fault.without("access_token"), Fault.with("expires_in", "\"soon\""), Fault.cutAfter(220));
  }

  @ParameterizedTest
  @MethodSource("halves")
  void half_an_answer_is_kept_for_a_person(Fault fault) throws Exception {
    world.server.browserOf(world.bob).next(fault);
    byte[] before = world.bytes("bob");
    LoginOutcome outcome = logIn("bob", false);
    assertTrue(outcome.stashed().isPresent(), outcome.toString());
    assertArrayEquals(before, world.bytes("bob"));
    world.assertNothingWaits();
  }

  static Stream<Fault> silent() {
    return Stream.of(
        Fault.status(401, "{}"),
        Fault.status(500, ""),
        Fault.status(200, "{}"),
        Fault.status(200, "[]"),
        Fault.status(200, "{\"account\":{\"email\":\"x@example.test\"}}"),
        Fault.status(200, "{\"account\":{\"uuid\":7}}"),
        Fault.replyLost(),
        Fault.cutAfter(20));
  }

  @ParameterizedTest
  @MethodSource("silent")
  void where_nobody_says_whose_it_is_a_slot_on_record_does_not_get_it(Fault fault)
      throws Exception {
    // Twice as many: the client asks again by itself where a connection broke.
    world.server.browserOf(CAROL).nextProfile(fault, fault, fault, fault);
    LoginOutcome refused = logIn("bob", false);
    assertInstanceOf(LoginOutcome.Refused.class, refused, refused::toString);
    world.assertUntouched("bob", world.bob);
    world.assertOnDisk(world.server.current("carol"));

    LoginOutcome added = logIn("carol", false);
    assertTrue(added.ok(), added.message());
    assertEquals(
        List.of("profile", "account-unknown"),
        added.warnings().stream().map(warning -> warning.code()).toList());
    assertStored("carol", "carol");
  }

  @Test
  void a_provider_that_names_nobody_is_asked_nothing() throws Exception {
    world.server.browserOf(CAROL);
    authorization =
        new Authorization(
            authorization.url(),
            authorization.redirectUri(),
            Map.of(),
            true,
            java.util.Optional.empty());
    assertTrue(logIn("carol", false).ok());
    assertStored("carol", "carol");
  }

  @Test
  void nobody_is_asked_where_the_slot_cannot_be() throws Exception {
    LoginFlow flow = flow();
    try (LoginAttempt attempt = flow.begin()) {
      Redirected.Code code = new Redirected.Code(Secret.of("c"));
      LoginOutcome outcome = heard(flow.finish(slots, "a/b", attempt, code, false));
      assertInstanceOf(LoginOutcome.Refused.class, outcome);
    }
    world.assertRequests(0);
  }
}
