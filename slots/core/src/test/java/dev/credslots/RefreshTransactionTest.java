package dev.credslots;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.credslots.credential.Credential;
import dev.credslots.credential.Fingerprint;
import dev.credslots.credential.SlotState;
import dev.credslots.internal.file.RecoveryFile;
import dev.credslots.verdict.IdentityState;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Renewals, without a network: what is posted, what a reply does, and what a crash leaves. */
class RefreshTransactionTest extends EngineTest {
  static final String REPLY =
      "{\"access_token\":\"at-alice-2\",\"refresh_token\":\"alice-2\",\"expires_in\":28800}";

  private World world;
  private SlotManager slots;

  @BeforeEach
  void three_slots_of_which_alice_is_over(@TempDir Path temp) throws IOException {
    world = realTrio(temp.toRealPath()).slot("alice", World.login("alice-1", -60));
    slots = world.manager();
    assertTrue(slots.capture("alice").ok());
    assertTrue(slots.capture("bob").ok());
  }

  World world() {
    return world;
  }

  private RefreshTransaction begin(String slot) {
    RefreshStart start = slots.beginRefresh(slot, RefreshRequest.now());
    return assertInstanceOf(RefreshStart.Begun.class, start, start::toString).transaction();
  }

  private RefreshOutcome ended(String slot, RefreshRequest request) {
    RefreshStart start = slots.beginRefresh(slot, request);
    return assertInstanceOf(RefreshStart.Ended.class, start, start::toString).outcome();
  }

  RefreshOutcome renew(String slot, String reply) {
    try (RefreshTransaction renewal = begin(slot)) {
      assertTrue(renewal.stillCurrent());
      renewal.received(world.reply(reply).getBytes(StandardCharsets.UTF_8));
      return renewal.commit();
    }
  }

  /** As a process that is killed with the reply in hand. */
  private void receiveAndDie(String slot, String reply) {
    try (RefreshTransaction renewal = begin(slot)) {
      renewal.received(world.reply(reply).getBytes(StandardCharsets.UTF_8));
    }
  }

  private Credential login(String slot) {
    return slots.credential(slot).orElseThrow();
  }

  private String refreshToken(String slot) {
    return login(slot).refreshToken().orElseThrow().reveal();
  }

  private boolean recoveryIsEmpty() throws IOException {
    try (var files = Files.list(world.own("recovery"))) {
      return files.findAny().isEmpty();
    }
  }

  @Test
  void the_new_login_replaces_the_old_one_which_is_kept() throws IOException {
    RefreshOutcome outcome = renew("alice", REPLY);

    assertTrue(outcome.ok(), outcome.message());
    assertEquals(
        World.login("alice-1", -60)
            .replace("at-alice-1", "at-alice-2")
            .replace("\"alice-1\"", "\"alice-2\"")
            .replace(
                Long.toString(World.NOW.minusSeconds(60).toEpochMilli()),
                Long.toString(World.NOW.plusSeconds(8 * World.HOUR).toEpochMilli())),
        world.content("alice"));
    world.assertTokens("alice-1", "alice-2", "bob-1");
    assertEquals(IdentityState.MATCH, slots.detectIdentityDrift("alice").state());
    assertEquals("refreshed", slots.log(1).get(0).outcome());
    assertTrue(world.events.contains(new SlotEvent.Refreshed(World.NOW, "alice")));
    assertTrue(recoveryIsEmpty());
    world.assertNoTemporaryFile();
  }

  @Test
  void a_reply_without_a_refresh_token_keeps_the_old_one() throws IOException {
    String reply = "{\"access_token\":\"at-alice-2\",\"expires_in\":60}";
    assertTrue(renew("alice", reply).ok());
    assertEquals("alice-1", refreshToken("alice"));
    assertEquals(given(reply), login("alice").accessToken().orElseThrow().reveal());
    assertEquals(Optional.of(World.NOW.plusSeconds(60)), login("alice").expiresAt());
  }

  @Test
  void a_server_that_gives_the_same_refresh_token_again_is_believed() {
    String reply = REPLY.replace("\"alice-2\"", "\"alice-1\"");
    assertTrue(renew("alice", reply).ok());
    assertEquals(given(reply), login("alice").accessToken().orElseThrow().reveal());
  }

  /** The access token in a reply, as this client's server would give it. */
  private String given(String reply) {
    return world.reply(reply).replaceFirst(".*\"access_token\":\"([^\"]*)\".*", "$1");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{}",
        "[]",
        "<html>captive portal</html>",
        "{\"access_token\":\"\"}",
        "{\"access_token\""
      })
  void a_reply_without_a_token_changes_nothing(String reply) throws IOException {
    String before = world.content("alice");
    RefreshOutcome outcome = renew("alice", reply);
    assertInstanceOf(RefreshOutcome.Failed.class, outcome, outcome.message());
    assertEquals(before, world.content("alice"));
    assertEquals(SlotState.REFRESHABLE, slots.freshness("alice").state());
    assertTrue(recoveryIsEmpty());
  }

  @ParameterizedTest
  @CsvSource({
    "'',28800", "',\"expires_in\":null',28800", "',\"expires_in\":3600',3600",
    "',\"expires_in\":\"3600\"',3600", "',\"expires_in\":59.9',59", "',\"expires_in\":1',1"
  })
  void how_long_the_token_lives(String member, long seconds) {
    assertTrue(renew("alice", "{\"access_token\":\"at-alice-2\"" + member + "}").ok());
    assertEquals(Optional.of(World.NOW.plusSeconds(seconds)), login("alice").expiresAt());
  }

  @ParameterizedTest
  @ValueSource(strings = {"-1", "0", "\"soon\"", "1e99", "{}", "true", "1e2147483648", "34560001"})
  void a_lifetime_that_makes_no_sense_is_refused_and_nothing_lost(String lifetime)
      throws IOException {
    String before = world.content("alice");
    RefreshOutcome outcome = renew("alice", REPLY.replace("28800", lifetime));

    assertInstanceOf(RefreshOutcome.Refused.class, outcome, outcome.message());
    assertEquals(before, world.content("alice"));
    world.assertTokens("alice-1", "alice-2");
    assertEquals(SlotState.SUSPECT, slots.freshness("alice").state());

    assertTrue(slots.claim("alice", Optional.empty()).ok());
    assertEquals("alice-2", refreshToken("alice"));
    assertEquals(SlotState.REFRESHABLE, slots.freshness("alice").state());
  }

  @Test
  void a_reply_that_was_cut_off_behind_its_tokens_is_not_thrown_away() throws IOException {
    RefreshOutcome outcome = renew("alice", REPLY.substring(0, REPLY.length() - 8));
    assertInstanceOf(RefreshOutcome.Refused.class, outcome, outcome.message());
    world.assertTokens("alice-1", "alice-2");
    assertTrue(slots.claim("alice", Optional.empty()).ok());
    assertEquals("alice-2", refreshToken("alice"));
  }

  @Test
  void a_marker_and_scopes_that_a_refresh_dropped_come_back() throws IOException {
    String rich =
        World.login("alice-3", -60)
            .replace(
                "\"refreshToken\"",
                "\"scopes\":[\"user:inference\"],\"refreshTokenExpiresAt\":"
                    + World.NOW.plusSeconds(20 * 24 * World.HOUR).toEpochMilli()
                    + ",\"refreshToken\"");
    world.slot("alice", rich);
    assertTrue(slots.capture("alice").ok());
    assertTrue(slots.switchTo("bob", "keeps it").ok());
    world.slot("alice", World.login("alice-3", -30)); // A client's refresh dropped them.

    assertTrue(renew("alice", REPLY).ok());
    assertEquals(
        Optional.of(World.NOW.plusSeconds(20 * 24 * World.HOUR)), login("alice").loginExpiresAt());
  }

  @Test
  void scopes_come_back_from_a_login_that_nobody_ever_captured() throws IOException {
    String scopes = "\"scopes\":[\"user:inference\"],";
    world.slot(
        "erik", World.fresh("erik-1").replace("\"refreshToken\"", scopes + "\"refreshToken\""));
    assertTrue(renew("erik", REPLY.replace("alice", "erik")).ok());
    world.slot("erik", World.login("erik-2", -30)); // A client's refresh dropped them.

    assertTrue(renew("erik", REPLY.replace("alice-2", "erik-3")).ok());
    assertEquals("erik-3", refreshToken("erik"));
    assertEquals(List.of("user:inference"), login("erik").scopes());
  }

  @Test
  void scopes_of_a_login_that_was_replaced_do_not_come_back() throws IOException {
    String scopes = "\"scopes\":[\"user:inference\"],";
    world.slot(
        "erik", World.fresh("erik-1").replace("\"refreshToken\"", scopes + "\"refreshToken\""));
    assertTrue(renew("erik", REPLY.replace("alice", "erik")).ok());
    world.slot("erik", World.login("another-1", -30));

    assertTrue(renew("erik", REPLY.replace("alice-2", "another-2")).ok());
    assertEquals("another-2", refreshToken("erik"));
    assertEquals(List.of(), login("erik").scopes());
  }

  @Test
  void the_scopes_of_a_reply_count() {
    assertTrue(renew("alice", REPLY.replace("{", "{\"scope\":\"a b\",")).ok());
    assertEquals(List.of("a", "b"), login("alice").scopes());
  }

  @Test
  void a_reply_that_was_received_is_adopted_by_the_next_command() throws IOException {
    receiveAndDie("alice", REPLY);
    assertEquals("alice-1", refreshToken("alice"));

    ChangeOutcome next = slots.capture("erik");

    assertEquals("alice-2", refreshToken("alice"));
    assertEquals(List.of("adopted"), next.warnings().stream().map(Warning::code).toList());
    assertTrue(recoveryIsEmpty());
    assertEquals(List.of(), slots.capture("erik").warnings());
  }

  @Test
  void a_reply_is_adopted_by_the_next_renewal_and_not_asked_for_again() {
    receiveAndDie("alice", REPLY);
    RefreshOutcome outcome = ended("alice", RefreshRequest.now());
    assertInstanceOf(RefreshOutcome.Unchanged.class, outcome, outcome.message());
    assertEquals("alice-2", refreshToken("alice"));
  }

  @Test
  void a_reply_that_only_the_runtime_directory_could_take_is_adopted_too(@TempDir Path runtime)
      throws IOException {
    slots = world.manager(builder -> builder.runtimeDirectory(runtime));
    byte[] allocated;
    try (RefreshTransaction renewal = begin("alice")) {
      allocated = Files.readAllBytes(world.own("recovery").resolve("alice"));
    }
    Files.write(world.own("recovery").resolve("alice"), allocated);
    Path refuge =
        runtime
            .resolve("credential-slots")
            .resolve(
                Fingerprint.ofBytes(world.directory.toString().getBytes(StandardCharsets.UTF_8))
                    .abbreviated());
    Files.createDirectories(refuge);
    RecoveryFile.Header header =
        new RecoveryFile.Header("alice", login("alice").fingerprint(), World.NOW, World.NOW);
    RecoveryFile.write(
        refuge.resolve("alice"),
        new RecoveryFile.Content(
            header,
            Optional.of(
                new RecoveryFile.Reply(
                    World.NOW, world.reply(REPLY).getBytes(StandardCharsets.UTF_8)))));

    ChangeOutcome next = slots.capture("erik");
    assertEquals("alice-2", refreshToken("alice"));
    assertEquals(List.of("adopted"), next.warnings().stream().map(Warning::code).toList());
    assertTrue(recoveryIsEmpty());
    assertFalse(Files.exists(refuge.resolve("alice")));
  }

  @Test
  void what_somebody_else_put_there_for_another_slot_is_put_aside() throws IOException {
    receiveAndDie("alice", REPLY);
    Files.move(world.own("recovery").resolve("alice"), world.own("recovery").resolve("erik"));
    assertTrue(slots.capture("bob").ok());
    assertEquals("erik-1", refreshToken("erik"));
    assertEquals("alice-1", refreshToken("alice"));
    assertEquals(1, slots.kept(Optional.empty()).stash().size());
  }

  @Test
  void a_reply_for_the_live_slot_is_adopted_too() {
    receiveAndDie("bob", REPLY.replace("alice", "bob"));
    assertTrue(slots.switchTo("erik", "quota").ok());
    assertEquals("bob-2", refreshToken("bob"));
  }

  @Test
  void a_reply_that_was_stored_before_the_kill_is_not_stored_twice() throws IOException {
    byte[] file;
    try (RefreshTransaction renewal = begin("alice")) {
      renewal.received(world.reply(REPLY).getBytes(StandardCharsets.UTF_8));
      file = Files.readAllBytes(world.own("recovery").resolve("alice"));
      assertTrue(renewal.commit().ok());
    }
    assertTrue(renew("alice", REPLY.replace("-2", "-3")).ok());
    Files.write(world.own("recovery").resolve("alice"), file);

    assertTrue(slots.capture("erik").ok());
    assertEquals("alice-3", refreshToken("alice"));
    assertTrue(recoveryIsEmpty());
  }

  @Test
  void killed_before_an_answer_came_it_says_so_once() throws IOException {
    byte[] file;
    try (RefreshTransaction renewal = begin("alice")) {
      file = Files.readAllBytes(world.own("recovery").resolve("alice"));
    }
    Files.write(world.own("recovery").resolve("alice"), file);

    SwitchOutcome next = slots.switchTo("erik", "next");
    assertEquals("renewal-unanswered", next.warnings().get(0).code());
    assertTrue(next.warnings().get(0).message().contains("slots auth refresh alice"));
    assertEquals(List.of(), slots.switchTo("bob", "next").warnings());
  }

  @Test
  void a_renewal_says_what_became_of_the_one_before() throws IOException {
    byte[] file;
    try (RefreshTransaction renewal = begin("alice")) {
      file = Files.readAllBytes(world.own("recovery").resolve("alice"));
    }
    Files.write(world.own("recovery").resolve("alice"), file);
    RefreshOutcome next = renew("alice", REPLY);
    assertEquals("renewal-unanswered", next.warnings().get(0).code());
  }

  @ParameterizedTest
  @ValueSource(ints = {4096, 4100, 4180, 4300})
  void half_a_reply_is_none(int whole) throws IOException {
    receiveAndDie("alice", REPLY);
    Path file = world.own("recovery").resolve("alice");
    byte[] torn = Files.readAllBytes(file);
    java.util.Arrays.fill(torn, whole, torn.length, (byte) 0);
    boolean cut = whole < 4096 + 80 + REPLY.length();
    Files.write(file, torn);

    assertTrue(slots.capture("erik").ok());
    assertEquals(cut ? "alice-1" : "alice-2", refreshToken("alice"));
    assertTrue(recoveryIsEmpty());
  }

  @Test
  void the_place_for_the_reply_is_there_before_anything_is_asked() throws IOException {
    try (RefreshTransaction renewal = begin("alice")) {
      Path file = world.own("recovery").resolve("alice");
      assertEquals(64 << 10, Files.size(file));
      assertFalse(Files.readString(file).contains(renewal.refreshToken().reveal()));
    }
    assertTrue(recoveryIsEmpty());
  }

  @Test
  void a_reply_larger_than_its_place_is_kept_whole() {
    String padding = "x".repeat(100_000);
    receiveAndDie("alice", REPLY.replace("{", "{\"padding\":\"" + padding + "\","));
    assertTrue(slots.capture("erik").ok());
    assertEquals("alice-2", refreshToken("alice"));
  }

  @Test
  void a_token_that_changed_meanwhile_is_not_overwritten() throws IOException {
    try (RefreshTransaction renewal = begin("alice")) {
      world.slot("alice", World.fresh("alice-9"));
      assertFalse(renewal.stillCurrent());
      renewal.received(world.reply(REPLY).getBytes(StandardCharsets.UTF_8));
      RefreshOutcome outcome = renewal.commit();
      assertInstanceOf(RefreshOutcome.Refused.class, outcome);
      assertTrue(outcome.message().contains("slots stash claim alice"), outcome.message());
    }
    assertEquals("alice-9", refreshToken("alice"));
    world.assertTokens("alice-2");
  }

  @Test
  void a_slot_that_was_renamed_meanwhile_gets_its_new_login() throws IOException {
    slots = world.discovering();
    try (RefreshTransaction renewal = begin("alice")) {
      assertTrue(slots.renameSlot("alice", "alicia").ok());
      renewal.received(world.reply(REPLY).getBytes(StandardCharsets.UTF_8));
      assertTrue(renewal.commit().ok());
    }
    assertEquals("alice-2", refreshToken("alicia"));
  }

  @Test
  void a_slot_that_was_removed_meanwhile_leaves_its_new_login_in_the_stash() throws IOException {
    slots = world.discovering();
    try (RefreshTransaction renewal = begin("alice")) {
      assertTrue(slots.removeSlot("alice").ok());
      renewal.received(world.reply(REPLY).getBytes(StandardCharsets.UTF_8));
      assertFalse(renewal.commit().ok());
    }
    world.assertTokens("alice-1", "alice-2");
  }

  @Test
  void the_clients_locks_are_held_for_the_live_slot_alone() throws IOException {
    Path lock = world.directory.resolve(".oauth_refresh.lock");
    try (RefreshTransaction renewal = begin("bob")) {
      assertTrue(Files.isDirectory(lock));
    }
    assertFalse(Files.exists(lock));
    try (RefreshTransaction renewal = begin("alice")) {
      assertFalse(Files.exists(lock));
    }
  }

  @Test
  void the_clients_locks_of_a_killed_renewal_are_removed_at_once() throws IOException {
    Path lock = world.directory.resolve(".oauth_refresh.lock");
    byte[] file;
    java.nio.file.attribute.FileTime dated;
    try (RefreshTransaction renewal = begin("bob")) {
      file = Files.readAllBytes(world.own("recovery").resolve("bob"));
      dated = Files.getLastModifiedTime(lock);
    }
    Files.write(world.own("recovery").resolve("bob"), file);
    Files.createDirectory(lock);
    Files.setLastModifiedTime(lock, dated);

    slots = world.manager(builder -> builder.lockTimeout(Duration.ZERO));
    assertTrue(slots.switchTo("erik", "quota").ok());
    assertFalse(Files.exists(lock));
  }

  @Test
  void a_client_that_took_the_lock_over_stops_the_request() throws IOException {
    try (RefreshTransaction renewal = begin("bob")) {
      Path lock = world.directory.resolve(".oauth_refresh.lock");
      Files.delete(lock);
      Files.createDirectory(lock);
      assertFalse(renewal.stillCurrent());
    }
  }

  @Test
  void a_lease_that_was_taken_away_stops_the_request() throws IOException {
    try (RefreshTransaction renewal = begin("alice")) {
      Files.delete(world.own("leases").resolve("alice"));
      assertFalse(renewal.stillCurrent());
    }
  }

  @Test
  void a_switch_to_a_slot_that_is_being_renewed_waits() throws Exception {
    ExecutorService other = Executors.newSingleThreadExecutor();
    CountDownLatch done = new CountDownLatch(1);
    CountDownLatch begun = new CountDownLatch(1);
    try {
      Future<RefreshOutcome> renewal =
          other.submit(
              () -> {
                try (RefreshTransaction mine = begin("alice")) {
                  begun.countDown();
                  done.await();
                  mine.received(world.reply(REPLY).getBytes(StandardCharsets.UTF_8));
                  return mine.commit();
                }
              });
      assertTrue(begun.await(20, TimeUnit.SECONDS));
      SlotManager hasty =
          world.manager(
              builder ->
                  builder.lockTimeout(Duration.ofMillis(1)).expiryPolicy(ExpiryPolicy.ACTIVATE));
      SwitchOutcome deferred = hasty.switchTo("alice", "quota");
      assertInstanceOf(SwitchOutcome.Deferred.class, deferred, deferred.message());
      assertTrue(deferred.message().contains("renewing"), deferred.message());
      assertTrue(hasty.switchTo("erik", "another goes").ok());

      done.countDown();
      SlotManager patient = world.manager(b -> b.expiryPolicy(ExpiryPolicy.ACTIVATE));
      assertTrue(patient.switchTo("alice", "quota").ok());
      assertTrue(renewal.get().ok());
      assertEquals("alice-2", refreshToken("alice"));
    } finally {
      other.shutdownNow();
    }
  }

  @Test
  void of_two_that_renew_one_slot_the_second_finds_it_done() throws Exception {
    ExecutorService other = Executors.newSingleThreadExecutor();
    try {
      Future<RefreshOutcome> second;
      try (RefreshTransaction mine = begin("alice")) {
        second = other.submit(() -> ended("alice", RefreshRequest.ifWithin(Duration.ofMinutes(5))));
        mine.received(world.reply(REPLY).getBytes(StandardCharsets.UTF_8));
        assertTrue(mine.commit().ok());
      }
      assertInstanceOf(RefreshOutcome.Unchanged.class, second.get(20, TimeUnit.SECONDS));
    } finally {
      other.shutdownNow();
    }
  }

  @Test
  void what_needs_no_renewal_is_left() {
    RefreshOutcome fresh = ended("bob", RefreshRequest.ifWithin(Duration.ofMinutes(5)));
    assertInstanceOf(RefreshOutcome.Unchanged.class, fresh);
    try (RefreshTransaction soon =
        assertInstanceOf(
                RefreshStart.Begun.class,
                slots.beginRefresh("bob", RefreshRequest.ifWithin(Duration.ofHours(7))))
            .transaction()) {
      assertEquals("bob-1", soon.refreshToken().reveal());
    }
  }

  @Test
  void another_generation_than_the_refused_one_is_left() {
    var generation = login("alice").generation().orElseThrow();
    assertTrue(renew("alice", REPLY).ok());
    RefreshOutcome outcome = ended("alice", RefreshRequest.ifStill(generation));
    assertInstanceOf(RefreshOutcome.Unchanged.class, outcome, outcome.message());
  }

  @Test
  void what_cannot_be_renewed_is_refused() throws IOException {
    world.slot("alice", World.wiped());
    assertInstanceOf(RefreshOutcome.Refused.class, ended("alice", RefreshRequest.now()));
    world.slot("alice", World.expired());
    assertInstanceOf(RefreshOutcome.Refused.class, ended("alice", RefreshRequest.now()));
    Files.delete(world.file("alice"));
    assertInstanceOf(RefreshOutcome.Refused.class, ended("alice", RefreshRequest.now()));
    assertInstanceOf(RefreshOutcome.Refused.class, ended("../alice", RefreshRequest.now()));
    assertInstanceOf(RefreshOutcome.Refused.class, ended("nobody", RefreshRequest.now()));
  }

  @Test
  void a_login_that_a_client_renewed_over_the_link_is_brought_home_and_not_posted()
      throws IOException {
    assertTrue(slots.switchTo("erik", "chosen").ok());
    assertTrue(slots.switchTo("bob", "chosen").ok());
    world.clientWrites(World.fresh("bob-2"));

    RefreshOutcome outcome = ended("bob", RefreshRequest.ifWithin(Duration.ofMinutes(5)));
    assertInstanceOf(RefreshOutcome.Unchanged.class, outcome, outcome.message());
    assertEquals("bob-2", refreshToken("bob"));
    assertEquals("bob", world.linked());
    // Nothing but the journal spoke for bob, and that is said.
    String told = outcome.warnings().get(0).message();
    assertTrue(told.contains("slots restore bob"), told);
  }

  @Test
  void a_live_file_that_nobody_can_place_may_be_the_newer_login() throws IOException {
    assertTrue(slots.switchTo("erik", "chosen").ok());
    assertTrue(slots.switchTo("bob", "chosen").ok());
    world.slot(
        "bob",
        World.fresh("bob-1")
            .replace("\"expiresAt\"", "\"subscriptionType\":\"max\",\"expiresAt\""));
    world.clientWrites(
        World.fresh("whose")
            .replace("\"expiresAt\"", "\"subscriptionType\":\"pro\",\"expiresAt\""));

    RefreshOutcome outcome = ended("alice", RefreshRequest.now());
    assertInstanceOf(RefreshOutcome.Refused.class, outcome, outcome.message());
    assertTrue(outcome.message().contains("slots heal"), outcome.message());
  }

  @Test
  void a_client_that_renames_its_own_renewal_over_the_link_stops_the_request() throws IOException {
    try (RefreshTransaction renewal = begin("bob")) {
      world.clientWrites(World.fresh("bob-2"));
      assertFalse(renewal.stillCurrent());
    }
  }

  /**
   * The client's rename can come between any two steps of ours, and of those that look at the clock
   * every one is tried: the token it has used is never posted.
   */
  @Test
  void whenever_a_client_renames_its_own_renewal_over_the_link_the_used_token_is_not_posted()
      throws IOException {
    int renamed = 0;
    for (int at = 1; at <= renamed + 1; at++) {
      world.slot("bob", World.fresh("bob-" + at)).link("bob");
      assertTrue(slots.capture("bob").ok());
      String theirs = World.fresh("bob-" + (at + 1));
      AtOneLook clock = new AtOneLook(at, () -> world.clientWrites(theirs));
      SlotManager looking = world.manager(builder -> builder.clock(clock));
      RefreshStart start = looking.beginRefresh("bob", RefreshRequest.now());
      if (start instanceof RefreshStart.Begun begun) {
        try (RefreshTransaction renewal = begun.transaction()) {
          boolean used = clock.came && renewal.refreshToken().reveal().equals("bob-" + at);
          assertFalse(used && renewal.stillCurrent(), "at look " + at);
        }
      }
      renamed += clock.came ? 1 : 0;
    }
    assertTrue(renamed > 3, "there were no looks between the steps");
  }

  /** Something that happens at one look at the clock, and not again. */
  private static final class AtOneLook extends java.time.Clock {
    private interface Happening {
      void happen() throws IOException;
    }

    private final int look;
    private final Happening happening;
    private int looks;
    private boolean came;

    AtOneLook(int look, Happening happening) {
      this.look = look;
      this.happening = happening;
    }

    @Override
    public Instant instant() {
      if (++looks == look) {
        came = true;
        try {
          happening.happen();
        } catch (IOException e) {
          throw new java.io.UncheckedIOException(e);
        }
      }
      return World.NOW;
    }

    @Override
    public java.time.ZoneId getZone() {
      return java.time.ZoneOffset.UTC;
    }

    @Override
    public java.time.Clock withZone(java.time.ZoneId zone) {
      throw new UnsupportedOperationException();
    }
  }

  @Test
  void a_login_that_its_server_ended_is_not_posted_again() throws IOException {
    RefreshOutcome outcome;
    try (RefreshTransaction renewal = begin("alice")) {
      outcome = renewal.invalidGrant();
    }
    assertInstanceOf(RefreshOutcome.Refused.class, outcome);
    assertTrue(outcome.message().contains("log in again"), outcome.message());
    assertEquals(SlotState.REJECTED, slots.freshness("alice").state());
    assertInstanceOf(RefreshOutcome.Refused.class, ended("alice", RefreshRequest.now()));

    world.slot("alice", World.fresh("alice-7"));
    assertEquals(SlotState.FRESH, slots.freshness("alice").state());
  }

  @Test
  void invalid_grant_for_a_token_that_was_rotated_meanwhile_condemns_nothing() throws IOException {
    try (RefreshTransaction renewal = begin("alice")) {
      world.slot("alice", World.fresh("alice-9"));
      assertInstanceOf(RefreshOutcome.Unchanged.class, renewal.invalidGrant());
    }
    assertEquals(SlotState.FRESH, slots.freshness("alice").state());
  }

  @Test
  void a_token_that_was_refused_with_401_can_be_renewed() {
    assertTrue(slots.reject("alice").ok());
    assertTrue(renew("alice", REPLY).ok());
    assertEquals(SlotState.FRESH, slots.freshness("alice").state());
  }

  @Test
  void a_server_that_asked_to_be_left_alone_is() {
    Instant until = World.NOW.plusSeconds(90);
    try (RefreshTransaction renewal = begin("alice")) {
      RefreshOutcome outcome = renewal.postponed(until, "too many requests");
      assertEquals(
          Optional.of(until), assertInstanceOf(RefreshOutcome.Deferred.class, outcome).until());
    }
    RefreshOutcome again = ended("alice", RefreshRequest.now());
    assertEquals(
        Optional.of(until), assertInstanceOf(RefreshOutcome.Deferred.class, again).until());

    SlotManager later =
        world.manager(
            builder ->
                builder.clock(
                    java.time.Clock.fixed(until.plusSeconds(1), java.time.ZoneOffset.UTC)));
    try (RefreshTransaction renewal =
        assertInstanceOf(
                RefreshStart.Begun.class, later.beginRefresh("alice", RefreshRequest.now()))
            .transaction()) {
      assertTrue(renewal.stillCurrent());
    }
  }

  @Test
  void without_a_place_for_the_reply_nothing_is_asked() throws IOException {
    Files.createDirectory(world.own("recovery"));
    Files.createDirectory(world.own("recovery").resolve("alice"));
    org.junit.jupiter.api.Assertions.assertThrows(
        StoreException.class, () -> slots.beginRefresh("alice", RefreshRequest.now()));
  }

  @Test
  void a_switch_renews_first_if_that_is_the_policy() throws IOException {
    SlotManager renewing =
        world.manager(
            builder ->
                builder
                    .expiryPolicy(ExpiryPolicy.REFRESH)
                    .renewer((manager, slot) -> renew(slot, REPLY)));
    assertEquals(Optional.empty(), renewing.refusal("alice"));
    SwitchOutcome outcome = renewing.switchTo("alice", "quota");
    assertTrue(outcome.ok(), outcome.message());
    assertEquals("alice", world.linked());
    assertEquals("alice-2", refreshToken("alice"));
  }

  @Test
  void a_switch_that_could_not_renew_is_refused_and_says_why() throws IOException {
    SlotManager renewing =
        world.manager(
            builder ->
                builder
                    .expiryPolicy(ExpiryPolicy.REFRESH)
                    .renewer(
                        (manager, slot) -> new RefreshOutcome.Failed(slot, "no route", List.of())));
    SwitchOutcome outcome = renewing.switchTo("alice", "quota");
    assertInstanceOf(SwitchOutcome.Refused.class, outcome);
    assertTrue(outcome.message().contains("no route"), outcome.message());
    assertTrue(outcome.message().contains("--if-expired activate"), outcome.message());
    assertEquals("bob", world.linked());
  }

  @Test
  void nobody_is_asked_for_a_renewal_that_comes_to_nothing() throws IOException {
    SlotManager renewing =
        world.manager(
            builder ->
                builder
                    .expiryPolicy(ExpiryPolicy.REFRESH)
                    .renewer(
                        (manager, slot) -> {
                          throw new AssertionError("asked for " + slot);
                        }));
    assertTrue(renewing.switchTo("erik", "fresh anyway").ok());
    assertInstanceOf(
        SwitchOutcome.Unchanged.class,
        renewing.switchTo("alice", "quota", SwitchOption.ifActive("bob")));
    assertTrue(renewing.switchTo("alice", "look", SwitchOption.DRY_RUN).ok());
    world.link("alice");
    assertInstanceOf(SwitchOutcome.Unchanged.class, renewing.switchTo("alice", "is live"));
  }
}
