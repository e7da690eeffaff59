package dev.credslots;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.credslots.credential.AccountProfile;
import dev.credslots.credential.IdentityBlock;
import dev.credslots.verdict.IdentityState;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Logins, without a network: where a reply goes, whose it may be, and what a crash leaves. */
class LoginTransactionTest {
  private static final String REPLY =
      "{\"access_token\":\"at-new\",\"refresh_token\":\"new\",\"expires_in\":28800,"
          + "\"refresh_token_expires_in\":2419200,\"scope\":\"user:inference user:profile\"}";
  private static final String NEW_FILE =
      "{\"claudeAiOauth\":{\"accessToken\":\"at-new\",\"refreshToken\":\"new\",\"expiresAt\":"
          + World.NOW.plusSeconds(8 * World.HOUR).toEpochMilli()
          + ",\"refreshTokenExpiresAt\":"
          + World.NOW.plus(Duration.ofDays(28)).toEpochMilli()
          + ",\"scopes\":[\"user:inference\",\"user:profile\"]";

  private World world;
  private SlotManager slots;

  @BeforeEach
  void three_slots_of_which_bob_is_on_record(@TempDir Path temp) throws IOException {
    world = World.realTrio(Files.createDirectory(temp.toRealPath().resolve("claude")));
    slots = world.discovering();
    logInWithClient("bob");
    assertTrue(slots.capture("bob").ok());
  }

  private Path identity() {
    return world.directory.resolve(".claude.json");
  }

  /** As a client's identity file says it. */
  private void logInWithClient(String person) throws IOException {
    Files.writeString(identity(), "{\"oauthAccount\":" + block(person) + "}");
  }

  private static String block(String person) {
    return "{\"accountUuid\":\"id-"
        + person
        + "\",\"emailAddress\":\""
        + person
        + "@example.test\",\"organizationUuid\":\"org\",\"seen\":\"by the client\"}";
  }

  private static Optional<AccountProfile> profile(String person) {
    String told = block(person).replace("by the client", "by the provider");
    return IdentityBlock.of(told)
        .map(
            account ->
                new AccountProfile(account, Optional.of("max"), Optional.of("default_max_20x")));
  }

  private LoginTransaction begin(String slot) {
    LoginStart start = slots.beginLogin(slot, message -> {});
    return assertInstanceOf(LoginStart.Begun.class, start, start::toString).transaction();
  }

  private LoginOutcome logIn(String slot, Optional<AccountProfile> whose, boolean accept) {
    return logIn(slot, REPLY, whose, accept);
  }

  private LoginOutcome logIn(
      String slot, String reply, Optional<AccountProfile> whose, boolean accept) {
    try (LoginTransaction login = begin(slot)) {
      login.received(reply.getBytes(StandardCharsets.UTF_8));
      return login.commit(whose, accept);
    }
  }

  private static LoginOutcome.LoggedIn done(LoginOutcome outcome) {
    return assertInstanceOf(LoginOutcome.LoggedIn.class, outcome, outcome::toString);
  }

  private static LoginOutcome.Refused refused(LoginOutcome outcome) {
    return assertInstanceOf(LoginOutcome.Refused.class, outcome, outcome::toString);
  }

  private Optional<String> account(String slot) {
    return slots.status().slots().stream()
        .filter(one -> one.name().equals(slot))
        .findFirst()
        .orElseThrow()
        .account();
  }

  private static List<String> codes(List<Warning> warnings) {
    return warnings.stream().map(Warning::code).toList();
  }

  private void assertNothingWaits() throws IOException {
    try (var files = Files.list(world.own("recovery"))) {
      assertEquals(List.of(), files.toList());
    }
    world.assertNoTemporaryFile();
  }

  @Test
  void a_new_slot_gets_the_login_and_its_account() throws IOException {
    LoginOutcome.LoggedIn outcome = done(logIn("carol", profile("carol"), false));

    assertTrue(outcome.added());
    assertEquals(Optional.of("carol@example.test"), outcome.account());
    assertEquals(World.NOW.plusSeconds(8 * World.HOUR), outcome.expiresAt());
    assertEquals(
        NEW_FILE + ",\"subscriptionType\":\"max\",\"rateLimitTier\":\"default_max_20x\"}}",
        world.content("carol"));
    assertEquals(
        "rw-------",
        PosixFilePermissions.toString(Files.getPosixFilePermissions(world.file("carol"))));
    assertEquals(Optional.of("carol@example.test"), account("carol"));
    assertEquals(IdentityState.MATCH, slots.detectIdentityDrift("carol").state());
    assertEquals("bob", world.linked());
    assertEquals("logged-in", slots.log(1).get(0).outcome());
    assertTrue(world.events.contains(new SlotEvent.Added(World.NOW, "carol")));
    assertEquals(List.of(), outcome.warnings());
    assertNothingWaits();
    assertTrue(slots.switchTo("carol", "test").ok());
    assertTrue(Files.readString(identity()).contains("carol@example.test"));
  }

  @Test
  void a_login_of_the_same_account_replaces_the_old_one_which_is_kept() throws IOException {
    String before =
        World.fresh("bob-2")
            .replace(
                "\"expiresAt\"",
                "\"subscriptionType\":\"pro\",\"refreshTokenExpiresAt\":1790000000000,"
                    + "\"expiresAt\"")
            .replace(
                "\"mcpOAuth\":{}",
                "\"mcpOAuth\":{\"server\":1},\"trustedDeviceToken\":\"the old login's\"");
    world.slot("bob", before);
    assertTrue(slots.capture("bob").ok());
    AccountProfile silent =
        new AccountProfile(
            profile("bob").orElseThrow().account(), Optional.empty(), Optional.empty());

    LoginOutcome.LoggedIn outcome = done(logIn("bob", Optional.of(silent), false));

    assertFalse(outcome.added());
    assertEquals(
        NEW_FILE + ",\"subscriptionType\":\"pro\"},\"mcpOAuth\":{\"server\":1}}",
        world.content("bob"));
    world.assertTokens("bob-1", "bob-2", "new");
    assertEquals(IdentityState.MATCH, slots.detectIdentityDrift("bob").state());
    assertTrue(slots.restore("bob", Optional.empty()).ok());
    assertEquals(before, world.content("bob"));
  }

  @Test
  void what_a_client_recorded_of_the_account_stays_as_it_was() throws IOException {
    done(logIn("bob", profile("bob"), false));
    assertTrue(slots.switchTo("erik", "test").ok());
    Files.writeString(identity(), "{}");
    assertTrue(slots.switchTo("bob", "test").ok());
    assertTrue(Files.readString(identity()).contains("by the client"));
  }

  @Test
  void a_login_of_another_account_goes_to_the_stash_and_the_slot_is_as_it_was() throws IOException {
    String before = world.content("bob");

    LoginOutcome.Refused outcome = refused(logIn("bob", profile("carol"), false));

    assertEquals(before, world.content("bob"));
    assertTrue(outcome.message().contains("carol@example.test"), outcome.message());
    assertTrue(outcome.message().contains("bob@example.test"), outcome.message());
    Kept.Stashed stashed = slots.kept(Optional.empty()).stash().get(0);
    assertEquals(Optional.of(stashed.sha256()), outcome.stashed());
    assertEquals(Optional.of("bob@example.test"), account("bob"));
    assertTrue(slots.freshness("bob").fresh());
    assertNothingWaits();
    assertTrue(slots.claim("carol", outcome.stashed()).ok());
    assertEquals(NEW_FILE + "}}", world.content("carol"));
  }

  @Test
  void one_that_is_accepted_is_the_slots_and_the_old_login_no_evidence_any_more()
      throws IOException {
    done(logIn("bob", profile("carol"), true));

    assertEquals(Optional.of("carol@example.test"), account("bob"));
    assertTrue(Files.readString(identity()).contains("carol@example.test"));
    world.assertTokens("bob-1", "new");
    // The old session goes on, and writes the old login back.
    world.clientWrites(World.fresh("bob-1"));
    HealOutcome healed = slots.heal();
    assertEquals(
        "new", slots.credential("bob").orElseThrow().refreshToken().orElseThrow().reveal());
    assertInstanceOf(HealOutcome.Stashed.class, healed, healed::toString);
  }

  @Test
  void nobody_knows_whose_it_is() throws IOException {
    String before = world.content("bob");
    LoginOutcome.Refused refused = refused(logIn("bob", Optional.empty(), false));
    assertEquals(before, world.content("bob"));
    assertTrue(refused.stashed().isPresent());

    // A slot that is on record as nobody's, and a new one, have nothing to compare with.
    LoginOutcome.LoggedIn old = done(logIn("alice", Optional.empty(), false));
    assertEquals(List.of("account-unknown"), codes(old.warnings()));
    LoginOutcome.LoggedIn added =
        done(logIn("carol", REPLY.replace("new", "newer"), Optional.empty(), false));
    assertEquals(List.of("account-unknown"), codes(added.warnings()));

    done(logIn("bob", REPLY.replace("new", "newest"), Optional.empty(), true));
    assertEquals(Optional.empty(), account("bob"));
  }

  @Test
  void a_login_that_another_slot_has_the_account_of_is_somebody_elses() throws IOException {
    assertTrue(refused(logIn("carol", profile("bob"), false)).message().contains("slot bob"));
    assertFalse(Files.exists(world.file("carol")));
    assertTrue(refused(logIn("alice", profile("bob"), false)).message().contains("slot bob"));
    assertEquals(World.fresh("alice-1"), world.content("alice"));
    done(logIn("alice", profile("bob"), true));
    // Both are on record as bob's now, and both can log in again.
    done(logIn("bob", REPLY.replace("new", "newer"), profile("bob"), false));
  }

  @Test
  void a_live_slot_changes_under_its_clients_locks_and_is_seen_to() throws IOException {
    long before = Files.getLastModifiedTime(world.live).toMillis();
    done(logIn("bob", profile("bob"), false));
    assertNotEquals(before, Files.getLastModifiedTime(world.live).toMillis());
    assertEquals("bob", world.linked());

    Files.createDirectory(world.directory.resolve(".oauth_refresh.lock"));
    SlotManager impatient =
        world.manager(builder -> builder.discoverSlots().lockTimeout(Duration.ofMillis(50)));
    LoginStart start = impatient.beginLogin("bob", message -> {});
    try (LoginTransaction login = ((LoginStart.Begun) start).transaction()) {
      login.received(REPLY.replace("new", "newer").getBytes(StandardCharsets.UTF_8));
      LoginOutcome outcome = login.commit(profile("bob"), false);
      assertInstanceOf(LoginOutcome.Deferred.class, outcome, outcome::toString);
      assertTrue(outcome.stashed().isPresent());
    }
    assertEquals(
        "new", slots.credential("bob").orElseThrow().refreshToken().orElseThrow().reveal());
    world.assertTokens("newer");
    // Another slot's login does not wait for the client of this one.
    done(logIn("alice", REPLY.replace("new", "newest"), profile("alice"), false));
    assertNothingWaits();
  }

  @Test
  void killed_with_the_reply_in_hand_the_next_command_puts_it_in_the_stash() throws IOException {
    try (LoginTransaction login = begin("bob")) {
      login.received(REPLY.getBytes(StandardCharsets.UTF_8));
    }
    ChangeOutcome next = slots.capture("erik");

    assertEquals(List.of("adopted"), codes(next.warnings()));
    assertTrue(next.warnings().get(0).message().contains("slots stash claim bob --entry"));
    assertEquals(World.fresh("bob-1"), world.content("bob"));
    world.assertTokens("new");
    assertTrue(slots.freshness("bob").fresh());
    assertNothingWaits();
    assertTrue(
        slots.claim("bob", Optional.of(slots.kept(Optional.empty()).stash().get(0).sha256())).ok());
  }

  @Test
  void killed_once_it_is_stored_the_next_command_finds_it_there() throws IOException {
    byte[] waiting;
    try (LoginTransaction login = begin("bob")) {
      login.received(REPLY.getBytes(StandardCharsets.UTF_8));
      waiting = Files.readAllBytes(world.own("recovery").resolve("bob"));
      done(login.commit(profile("bob"), false));
    }
    Files.write(world.own("recovery").resolve("bob"), waiting);
    ChangeOutcome next = slots.capture("erik");
    assertEquals(List.of("adopted"), codes(next.warnings()));
    assertEquals(List.of(), slots.kept(Optional.empty()).stash());
    assertNothingWaits();
  }

  @Test
  void killed_between_the_file_and_its_record_the_next_command_finishes() throws IOException {
    String login = NEW_FILE + "}}";
    world.begun("login", "bob", "slot", "carol", "target", World.bytes(login));
    world.slot("carol", login);
    assertTrue(slots.capture("erik").ok());
    assertEquals(IdentityState.MATCH, slots.detectIdentityDrift("carol").state());
    assertEquals("finished", slots.log(2).get(0).outcome());
  }

  @Test
  void killed_before_an_answer_there_is_nothing_to_say() throws IOException {
    byte[] allocated;
    try (LoginTransaction login = begin("bob")) {
      allocated = Files.readAllBytes(world.own("recovery").resolve(login.slot()));
    }
    Files.write(world.own("recovery").resolve("bob"), allocated);
    assertEquals(List.of(), slots.capture("erik").warnings());
    assertNothingWaits();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "{}", "<html>", "{\"error\":\"x\"}"})
  void a_reply_without_a_login_is_none(String reply) throws IOException {
    LoginOutcome outcome = logIn("bob", reply, profile("bob"), false);
    assertInstanceOf(LoginOutcome.Failed.class, outcome, outcome::toString);
    assertEquals(World.fresh("bob-1"), world.content("bob"));
    assertNothingWaits();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"refresh_token\":\"new\"}",
        "{\"access_token\":\"at-new\",\"refresh_token\":\"new\",\"expires_in\":\"soon\"}",
        "{\"access_token\":\"at-new\",\"refresh_token\":\"new\",\"expi"
      })
  void a_reply_that_makes_no_sense_is_for_a_person_to_judge(String reply) throws IOException {
    LoginOutcome.Refused outcome = refused(logIn("bob", reply, profile("bob"), true));
    assertTrue(outcome.stashed().isPresent());
    assertEquals(World.fresh("bob-1"), world.content("bob"));
    world.assertTokens("new");
  }

  @Test
  void a_live_file_of_the_slot_is_brought_home_first() throws IOException {
    world.clientWrites(World.fresh("bob-1").replace("mcpOAuth", "other"));
    LoginOutcome.LoggedIn outcome = done(logIn("bob", profile("bob"), false));
    assertEquals(List.of("healed"), codes(outcome.warnings()));
    assertEquals("bob", world.linked());
    assertEquals(
        "new", slots.credential("bob").orElseThrow().refreshToken().orElseThrow().reveal());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a/b", "tmp", "lock", "bak", "x.lock"})
  void names_that_cannot_be_a_slots(String name) throws IOException {
    assertTrue(slots.loginRefusal(name).isPresent());
    assertInstanceOf(LoginStart.Ended.class, slots.beginLogin(name, message -> {}));
  }

  @Test
  void what_is_there_and_no_file_is_refused_before_anything_is_asked() throws IOException {
    Files.createDirectory(world.file("carol"));
    assertTrue(slots.loginRefusal("carol").isPresent());
    assertInstanceOf(LoginStart.Ended.class, slots.beginLogin("carol", message -> {}));
    assertEquals(Optional.empty(), slots.loginRefusal("dave"));
  }

  @Test
  void a_directory_that_is_not_there_is_made_for_its_owner_alone() throws IOException {
    Path directory = world.directory.resolveSibling("new").resolve("claude");
    SlotManager fresh = SlotManager.builder(directory).discoverSlots().clock(World.CLOCK).build();
    LoginStart start = fresh.beginLogin("carol", message -> {});
    try (LoginTransaction login = ((LoginStart.Begun) start).transaction()) {
      login.received(REPLY.getBytes(StandardCharsets.UTF_8));
      done(login.commit(profile("carol"), false));
    }
    assertEquals(
        "rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(directory)));
    assertTrue(fresh.switchTo("carol", "first").ok());
    assertEquals(Optional.of("carol"), fresh.activeSlot());
  }

  @Test
  void whoever_renews_the_slot_is_waited_for_and_then_it_is_deferred() throws Exception {
    SlotManager impatient =
        world.manager(builder -> builder.discoverSlots().lockTimeout(Duration.ofMillis(50)));
    ExecutorService other = Executors.newSingleThreadExecutor();
    try (LoginTransaction held = begin("alice")) {
      var start =
          other.submit(
              () -> {
                Thread.currentThread().interrupt();
                return impatient.beginLogin("alice", message -> {});
              });
      LoginStart.Ended ended = assertInstanceOf(LoginStart.Ended.class, start.get());
      assertInstanceOf(LoginOutcome.Deferred.class, ended.outcome());
      assertEquals("alice", held.slot());
    } finally {
      other.shutdownNow();
    }
    done(logIn("alice", profile("alice"), false));
  }
}
