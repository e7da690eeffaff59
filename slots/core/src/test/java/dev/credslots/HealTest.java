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
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class HealTest extends EngineTest {

  private static void assertNotHealed(World world, String slot, HealOption... options)
      throws IOException {
    Map<String, String> before = world.tree();
    HealOutcome outcome = world.manager().healDriftTo(slot, options);
    assertFalse(outcome.ok(), outcome.message());
    assertFalse(outcome.message().isBlank());
    Map<String, String> after = world.tree();
    after.keySet().removeIf(name -> name.startsWith(".slots"));
    before.keySet().removeIf(name -> name.startsWith(".slots"));
    assertEquals(before, after);
    assertEquals(List.of(), world.switched);
  }

  @Test
  void a_told_heal_refuses_what_the_original_refuses() throws IOException {
    assertNotHealed(inMemory().trio(), "bob", HealOption.FORCE);
    assertNotHealed(inMemory().trio().clientWrites(fresh("new")), "nobody");
    World gone = inMemory().trio();
    Files.delete(gone.live);
    assertNotHealed(gone, "bob", HealOption.FORCE);
    for (String content :
        List.of(
            "",
            "garbage",
            "[]",
            "{}",
            "{\"claudeAiOauth\":7}",
            "{\"claudeAiOauth\":{\"accessToken\":\"a\",\"refreshToken\":\"r\"}}",
            World.wiped(),
            World.expired(),
            World.login("new", -1),
            World.login("new", 0),
            World.login("new", 299),
            World.login("new", 300),
            "x".repeat(2 << 20))) {
      World world = inMemory().trio().clientWrites(content);
      assertNotHealed(world, "bob");
      assertNotHealed(world, "bob", HealOption.FORCE);
    }
  }

  @Test
  void a_told_heal_stores_the_file_and_keeps_what_was_there() throws IOException {
    World world = inMemory().trio().clientWrites(fresh("new"));
    assertTrue(world.manager().healDriftTo("bob").ok());
    assertEquals(fresh("new"), world.content("bob"));
    assertEquals("bob", world.linked());
    assertEquals(IdentityState.MATCH, world.manager().detectIdentityDrift("bob").state());
    assertEquals(List.of("bob: auto-heal drift (live cred resynced to slot)"), world.switched);
    world.assertTokens("bob-1", "new");
    world.assertNoTemporaryFile();
    assertEquals("healed", world.manager().log(1).get(0).outcome());
  }

  @Test
  void a_hold_defers_a_heal_and_force_passes() throws IOException {
    World world = inMemory().trio().clientWrites(fresh("new"));
    world.holds.add(Hold.named("run"));
    assertInstanceOf(HealOutcome.Deferred.class, world.manager().healDriftTo("bob"));
    assertInstanceOf(HealOutcome.Deferred.class, world.manager().heal());
    assertTrue(world.detached());
    assertTrue(world.manager().healDriftTo("bob", HealOption.FORCE).ok());
  }

  @Test
  void old_session_writing_back_does_not_move_the_link() throws IOException {
    World world = inMemory().trio();
    SlotManager manager = world.manager();
    manager.capture("bob");
    manager.switchTo("alice", "r");
    String back = World.login("bob-1", 8 * World.HOUR);
    world.clientWrites(back);
    HealOutcome.Healed healed = assertInstanceOf(HealOutcome.Healed.class, manager.heal());
    assertEquals("bob", healed.slot());
    assertEquals("alice", healed.active());
    assertEquals("alice", world.linked());
    assertEquals(back, world.content("bob"));
    assertEquals(fresh("alice-1"), world.content("alice"));
  }

  @Test
  void an_unresolved_file_stays_and_a_copy_is_kept() throws IOException {
    World world = inMemory().trio().clientWrites(fresh("unknown"));
    HealOutcome outcome = world.manager().heal();
    assertEquals(Verdict.UNRESOLVED, outcome.verdict());
    assertInstanceOf(HealOutcome.Stashed.class, outcome);
    assertTrue(world.detached());
    assertTrue(Files.exists(world.own("stash")));
    assertInstanceOf(HealOutcome.Stashed.class, world.manager().heal());
    world.assertTokens("unknown", "bob-1");
  }

  @Test
  void own_bytes_need_only_the_link() throws IOException {
    World world = inMemory().trio();
    world.clientWrites(world.content("alice"));
    HealOutcome outcome = world.manager().heal();
    assertEquals(Verdict.OWN_BYTES, outcome.verdict());
    assertEquals("alice", world.linked());
    assertEquals(IdentityState.MATCH, world.manager().detectIdentityDrift("alice").state());
  }

  @Test
  void a_useless_file_is_put_aside_when_asked() throws IOException {
    for (String content : List.of(World.wiped(), World.expired(), "", "x".repeat(2 << 20))) {
      World world = inMemory().trio();
      world.manager().switchTo("alice", "r");
      world.clientWrites(content);
      assertFalse(world.manager().heal().ok());
      assertTrue(world.manager().heal(HealOption.RELINK).ok());
      assertEquals("alice", world.linked());
      assertTrue(Files.exists(world.stashed(content)));
    }
  }

  @Test
  void a_wiped_slot_is_not_linked_because_its_ancestor_is_live() throws IOException {
    World world = inMemory().trio();
    world.manager().capture("bob");
    world.slot(
        "bob",
        "{\"claudeAiOauth\":{\"accessToken\":\"a\",\"refreshToken\":\"bob-2\",\"expiresAt\":0}}");
    world.clientWrites(fresh("bob-1"));
    assertInstanceOf(HealOutcome.Stashed.class, world.manager().heal());
    assertTrue(world.detached());
    world.assertTokens("bob-1", "bob-2");
  }

  @Test
  void a_told_heal_never_writes_over_what_cannot_be_kept(@TempDir Path temp) throws IOException {
    World world = realTrio(Files.createDirectory(temp.resolve("claude")));
    world.writeLogin(temp.resolve("outside"), fresh("outside"));
    Files.delete(world.file("alice"));
    Files.createSymbolicLink(world.file("alice"), temp.resolve("outside"));
    Files.delete(world.file("erik"));
    Files.createDirectory(world.file("erik"));
    world.slot("bob", "x".repeat(2 << 20)).clientWrites(fresh("new"));
    for (String slot : List.of("bob", "alice", "erik")) {
      assertInstanceOf(
          HealOutcome.Refused.class, world.manager().healDriftTo(slot, HealOption.FORCE));
    }
    assertEquals(fresh("outside"), world.read(temp.resolve("outside")));
    assertEquals(2 << 20, Files.size(world.file("bob")));
    assertTrue(world.detached());
  }
}
