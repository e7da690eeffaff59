package dev.credslots;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.credslots.verdict.Verdict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Keys that belong to the machine follow the live link; every other byte stays where it is. */
@Timeout(60)
class SharedKeysStoriesTest {
  private World world;
  private SlotManager manager;

  @BeforeEach
  void a_trio(@TempDir Path temp) throws IOException {
    world = World.realTrio(Files.createDirectory(temp.toRealPath().resolve("claude")));
    manager = world.manager();
  }

  /** A login between what a client may have written around it. */
  private static String file(String token, long hours, String before, String after) {
    return "{ "
        + before
        + "\"claudeAiOauth\" : {\"accessToken\":\"at-"
        + token
        + "\",\"odd\":1E+400 ,\"refreshToken\":\""
        + token
        + "\",\"expiresAt\":"
        + World.NOW.plusSeconds(hours * World.HOUR).toEpochMilli()
        + "}"
        + after
        + " }\n";
  }

  private void switched(String slot) {
    SwitchOutcome outcome = manager.switchTo(slot, "r");
    assertTrue(outcome.ok(), outcome.message());
  }

  @Test
  void a_switch_carries_entries_into_the_target_and_deletes_none() throws IOException {
    String bob =
        file("bob-1", 6, "\"mcpOAuth\":{\"x\":{\"t\":\"x\\u0031\"} , \"y\":{\"n\":1.50}},", "");
    String mine = ",\"own\":[ 1,2 ],\"mcpOAuth\" : { \"x\":{\"t\":\"old\"},\"z\":{\"t\":\"z1\"}";
    world.slot("bob", bob).slot("alice", file("alice-1", 6, "", mine + "}"));
    switched("alice");
    assertEquals(bob, world.content("bob"));
    String both = mine.replace("{\"t\":\"old\"}", "{\"t\":\"x\\u0031\"}") + ",\"y\":{\"n\":1.50}}";
    assertEquals(file("alice-1", 6, "", both), world.content("alice"));
    world.assertTokens("bob-1", "alice-1", "old");
    // Back again: bob learns of alice's, and loses nothing.
    switched("bob");
    assertEquals(bob.replace("1.50}", "1.50}, \"z\":{\"t\":\"z1\"}"), world.content("bob"));
  }

  @Test
  void every_shared_key_goes_along_and_no_other() throws IOException {
    String shared =
        "\"mcpOAuth\":{\"a\":1},\"mcpOAuthClientConfig\":{\"b\":2},\"mcpXaaIdp\":{\"c\":3},"
            + "\"mcpXaaIdpConfig\":{\"d\":4},\"pluginSecrets\":{\"e\":5}";
    world.slot("bob", file("bob-1", 6, shared + ",\"own\":{\"f\":6},", ""));
    world.slot("alice", file("alice-1", 6, "", ""));
    switched("alice");
    assertEquals(
        file("alice-1", 6, "", "," + shared).replaceAll("\\s", ""),
        world.content("alice").replaceAll("\\s", ""));
  }

  @Test
  void where_both_say_the_same_nothing_is_written() throws IOException {
    String alice = file("alice-1", 6, "", ",\"mcpOAuth\":{ \"x\" : {\"t\":\"x1\"}, \"y\":2 }");
    world.slot("bob", file("bob-1", 6, "\"mcpOAuth\":{\"y\":2,\"x\":{\"t\":\"x\\u0031\"}},", ""));
    world.slot("alice", alice);
    Object inode = Files.getAttribute(world.file("alice"), "unix:ino");
    switched("alice");
    assertEquals(alice, world.content("alice"));
    assertEquals(inode, Files.getAttribute(world.file("alice"), "unix:ino"));
    assertEquals(1, manager.kept(Optional.of("alice")).generations().size());
    switched("bob");
    switched("alice");
    assertEquals(1, manager.kept(Optional.of("alice")).generations().size());
  }

  @Test
  void a_live_file_without_them_takes_none_away() throws IOException {
    String alice = file("alice-1", 6, "", ",\"mcpOAuth\":{\"x\":1},\"pluginSecrets\":{\"p\":2}");
    world.slot("bob", file("bob-1", 6, "", ",\"mcpOAuth\":{}")).slot("alice", alice);
    switched("alice");
    assertEquals(alice, world.content("alice"));
  }

  @Test
  void a_switch_over_a_live_file_carries_from_the_file() throws IOException {
    manager.switchTo("bob", "r");
    manager.capture("bob");
    String refreshed = file("bob-1", 8, "", ",\"mcpOAuth\":{\"new\":1}");
    world.slot("alice", file("alice-1", 6, "", "")).clientWrites(refreshed);
    switched("alice");
    assertEquals(refreshed, world.content("bob"));
    assertEquals(file("alice-1", 6, "", ", \"mcpOAuth\":{\"new\":1}"), world.content("alice"));
  }

  @Test
  void an_old_session_that_writes_back_leaves_its_entries_to_the_live_slot() throws IOException {
    manager.capture("bob");
    world.slot("alice", file("alice-1", 6, "", ",\"mcpOAuth\":{\"kept\":0}"));
    switched("alice");
    String back = file("bob-1", 8, "", ",\"mcpOAuth\":{\"new\":1},\"own\":2");
    world.clientWrites(back);
    HealOutcome.Healed healed = assertInstanceOf(HealOutcome.Healed.class, manager.heal());
    assertEquals("bob alice", healed.slot() + " " + healed.active());
    assertEquals(Verdict.OWN_LINEAGE, healed.verdict());
    assertEquals(back, world.content("bob"));
    assertEquals(
        file("alice-1", 6, "", ",\"mcpOAuth\":{\"kept\":0,\"new\":1}"), world.content("alice"));
    assertEquals("alice", world.linked());
  }

  @Test
  void a_heal_to_the_slot_it_absorbed_into_changes_no_byte() throws IOException {
    manager.capture("bob");
    world.slot("bob", file("bob-1", 6, "\"mcpOAuth\":{\"gone\":1},", ""));
    String refreshed = file("bob-1", 8, "", ",\"mcpOAuth\":{\"new\":1}");
    world.clientWrites(refreshed);
    assertTrue(manager.heal().ok());
    assertEquals(refreshed, world.content("bob"));
  }
}
