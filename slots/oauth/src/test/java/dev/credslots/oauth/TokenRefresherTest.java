package dev.credslots.oauth;

import static dev.credslots.oauth.World.LIFE;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.credslots.ExpiryPolicy;
import dev.credslots.RefreshOutcome;
import dev.credslots.RefreshOutcome.Deferred;
import dev.credslots.RefreshOutcome.Failed;
import dev.credslots.RefreshOutcome.Refreshed;
import dev.credslots.RefreshOutcome.Refused;
import dev.credslots.RefreshOutcome.Unchanged;
import dev.credslots.RefreshOutcome.Unknown;
import dev.credslots.RefreshRequest;
import dev.credslots.SlotManager;
import dev.credslots.SwitchOutcome;
import dev.credslots.credential.SlotState;
import dev.credslots.testkit.FakeLogin;
import dev.credslots.testkit.OAuthServer.Decision;
import dev.credslots.testkit.OAuthServer.Fault;
import dev.credslots.testkit.OAuthServer.Gate;
import dev.credslots.testkit.OAuthServer.Request;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a token server's answers do to a slot, over real HTTP; its log says what was asked. */
@Timeout(120)
class TokenRefresherTest {
  private static final Duration MINUTE = Duration.ofMinutes(1);

  private final ExecutorService other = Executors.newSingleThreadExecutor();
  private World world;

  @BeforeEach
  void begin(@TempDir Path temp) throws IOException {
    world = new World(temp);
  }

  @AfterEach
  void end() {
    other.shutdownNow();
    world.close();
  }

  private <T> T refreshing(Class<T> expected) {
    RefreshOutcome outcome = world.refresh("alice");
    return assertInstanceOf(expected, outcome, outcome::toString);
  }

  private FakeLogin newest() {
    return world.server.current("alice");
  }

  private SlotState state() {
    return world.slots.freshness("alice").state();
  }

  private void assertUntouched() throws IOException {
    world.assertUntouched("alice", world.alice);
    world.assertNothingWaits();
  }

  private void assertAlice(FakeLogin before, Instant end) throws IOException {
    assertEquals(World.succeeded(before, newest(), end), world.text("alice"));
    world.assertNothingWaits();
  }

  // ---- what is asked ----

  @Test
  void a_new_token_takes_the_place_of_the_old_one() throws IOException {
    Instant end = world.clock.instant().plus(LIFE);
    assertEquals(end, refreshing(Refreshed.class).expiresAt());
    assertAlice(world.alice, end);
    assertNotEquals(world.alice.refreshToken(), world.refreshToken("alice"));
    world.assertOnDisk(world.alice); // A generation of it is kept.
    assertEquals(SlotState.FRESH, state());
    world.assertRequests(1);
  }

  @Test
  void the_request_says_who_asks_and_for_the_logins_own_scopes() {
    world.server.wanting(Provider.CLAUDE.clientId());
    assertTrue(world.refresh("alice").ok());
    assertEquals(
        List.of(
            new Request(
                "alice",
                Decision.GRANTED,
                true,
                Provider.CLAUDE.clientId(),
                "user:inference user:profile user:sessions:claude_code",
                Provider.CLAUDE.userAgent())),
        world.server.requests());
  }

  @Test
  void a_provider_may_want_a_form_and_be_told_something_else() {
    world.server.wanting("another client");
    RefreshOutcome outcome =
        world
            .refresher(
                world
                    .provider()
                    .withBody(BodyStyle.FORM)
                    .withClientId("another client")
                    .withUserAgent("tests/1 (+&=)"))
            .refresh(world.slots, "alice", RefreshRequest.now());
    assertTrue(outcome.ok(), outcome.message());
    assertEquals(newest().refreshToken(), world.refreshToken("alice"));
    Request request = world.server.requests().get(0);
    assertFalse(request.json());
    assertEquals("another client", request.clientId());
    assertEquals("tests/1 (+&=)", request.userAgent());
    assertEquals("user:inference user:profile user:sessions:claude_code", request.scope());
  }

  @Test
  void for_a_login_that_does_not_say_its_scopes_those_of_the_provider_are_asked()
      throws IOException {
    world.directory.slot("alice", world.alice.without("scopes"));
    assertTrue(world.refresh("alice").ok());
    assertEquals(
        String.join(" ", Provider.CLAUDE.scopes()), world.server.requests().get(0).scope());
  }

  @Test
  void a_slot_that_is_fresh_for_long_enough_is_not_asked_for() throws IOException {
    RefreshOutcome outcome = world.refresher.renew(world.slots, "bob");
    assertInstanceOf(Unchanged.class, outcome, outcome::toString);
    Duration almost = LIFE.minusSeconds(1);
    outcome = world.refresher.refresh(world.slots, "bob", RefreshRequest.ifWithin(almost));
    assertInstanceOf(Unchanged.class, outcome, outcome::toString);
    world.assertUntouched("bob", world.bob);
    world.assertRequests(0);

    outcome = world.refresher.refresh(world.slots, "bob", RefreshRequest.ifWithin(LIFE));
    assertInstanceOf(Refreshed.class, outcome, outcome::toString);
    world.assertRequests(1);
  }

  @ParameterizedTest
  @CsvSource({"PT5M,PT5M1S,0", "PT5M,PT5M,1", "PT1H,PT59M,1", "PT0S,PT4M,1", "PT0S,PT6M,0"})
  void the_buffer_or_the_grace_of_5_minutes_counts_whichever_is_longer(
      Duration buffer, Duration left, int requests) throws IOException {
    Instant end = world.clock.instant().plus(left);
    world.directory.slot(
        "alice", world.alice.withRaw("expiresAt", Long.toString(end.toEpochMilli())));
    TokenRefresher refresher =
        new TokenRefresher(world.provider(), buffer, world.clock, message -> {});
    RefreshOutcome outcome = refresher.renew(world.slots, "alice");
    assertTrue(outcome.ok(), outcome.message());
    world.assertRequests(requests);
  }

  @Test
  void a_buffer_is_not_negative() {
    assertThrows(
        IllegalArgumentException.class,
        () ->
            new TokenRefresher(
                world.provider(), Duration.ofSeconds(-1), world.clock, message -> {}));
  }

  @Test
  void a_switch_renews_first_if_that_is_the_policy() throws IOException {
    SlotManager renewing =
        world.manager(
            builder -> builder.expiryPolicy(ExpiryPolicy.REFRESH).renewer(world.refresher));
    SwitchOutcome outcome = renewing.switchTo("alice", "quota");
    assertTrue(outcome.ok(), outcome.message());
    assertEquals(Optional.of("alice"), world.directory.linkTarget());
    assertEquals(newest().refreshToken(), world.refreshToken("alice"));
    assertTrue(renewing.switchTo("bob", "fresh anyway").ok());
    world.assertRequests(1);
  }

  // ---- what is written ----

  @Test
  void a_reply_without_a_refresh_token_keeps_the_old_one() throws IOException {
    world.server.next(Fault.without("refresh_token"));
    refreshing(Refreshed.class);
    assertEquals(world.alice.refreshToken(), world.refreshToken("alice"));
    assertEquals(newest().accessToken(), world.accessToken("alice"));
    world.assertNothingWaits();
    world.assertRequests(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"null", "\"\"", "\"  \"", "[]", "42"})
  void a_refresh_token_that_is_none_keeps_the_old_one(String token) {
    world.server.next(Fault.with("refresh_token", token));
    refreshing(Refreshed.class);
    assertEquals(world.alice.refreshToken(), world.refreshToken("alice"));
    assertEquals(newest().accessToken(), world.accessToken("alice"));
  }

  @Test
  void without_expires_in_a_token_lives_for_8_hours() throws IOException {
    world.server.next(Fault.without("expires_in"));
    Instant end = world.clock.instant().plus(LIFE);
    assertEquals(end, refreshing(Refreshed.class).expiresAt());
    assertAlice(world.alice, end);
  }

  @ParameterizedTest
  @CsvSource({"null,28800", "3600,3600", "'\"3600\"',3600", "59.9,59", "1,1"})
  void an_expires_in_that_makes_sense_counts(String json, long seconds) throws IOException {
    world.server.next(Fault.with("expires_in", json));
    Instant end = world.clock.instant().plusSeconds(seconds);
    assertEquals(end, refreshing(Refreshed.class).expiresAt());
    assertAlice(world.alice, end);
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "-3600", "\"soon\"", "\"\"", "1e99", "true", "{}", "[]"})
  void an_expires_in_that_makes_no_sense_is_refused_and_nothing_is_lost(String json)
      throws IOException {
    world.server.next(Fault.with("expires_in", json));
    Refused refused = refreshing(Refused.class);
    assertTrue(refused.message().contains("slots stash claim alice"), refused.message());
    assertUntouched();
    assertEquals(SlotState.SUSPECT, state());
    world.assertOnDisk(world.alice, newest());

    assertTrue(world.slots.claim("alice", Optional.empty()).ok());
    assertEquals(newest().refreshToken(), world.refreshToken("alice"));
    refreshing(Refreshed.class);
    assertFalse(world.server.revoked("alice"));
    world.assertRequests(2);
  }

  @Test
  void a_refresh_token_without_an_access_token_changes_nothing_and_is_not_lost()
      throws IOException {
    world.server.next(Fault.without("access_token"));
    refreshing(Refused.class);
    assertUntouched();
    world.assertOnDisk(world.alice, newest());
    assertTrue(world.slots.claim("alice", Optional.empty()).ok());
    refreshing(Refreshed.class);
    assertFalse(world.server.revoked("alice"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{}",
        "null",
        "[]",
        "\"ok\"",
        "{\"error\":\"try later\"}",
        "{\"access_token\":\"\"}",
        "{\"access_token\":null,\"expires_in\":28800}",
        "<html><body>Log in to the hotel's network</body></html>",
        "access_token=a&refresh_token=b"
      })
  void a_reply_that_brings_no_token_changes_nothing(String body) throws IOException {
    world.server.next(Fault.status(200, body));
    refreshing(Failed.class);
    assertUntouched();
    assertEquals(SlotState.REFRESHABLE, state());
    world.assertRequests(1);

    refreshing(Refreshed.class);
  }

  @Test
  void what_else_is_in_the_file_stays_byte_for_byte() throws IOException {
    FakeLogin rich =
        world
            .alice
            .withRaw("futureKey", "[ 1.50, {\"refreshToken\" : \"not this one\"} ]")
            .withSibling("mcpOAuth", "{ \"server|1\" : {\"accessToken\":\"m\\u00e9\", \"n\":1e2} }")
            .withSibling("trustedDeviceToken", "\"device\"")
            .withSibling("unknown", "[ ]");
    world.directory.slot("alice", rich);
    refreshing(Refreshed.class);
    assertAlice(rich, world.clock.instant().plus(LIFE));
  }

  @Test
  void a_marker_and_scopes_that_the_file_lacks_are_those_of_its_lineage() throws IOException {
    refreshing(Refreshed.class);
    FakeLogin first = newest();
    // A client's refresh dropped them, as some do.
    world.directory.slot("alice", first.without("refreshTokenExpiresAt", "scopes", "expiresAt"));
    refreshing(Refreshed.class);

    assertEquals(newest().refreshToken(), world.refreshToken("alice"));
    assertEquals(
        Optional.of(Instant.ofEpochMilli(first.refreshTokenExpiresAt().toEpochMilli())),
        world.login("alice").loginExpiresAt());
    assertEquals(
        List.of("user:inference", "user:profile", "user:sessions:claude_code"),
        world.login("alice").scopes());
    assertEquals(Optional.of(world.clock.instant().plus(LIFE)), world.login("alice").expiresAt());
  }

  @Test
  void the_marker_and_scopes_of_another_login_are_not_taken() throws IOException {
    refreshing(Refreshed.class);
    FakeLogin another = newest().login();
    world.server.knows(another);
    world.directory.slot("alice", another.without("refreshTokenExpiresAt", "scopes"));
    refreshing(Refreshed.class);

    assertEquals(newest().refreshToken(), world.refreshToken("alice"));
    assertEquals(Optional.empty(), world.login("alice").loginExpiresAt());
    assertEquals(List.of(), world.login("alice").scopes());
  }

  @Test
  void only_the_file_that_was_read_is_written() throws IOException {
    world.directory.slot("carol", FakeLogin.of("carol"));
    Map<String, List<Object>> before = world.clientsFiles();
    refreshing(Refreshed.class);
    Map<String, List<Object>> after = world.clientsFiles();

    String alice = world.directory.slotFile("alice").getFileName().toString();
    assertNotEquals(before.remove(alice), after.remove(alice));
    // Ours, and new: the captured fingerprint of what was renewed.
    after.keySet().removeIf(name -> name.endsWith(".fingerprint.json"));
    assertEquals(before, after);
  }

  @Test
  void renewing_the_live_slot_leaves_the_link_and_the_identity() throws IOException {
    byte[] identity = Files.readAllBytes(world.directory.identityPath());
    assertTrue(world.refresh("bob").ok());
    assertEquals(Optional.of("bob"), world.directory.linkTarget());
    assertArrayEquals(identity, Files.readAllBytes(world.directory.identityPath()));
    assertEquals(
        World.succeeded(world.bob, world.server.current("bob"), world.clock.instant().plus(LIFE)),
        new String(world.directory.live().orElseThrow(), StandardCharsets.UTF_8));
    world.assertUntouched("alice", world.alice);
  }

  // ---- refusals ----

  @ParameterizedTest
  @CsvSource({
    "400,invalid_request",
    "400,",
    "401,invalid_client",
    "403,access_denied",
    "404,",
    "408,",
    "413,",
    "302,",
    "503,",
    "503,temporarily_unavailable"
  })
  void a_refusal_changes_nothing_and_is_not_repeated(int status, String error) throws IOException {
    String body = error == null ? "<html>no</html>" : "{\"error\":\"" + error + "\"}";
    world.server.next(Fault.status(status, body));
    Failed failed = refreshing(Failed.class);
    assertTrue(failed.message().contains(Integer.toString(status)), failed.message());
    assertTrue(error == null || failed.message().contains(error), failed.message());
    assertUntouched();
    assertEquals(SlotState.REFRESHABLE, state());
    world.assertRequests(1);

    refreshing(Refreshed.class);
  }

  @Test
  void a_login_that_its_server_ended_is_condemned_and_not_asked_for_again() throws IOException {
    FakeLogin ended = FakeLogin.builder("carol").expiresAt(world.past()).build();
    world.directory.slot("carol", ended);
    RefreshOutcome outcome = world.refresh("carol");
    assertInstanceOf(Refused.class, outcome, outcome::toString);
    assertTrue(outcome.message().contains("log in again"), outcome.message());
    assertEquals(SlotState.REJECTED, world.slots.freshness("carol").state());
    world.assertUntouched("carol", ended);

    for (int i = 0; i < 2; i++) {
      assertInstanceOf(Refused.class, world.refresh("carol"));
      assertInstanceOf(Refused.class, world.refresher.renew(world.slots, "carol"));
    }
    world.assertRequests(1);

    FakeLogin again = ended.login();
    world.server.knows(again);
    world.directory.slot("carol", world.over(again));
    assertInstanceOf(Refreshed.class, world.refresh("carol"));
    world.assertRequests(2);
  }

  /** Of a server that says so with another status of the 400s. */
  @ParameterizedTest
  @ValueSource(ints = {400, 401, 403})
  void invalid_grant_counts_with_any_status_of_a_refusal(int status) {
    world.server.next(Fault.status(status, "{\"error\":\"invalid_grant\"}"));
    refreshing(Refused.class);
    assertEquals(SlotState.REJECTED, state());
  }

  @ParameterizedTest
  @ValueSource(ints = {200, 500, 502})
  void invalid_grant_with_another_status_condemns_nothing(int status) throws IOException {
    world.server.next(Fault.status(status, "{\"error\":\"invalid_grant\"}"));
    assertFalse(world.refresh("alice").ok());
    assertUntouched();
    assertEquals(SlotState.REFRESHABLE, state());
  }

  @Test
  void invalid_grant_condemns_nothing_if_somebody_renewed_the_login_meanwhile() throws Exception {
    FakeLogin used = FakeLogin.builder("carol").expiresAt(world.past()).build();
    world.directory.slot("carol", used);
    Gate gate = world.server.hold();
    Future<RefreshOutcome> refresh = other.submit(() -> world.refresh("carol"));
    gate.awaitProcessed();
    FakeLogin theirs = used.rotate();
    world.directory.slot("carol", theirs);
    gate.release();

    RefreshOutcome outcome = refresh.get(60, TimeUnit.SECONDS);
    assertInstanceOf(Unchanged.class, outcome, outcome::toString);
    assertEquals(SlotState.FRESH, world.slots.freshness("carol").state());
    world.assertUntouched("carol", theirs);
    assertEquals(Decision.INVALID, world.server.requests().get(0).decision());
    world.assertRequests(1);
  }

  @Test
  void a_token_for_a_slot_that_somebody_wrote_meanwhile_is_not_lost() throws Exception {
    Gate gate = world.server.hold();
    Future<RefreshOutcome> refresh = other.submit(() -> world.refresh("alice"));
    gate.awaitProcessed();
    FakeLogin theirs = newest();
    FakeLogin another = FakeLogin.builder("alice").seed(7).firstSequence(50).build();
    world.directory.slot("alice", another);
    gate.release();

    RefreshOutcome outcome = refresh.get(60, TimeUnit.SECONDS);
    assertInstanceOf(Refused.class, outcome, outcome::toString);
    world.assertUntouched("alice", another);
    world.assertOnDisk(theirs, another);
    world.assertRequests(1);
  }

  // ---- to be left alone ----

  private void assertLeftAloneUntil(Instant until) throws IOException {
    assertEquals(Optional.of(until), refreshing(Deferred.class).until());
    assertUntouched();
    assertEquals(Optional.of(until), refreshing(Deferred.class).until());
    assertEquals(
        Optional.of(until),
        assertInstanceOf(Deferred.class, world.refresher.renew(world.slots, "alice")).until());
    world.clock.set(until.minusMillis(1));
    assertEquals(Optional.of(until), refreshing(Deferred.class).until());
    world.assertRequests(1);

    assertTrue(world.refresh("bob").ok(), "another login's request is its own");
    world.assertRequests(2);

    world.clock.set(until);
    refreshing(Refreshed.class);
    world.assertRequests(3);
    refreshing(Refreshed.class); // And nothing of it is left.
  }

  @ParameterizedTest
  @ValueSource(ints = {429, 503})
  void a_server_is_left_alone_for_the_seconds_it_asks(int status) throws IOException {
    world.server.next(Fault.status(status, "{}", "Retry-After", "90"));
    assertLeftAloneUntil(world.clock.instant().plusSeconds(90));
  }

  @ParameterizedTest
  @ValueSource(ints = {429, 503})
  void a_server_is_left_alone_until_the_date_it_says(int status) throws IOException {
    Instant date = world.clock.instant().plus(Duration.ofMinutes(17));
    String header = DateTimeFormatter.RFC_1123_DATE_TIME.format(date.atOffset(ZoneOffset.UTC));
    world.server.next(Fault.status(status, "busy", "Retry-After", header));
    assertLeftAloneUntil(date);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "soon", "1.5"})
  void a_429_that_does_not_say_how_long_means_a_minute(String header) throws IOException {
    world.server.next(
        header.isEmpty()
            ? Fault.status(429, "{\"error\":\"rate_limited\"}")
            : Fault.status(429, "", "Retry-After", header));
    assertLeftAloneUntil(world.clock.instant().plus(MINUTE));
  }

  @Test
  void nobody_is_left_alone_for_longer_than_an_hour() throws IOException {
    world.server.next(Fault.status(429, "", "Retry-After", "9999999999"));
    assertLeftAloneUntil(world.clock.instant().plus(Duration.ofHours(1)));
  }

  @Test
  void a_date_that_has_passed_lets_the_next_request_through() {
    world.server.next(Fault.status(429, "", "Retry-After", "Thu, 01 Jan 2015 00:00:00 GMT"));
    refreshing(Deferred.class);
    refreshing(Refreshed.class);
    world.assertRequests(2);
  }

  @Test
  void another_manager_leaves_the_server_alone_too() {
    world.server.next(Fault.status(429, "", "Retry-After", "90"));
    refreshing(Deferred.class);
    RefreshOutcome outcome =
        world
            .refresher(world.provider())
            .refresh(world.manager(builder -> builder), "alice", RefreshRequest.now());
    assertInstanceOf(Deferred.class, outcome, outcome::toString);
    world.assertRequests(1);
  }

  // ---- nobody knows ----

  @ParameterizedTest
  @ValueSource(ints = {500, 501, 502, 504, 520})
  void what_a_gateway_says_does_not_tell_what_happened_behind_it(int status) throws IOException {
    world.server.next(Fault.status(status, "{}", "Retry-After", "0"));
    Unknown unknown = refreshing(Unknown.class);
    assertTrue(unknown.message().contains("slots auth refresh alice"), unknown.message());
    assertUntouched();
    world.assertRequests(1);
  }

  @Test
  void a_server_that_hangs_up_without_a_word_is_asked_once() throws IOException {
    world.server.next(Fault.ignored());
    refreshing(Unknown.class);
    assertUntouched();
    world.assertRequests(1);

    refreshing(Refreshed.class); // It had not looked: whoever asks again finds out.
  }

  @Test
  void a_reply_that_was_lost_is_asked_for_once_and_said_to_be_lost() throws IOException {
    world.server.next(Fault.replyLost());
    Unknown unknown = refreshing(Unknown.class);
    assertTrue(unknown.message().contains("slots auth refresh alice"), unknown.message());
    assertTrue(unknown.message().contains("log in again"), unknown.message());
    assertUntouched();
    world.assertRequests(1);
    assertEquals(1, world.server.granted("alice"));
    assertFalse(world.server.revoked("alice"));
  }

  @Test
  void a_server_that_is_not_there_changes_nothing() throws IOException {
    world.server.close();
    Failed failed = refreshing(Failed.class);
    assertTrue(failed.message().contains("as it was"), failed.message());
    assertUntouched();
    assertEquals(SlotState.REFRESHABLE, state());
    world.assertRequests(0);
  }

  private static final FakeLogin NEXT = FakeLogin.builder("alice").firstSequence(2).build();
  private static final String REPLY =
      "{\"token_type\":\"Bearer\",\"access_token\":\""
          + NEXT.accessToken()
          + "\",\"refresh_token\":\""
          + NEXT.refreshToken()
          + "\",\"expires_in\":28800}";

  private static int end(String of) {
    return REPLY.indexOf(of) + of.length();
  }

  static List<Integer> beforeAnyToken() {
    return List.of(0, 1, 40, end("\"access_token\":\"sk-ant"), end(NEXT.accessToken()));
  }

  @ParameterizedTest
  @MethodSource("beforeAnyToken")
  void a_reply_that_ends_before_any_token_leaves_nobody_knowing(int bytes) throws IOException {
    world.server.next(Fault.cutAfter(bytes));
    refreshing(Unknown.class);
    assertUntouched();
    world.assertRequests(1);
  }

  static List<Integer> beforeTheRefreshToken() {
    return List.of(
        end(NEXT.accessToken()) + 1, end("\"refresh_token\":\"sk"), end(NEXT.refreshToken()));
  }

  @ParameterizedTest
  @MethodSource("beforeTheRefreshToken")
  void of_a_reply_that_ends_before_the_refresh_token_the_access_token_is_kept(int bytes)
      throws IOException {
    world.server.next(Fault.cutAfter(bytes));
    refreshing(Refused.class);
    assertUntouched();
    world.assertRequests(1);

    assertTrue(world.slots.claim("alice", Optional.empty()).ok());
    assertEquals(NEXT.accessToken(), world.accessToken("alice"));
    assertEquals(world.alice.refreshToken(), world.refreshToken("alice"));
  }

  static List<Integer> behindTheTokens() {
    return List.of(
        end(NEXT.refreshToken()) + 1, end("\"expires_in\""), end(":2880"), REPLY.length() - 1);
  }

  @ParameterizedTest
  @MethodSource("behindTheTokens")
  void of_a_reply_that_ends_behind_its_tokens_nothing_is_lost(int bytes) throws IOException {
    world.server.next(Fault.cutAfter(bytes));
    Refused refused = refreshing(Refused.class);
    assertTrue(refused.message().contains("slots stash claim alice"), refused.message());
    assertUntouched();
    world.assertOnDisk(world.alice, NEXT);
    world.assertRequests(1);

    assertTrue(world.slots.claim("alice", Optional.empty()).ok());
    assertEquals(NEXT.refreshToken(), world.refreshToken("alice"));
    refreshing(Refreshed.class);
    assertFalse(world.server.revoked("alice"));
  }

  @Test
  void the_whole_reply_is_a_new_login() {
    world.server.next(Fault.cutAfter(REPLY.length()));
    refreshing(Refreshed.class);
    assertEquals(NEXT.refreshToken(), world.refreshToken("alice"));
  }

  // ---- the client's locks ----

  private List<Path> clientsLocks() {
    Path directory = world.directory.path();
    return List.of(
        directory.resolve(".oauth_refresh.lock"),
        directory.resolveSibling(directory.getFileName() + ".lock"));
  }

  private void assertLocks(String slot, boolean expected) throws Exception {
    Gate gate = world.server.hold();
    Future<RefreshOutcome> refresh = other.submit(() -> world.refresh(slot));
    gate.awaitProcessed();
    for (Path lock : clientsLocks()) {
      assertEquals(expected, Files.isDirectory(lock), lock::toString);
    }
    assertTrue(Files.exists(world.directory.path().resolve(".slots/recovery").resolve(slot)));
    gate.release();
    assertTrue(refresh.get(60, TimeUnit.SECONDS).ok());
    for (Path lock : clientsLocks()) {
      assertFalse(Files.exists(lock), lock::toString);
    }
    world.assertNothingWaits();
  }

  @Test
  void the_clients_locks_are_held_while_the_live_slot_is_asked_for() throws Exception {
    assertLocks("bob", true);
  }

  @Test
  void the_clients_locks_are_left_alone_while_a_parked_slot_is_asked_for() throws Exception {
    assertLocks("alice", false);
  }

  @Test
  void the_clients_locks_are_let_go_whatever_happens() throws IOException {
    world.server.next(
        Fault.status(400, "{}"),
        Fault.status(500, ""),
        Fault.ignored(),
        Fault.status(400, "{\"error\":\"invalid_grant\"}"));
    for (int i = 0; i < 4; i++) {
      assertFalse(world.refresh("bob").ok());
      for (Path lock : clientsLocks()) {
        assertFalse(Files.exists(lock), lock::toString);
      }
    }
    world.assertRequests(4);
  }
}
