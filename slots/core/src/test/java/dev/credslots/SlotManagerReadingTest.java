package dev.credslots;

import static dev.credslots.World.NOW;
import static dev.credslots.World.fresh;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.credslots.credential.SlotState;
import dev.credslots.verdict.IdentityState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class SlotManagerReadingTest {

  private static void rejected(UnaryOperator<SlotManagerBuilder> change) {
    assertThrows(IllegalArgumentException.class, () -> World.inMemory().manager(change));
  }

  @Test
  void what_cannot_be_a_manager_is_rejected_when_it_is_built() {
    rejected(builder -> builder.slotTemplate(".credentials.json"));
    rejected(builder -> builder.slotTemplate("{slot}"));
    rejected(builder -> builder.slotTemplate("{slot}/{slot}"));
    rejected(builder -> builder.slotTemplate("/etc/{slot}"));
    rejected(builder -> builder.slotTemplate("../{slot}.json"));
    rejected(builder -> builder.slotTemplate("a/../../{slot}.json"));
    rejected(builder -> builder.slotTemplate("a\u0000{slot}"));
    rejected(builder -> builder.fingerprintTemplate("fingerprint"));
    rejected(builder -> builder.fingerprintTemplate("../{slot}.fp"));
    rejected(builder -> builder.slots());
    rejected(builder -> builder.slots("bob", "bob"));
    rejected(builder -> builder.liveName(""));
    rejected(builder -> builder.liveName(".."));
    rejected(builder -> builder.liveName("a/b"));
    rejected(builder -> builder.grace(Duration.ofSeconds(-1)));
    rejected(builder -> builder.lockTimeout(Duration.ofSeconds(-1)));
    rejected(builder -> builder.generations(0));
    assertThrows(
        IllegalArgumentException.class, () -> SlotManager.builder(Path.of("/tmp")).build());
  }

  @Test
  void a_template_under_which_files_would_overwrite_each_other_is_rejected() {
    rejected(builder -> builder.fingerprintTemplate(".credentials.json.{slot}"));
    rejected(builder -> builder.slotTemplate(".credentials.{slot}").slots("json"));
    rejected(builder -> builder.fingerprintTemplate(".credentials.{slot}").slots("json"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ".",
        "..",
        "a/b",
        "../a",
        "/a",
        "-a",
        "_a",
        ".a",
        "work\n",
        "wo\nrk",
        "work ",
        " work",
        "a\u0000",
        "a\tb",
        "w\u00f6rk",
        "w\u043erk",
        "\uff41lice",
        "\u0430lice",
        "al\u200bice",
        "tmp",
        "tmp.0badcafe",
        "TMP1",
        "lock",
        "lock.1",
        "fingerprint.json",
        "bob.fingerprint.json",
        "bob.FINGERPRINT.JSON",
        "bob.tmp",
        "bob.tmp123",
        "bob.tmp.0badcafe",
        "bob.lock"
      })
  void a_name_that_cannot_be_a_slots_is_rejected_everywhere(String name) throws IOException {
    rejected(builder -> builder.slots("bob", name));
    World world = World.inMemory().trio();
    SlotManager manager = world.discovering();
    Map<String, String> before = world.tree();
    assertEquals(SlotState.MISSING, manager.freshness(name).state());
    assertFalse(manager.switchTo(name, "r", SwitchOption.FORCE).ok());
    assertFalse(manager.healDriftTo(name, HealOption.FORCE).ok());
    assertFalse(manager.addSlot(name, world.file("bob"), true).ok());
    assertFalse(manager.renameSlot("alice", name).ok());
    assertFalse(manager.removeSlot(name).ok());
    assertFalse(manager.capture(name).ok());
    before.remove(".slots");
    Map<String, String> after = world.tree();
    after.keySet().removeIf(file -> file.startsWith(".slots"));
    before.keySet().removeIf(file -> file.startsWith(".slots"));
    assertEquals(before, after);
    for (String message :
        List.of(manager.switchTo(name, "r").message(), manager.renameSlot("bob", name).message())) {
      assertFalse(message.chars().anyMatch(Character::isISOControl), message);
    }
  }

  @Test
  void names_have_at_most_64_characters() {
    rejected(builder -> builder.slots("a".repeat(65)));
    World.inMemory().manager(builder -> builder.slots("a".repeat(64)));
  }

  @Test
  void the_active_slot_is_found_by_resolved_paths() throws IOException {
    World world = World.inMemory().trio();
    SlotManager manager = world.manager();
    assertEquals(Optional.of("bob"), manager.activeSlot());
    Files.delete(world.live);
    Files.createSymbolicLink(world.live, world.file("alice").toAbsolutePath());
    assertEquals(Optional.of("alice"), manager.activeSlot());
    Files.delete(world.live);
    Files.createSymbolicLink(world.directory.resolve("middle"), world.file("erik").getFileName());
    Files.createSymbolicLink(world.live, world.directory.getFileSystem().getPath("middle"));
    assertEquals(Optional.of("erik"), manager.activeSlot());
    Files.delete(world.live);
    Files.createSymbolicLink(
        world.live, world.directory.getFileSystem().getPath("./.credentials.json.erik"));
    assertEquals(Optional.of("erik"), manager.activeSlot());
  }

  @Test
  void a_file_a_broken_link_a_link_elsewhere_and_nothing_are_no_active_slot() throws IOException {
    World world = World.inMemory().trio();
    SlotManager manager = world.manager();
    world.clientWrites(fresh("x"));
    assertEquals(Optional.empty(), manager.activeSlot());
    Files.delete(world.live);
    assertEquals(Optional.empty(), manager.activeSlot());
    for (String target : List.of("nothing", ".credentials.json.gone", ".credentials.json", "..")) {
      Files.deleteIfExists(world.live);
      Files.createSymbolicLink(world.live, world.directory.getFileSystem().getPath(target));
      assertEquals(Optional.empty(), manager.activeSlot(), target);
    }
    Files.delete(world.live);
    World.write(world.directory.resolve("elsewhere"), fresh("x"));
    Files.createSymbolicLink(world.live, world.directory.resolve("elsewhere"));
    assertEquals(Optional.empty(), manager.activeSlot());
  }

  @Test
  void a_template_may_hold_a_path_separator() throws IOException {
    World world = World.inMemory();
    Files.createDirectory(world.directory.resolve("slots"));
    World.write(world.directory.resolve("slots/bob.json"), fresh("bob-1"));
    World.write(world.directory.resolve("slots/alice.json"), fresh("alice-1"));
    for (boolean discover : new boolean[] {false, true}) {
      SlotManager manager =
          world.manager(
              builder ->
                  (discover ? builder.discoverSlots() : builder)
                      .slotTemplate("slots/{slot}.json")
                      .fingerprintTemplate("prints/{slot}.json"));
      for (String slot : List.of("bob", "alice")) {
        SwitchOutcome outcome = manager.switchTo(slot, "r");
        assertTrue(outcome.ok());
        assertEquals(List.of(), outcome.warnings());
        assertEquals(Optional.of(slot), manager.activeSlot());
        assertEquals("slots/" + slot + ".json", Files.readSymbolicLink(world.live).toString());
        assertEquals(IdentityState.MATCH, manager.detectIdentityDrift(slot).state());
      }
      assertEquals(
          discover ? List.of("alice", "bob") : List.of("bob", "alice"), manager.availableSlots());
    }
  }

  @Test
  void available_slots_are_about_existence_in_the_given_order() throws IOException {
    World world = World.inMemory().slot("erik", "garbage").slot("bob", World.wiped());
    assertEquals(List.of("bob", "erik"), world.manager().availableSlots());
    assertEquals(
        List.of("erik", "bob"),
        world.manager(builder -> builder.slots("erik", "alice", "bob")).availableSlots());
    assertEquals(List.of("bob", "alice", "erik"), world.manager().slots());
  }

  @Test
  void expiry_is_empty_for_whatever_has_none() throws IOException {
    World world = World.inMemory();
    SlotManager manager = world.manager();
    assertEquals(Optional.empty(), manager.expiry("bob"));
    for (String content :
        List.of(
            "",
            "x",
            "[]",
            "{}",
            "{\"claudeAiOauth\":5}",
            World.wiped(),
            "{\"claudeAiOauth\":{\"accessToken\":\"a\",\"expiresAt\":\"5\"}}")) {
      world.slot("bob", content);
      assertEquals(Optional.empty(), manager.expiry("bob"), content);
    }
    world.slot("bob", World.login("r", 60));
    assertEquals(Optional.of(NOW.plusSeconds(60)), manager.expiry("bob"));
  }

  @Test
  void the_reason_says_how_long_and_until_when() throws IOException {
    World world =
        World.inMemory()
            .slot("bob", World.login("r", 3600))
            .slot("alice", World.login("r", 60))
            .slot("erik", World.login("r", -7200));
    SlotManager manager = world.manager();
    assertTrue(manager.freshness("bob").fresh());
    assertTrue(manager.freshness("bob").reason().contains("1h left"));
    assertTrue(manager.freshness("bob").reason().contains("2026-01-18T13:00:00Z"));
    assertEquals(SlotState.EXPIRING, manager.freshness("alice").state());
    assertTrue(manager.freshness("alice").reason().contains("1m left"));
    assertEquals(SlotState.REFRESHABLE, manager.freshness("erik").state());
    assertTrue(manager.freshness("erik").reason().contains("2h ago (at 2026-01-18T10:00:00Z)"));
    assertTrue(manager.freshness("alice", Duration.ZERO, NOW).fresh());
    assertFalse(manager.freshness("alice", Duration.ZERO, NOW.plusSeconds(60)).fresh());
    assertFalse(manager.freshness("bob", Duration.ofSeconds(3600), NOW).fresh());
    assertThrows(
        IllegalArgumentException.class,
        () -> manager.freshness("bob", Duration.ofSeconds(-1), NOW));
  }

  @Test
  void drift_is_empty_only_where_there_is_nothing() throws IOException {
    World world = World.inMemory().trio();
    SlotManager manager = world.manager();
    Drift none = manager.detectDrift().orElseThrow();
    assertFalse(none.drift());
    assertEquals(Optional.of("bob"), none.matchingSlot());
    assertEquals(List.of("bob", "alice", "erik"), List.copyOf(none.slotHashes().keySet()));
    world.clientWrites(world.content("alice"));
    assertEquals(Optional.of("alice"), manager.detectDrift().orElseThrow().matchingSlot());
    world.clientWrites("anything");
    Drift drift = manager.detectDrift().orElseThrow();
    assertTrue(drift.drift());
    assertEquals(Optional.of(World.bytes("anything")), drift.liveHash());
    Files.delete(world.live);
    assertEquals(Optional.empty(), manager.detectDrift());
    Files.createSymbolicLink(world.live, world.file("gone"));
    Drift broken = manager.detectDrift().orElseThrow();
    assertTrue(broken.drift());
    assertEquals(Optional.empty(), broken.liveHash());
    assertEquals(3, broken.slotHashes().size());
  }

  @Test
  void a_live_file_too_large_to_be_one_is_drift_all_the_same() throws IOException {
    World world = World.inMemory().trio().clientWrites("x".repeat(2 << 20));
    Drift drift = world.manager().detectDrift().orElseThrow();
    assertTrue(drift.drift());
    assertEquals(Optional.empty(), drift.matchingSlot());
  }

  @Test
  void the_identity_of_a_slot() throws IOException {
    World world = World.inMemory().trio();
    SlotManager manager = world.manager();
    IdentityDrift none = manager.detectIdentityDrift("bob");
    assertEquals(IdentityState.NO_BASELINE, none.state());
    assertFalse(none.drift());
    assertTrue(none.reason().contains("capture"));
    assertEquals(Optional.of(World.hash("bob-1")), manager.captureFingerprint("bob"));
    assertEquals(IdentityState.MATCH, manager.detectIdentityDrift("bob").state());
    Files.writeString(world.live, fresh("someone-else"));
    IdentityDrift changed = manager.detectIdentityDrift("bob");
    assertEquals(IdentityState.UNVERIFIED, changed.state());
    assertTrue(changed.drift());
    assertFalse(manager.detectDrift().orElseThrow().drift());
    assertEquals(Optional.of(World.hash("bob-1")), changed.storedFingerprint());
    assertEquals(Optional.of(World.hash("someone-else")), changed.currentFingerprint());
    manager.captureFingerprint("alice");
    Files.writeString(world.live, fresh("alice-1"));
    assertEquals(IdentityState.CHANGED, manager.detectIdentityDrift("bob").state());
    Files.delete(world.file("bob"));
    assertTrue(manager.detectIdentityDrift("bob").drift());
    assertThrows(IllegalArgumentException.class, () -> manager.detectIdentityDrift("nobody"));
  }

  @Test
  void the_fingerprint_lies_as_the_python_peer_has_it(@TempDir Path directory) throws IOException {
    World world = World.realTrio(directory);
    world.manager().captureFingerprint("bob");
    Path sidecar = directory.resolve(".credentials.json.bob.fingerprint.json");
    assertEquals(
        "{\"captured_at\":\"2026-01-18T12:00:00Z\",\"refresh_token_sha256\":\""
            + World.hash("bob-1")
            + "\",\"slot\":\"bob\"}",
        Files.readString(sidecar));
    assertEquals(
        "rw-------",
        java.nio.file.attribute.PosixFilePermissions.toString(
            Files.getPosixFilePermissions(sidecar)));
    Files.writeString(
        sidecar,
        "{\"slot\": \"bob\", \"refresh_token_sha256\": \""
            + World.hash("other")
            + "\", \"captured_at\": \"2026-01-18T12:00:00.123456+00:00\"}");
    assertEquals(
        Optional.of(World.hash("other")),
        world.manager().detectIdentityDrift("bob").storedFingerprint());
    Files.writeString(sidecar, "garbage");
    assertEquals(IdentityState.NO_BASELINE, world.manager().detectIdentityDrift("bob").state());
  }

  @Test
  void discovery_takes_slots_and_nothing_else() throws IOException {
    World world = World.inMemory().trio();
    for (String other :
        List.of(
            "bak",
            "old",
            "orig",
            "BAK",
            "tmp.0badcafe",
            "tmp123",
            "lock",
            "bob.lock",
            "bob.tmp77",
            "bob.fingerprint.json",
            "fingerprint.json",
            "-x",
            "")) {
      World.write(world.file(other), fresh("r"));
    }
    SlotManager manager = world.discovering();
    assertEquals(List.of("alice", "bob", "erik"), manager.slots());
    List<String> copies =
        manager.diagnose().stream()
            .filter(finding -> finding.code().equals("copy"))
            .map(Finding::message)
            .toList();
    assertEquals(4, copies.size());
    assertFalse(manager.switchTo("bak", "r").ok());
  }

  @Test
  void discovery_does_not_take_the_live_path_for_a_slot() throws IOException {
    World world = World.inMemory();
    World.write(world.directory.resolve(".credentials.bob"), fresh("bob-1"));
    Files.createSymbolicLink(
        world.live, world.directory.getFileSystem().getPath(".credentials.bob"));
    SlotManager manager =
        world.manager(builder -> builder.discoverSlots().slotTemplate(".credentials.{slot}"));
    assertEquals(List.of("bob"), manager.slots());
    assertFalse(manager.switchTo("json", "r").ok());
    assertEquals(Optional.of("bob"), manager.activeSlot());
  }

  @Test
  void looking_writes_nothing() throws IOException {
    World world = World.inMemory().trio();
    SlotManager manager = world.discovering();
    world.clientWrites(fresh("new"));
    Map<String, String> before = world.tree();
    manager.status();
    manager.diagnose();
    manager.detectDrift();
    manager.detectIdentityDrift("bob");
    manager.log(10);
    manager.chosenSlot();
    manager.heal(HealOption.DRY_RUN);
    manager.healDriftTo("bob", HealOption.DRY_RUN);
    manager.heal(HealOption.DRY_RUN, HealOption.RELINK);
    manager.switchTo("alice", "r", SwitchOption.DRY_RUN);
    assertEquals(before, world.tree());
    assertEquals(List.of(), world.switched);
  }

  @Test
  void a_fifo_a_directory_and_a_link_out_are_unreadable_and_hang_nobody(@TempDir Path temp)
      throws Exception {
    Path directory = Files.createDirectory(temp.resolve("claude"));
    World world = World.realTrio(directory);
    Files.delete(world.file("alice"));
    Files.createDirectory(world.file("alice"));
    Files.delete(world.file("erik"));
    assertEquals(0, new ProcessBuilder("mkfifo", world.file("erik").toString()).start().waitFor());
    World.write(temp.resolve("outside"), fresh("outside"));
    Files.createSymbolicLink(world.file("out"), temp.resolve("outside"));
    Files.createSymbolicLink(world.file("dangling"), Path.of("nothing"));
    SlotManager manager =
        world.manager(builder -> builder.slots("bob", "alice", "erik", "out", "dangling"));
    for (String slot : List.of("alice", "erik", "out")) {
      assertEquals(SlotState.UNREADABLE, manager.freshness(slot).state(), slot);
      assertFalse(manager.switchTo(slot, "r", SwitchOption.FORCE).ok());
      assertFalse(manager.capture(slot).ok());
      assertFalse(manager.renameSlot(slot, "dangling").ok());
      assertEquals("bob", world.linked());
    }
    assertEquals(SlotState.MISSING, manager.freshness("dangling").state());
    assertFalse(manager.switchTo("dangling", "r", SwitchOption.FORCE).ok());
    assertEquals(5, manager.status().slots().size());
    manager.detectDrift();
    manager.diagnose();
    Files.delete(world.live);
    assertEquals(0, new ProcessBuilder("mkfifo", world.live.toString()).start().waitFor());
    assertFalse(manager.switchTo("bob", "r", SwitchOption.FORCE).ok());
    assertFalse(manager.healDriftTo("bob", HealOption.FORCE).ok());
    assertEquals(Status.LiveState.FOREIGN, manager.status().live().state());
  }
}
