package dev.credslots;

import static dev.credslots.World.fresh;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.credslots.credential.SlotState;
import dev.credslots.verdict.IdentityState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(60)
class SwitchTest extends EngineTest {

  private static List<String> codes(SwitchOutcome outcome) {
    return outcome.warnings().stream().map(Warning::code).toList();
  }

  @Test
  void a_switch_turns_the_link_and_is_told_once() throws IOException {
    World world = inMemory().trio();
    SwitchOutcome outcome = world.manager().switchTo("alice", "quota");
    SwitchOutcome.Switched done = assertInstanceOf(SwitchOutcome.Switched.class, outcome);
    assertEquals(Optional.of("bob"), done.from());
    assertEquals("alice", world.linked());
    assertEquals(List.of("alice: quota"), world.switched);
    assertEquals(1, world.events.size());
    assertInstanceOf(SlotEvent.Switched.class, world.events.get(0));
    LogEntry entry = world.manager().log(5).get(0);
    assertEquals("switch", entry.operation());
    assertEquals("switched", entry.outcome());
    assertEquals(Optional.of("bob"), entry.from());
    assertEquals(Optional.of("alice"), entry.slot());
    assertEquals("quota", entry.reason());
    assertEquals(Optional.of("alice"), world.manager().chosenSlot());
    assertEquals(IdentityState.MATCH, world.manager().detectIdentityDrift("alice").state());
    world.assertNoTemporaryFile();
    world.assertTokens("bob-1", "alice-1", "erik-1");
  }

  @Test
  void nothing_is_to_be_done_for_the_active_slot() throws IOException {
    World world = inMemory().trio();
    world.manager().switchTo("alice", "r");
    world.manager().switchTo("bob", "r");
    world.switched.clear();
    int lines = world.manager().log(9).size();
    SwitchOutcome outcome = world.manager().switchTo("bob", "r");
    assertInstanceOf(SwitchOutcome.Unchanged.class, outcome);
    assertTrue(outcome.ok());
    assertEquals(List.of(), world.switched);
    assertEquals(lines, world.manager().log(9).size());
  }

  @Test
  void a_known_bad_slot_is_refused_forced_or_not() throws IOException {
    World world = inMemory().trio();
    SlotManager manager = world.manager(builder -> builder.expiryPolicy(ExpiryPolicy.ACTIVATE));
    record Bad(String content, SlotState state) {}
    for (Bad bad :
        List.of(
            new Bad("", SlotState.UNREADABLE),
            new Bad("{}", SlotState.UNREADABLE),
            new Bad("[]", SlotState.UNREADABLE),
            new Bad("x".repeat(2 << 20), SlotState.UNREADABLE),
            new Bad(World.wiped(), SlotState.WIPED),
            new Bad(World.expired(), SlotState.EXPIRED))) {
      world.slot("alice", bad.content());
      for (SwitchOption[] options :
          List.of(new SwitchOption[] {}, new SwitchOption[] {SwitchOption.FORCE})) {
        SwitchOutcome.Refused refused =
            assertInstanceOf(SwitchOutcome.Refused.class, manager.switchTo("alice", "r", options));
        assertEquals(Optional.of(bad.state()), refused.state());
        assertEquals("bob", world.linked());
      }
    }
    Files.delete(world.file("alice"));
    assertInstanceOf(
        SwitchOutcome.Refused.class, manager.switchTo("alice", "r", SwitchOption.FORCE));
    assertInstanceOf(
        SwitchOutcome.Refused.class, manager.switchTo("nobody", "r", SwitchOption.FORCE));
    assertEquals("bob", world.linked());
    assertEquals(List.of(), world.switched);
  }

  @Test
  void a_slot_that_needs_renewal_is_switched_to_as_the_policy_says() throws IOException {
    World world =
        inMemory()
            .trio()
            .slot("alice", World.login("alice-1", 60))
            .slot("erik", World.login("erik-1", -60));
    for (String slot : List.of("alice", "erik")) {
      for (ExpiryPolicy policy : List.of(ExpiryPolicy.REFUSE, ExpiryPolicy.REFRESH)) {
        SwitchOutcome outcome =
            world.manager().switchTo(slot, "r", SwitchOption.ifExpired(policy), SwitchOption.FORCE);
        assertInstanceOf(SwitchOutcome.Refused.class, outcome);
        assertTrue(outcome.message().contains("activate"));
      }
      assertTrue(world.manager().refusal(slot).isPresent());
      assertTrue(
          world.manager().switchTo(slot, "r", SwitchOption.ifExpired(ExpiryPolicy.ACTIVATE)).ok());
      assertEquals(slot, world.linked());
    }
  }

  @Test
  void a_hold_defers_and_force_passes() throws IOException {
    World world = inMemory().trio();
    world.holds.add(Hold.named("nightly-run"));
    SwitchOutcome.Deferred deferred =
        assertInstanceOf(SwitchOutcome.Deferred.class, world.manager().switchTo("alice", "r"));
    assertEquals(List.of(Hold.named("nightly-run")), deferred.holds());
    assertTrue(deferred.message().contains("nightly-run"));
    assertEquals("bob", world.linked());
    assertFalse(Files.exists(world.own("journal.jsonl")));
    assertTrue(world.manager().switchTo("alice", "r", SwitchOption.FORCE).ok());
  }

  @Test
  void a_guard_that_throws_is_busy() throws IOException {
    World world = inMemory().trio();
    SlotManager manager =
        world.manager(
            builder ->
                builder.lockGuard(
                    () -> {
                      throw new IllegalArgumentException("secret");
                    }));
    SwitchOutcome outcome = manager.switchTo("alice", "r");
    assertInstanceOf(SwitchOutcome.Deferred.class, outcome);
    assertFalse(outcome.message().contains("secret"));
    assertEquals("bob", world.linked());
  }

  @Test
  void a_guard_may_look_and_one_that_changes_slots_means_busy() throws IOException {
    World world = inMemory().trio();
    SlotManager[] self = new SlotManager[1];
    self[0] =
        world.manager(
            builder ->
                builder.lockGuard(
                    () -> {
                      self[0].activeSlot();
                      self[0].freshness("bob");
                      return List.of();
                    }));
    assertTrue(self[0].switchTo("alice", "r").ok());
    self[0] =
        world.manager(
            builder ->
                builder.lockGuard(
                    () -> {
                      self[0].capture("erik");
                      return List.of();
                    }));
    assertInstanceOf(SwitchOutcome.Deferred.class, self[0].switchTo("bob", "r"));
    assertEquals("alice", world.linked());
    assertTrue(world.manager().switchTo("bob", "r").ok());
  }

  @Test
  void a_listener_that_throws_is_reported_and_hides_nothing() throws IOException {
    World world = inMemory().trio();
    List<String> later = new ArrayList<>();
    SlotManager manager =
        world.manager(
            builder ->
                builder
                    .onSwitch(
                        (slot, reason) -> {
                          throw new IllegalStateException("token");
                        })
                    .onSwitch((slot, reason) -> SwitchTest.<RuntimeException>sneak())
                    .onSwitch((slot, reason) -> later.add(slot)));
    SwitchOutcome outcome = manager.switchTo("alice", "r");
    assertTrue(outcome.ok());
    assertEquals(List.of("listener-failed", "listener-failed"), codes(outcome));
    assertEquals(List.of("alice"), later);
    assertEquals("alice", world.linked());
    assertEquals(1, manager.log(9).size());
  }

  /** A checked exception that nobody declared, as other languages throw them. */
  @SuppressWarnings("unchecked")
  private static <E extends Exception> void sneak() throws E {
    throw (E) new IOException("undeclared");
  }

  @Test
  void a_listener_may_switch_on() throws IOException {
    World world = inMemory().trio();
    SlotManager[] self = new SlotManager[1];
    self[0] =
        world.manager(
            builder ->
                builder.onSwitch(
                    (slot, reason) -> {
                      if (slot.equals("alice")) {
                        self[0].switchTo("erik", "onwards");
                      }
                    }));
    assertTrue(self[0].switchTo("alice", "r").ok());
    assertEquals("erik", world.linked());
  }

  @Test
  void if_active_guards_against_a_switch_somebody_else_made() throws IOException {
    World world = inMemory().trio();
    SlotManager manager = world.manager();
    SwitchOutcome other = manager.switchTo("alice", "r", SwitchOption.ifActive("erik"));
    assertInstanceOf(SwitchOutcome.Unchanged.class, other);
    assertFalse(other.ok());
    assertEquals("bob", world.linked());
    assertTrue(manager.switchTo("alice", "r", SwitchOption.ifActive("bob")).ok());
    assertEquals("alice", world.linked());
    // Another is active, and it is the very one: nothing to do, and that is fine.
    assertTrue(manager.switchTo("alice", "r", SwitchOption.ifActive("bob")).ok());
  }

  @Test
  void a_dry_run_says_what_the_switch_would_do() throws IOException {
    World world = inMemory().trio();
    SlotManager manager = world.manager();
    manager.switchTo("alice", "r");
    world.clientWrites(fresh("alice-2"));
    Map<String, String> before = world.tree();
    SwitchOption[][] cases = {
      {SwitchOption.ifActive("alice")}, {SwitchOption.ifActive("erik")}, {},
    };
    for (SwitchOption[] options : cases) {
      List<SwitchOption> dry = new ArrayList<>(List.of(options));
      dry.add(SwitchOption.DRY_RUN);
      SwitchOutcome said = manager.switchTo("bob", "r", dry.toArray(SwitchOption[]::new));
      assertEquals(before, world.tree());
      assertEquals(
          options.length == 0 || options[0].equals(SwitchOption.ifActive("alice")),
          said instanceof SwitchOutcome.Switched,
          said.message());
    }
    assertTrue(manager.switchTo("bob", "r", SwitchOption.ifActive("alice")).ok());
  }

  @Test
  void equal_bytes_need_nothing_to_be_kept() throws IOException {
    World world = inMemory().trio();
    world.clientWrites(world.content("bob"));
    assertTrue(world.manager().switchTo("alice", "r").ok());
    assertEquals(fresh("bob-1"), world.content("bob"));
    assertFalse(Files.exists(world.own("stash")));
    assertEquals("alice", world.linked());
  }

  @Test
  void a_newer_token_of_a_known_login_comes_home_before_the_switch() throws IOException {
    World world = inMemory().trio();
    SlotManager manager = world.manager();
    manager.capture("bob");
    // The same refresh token, a later access token: known lineage.
    String later = World.login("bob-1", 8 * World.HOUR);
    world.clientWrites(later);
    assertTrue(manager.switchTo("alice", "r").ok());
    assertEquals(later, world.content("bob"));
    assertEquals("alice", world.linked());
    assertFalse(Files.exists(world.own("stash")));
    assertEquals(IdentityState.MATCH, manager.detectIdentityDrift("bob").state());
  }

  @Test
  void an_older_token_of_a_known_login_never_replaces_a_newer() throws IOException {
    World world = inMemory().trio();
    SlotManager manager = world.manager();
    manager.capture("bob");
    world.writeInPlace(world.live, fresh("bob-2"));
    manager.capture("bob");
    world.clientWrites(World.login("bob-1", 8 * World.HOUR));
    assertTrue(manager.switchTo("alice", "r").ok());
    assertEquals(fresh("bob-2"), world.content("bob"));
    world.assertTokens("bob-1", "bob-2");
  }

  @Test
  void an_unknown_login_goes_to_the_stash_and_the_switch_goes_on() throws IOException {
    World world = inMemory().trio().clientWrites(fresh("unknown"));
    SwitchOutcome outcome = world.manager().switchTo("alice", "r");
    assertTrue(outcome.ok());
    assertTrue(codes(outcome).contains("stashed"));
    assertEquals("alice", world.linked());
    assertEquals(fresh("unknown"), world.read(world.stashed(fresh("unknown"))));
    assertTrue(world.events.stream().anyMatch(SlotEvent.Stashed.class::isInstance));
    assertEquals(fresh("bob-1"), world.content("bob"));
  }

  @Test
  void useless_and_huge_live_files_are_kept_too() throws IOException {
    for (String content :
        List.of(World.wiped(), World.expired(), "", "binary \u0001", "x".repeat(2 << 20))) {
      World world = inMemory().trio().clientWrites(content);
      SwitchOutcome outcome = world.manager().switchTo("alice", "r");
      assertTrue(outcome.ok());
      assertEquals(content, world.read(world.stashed(content)));
      world.assertNoTemporaryFile();
    }
  }

  @Test
  void a_directory_in_the_place_of_the_live_file_is_refused() throws IOException {
    World world = inMemory().trio();
    Files.delete(world.live);
    Files.createDirectory(world.live);
    assertInstanceOf(
        SwitchOutcome.Refused.class, world.manager().switchTo("alice", "r", SwitchOption.FORCE));
    assertTrue(Files.isDirectory(world.live, LinkOption.NOFOLLOW_LINKS));
  }

  @Test
  void a_broken_link_a_link_elsewhere_and_nothing_are_replaced() throws IOException {
    World world = inMemory().trio();
    SlotManager manager = world.manager();
    Files.delete(world.live);
    assertTrue(manager.switchTo("alice", "r").ok());
    Files.delete(world.live);
    Files.createSymbolicLink(world.live, world.file("gone"));
    assertTrue(manager.switchTo("alice", "r").ok());
    Files.delete(world.live);
    world.writeLogin(world.directory.resolve("elsewhere"), fresh("elsewhere"));
    Files.createSymbolicLink(world.live, world.directory.resolve("elsewhere"));
    SwitchOutcome outcome = manager.switchTo("bob", "r");
    assertEquals(List.of("foreign-link"), codes(outcome));
    assertEquals(fresh("elsewhere"), world.read(world.directory.resolve("elsewhere")));
    assertEquals("bob", world.linked());
  }

  @Test
  void the_target_is_judged_again_after_the_live_file_came_home_to_it() throws IOException {
    World world = inMemory().trio();
    SlotManager manager = world.manager();
    manager.capture("alice");
    // Seen in alice, and later than what alice has now: but its access token is over.
    world.writeInPlace(world.file("alice"), fresh("alice-2"));
    manager.capture("alice");
    world.writeInPlace(world.file("alice"), fresh("alice-1"));
    String over = World.login("alice-2", -60);
    world.clientWrites(over);
    SwitchOutcome outcome = manager.switchTo("alice", "r");
    assertInstanceOf(SwitchOutcome.Refused.class, outcome);
    assertEquals(over, world.content("alice"));
    assertTrue(world.detached());
    world.assertTokens("alice-1", "alice-2");
    assertEquals(List.of(), world.switched);
    assertTrue(manager.switchTo("alice", "r", SwitchOption.ifExpired(ExpiryPolicy.ACTIVATE)).ok());
  }

  @Test
  void the_live_file_never_comes_home_over_what_cannot_be_kept(@TempDir Path temp)
      throws IOException {
    World world = realTrio(Files.createDirectory(temp.resolve("claude")));
    SlotManager manager = world.manager();
    manager.capture("bob");
    Path outside = temp.resolve("outside");
    world.writeLogin(outside, fresh("outside"));
    Files.delete(world.file("bob"));
    Files.createSymbolicLink(world.file("bob"), outside);
    world.clientWrites(fresh("bob-1"));
    assertTrue(manager.switchTo("alice", "r").ok());
    assertEquals(fresh("outside"), world.read(outside));
    world.assertTokens("bob-1");
  }

  @Test
  void the_targets_mtime_is_new_at_every_switch(@TempDir Path directory) throws IOException {
    World world = realTrio(directory);
    SlotManager manager = world.manager();
    Set<FileTime> seen = new HashSet<>();
    for (String slot : List.of("alice", "bob", "alice", "bob", "erik", "bob")) {
      FileTime before = Files.getLastModifiedTime(world.live);
      assertTrue(manager.switchTo(slot, "r").ok());
      FileTime now = Files.getLastModifiedTime(world.live);
      assertNotEquals(before.toMillis(), now.toMillis());
      assertFalse(now.toInstant().isBefore(World.NOW));
      seen.add(now);
    }
    assertTrue(seen.size() > 2);
  }

  @Test
  void everything_of_ours_is_the_owners_alone(@TempDir Path directory) throws IOException {
    World world = realTrio(directory);
    SlotManager manager = world.manager();
    manager.switchTo("alice", "r");
    world.clientWrites(fresh("unknown"));
    manager.switchTo("bob", "r");
    manager.removeSlot("erik");
    try (Stream<Path> paths = Files.walk(directory.resolve(".slots"))) {
      for (Path path : (Iterable<Path>) paths::iterator) {
        String mode =
            PosixFilePermissions.toString(
                Files.getPosixFilePermissions(path, LinkOption.NOFOLLOW_LINKS));
        assertEquals(Files.isDirectory(path) ? "rwx------" : "rw-------", mode, path::toString);
      }
    }
  }

  @Test
  void no_secret_is_in_the_journal_an_event_or_an_outcome() throws IOException {
    World world = inMemory().trio().clientWrites(fresh("unknown"));
    SwitchOutcome outcome = world.manager().switchTo("alice", "r");
    for (String text :
        List.of(
            outcome.toString(),
            world.events.toString(),
            world.manager().log(9).toString(),
            world.manager().status().toString(),
            world.manager().heal().toString(),
            Files.readString(world.own("journal.jsonl")))) {
      assertFalse(text.contains("unknown\"") || text.contains("at-"), text);
      assertFalse(text.contains("alice-1") || text.contains("bob-1"), text);
    }
  }

  @Test
  void any_reason_is_taken_and_cut_to_a_thousand_characters() throws IOException {
    World world = inMemory().trio();
    SlotManager manager = world.manager();
    List<String> reasons =
        List.of(
            "",
            "a\nb\u0000\u001b[2J",
            "x".repeat(5000),
            "\uD83D\uDE00".repeat(600),
            "x" + "\uD83D\uDE00".repeat(600),
            "half \uD83D of a pair \uDE00");
    String slot = "bob";
    for (String reason : reasons) {
      slot = slot.equals("bob") ? "alice" : "bob";
      assertTrue(manager.switchTo(slot, reason).ok());
      String logged = manager.log(1).get(0).reason();
      assertTrue(logged.length() <= 1000);
      assertEquals(
          reason
              .substring(0, Math.min(reason.length(), 50))
              .replace('\uD83D', '?')
              .replace('\uDE00', '?')
              .replace('\uFFFD', '?'),
          logged
              .substring(0, Math.min(logged.length(), 50))
              .replace('\uD83D', '?')
              .replace('\uDE00', '?')
              .replace('\uFFFD', '?'));
    }
    assertEquals(reasons.size(), manager.log(99).size());
  }

  @Test
  void a_target_with_an_unproven_token_is_switched_to_with_a_warning() throws IOException {
    World world = inMemory().trio();
    SlotManager manager = world.manager();
    manager.capture("alice");
    world.slot("alice", fresh("someone"));
    SwitchOutcome outcome = manager.switchTo("alice", "r");
    assertTrue(outcome.ok());
    assertEquals(List.of("identity-unverified"), codes(outcome));
    assertEquals(
        Optional.of(World.hash("alice-1")),
        manager.detectIdentityDrift("alice").storedFingerprint());
  }

  @Test
  void failing_to_capture_does_not_fail_the_switch() throws IOException {
    World world = inMemory().trio();
    Files.createDirectory(world.sidecar("alice"));
    Files.createDirectory(world.sidecar("alice").resolve("in the way"));
    SwitchOutcome outcome = world.manager().switchTo("alice", "r");
    assertTrue(outcome.ok());
    assertEquals(List.of("capture-failed"), codes(outcome));
  }

  @ParameterizedTest
  @EnumSource(StoreExceptionCase.class)
  void a_directory_that_is_not_ours_to_write_is_refused(StoreExceptionCase one, @TempDir Path temp)
      throws Exception {
    Path directory = one.prepare(temp);
    SlotManager manager =
        SlotManager.builder(directory).slots("bob", "alice").clock(World.CLOCK).build();
    for (org.junit.jupiter.api.function.Executable change :
        List.<org.junit.jupiter.api.function.Executable>of(
            () -> manager.switchTo("alice", "r", SwitchOption.FORCE),
            () -> manager.heal(),
            () -> manager.capture("bob"),
            () -> manager.removeSlot("alice"),
            () -> manager.repair())) {
      StoreException refused = assertThrows(StoreException.class, change);
      assertEquals(StoreException.Kind.REFUSED, refused.kind());
      assertFalse(refused.remedy().isBlank());
    }
    manager.status();
    assertEquals(1, manager.diagnose().size());
  }

  enum StoreExceptionCase {
    MISSING,
    FILE,
    SOMEBODY_ELSES,
    OWN_DIRECTORY_IS_A_LINK;

    Path prepare(Path temp) throws IOException {
      Path directory = temp.resolve("claude");
      switch (this) {
        case MISSING -> {}
        case FILE -> Files.writeString(directory, "");
        case SOMEBODY_ELSES -> {
          World.realTrio(Files.createDirectory(directory));
          org.junit.jupiter.api.Assumptions.assumeTrue(
              Files.getOwner(Path.of("/proc/self")).getName().equals("root"));
          Files.setOwner(
              directory,
              directory
                  .getFileSystem()
                  .getUserPrincipalLookupService()
                  .lookupPrincipalByName("nobody"));
        }
        case OWN_DIRECTORY_IS_A_LINK -> {
          World.realTrio(Files.createDirectory(directory));
          Files.createSymbolicLink(
              directory.resolve(".slots"), Files.createDirectory(temp.resolve("elsewhere")));
        }
      }
      return directory;
    }
  }

  @Test
  void a_directory_others_may_write_in_is_warned_of(@TempDir Path directory) throws IOException {
    World world = realTrio(directory);
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxrwxrwx"));
    assertEquals(List.of("directory-writable"), codes(world.manager().switchTo("alice", "r")));
    assertTrue(
        world.manager().status().warnings().stream()
            .anyMatch(warning -> warning.code().equals("directory-writable")));
  }

  @Test
  void switching_to_what_another_program_made_live_puts_the_choice_on_record() throws IOException {
    World world = inMemory().trio();
    SlotManager manager = world.manager();
    manager.switchTo("alice", "ours");
    world.link("erik");
    assertTrue(manager.switchTo("erik", "theirs").ok());
    // An old session of alice's writes back: the link returns to erik, not to our older choice.
    world.clientWrites(world.content("alice"));
    assertTrue(manager.heal().ok());
    assertEquals("erik", world.linked());
  }
}
