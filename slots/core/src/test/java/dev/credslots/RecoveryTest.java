package dev.credslots;

import static dev.credslots.World.fresh;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.credslots.verdict.IdentityState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a killed operation leaves, made by hand, and what the next changing call makes of it. */
class RecoveryTest extends EngineTest {
  private static final String TEMP = ".tmp.slots-0123456789abcdef";

  private World world;

  @BeforeEach
  void trio() throws IOException {
    world = inMemory().trio();
  }

  private void switchBegun() throws IOException {
    world.begun(
        "switch",
        "bob",
        "from",
        "bob",
        "slot",
        "alice",
        "to",
        "alice",
        "reason",
        "why",
        "live",
        world.hashOf(world.read(world.live)),
        "target",
        world.hashOf(world.content("alice")));
  }

  private void addBegun(String name, String content, boolean turn) throws IOException {
    String[] fields =
        turn
            ? new String[] {
              "slot",
              name,
              "to",
              name,
              "live",
              world.hashOf(content),
              "target",
              world.hashOf(content)
            }
            : new String[] {"slot", name, "target", world.hashOf(content)};
    world.begun("add", "bob", fields);
  }

  /** The next changing call, one that changes nothing else. */
  private String recovered(SlotManager manager) throws IOException {
    assertTrue(
        manager.status().warnings().stream()
            .anyMatch(warning -> warning.code().equals("open-intent")));
    assertTrue(manager.repair().ok());
    assertFalse(
        manager.status().warnings().stream()
            .anyMatch(warning -> warning.code().equals("open-intent")));
    world.assertNoTemporaryFile();
    assertEquals(1, world.events.stream().filter(SlotEvent.Recovered.class::isInstance).count());
    List<LogEntry> log = manager.log(9);
    assertTrue(log.get(log.size() - 1).reason().contains("recovered"));
    return log.get(log.size() - 1).outcome();
  }

  private String recovered() throws IOException {
    return recovered(world.manager());
  }

  @Test
  void a_switch_killed_before_the_turn_is_undone() throws IOException {
    switchBegun();
    Files.createSymbolicLink(
        world.live.resolveSibling(world.live.getFileName() + TEMP),
        world.file("alice").getFileName());
    assertEquals("undone", recovered());
    assertEquals("bob", world.linked());
    assertEquals(Optional.of("bob"), world.manager().chosenSlot());
  }

  @Test
  void a_switch_killed_after_the_turn_is_finished() throws IOException {
    switchBegun();
    world.link("alice");
    assertEquals("finished", recovered());
    assertEquals("alice", world.linked());
    assertEquals(Optional.of("alice"), world.manager().chosenSlot());
    assertEquals(IdentityState.MATCH, world.manager().detectIdentityDrift("alice").state());
  }

  @Test
  void a_switch_is_finished_by_a_manager_that_knows_other_slots() throws IOException {
    switchBegun();
    world.link("alice");
    assertEquals("finished", recovered(world.manager(builder -> builder.slots("erik"))));
    assertEquals(Optional.of("alice"), world.manager().chosenSlot());
  }

  @Test
  void after_a_client_wrote_the_journal_is_closed_and_the_choice_forgotten() throws IOException {
    switchBegun();
    world.clientWrites(fresh("new"));
    assertEquals("closed", recovered());
    assertTrue(world.detached());
    assertEquals(Optional.empty(), world.manager().chosenSlot());
    world.assertTokens("new", "bob-1", "alice-1", "erik-1");
    assertEquals(fresh("bob-1"), world.content("bob"));
    assertEquals(fresh("alice-1"), world.content("alice"));
  }

  @Test
  void a_switch_from_a_detached_file_killed_before_the_turn_leaves_the_file() throws IOException {
    world.clientWrites(fresh("unknown"));
    switchBegun();
    Files.createDirectory(world.own("stash"));
    world.writeLogin(world.own("stash").resolve("x.json" + TEMP), fresh("unknown").substring(0, 9));
    assertEquals("undone", recovered());
    assertTrue(world.detached());
    assertEquals(Optional.of("bob"), world.manager().chosenSlot());
  }

  @Test
  void the_next_switch_recovers_by_itself_and_goes_on() throws IOException {
    switchBegun();
    world.link("alice");
    SwitchOutcome outcome = world.manager().switchTo("erik", "next");
    assertTrue(outcome.ok());
    assertEquals(List.of("recovered"), outcome.warnings().stream().map(Warning::code).toList());
    assertEquals(
        List.of("finished", "switched"),
        world.manager().log(9).stream().map(LogEntry::outcome).toList());
    assertEquals(Optional.of("alice"), world.manager().log(1).get(0).from());
  }

  @Test
  void a_heal_killed_between_the_slot_and_the_link_is_healed_by_the_next() throws IOException {
    world.manager().capture("bob");
    String later = World.login("bob-1", 8 * World.HOUR);
    world.clientWrites(later);
    world.begun("heal", "bob", "slot", "bob", "to", "bob", "live", world.hashOf(later));
    world.slot("bob", later);
    World.write(world.file("bob" + TEMP), "half");
    assertEquals("stored", recovered());
    String message =
        world.events.stream()
            .filter(SlotEvent.Recovered.class::isInstance)
            .map(event -> ((SlotEvent.Recovered) event).message())
            .findFirst()
            .orElseThrow();
    assertTrue(message.contains("the link is not turned"), message);
    assertTrue(message.contains("in slot bob already"), message);
    assertTrue(world.manager().heal().ok());
    assertEquals("bob", world.linked());
    assertEquals(later, world.content("bob"));
  }

  @Test
  void a_told_heal_killed_before_the_capture_is_captured_by_the_next() throws IOException {
    String told = fresh("told");
    world.clientWrites(told);
    world.begun("heal", "bob", "slot", "bob", "to", "bob", "live", world.hashOf(told));
    world.slot("bob", told);
    assertEquals("stored", recovered());
    assertEquals(IdentityState.MATCH, world.manager().detectIdentityDrift("bob").state());
    assertTrue(world.manager().healDriftTo("bob").ok());
    assertEquals(IdentityState.MATCH, world.manager().detectIdentityDrift("bob").state());
  }

  @Test
  void a_heal_killed_before_the_slot_was_written_is_undone() throws IOException {
    world.clientWrites(fresh("told"));
    world.begun(
        "heal",
        "bob",
        "slot",
        "bob",
        "to",
        "bob",
        "reason",
        "told",
        "live",
        world.hashOf(fresh("told")));
    assertEquals("undone", recovered());
    assertEquals(fresh("bob-1"), world.content("bob"));
  }

  @Test
  void a_heal_that_was_to_remember_a_token_is_undone() throws IOException {
    String now = world.content("bob");
    world.begun("heal", "bob", "slot", "bob", "reason", "rotated", "live", world.hashOf(now));
    assertEquals("undone", recovered());
  }

  @Test
  void a_heal_of_a_slots_own_bytes_had_nothing_to_store() throws IOException {
    world.clientWrites(fresh("bob-1"));
    world.begun(
        "heal",
        "bob",
        "slot",
        "bob",
        "to",
        "bob",
        "reason",
        "own-bytes",
        "live",
        world.hashOf(fresh("bob-1")));
    assertEquals("undone", recovered());
  }

  @Test
  void an_add_killed_before_the_slot_is_undone() throws IOException {
    world.clientWrites(fresh("new"));
    addBegun("carol", fresh("new"), true);
    world.writeLogin(world.file("carol" + TEMP), fresh("new"));
    assertEquals("undone", recovered(world.discovering()));
    assertTrue(world.detached());
    assertFalse(Files.exists(world.file("carol")));
    world.assertTokens("new");
  }

  @Test
  void an_add_killed_before_the_link_is_finished() throws IOException {
    world.clientWrites(fresh("new"));
    addBegun("carol", fresh("new"), true);
    world.slot("carol", fresh("new"));
    assertEquals("finished", recovered(world.discovering()));
    assertEquals("carol", world.linked());
    assertEquals(Optional.of("carol"), world.manager().chosenSlot());
    assertEquals(IdentityState.MATCH, world.discovering().detectIdentityDrift("carol").state());
  }

  @Test
  void an_add_overtaken_by_a_client_leaves_the_clients_file() throws IOException {
    addBegun("carol", fresh("new"), true);
    world.slot("carol", fresh("new"));
    world.clientWrites(fresh("newer"));
    assertEquals("closed", recovered(world.discovering()));
    assertTrue(world.detached());
    world.assertTokens("new", "newer");
    assertEquals(fresh("new"), world.content("carol"));
  }

  @Test
  void an_add_from_a_file_leaves_the_link() throws IOException {
    addBegun("carol", fresh("new"), false);
    world.slot("carol", fresh("new"));
    assertEquals("finished", recovered(world.discovering()));
    assertEquals("bob", world.linked());
    assertEquals(Optional.of("bob"), world.manager().chosenSlot());
  }

  @Test
  void a_removal_killed_before_the_deletion_is_undone() throws IOException {
    world.begun("remove", "bob", "slot", "erik", "target", world.hashOf(world.content("erik")));
    assertEquals("undone", recovered());
    world.assertTokens("erik-1");
    assertTrue(Files.exists(world.file("erik")));
  }

  @Test
  void a_removal_killed_after_the_deletion_is_finished() throws IOException {
    world.manager().capture("erik");
    world.begun("remove", "erik", "slot", "erik", "target", world.hashOf(world.content("erik")));
    Files.delete(world.file("erik"));
    assertEquals("finished", recovered());
    assertFalse(Files.exists(world.sidecar("erik")));
    assertEquals(Optional.empty(), world.manager().chosenSlot());
  }

  @Test
  void a_rename_killed_anywhere_leaves_one_name_and_a_whole_link() throws IOException {
    for (int step = 0; step < 4; step++) {
      World one = inMemory().trio();
      one.manager().capture("bob");
      one.begun("rename", "bob", "slot", "bob", "to", "carol");
      if (step > 0) {
        Files.createLink(one.file("carol"), one.file("bob"));
      }
      if (step > 1) {
        one.link("carol");
      }
      if (step > 2) {
        Files.delete(one.file("bob"));
      }
      world = one;
      SlotManager manager = one.discovering();
      assertEquals(step == 0 ? "undone" : "finished", recovered(manager));
      String name = step == 0 ? "bob" : "carol";
      assertEquals(Optional.of(name), manager.activeSlot());
      assertEquals(Optional.of(name), manager.chosenSlot());
      assertEquals(fresh("bob-1"), one.content(name));
      assertEquals(3, manager.slots().size());
      assertEquals(IdentityState.MATCH, manager.detectIdentityDrift(name).state());
    }
  }

  @Test
  void a_capture_killed_in_the_middle_is_undone_and_can_be_had_again() throws IOException {
    world.begun("capture", "bob", "slot", "alice", "target", world.hashOf(world.content("alice")));
    assertEquals("undone", recovered());
    assertTrue(world.manager().capture("alice").ok());
    assertEquals("bob", world.linked());
  }

  @Test
  void a_heal_that_finds_no_drift_ends_what_was_left_open() throws IOException {
    switchBegun();
    world.link("alice");
    SlotManager manager =
        world.manager(more -> more.lockGuard(() -> List.of(Hold.named("nightly"))));
    assertEquals("NoDrift", manager.heal().getClass().getSimpleName());
    assertEquals("finished", manager.log(1).get(0).outcome());
    assertEquals(Optional.of("alice"), manager.chosenSlot());
  }

  @Test
  void no_line_of_the_journal_stops_the_next_command() throws IOException {
    for (String operation : List.of("switch", "heal", "add", "remove", "rename", "future")) {
      World one = inMemory().trio();
      one.begun(operation, "bob");
      assertTrue(one.manager().switchTo("alice", "r").ok(), operation);
      assertEquals("alice", one.linked());
    }
  }

  @Test
  void other_programs_temporary_files_are_left_alone() throws IOException {
    switchBegun();
    Path theirs = world.live.resolveSibling(world.live.getFileName() + ".tmp.0badcafe");
    world.writeLogin(theirs, fresh("half-born"));
    world.manager().repair();
    assertTrue(Files.exists(theirs));
  }
}
