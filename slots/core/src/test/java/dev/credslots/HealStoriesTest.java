package dev.credslots;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.credslots.credential.SlotState;
import dev.credslots.testkit.CredentialsDirectory;
import dev.credslots.testkit.FakeLogin;
import dev.credslots.testkit.Laws;
import dev.credslots.verdict.Rank;
import dev.credslots.verdict.Verdict;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * What clients do to the live path, and what a heal or a switch makes of it. bob, alice and erik
 * have logged in and were added one after the other; bob is live and chosen.
 */
@Timeout(60)
class HealStoriesTest {
  private static final String MARKER = "refreshTokenExpiresAt";

  private final FakeLogin bob = login("bob");
  private final FakeLogin alice = login("alice");
  private final FakeLogin erik = login("erik");
  private final FakeLogin carol = login("carol");

  /** What must still be on disk. */
  private List<FakeLogin> atTheEnd = List.of(bob, alice, erik);

  private World world;
  private CredentialsDirectory files;
  private SlotManager manager;

  private static FakeLogin login(String account) {
    return FakeLogin.builder(account).now(World.NOW).build();
  }

  private static String text(FakeLogin login) {
    return new String(login.credentialJson(), StandardCharsets.UTF_8);
  }

  @BeforeEach
  void three_people_log_in(@TempDir Path temp) throws IOException {
    Path directory = temp.toRealPath().resolve("claude");
    files = CredentialsDirectory.create(directory);
    world = World.in(directory);
    manager = world.discovering();
    for (FakeLogin one : List.of(erik, alice, bob)) {
      world.clientWrites(text(one));
      files.identity(one);
      assertTrue(manager.addSlot(one.account(), false).ok());
    }
    assertSlots(bob, alice, erik);
    assertEquals("bob", world.linked());
  }

  @AfterEach
  void nothing_is_lost_and_nothing_lies_about() throws IOException {
    Laws.Expectations expected = Laws.Expectations.at(Laws.Moment.SETTLED);
    for (FakeLogin one : atTheEnd) {
      expected = expected.token(one);
    }
    assertEquals(List.of(), Laws.check(files, expected), files::describe);
  }

  private void assertSlots(FakeLogin inBob, FakeLogin inAlice, FakeLogin inErik)
      throws IOException {
    assertEquals(text(inBob), world.content("bob"));
    assertEquals(text(inAlice), world.content("alice"));
    assertEquals(text(inErik), world.content("erik"));
  }

  private void assertIdentity(FakeLogin login) throws IOException {
    assertEquals(Optional.of(login.email()), files.identityEmail());
  }

  private void assertStashed(FakeLogin... logins) throws IOException {
    List<String> hashes =
        manager.kept(Optional.empty()).stash().stream().map(Kept.Stashed::sha256).sorted().toList();
    assertEquals(
        List.of(logins).stream().map(one -> World.bytes(text(one))).sorted().toList(), hashes);
  }

  private HealOutcome.Healed healed(Verdict verdict, String slot, String active)
      throws IOException {
    HealOutcome outcome = manager.heal();
    HealOutcome.Healed healed =
        assertInstanceOf(HealOutcome.Healed.class, outcome, outcome.message());
    assertEquals(
        List.of(verdict, slot, active),
        List.of(healed.verdict(), healed.slot(), healed.active()),
        () -> healed.evidence().toString());
    assertEquals(active, world.linked());
    return healed;
  }

  private HealOutcome.Stashed stashed(Verdict verdict, FakeLogin login) throws IOException {
    HealOutcome outcome = manager.heal();
    HealOutcome.Stashed stashed =
        assertInstanceOf(HealOutcome.Stashed.class, outcome, outcome.message());
    assertEquals(verdict, stashed.verdict(), () -> stashed.evidence().toString());
    assertEquals(World.bytes(text(login)), stashed.sha256());
    assertTrue(world.detached());
    assertEquals(text(login), Files.readString(world.live));
    return stashed;
  }

  private HealOutcome.Refused refused(Verdict verdict, boolean attention) {
    HealOutcome outcome = manager.heal();
    HealOutcome.Refused refused =
        assertInstanceOf(HealOutcome.Refused.class, outcome, outcome.message());
    assertEquals(verdict, refused.verdict());
    assertEquals(attention, refused.attention());
    return refused;
  }

  private void switched(String slot) {
    SwitchOutcome outcome = manager.switchTo(slot, "story");
    assertInstanceOf(SwitchOutcome.Switched.class, outcome, outcome.message());
  }

  private void logsIn(FakeLogin login) throws IOException {
    world.clientWrites(text(login));
    files.identity(login);
  }

  /** In place, as some clients write. */
  private void writesThrough(FakeLogin login) throws IOException {
    Files.writeString(world.live, text(login));
  }

  private static List<String> codes(SwitchOutcome outcome) {
    return outcome.warnings().stream().map(Warning::code).toList();
  }

  // Somebody logs in.

  @Test
  void a_login_as_the_same_account_is_told_from_a_refresh_and_waits_for_a_word()
      throws IOException {
    FakeLogin again = bob.login();
    logsIn(again);
    HealOutcome.Stashed stashed = stashed(Verdict.UNRESOLVED, again);
    assertTrue(stashed.message().contains("slots heal SLOT"), stashed.message());
    assertSlots(bob, alice, erik);
    assertStashed(again);
    assertIdentity(bob);
    assertTrue(manager.healDriftTo("bob").ok());
    assertSlots(again, alice, erik);
    assertEquals(SlotState.FRESH, manager.freshness("bob").state());
    assertEquals("bob", world.linked());
  }

  @Test
  void a_login_as_another_known_account_goes_to_its_slot_and_the_link_with_it() throws IOException {
    FakeLogin again = alice.login();
    logsIn(again);
    healed(Verdict.SAME_ACCOUNT, "alice", "alice");
    assertSlots(bob, again, erik);
    assertStashed();
    assertIdentity(alice);
    assertEquals(Optional.of("alice"), manager.chosenSlot());
    // It is alice's from now on: its refresh needs no other evidence.
    FakeLogin refreshed = again.rotate();
    world.clientWrites(text(refreshed));
    healed(Verdict.OWN_LINEAGE, "alice", "alice");
    assertSlots(bob, refreshed, erik);
  }

  @Test
  void a_login_as_an_unknown_account_stays_live_until_it_is_added() throws IOException {
    logsIn(carol);
    HealOutcome.Stashed stashed = stashed(Verdict.FOREIGN, carol);
    assertTrue(stashed.message().contains("slots add NAME"), stashed.message());
    assertSlots(bob, alice, erik);
    assertStashed(carol);
    assertIdentity(carol);
    assertEquals(SlotState.FRESH, manager.freshness("bob").state());
    assertTrue(manager.addSlot("carol", false).ok());
    assertEquals(text(carol), world.content("carol"));
    assertEquals("carol", world.linked());
    assertStashed();
    switched("bob");
    assertIdentity(bob);
    switched("carol");
    assertIdentity(carol);
  }

  // The active session refreshes.

  @Test
  void a_refresh_with_its_marker_is_the_slots() throws IOException {
    FakeLogin refreshed = bob.rotate();
    world.clientWrites(text(refreshed));
    healed(Verdict.OWN_LINEAGE, "bob", "bob");
    assertSlots(refreshed, alice, erik);
    assertStashed();
    assertIdentity(bob);
  }

  @Test
  void a_refresh_without_a_marker_is_inferred_and_says_so() throws IOException {
    FakeLogin refreshed = bob.rotate().without(MARKER);
    world.clientWrites(text(refreshed));
    HealOutcome.Healed healed = healed(Verdict.INFERRED, "bob", "bob");
    assertTrue(healed.message().contains("slots restore bob"), healed.message());
    assertSlots(refreshed, alice, erik);
    assertStashed();
    assertIdentity(bob);
  }

  // An old session writes back after a switch.

  @Test
  void an_old_session_writes_back_a_token_that_is_known() throws IOException {
    switched("alice");
    FakeLogin later = bob.withRaw("expiresAt", "" + bob.expiresAt().plusSeconds(9).toEpochMilli());
    world.clientWrites(text(later));
    healed(Verdict.OWN_LINEAGE, "bob", "alice");
    assertSlots(later, alice, erik);
    assertIdentity(alice);
    assertStashed();
  }

  @Test
  void an_old_session_writes_back_an_ancestor() throws IOException {
    FakeLogin refreshed = bob.rotate();
    world.clientWrites(text(refreshed));
    healed(Verdict.OWN_LINEAGE, "bob", "bob");
    switched("alice");
    world.clientWrites(text(bob));
    HealOutcome.Relinked relinked = assertInstanceOf(HealOutcome.Relinked.class, manager.heal());
    assertEquals(Verdict.OWN_LINEAGE, relinked.verdict());
    assertEquals("alice", world.linked());
    assertSlots(refreshed, alice, erik);
  }

  @Test
  void an_old_session_writes_back_an_unknown_token_with_its_marker() throws IOException {
    switched("alice");
    FakeLogin refreshed = bob.rotate();
    world.clientWrites(text(refreshed));
    healed(Verdict.OWN_LINEAGE, "bob", "alice");
    assertSlots(refreshed, alice, erik);
    assertIdentity(alice);
    assertStashed();
  }

  @Test
  void an_old_session_writes_back_an_unknown_token_without_a_marker() throws IOException {
    switched("alice");
    FakeLogin refreshed = bob.rotate().without(MARKER);
    world.clientWrites(text(refreshed));
    HealOutcome.Healed healed = healed(Verdict.INFERRED, "alice", "alice");
    assertTrue(healed.message().contains("slots restore alice"), healed.message());
    assertSlots(bob, refreshed, erik);
    // Which is wrong, was said to be a guess, and is undone as it said.
    assertTrue(manager.restore("alice", Optional.empty()).ok());
    assertSlots(bob, alice, erik);
    assertTrue(world.holdsToken(refreshed.refreshToken()));
  }

  @Test
  void of_another_plan_it_is_not_even_guessed() throws IOException {
    switched("alice");
    FakeLogin refreshed = bob.rotate().without(MARKER).withRaw("subscriptionType", "\"pro\"");
    world.clientWrites(text(refreshed));
    stashed(Verdict.UNRESOLVED, refreshed);
    assertSlots(bob, alice, erik);
    assertStashed(refreshed);
    assertEquals(SlotState.SUSPECT, manager.freshness("alice").state());
    assertEquals(SlotState.FRESH, manager.freshness("bob").state());
    String message = stashed(Verdict.UNRESOLVED, refreshed).message();
    assertTrue(message.contains("slot alice's, which is suspect"), message);
  }

  // A client writes through the link.

  @Test
  void a_refresh_through_the_link_extends_the_lineage() throws IOException {
    FakeLogin refreshed = bob.rotate();
    writesThrough(refreshed);
    HealOutcome.NoDrift outcome = assertInstanceOf(HealOutcome.NoDrift.class, manager.heal());
    assertEquals(Verdict.ROTATED, outcome.verdict());
    assertSlots(refreshed, alice, erik);
    assertEquals(Verdict.LINKED, manager.heal().verdict());
  }

  @Test
  void a_login_through_the_link_is_left_and_accepted_by_capture() throws IOException {
    writesThrough(carol);
    files.identity(carol);
    HealOutcome.Refused refused = refused(Verdict.IDENTITY_CHANGED, true);
    for (String way : List.of("slots capture bob", "slots add NAME", "slots restore bob")) {
      assertTrue(refused.message().contains(way), refused.message());
    }
    assertSlots(carol, alice, erik);
    assertIdentity(carol);
    assertTrue(manager.capture("bob").ok());
    assertEquals(Verdict.LINKED, manager.heal().verdict());
    assertSlots(carol, alice, erik);
  }

  @Test
  void a_login_through_the_link_is_moved_out_by_add() throws IOException {
    writesThrough(carol);
    files.identity(carol);
    refused(Verdict.IDENTITY_CHANGED, true);
    ChangeOutcome added = manager.addSlot("carol", false);
    assertTrue(added.ok(), added.message());
    assertSlots(bob, alice, erik);
    assertEquals(text(carol), world.content("carol"));
    assertEquals("carol", world.linked());
    assertIdentity(carol);
    switched("bob");
    assertIdentity(bob);
    switched("carol");
    assertIdentity(carol);
  }

  @Test
  void a_login_through_the_link_is_undone_by_restore_and_the_restore_too() throws IOException {
    writesThrough(carol);
    refused(Verdict.UNVERIFIED, true);
    assertTrue(manager.restore("bob", Optional.empty()).ok());
    assertSlots(bob, alice, erik);
    assertEquals(Verdict.LINKED, manager.heal().verdict());
    assertTrue(manager.restore("bob", Optional.empty()).ok());
    assertSlots(carol, alice, erik);
  }

  @Test
  void a_login_of_another_slot_through_the_link_is_recognised() throws IOException {
    writesThrough(alice);
    HealOutcome.Refused refused = refused(Verdict.IDENTITY_CHANGED, true);
    assertFalse(refused.message().isBlank());
    assertInstanceOf(ChangeOutcome.Refused.class, manager.addSlot("twin", false));
    assertTrue(manager.restore("bob", Optional.empty()).ok());
    assertSlots(bob, alice, erik);
  }

  // The identity file names somebody else.

  @Test
  void an_account_that_was_there_before_is_no_evidence() throws IOException {
    manager = world.manager(b -> b.discoverSlots().identity(IdentityPolicy.LEAVE));
    switched("alice");
    assertIdentity(bob);
    FakeLogin refreshed = alice.rotate().without(MARKER);
    world.clientWrites(text(refreshed));
    HealOutcome.Healed healed = healed(Verdict.INFERRED, "alice", "alice");
    assertTrue(healed.evidence().stream().noneMatch(piece -> piece.rank() == Rank.ACCOUNT));
    assertSlots(bob, refreshed, erik);
    assertIdentity(bob);
  }

  @Test
  void an_account_says_nothing_of_a_refresh_of_a_known_login() throws IOException {
    FakeLogin refreshed = bob.rotate();
    world.clientWrites(text(refreshed));
    files.identity(alice);
    healed(Verdict.OWN_LINEAGE, "bob", "bob");
    assertSlots(refreshed, alice, erik);
    assertIdentity(bob);
  }

  @Test
  void a_file_that_could_not_be_read_at_the_switch_is_no_baseline() throws IOException {
    Files.writeString(files.identityPath(), "{\"torn\":");
    switched("alice");
    // A client completes it with what it had in mind: nobody has logged in.
    files.identity(bob);
    FakeLogin refreshed = alice.rotate().without(MARKER);
    world.clientWrites(text(refreshed));
    healed(Verdict.INFERRED, "alice", "alice");
    assertSlots(bob, refreshed, erik);
  }

  // The live file is of no use, or of little.

  @Test
  void a_wiped_file_is_not_absorbed() throws IOException {
    world.clientWrites(new String(bob.wipedJson(), StandardCharsets.UTF_8));
    HealOutcome.Refused refused = refused(Verdict.WIPED, false);
    assertTrue(refused.message().contains("--relink"), refused.message());
    assertSlots(bob, alice, erik);
    HealOutcome relinked = manager.heal(HealOption.RELINK);
    assertTrue(relinked.ok());
    // It cannot be claimed, and nobody is told to.
    assertEquals(List.of("stashed"), codes(relinked.warnings()));
    String warning = relinked.warnings().get(0).message();
    assertFalse(warning.contains("claim"), warning);
    assertEquals("bob", world.linked());
    assertSlots(bob, alice, erik);
  }

  @Test
  void a_torn_file_is_not_absorbed() throws IOException {
    String torn = text(bob.rotate()).substring(0, 150);
    world.clientWrites(torn);
    refused(Verdict.UNREADABLE, false);
    assertSlots(bob, alice, erik);
    assertTrue(manager.heal(HealOption.RELINK).ok());
    assertEquals(torn, Files.readString(world.own("stash").resolve(World.bytes(torn) + ".json")));
    assertSlots(bob, alice, erik);
  }

  @Test
  void a_file_that_slept_through_the_night_is_absorbed_on_proof_alone() throws IOException {
    FakeLogin slept =
        bob.rotate().withRaw("expiresAt", "" + World.NOW.minusSeconds(1).toEpochMilli());
    world.clientWrites(text(slept.without(MARKER)));
    stashed(Verdict.UNRESOLVED, slept.without(MARKER));
    assertSlots(bob, alice, erik);
    world.clientWrites(text(slept));
    healed(Verdict.OWN_LINEAGE, "bob", "bob");
    assertSlots(slept, alice, erik);
  }

  // A guess that was wrong.

  @Test
  void what_a_restore_undid_is_no_evidence_afterwards() throws IOException {
    FakeLogin stranger = carol.without(MARKER);
    world.clientWrites(text(stranger));
    healed(Verdict.INFERRED, "bob", "bob");
    assertTrue(manager.restore("bob", Optional.empty()).ok());
    assertSlots(bob, alice, erik);
    world.clientWrites(text(stranger));
    HealOutcome outcome = manager.heal(HealOption.DRY_RUN);
    assertTrue(
        outcome.evidence().stream().noneMatch(piece -> piece.rank().proves()),
        () -> outcome.evidence().toString());
    assertTrue(manager.switchTo("alice", "story").ok());
  }

  @Test
  void a_strangers_marker_goes_with_it() throws IOException {
    // Half an hour from bob's: neither the same login nor surely a new one.
    FakeLogin stranger =
        FakeLogin.builder("carol")
            .now(World.NOW)
            .refreshTokenExpiresAt(bob.refreshTokenExpiresAt().plusSeconds(1800))
            .build();
    world.clientWrites(text(stranger));
    healed(Verdict.INFERRED, "bob", "bob");
    assertTrue(manager.restore("bob", Optional.empty()).ok());
    world.clientWrites(text(stranger.rotate()));
    assertNotEquals(Verdict.OWN_LINEAGE, manager.heal(HealOption.DRY_RUN).verdict());
    assertTrue(manager.switchTo("alice", "story").ok());
  }

  @Test
  void what_a_restore_undid_is_kept_however_often_the_slot_moves_on() throws IOException {
    FakeLogin stranger = carol.without(MARKER);
    world.clientWrites(text(stranger));
    healed(Verdict.INFERRED, "bob", "bob");
    assertTrue(manager.restore("bob", Optional.empty()).ok());
    FakeLogin latest = bob;
    for (int i = 0; i < 8; i++) {
      latest = latest.rotate();
      world.clientWrites(text(latest));
      healed(Verdict.OWN_LINEAGE, "bob", "bob");
    }
    assertTrue(world.holdsToken(stranger.refreshToken()));
    // An ancestor of a proven successor is what retention lets go of.
    assertFalse(world.holdsToken(bob.refreshToken()));
    atTheEnd = List.of(latest, alice, erik, stranger);
  }

  @Test
  void a_switch_that_is_refused_after_all_says_what_it_put_aside() throws IOException {
    long past = World.NOW.minusSeconds(3600).toEpochMilli();
    FakeLogin tired = bob.rotate().without(MARKER).withRaw("expiresAt", Long.toString(past));
    world.clientWrites(text(tired));

    SwitchOutcome outcome = manager.switchTo("bob", "story");

    assertInstanceOf(SwitchOutcome.Refused.class, outcome, outcome.message());
    assertStashed(tired);
    assertEquals(List.of("stashed"), outcome.warnings().stream().map(Warning::code).toList());
    atTheEnd = List.of(bob, tired, alice, erik);
  }

  // Suspect and rejected slots.

  private FakeLogin unresolved() throws IOException {
    FakeLogin unknown = bob.login();
    world.clientWrites(text(unknown));
    stashed(Verdict.UNRESOLVED, unknown);
    assertEquals(SlotState.SUSPECT, manager.freshness("bob").state());
    return unknown;
  }

  @Test
  void a_suspect_slot_is_refused_until_its_login_is_claimed() throws IOException {
    FakeLogin unknown = unresolved();
    switched("alice");
    assertInstanceOf(SwitchOutcome.Refused.class, manager.switchTo("bob", "story"));
    assertEquals("alice", world.linked());
    assertEquals(
        List.of(List.of("bob")),
        manager.kept(Optional.empty()).stash().stream().map(Kept.Stashed::suspects).toList());
    ChangeOutcome claimed = manager.claim("bob", Optional.empty());
    assertTrue(claimed.ok(), claimed.message());
    String nothing = manager.claim("bob", Optional.empty()).message();
    assertTrue(nothing.contains("known to be of slot 'bob';"), nothing);
    assertSlots(unknown, alice, erik);
    assertStashed();
    switched("bob");
  }

  @Test
  void a_suspect_slot_is_refused_until_its_login_is_dropped() throws IOException {
    unresolved();
    switched("alice");
    assertTrue(manager.drop("bob").ok());
    assertStashed();
    switched("bob");
    assertSlots(bob, alice, erik);
  }

  @Test
  void a_suspect_slot_is_forced() throws IOException {
    FakeLogin unknown = unresolved();
    switched("alice");
    assertTrue(manager.switchTo("bob", "story", SwitchOption.FORCE).ok());
    assertSlots(bob, alice, erik);
    assertStashed(unknown);
  }

  @Test
  void a_switch_to_the_slot_that_becomes_suspect_by_it_changes_nothing() throws IOException {
    FakeLogin unknown = bob.login();
    world.clientWrites(text(unknown));
    SwitchOutcome outcome = manager.switchTo("bob", "story");
    assertEquals(
        Optional.of(SlotState.SUSPECT),
        assertInstanceOf(SwitchOutcome.Refused.class, outcome).state());
    assertTrue(world.detached());
    assertStashed(unknown);
    assertSlots(bob, alice, erik);
  }

  @Test
  void a_login_added_as_a_slot_of_its_own_leaves_nobody_suspect() throws IOException {
    FakeLogin unknown = unresolved();
    ChangeOutcome added = manager.addSlot("work", false);
    assertTrue(added.ok(), added.message());
    assertEquals(text(unknown), world.content("work"));
    assertStashed();
    assertEquals(SlotState.FRESH, manager.freshness("bob").state());
    switched("bob");
  }

  @Test
  void a_login_claimed_for_another_slot_leaves_nobody_suspect() throws IOException {
    FakeLogin unknown = unresolved();
    switched("alice");
    String hash = World.bytes(text(unknown));
    assertTrue(manager.claim("erik", Optional.of(hash.substring(0, 12))).ok());
    assertSlots(bob, alice, unknown);
    assertStashed();
    assertEquals(SlotState.FRESH, manager.freshness("bob").state());
    switched("bob");
  }

  /** alice is chosen and suspect of a login of bob's that is in the stash, and live. */
  private FakeLogin unresolvedOfAnotherPlan() throws IOException {
    switched("alice");
    FakeLogin refreshed = bob.rotate().without(MARKER).withRaw("subscriptionType", "\"pro\"");
    world.clientWrites(text(refreshed));
    stashed(Verdict.UNRESOLVED, refreshed);
    assertEquals(SlotState.SUSPECT, manager.freshness("alice").state());
    return refreshed;
  }

  @Test
  void a_login_that_is_told_to_be_another_slots_leaves_nobody_suspect() throws IOException {
    FakeLogin refreshed = unresolvedOfAnotherPlan();
    assertTrue(manager.healDriftTo("bob").ok());
    assertSlots(refreshed, alice, erik);
    assertStashed();
    assertEquals(SlotState.FRESH, manager.freshness("alice").state());
    switched("alice");
  }

  @Test
  void a_login_that_a_switch_finds_proven_leaves_nobody_suspect() throws IOException {
    FakeLogin refreshed = unresolvedOfAnotherPlan();
    // By hand, as a person might who knows whose it is.
    world.slot("bob", text(refreshed));
    switched("erik");
    assertStashed();
    assertEquals(SlotState.FRESH, manager.freshness("alice").state());
  }

  @Test
  void a_login_that_is_another_slots_is_not_claimed() throws IOException {
    FakeLogin refreshed = unresolvedOfAnotherPlan();
    world.slot("bob", text(refreshed));
    ChangeOutcome claimed = manager.claim("alice", Optional.empty());
    assertInstanceOf(ChangeOutcome.Refused.class, claimed, claimed.message());
    assertTrue(claimed.message().contains("slot bob's"), claimed.message());
    assertTrue(claimed.message().contains("slots stash drop"), claimed.message());
    assertSlots(refreshed, alice, erik);
    // Nor once the slot has moved on, with the token among its earlier ones.
    assertTrue(manager.capture("bob").ok());
    FakeLogin later = refreshed.rotate();
    world.slot("bob", text(later));
    claimed = manager.claim("alice", Optional.empty());
    assertInstanceOf(ChangeOutcome.Refused.class, claimed, claimed.message());
    assertSlots(later, alice, erik);
    assertTrue(manager.drop("alice").ok());
    switched("alice");
    atTheEnd = List.of(later, alice, erik);
  }

  @Test
  void a_rejected_slot_is_refused_until_its_lineage_moves() throws IOException {
    assertTrue(manager.reject("alice").ok());
    assertEquals(SlotState.REJECTED, manager.freshness("alice").state());
    for (SwitchOption force : List.of(SwitchOption.FORCE, SwitchOption.DRY_RUN)) {
      assertEquals(
          Optional.of(SlotState.REJECTED),
          assertInstanceOf(SwitchOutcome.Refused.class, manager.switchTo("alice", "story", force))
              .state());
    }
    assertEquals("bob", world.linked());
    FakeLogin refreshed = alice.rotate();
    world.clientWrites(text(refreshed));
    healed(Verdict.OWN_LINEAGE, "alice", "bob");
    assertSlots(bob, refreshed, erik);
    switched("alice");
  }

  @Test
  void the_link_does_not_return_to_a_rejected_choice() throws IOException {
    switched("alice");
    assertTrue(manager.reject("alice").ok());
    FakeLogin refreshed = bob.rotate();
    world.clientWrites(text(refreshed));
    healed(Verdict.OWN_LINEAGE, "bob", "bob");
    assertSlots(refreshed, alice, erik);
  }

  // Two slots of one login.

  @Test
  void duplicates_are_refused() throws IOException {
    Path copy = world.directory.resolve("copy.json");
    World.write(copy, text(alice));
    assertInstanceOf(ChangeOutcome.Refused.class, manager.addSlot("twin", copy, false));
    Files.delete(copy);
    // A new login of an account that a slot has.
    logsIn(alice.login());
    ChangeOutcome refused = manager.addSlot("twin", false);
    assertInstanceOf(ChangeOutcome.Refused.class, refused);
    assertTrue(refused.message().contains("alice"), refused.message());
    assertTrue(world.detached());
    assertTrue(manager.addSlot("twin", true).ok());
    assertEquals("twin", world.linked());
  }

  // A switch finds a live file.

  @Test
  void a_switch_over_a_refresh_brings_it_home_first() throws IOException {
    FakeLogin refreshed = bob.rotate();
    world.clientWrites(text(refreshed));
    switched("alice");
    assertEquals("alice", world.linked());
    assertSlots(refreshed, alice, erik);
    assertIdentity(alice);
    assertStashed();
  }

  @Test
  void a_switch_over_the_targets_own_refresh_activates_the_refreshed() throws IOException {
    FakeLogin refreshed = alice.rotate();
    world.clientWrites(text(refreshed));
    switched("alice");
    assertSlots(bob, refreshed, erik);
    assertIdentity(alice);
  }

  @Test
  void a_switch_over_a_slots_own_bytes_stores_nothing() throws IOException {
    world.clientWrites(text(erik));
    switched("alice");
    assertSlots(bob, alice, erik);
    assertStashed();
  }

  @Test
  void a_switch_over_a_login_of_a_known_account_records_it() throws IOException {
    FakeLogin again = erik.login();
    logsIn(again);
    switched("alice");
    assertSlots(bob, alice, again);
    assertIdentity(alice);
    assertStashed();
  }

  @Test
  void a_switch_over_a_login_of_an_unknown_account_stashes_it() throws IOException {
    logsIn(carol);
    SwitchOutcome outcome = manager.switchTo("alice", "story");
    assertTrue(codes(outcome).contains("stashed"), outcome.warnings()::toString);
    assertSlots(bob, alice, erik);
    assertStashed(carol);
    assertEquals(SlotState.FRESH, manager.freshness("bob").state());
  }

  @Test
  void a_switch_over_an_unmarked_refresh_infers_and_says_so() throws IOException {
    FakeLogin refreshed = bob.rotate().without(MARKER);
    world.clientWrites(text(refreshed));
    SwitchOutcome outcome = manager.switchTo("alice", "story");
    assertTrue(codes(outcome).contains("inferred"), outcome.warnings()::toString);
    assertSlots(refreshed, alice, erik);
    assertTrue(manager.restore("bob", Optional.empty()).ok());
    assertSlots(bob, alice, erik);
    assertTrue(world.holdsToken(refreshed.refreshToken()));
  }

  @Test
  void a_switch_over_what_nobody_can_place_stashes_it_and_suspects_the_choice() throws IOException {
    FakeLogin unknown = bob.login();
    world.clientWrites(text(unknown));
    switched("alice");
    assertSlots(bob, alice, erik);
    assertStashed(unknown);
    assertEquals(SlotState.SUSPECT, manager.freshness("bob").state());
  }

  @Test
  void a_switch_over_a_wiped_file_keeps_the_slots() throws IOException {
    world.clientWrites(new String(bob.wipedJson(), StandardCharsets.UTF_8));
    switched("alice");
    assertSlots(bob, alice, erik);
    assertEquals(SlotState.FRESH, manager.freshness("bob").state());
  }

  // A command was killed, and a client wrote before the next one.

  private void killedSwitch(String to) throws IOException {
    killed("switch", to);
  }

  /**
   * A command that began, with what is on record of the live file and of the slot now.
   *
   * @param more fields by name
   */
  private void killed(String operation, String to, String... more) throws IOException {
    StringBuilder fields = new StringBuilder();
    for (int i = 0; i < more.length; i += 2) {
      fields.append(",\"").append(more[i]).append("\":\"").append(more[i + 1]).append('"');
    }
    String[] lines = Files.readString(world.own("journal.jsonl")).split("\n");
    String last = lines[lines.length - 1];
    String known = last.substring(last.indexOf(",\"chosen\""));
    world.journal(
        "{\"type\":\"begin\",\"id\":\"1\",\"at\":\""
            + World.NOW
            + "\",\"operation\":\""
            + operation
            + "\",\"slot\":\""
            + to
            + "\",\"to\":\""
            + to
            + "\",\"live\":\""
            + World.bytes(Files.readString(world.live))
            + "\",\"target\":\""
            + World.bytes(world.content(to))
            + "\""
            + fields
            + known);
  }

  private static List<String> codes(List<Warning> warnings) {
    return warnings.stream().map(Warning::code).toList();
  }

  @Test
  void an_inference_cut_short_before_the_turn_is_declared_by_the_next_command() throws IOException {
    FakeLogin refreshed = bob.rotate().without(MARKER);
    world.clientWrites(text(refreshed));
    killed("heal", "bob", "reason", "inferred");
    world.slot("bob", text(refreshed));

    HealOutcome.Relinked relinked = assertInstanceOf(HealOutcome.Relinked.class, manager.heal());

    assertEquals(List.of("recovered", "inferred"), codes(relinked.warnings()));
    assertTrue(relinked.warnings().get(1).message().contains("slots restore bob"));
    assertTrue(relinked.warnings().get(0).message().contains("slot bob already"));
    assertTrue(manager.restore("bob", Optional.empty()).ok());
    assertSlots(bob, alice, erik);
  }

  @Test
  void an_inference_cut_short_after_the_turn_is_declared_though_there_is_no_drift()
      throws IOException {
    FakeLogin refreshed = bob.rotate().without(MARKER);
    world.clientWrites(text(refreshed));
    killed("heal", "bob", "reason", "inferred");
    world.slot("bob", text(refreshed)).link("bob");
    assertEquals(List.of("recovered", "inferred"), codes(manager.heal().warnings()));
    assertEquals(List.of(), codes(manager.heal().warnings()));
  }

  @Test
  void an_inference_of_a_switch_cut_short_is_declared_by_a_command_that_is_refused()
      throws IOException {
    FakeLogin refreshed = bob.rotate().without(MARKER);
    world.clientWrites(text(refreshed));
    killed("switch", "alice", "reason", "why", "home", "bob", "verdict", "inferred");
    world.slot("bob", text(refreshed));
    ChangeOutcome refused = manager.restore("erik", Optional.of(99L));
    assertInstanceOf(ChangeOutcome.Refused.class, refused, refused.message());
    assertEquals(List.of("recovered", "inferred"), codes(refused.warnings()));
    assertTrue(manager.restore("bob", Optional.empty()).ok());
    assertSlots(bob, alice, erik);
  }

  @Test
  void a_switch_has_on_record_whose_it_takes_the_live_file_for() throws IOException {
    world.clientWrites(text(bob.rotate().without(MARKER)));
    switched("alice");
    String journal = Files.readString(world.own("journal.jsonl"));
    assertTrue(journal.contains("\"home\":\"bob\",\"verdict\":\"inferred\""), journal);
  }

  @Test
  void after_a_kill_and_a_clients_rename_account_and_journal_are_silent() throws IOException {
    for (boolean turned : new boolean[] {false, true}) {
      killedSwitch("alice");
      if (turned) {
        world.link("alice");
        files.identity(alice);
      }
      FakeLogin refreshed = bob.rotate().without(MARKER);
      world.clientWrites(text(refreshed));
      HealOutcome.Stashed stashed = stashed(Verdict.UNRESOLVED, refreshed);
      assertEquals(List.of(), stashed.evidence());
      assertSlots(bob, alice, erik);
      switched("bob");
      assertIdentity(bob);
    }
  }

  @Test
  void after_a_kill_and_a_clients_rename_a_marker_still_speaks() throws IOException {
    killedSwitch("alice");
    world.link("alice");
    files.identity(alice);
    FakeLogin refreshed = bob.rotate();
    world.clientWrites(text(refreshed));
    healed(Verdict.OWN_LINEAGE, "bob", "bob");
    assertSlots(refreshed, alice, erik);
  }

  @Test
  void a_killed_switch_that_is_finished_puts_the_account_in_place() throws IOException {
    killedSwitch("alice");
    world.link("alice");
    assertTrue(manager.repair().ok());
    assertIdentity(alice);
    assertEquals("alice", world.linked());
  }

  @Test
  void what_a_killed_switch_spliced_is_not_somebody_who_logged_in() throws IOException {
    killedSwitch("alice");
    world.link("alice");
    files.identity(alice);
    assertTrue(manager.repair().ok());
    // bob's old session, unmarked: the account in the file is our own work.
    FakeLogin refreshed = bob.rotate().without(MARKER);
    world.clientWrites(text(refreshed));
    HealOutcome outcome = manager.heal(HealOption.DRY_RUN);
    assertTrue(
        outcome.evidence().stream().noneMatch(piece -> piece.rank() == Rank.ACCOUNT),
        () -> outcome.evidence().toString());
    switched("alice");
  }
}
