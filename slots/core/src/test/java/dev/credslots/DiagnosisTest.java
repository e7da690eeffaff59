package dev.credslots;

import static dev.credslots.World.NOW;
import static dev.credslots.World.fresh;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DiagnosisTest {

  private static Set<String> codes(SlotManager manager) {
    return manager.diagnose().stream()
        .map(Finding::code)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static void lockDated(Path lock, Instant when) throws IOException {
    Files.createDirectory(lock);
    Files.setLastModifiedTime(lock, FileTime.from(when));
  }

  @Test
  void a_healthy_directory_has_no_findings(@TempDir Path directory) throws IOException {
    World world = World.realTrio(directory);
    world.manager().switchTo("alice", "r");
    assertEquals(List.of(), world.manager().diagnose());
  }

  @Test
  void every_defect_is_found_the_fixable_are_mended_and_the_rest_says_how(@TempDir Path scratch)
      throws IOException {
    Path directory = Files.createDirectory(scratch.resolve("claude"));
    World world = World.realTrio(directory);
    SlotManager manager = world.discovering();
    manager.switchTo("alice", "r");
    world.begun("switch", "alice", "from", "alice", "slot", "bob", "to", "bob");
    Path leftover = directory.resolve(".credentials.json.tmp.slots-0123456789abcdef");
    Files.createSymbolicLink(leftover, Path.of("nowhere"));
    World.write(directory.resolve(".credentials.json.tmp.0badcafe"), fresh("a-clients"));
    World.write(directory.resolve(".credentials.json.gone.fingerprint.json"), "{}");
    World.write(directory.resolve(".credentials.json.bak"), fresh("by-hand"));
    Files.setPosixFilePermissions(world.file("bob"), PosixFilePermissions.fromString("rw-r--r--"));
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxrwxrwx"));
    lockDated(directory.resolve(".oauth_refresh.lock"), NOW.minusSeconds(90));
    lockDated(scratch.resolve("claude.lock"), NOW.minusSeconds(90));
    world.slot("twin", fresh("erik-1")).slot("wiped", World.wiped());
    world.slot("text", "no login");

    assertEquals(
        Set.of(
            "copy",
            "directory-writable",
            "duplicate-login",
            "foreign-temp-file",
            "mode",
            "open-intent",
            "sidecar",
            "slot-unreadable",
            "slot-wiped",
            "stale-lock",
            "temp-file"),
        codes(manager));
    manager.diagnose().forEach(found -> assertFalse(found.remedy().isEmpty(), found.code()));

    assertTrue(manager.repair().ok());

    assertEquals(List.of(), manager.diagnose().stream().filter(Finding::fixable).toList());
    assertFalse(Files.exists(leftover, java.nio.file.LinkOption.NOFOLLOW_LINKS));
    assertFalse(Files.exists(scratch.resolve("claude.lock")));
    // What may be somebody's only copy, or needs a decision, is left for a person.
    assertEquals(
        Set.of(
            "copy",
            "directory-writable",
            "duplicate-login",
            "foreign-temp-file",
            "slot-unreadable",
            "slot-wiped"),
        codes(manager));
    world.assertTokens("bob-1", "alice-1", "erik-1", "a-clients", "by-hand");

    for (String name : List.of(".credentials.json.tmp.0badcafe", ".credentials.json.bak")) {
      Files.delete(directory.resolve(name));
    }
    for (String slot : List.of("twin", "wiped", "text")) {
      assertTrue(manager.removeSlot(slot).ok());
    }
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx------"));
    assertEquals(List.of(), manager.diagnose());
  }

  @Test
  void suspect_and_rejected_slots_and_a_lock_of_the_future_are_found(@TempDir Path scratch)
      throws IOException {
    Path directory = Files.createDirectory(scratch.resolve("claude"));
    World world = World.realTrio(directory);
    world.manager().switchTo("alice", "r");
    world.manager().reject("erik");
    world.clientWrites(World.login("of-nobody", -1));
    assertFalse(world.manager().heal().ok());
    lockDated(directory.resolve(".oauth_refresh.lock"), NOW.plusSeconds(9000));
    assertEquals(
        Set.of("detached", "future-lock", "slot-rejected", "slot-suspect"), codes(world.manager()));
  }

  private static Finding finding(SlotManager manager, String code) {
    return manager.diagnose().stream()
        .filter(one -> one.code().equals(code))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void an_absent_live_path_is_found_where_there_are_slots(@TempDir Path directory)
      throws IOException {
    World world = World.realTrio(directory);
    Files.delete(world.live);
    Finding found = finding(world.manager(), "no-live");
    assertEquals(Finding.Severity.WARNING, found.severity());
    assertEquals("slots switch SLOT", found.remedy());
    for (String slot : List.of("bob", "alice", "erik")) {
      Files.delete(world.file(slot));
    }
    assertEquals(Set.of(), codes(world.discovering()));
  }

  @Test
  void a_directory_at_the_live_path_is_one_finding(@TempDir Path directory) throws IOException {
    World world = World.realTrio(directory);
    Files.delete(world.live);
    Files.createDirectory(
        world.live,
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
    assertEquals(Set.of("not-a-file"), codes(world.manager()));
  }

  @Test
  void a_restore_is_offered_only_where_another_login_is_kept(@TempDir Path directory)
      throws IOException {
    World world = World.realTrio(directory);
    SlotManager manager = world.manager();
    assertTrue(manager.capture("erik").ok());
    assertTrue(manager.reject("erik").ok());
    assertEquals("log in again", finding(manager, "slot-rejected").remedy());
    world.slot("erik", fresh("erik-2"));
    assertTrue(manager.capture("erik").ok());
    assertTrue(manager.reject("erik").ok());
    assertTrue(finding(manager, "slot-rejected").remedy().contains("slots restore erik"));
    world.slot("bob", World.wiped());
    assertEquals("log in again", finding(manager, "slot-wiped").remedy());
  }

  @Test
  void mending_under_a_clients_lock_is_deferred_and_names_it(@TempDir Path scratch)
      throws IOException {
    World world = World.realTrio(Files.createDirectory(scratch.resolve("claude")));
    Path lock = world.directory.resolve(".oauth_refresh.lock");
    lockDated(lock, NOW.minusSeconds(3));
    SlotManager manager = world.manager(b -> b.lockTimeout(Duration.ofMillis(50)));
    RepairOutcome.Deferred deferred =
        assertInstanceOf(RepairOutcome.Deferred.class, manager.repair());
    assertTrue(deferred.message().contains(lock.toString()), deferred.message());
  }

  @Test
  void mending_tells_what_a_killed_command_had_left(@TempDir Path directory) throws IOException {
    World world = World.realTrio(directory);
    world.begun("switch", "bob", "from", "bob", "slot", "alice", "to", "alice");
    assertEquals(
        List.of("recovered"),
        world.manager().repair().warnings().stream().map(Warning::code).toList());
  }
}
