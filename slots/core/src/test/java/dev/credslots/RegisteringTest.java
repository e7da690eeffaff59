package dev.credslots;

import static dev.credslots.World.fresh;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.credslots.verdict.IdentityState;
import dev.credslots.verdict.Verdict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RegisteringTest extends EngineTest {

  @Test
  void a_plain_live_file_becomes_the_first_slot() throws IOException {
    World world = inMemory().clientWrites(fresh("first"));
    assertTrue(world.discovering().addSlot("work", false).ok());
    assertEquals("work", world.linked());
    assertEquals(fresh("first"), world.content("work"));
    assertEquals(Optional.of("work"), world.discovering().chosenSlot());
    assertEquals(IdentityState.MATCH, world.discovering().detectIdentityDrift("work").state());
    world.assertNoTemporaryFile();
  }

  @Test
  void a_file_is_copied_and_the_link_stays() throws IOException {
    World world = inMemory().trio();
    Path from = world.directory.resolve("copy");
    world.writeLogin(from, fresh("copied"));
    assertTrue(world.discovering().addSlot("carol", from, false).ok());
    assertEquals("bob", world.linked());
    assertEquals(fresh("copied"), world.read(from));
    assertEquals(fresh("copied"), world.content("carol"));
  }

  @Test
  void a_login_that_is_a_slots_already_needs_force() throws IOException {
    World world = inMemory().trio();
    SlotManager manager = world.discovering();
    assertFalse(manager.addSlot("twin", world.file("alice"), false).ok());
    manager.capture("alice");
    world.slot("alice", fresh("alice-2"));
    Path from = world.directory.resolve("copy");
    world.writeLogin(from, fresh("alice-1"));
    assertFalse(manager.addSlot("twin", from, false).ok());
    assertTrue(manager.addSlot("twin", from, true).ok());
  }

  @Test
  void what_cannot_be_added_is_refused() throws IOException {
    World world = inMemory().trio();
    SlotManager manager = world.discovering();
    assertFalse(manager.addSlot("carol", false).ok());
    for (String content : List.of("", "{}", World.wiped(), World.expired())) {
      world.clientWrites(content);
      assertFalse(manager.addSlot("carol", true).ok());
      assertTrue(world.detached());
    }
    world.clientWrites(fresh("new"));
    for (String name : List.of("alice", "bak", "old", "orig")) {
      assertInstanceOf(ChangeOutcome.Refused.class, manager.addSlot(name, true));
    }
    assertFalse(world.manager().addSlot("carol", true).ok());
    assertFalse(manager.addSlot("carol", world.directory.resolve("nothing"), true).ok());
    assertEquals(fresh("alice-1"), world.content("alice"));
  }

  @Test
  void a_new_slot_inherits_nothing_of_a_file_that_was_deleted_by_hand() throws IOException {
    World world = inMemory().trio();
    SlotManager manager = world.discovering();
    manager.capture("erik");
    Files.delete(world.file("erik"));
    world.clientWrites(fresh("somebody"));
    assertTrue(manager.addSlot("erik", false).ok());
    world.clientWrites(fresh("erik-1"));
    // The name's old lineage would prove it erik's; only the journal speaks for that now.
    HealOutcome healed = manager.heal();
    assertEquals(Verdict.INFERRED, healed.verdict());
    assertTrue(healed.evidence().stream().noneMatch(piece -> piece.rank().proves()));
  }

  @Test
  void a_removed_slots_last_content_is_kept() throws IOException {
    for (String content :
        List.of(fresh("last"), World.wiped(), "", "garbage", "x".repeat(2 << 20))) {
      World world = inMemory().trio().slot("alice", content);
      world.manager().switchTo("bob", "r");
      assertTrue(world.manager().removeSlot("alice").ok());
      assertFalse(Files.exists(world.file("alice")));
      assertEquals(content, world.read(world.stashed(content)));
    }
  }

  @Test
  void the_active_slot_is_not_removed() throws IOException {
    World world = inMemory().trio();
    assertFalse(world.manager().removeSlot("bob").ok());
    assertEquals("bob", world.linked());
    assertTrue(Files.exists(world.live));
  }

  @Test
  void a_slot_that_the_live_link_leads_to_by_another_slot_is_not_removed() throws IOException {
    World world = inMemory().trio();
    Files.createSymbolicLink(world.file("alias"), world.file("bob").getFileName());
    world.link("alias");
    assertFalse(world.discovering().removeSlot("bob").ok());
    assertTrue(Files.exists(world.live));
  }

  @Test
  void a_rename_takes_the_link_and_the_fingerprint_with_it() throws IOException {
    World world = inMemory().trio();
    SlotManager manager = world.discovering();
    manager.switchTo("alice", "r");
    assertTrue(manager.renameSlot("alice", "carol").ok());
    assertEquals("carol", world.linked());
    assertEquals(Optional.of("carol"), manager.chosenSlot());
    assertEquals(IdentityState.MATCH, manager.detectIdentityDrift("carol").state());
    assertEquals(List.of("bob", "carol", "erik"), manager.slots());
    assertFalse(manager.renameSlot("carol", "bob").ok());
    assertFalse(manager.renameSlot("nobody", "dave").ok());
    assertEquals(fresh("alice-1"), world.content("carol"));
  }

  @Test
  void a_capture_accepts_a_login_that_was_meant() throws IOException {
    World world = inMemory().trio();
    SlotManager manager = world.manager();
    manager.capture("bob");
    world.writeInPlace(world.live, fresh("meant"));
    assertFalse(manager.heal().ok());
    assertEquals(Optional.of(World.hash("meant")), manager.captureFingerprint("bob"));
    assertEquals(IdentityState.MATCH, manager.detectIdentityDrift("bob").state());
    world.slot("erik", World.wiped());
    assertEquals(Optional.empty(), manager.captureFingerprint("erik"));
    world.assertTokens("bob-1", "meant");
  }
}
