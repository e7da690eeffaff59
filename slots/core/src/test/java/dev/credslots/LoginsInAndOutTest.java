package dev.credslots;

import static dev.credslots.World.fresh;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Logins that come from bytes into slots, and leave slots for other files. */
class LoginsInAndOutTest {

  @Test
  void bytes_become_a_slot_once() throws IOException {
    World world = World.inMemory().trio();
    SlotManager manager = world.discovering();
    byte[] login = fresh("carol-1").getBytes(UTF_8);
    assertEquals(Optional.empty(), manager.slotWith(login));
    assertTrue(manager.addSlot("carol", login, "profiles.json").ok());
    assertEquals(fresh("carol-1"), world.content("carol"));
    assertEquals("bob", world.linked());
    assertEquals(Optional.of("carol"), manager.slotWith(login));
    ChangeOutcome again = manager.addSlot("caro", login, "profiles.json");
    assertInstanceOf(ChangeOutcome.Refused.class, again);
    assertTrue(again.message().startsWith("profiles.json is a login of slot carol"));
    world.assertNoTemporaryFile();
  }

  @Test
  void a_login_that_moved_on_is_known_by_its_earlier_token() throws IOException {
    World world = World.inMemory().trio();
    SlotManager manager = world.discovering();
    manager.addSlot("carol", fresh("carol-1").getBytes(UTF_8), "a file");
    world.slot("carol", fresh("carol-2"));
    manager.capture("carol");
    assertEquals(Optional.of("carol"), manager.slotWith(fresh("carol-1").getBytes(UTF_8)));
  }

  @Test
  void a_login_without_a_refresh_token_is_known_by_its_access_token() throws IOException {
    World world = World.inMemory().trio();
    SlotManager manager = world.discovering();
    String login = fresh("carol-1").replaceFirst("\"refreshToken\"", "\"other\"");
    assertFalse(login.equals(fresh("carol-1")));
    assertTrue(manager.addSlot("carol", login.getBytes(UTF_8), "a file").ok());
    assertEquals(Optional.of("carol"), manager.slotWith(login.getBytes(UTF_8)));
    assertEquals(Optional.empty(), manager.slotWith("{}".getBytes(UTF_8)));
  }

  @Test
  void the_live_login_is_not_copied_beside_itself() throws IOException {
    World world = World.inMemory().clientWrites(fresh("first"));
    SlotManager manager = world.discovering();
    byte[] login = fresh("first").getBytes(UTF_8);
    String said = "a file is the live login; slots add work makes a slot of it";
    assertEquals(Optional.of(said), manager.addRefusal("work", login, "a file"));
    assertEquals(said, manager.addSlot("work", login, "a file").message());
    assertTrue(manager.addSlot("work", false).ok());
    assertEquals(Optional.of("work"), manager.slotWith(login));
  }

  /** What leaves of a login. */
  private static String bare(String login) {
    return login.replace(",\"mcpOAuth\":{}}", "}\n");
  }

  private static String exported(SlotManager manager, String slot) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ChangeOutcome outcome = manager.exportSlot(slot, out);
    return outcome.ok() ? out.toString(UTF_8) : outcome.message();
  }

  @Test
  void a_login_leaves_without_what_is_the_machines() throws IOException {
    World world = World.inMemory().trio();
    SlotManager manager = world.discovering();
    assertEquals(bare(fresh("alice-1")), exported(manager, "alice"));
    String shared = ",\"mcpOAuth\":{\"a\":\"FAKE-mcp\"},\"x\":1e400,\"mcpOAuth\":{}}";
    world.slot("alice", fresh("alice-1").replace(",\"mcpOAuth\":{}}", shared));
    String left = exported(manager, "alice");
    assertTrue(left.endsWith(",\"x\":1e400}\n"), left);
    assertFalse(left.contains("FAKE-mcp"), left);
    assertTrue(manager.slotWith(left.getBytes(UTF_8)).equals(Optional.of("alice")), left);
  }

  @Test
  void a_new_file_gets_the_login_and_one_that_is_there_stays() throws IOException {
    World world = World.inMemory().trio();
    SlotManager manager = world.discovering();
    Path file = world.directory.resolve("out.json");
    assertTrue(manager.exportSlot("alice", file).ok());
    assertEquals(bare(fresh("alice-1")), Files.readString(file));
    assertInstanceOf(ChangeOutcome.Refused.class, manager.exportSlot("bob", file));
    assertEquals(bare(fresh("alice-1")), Files.readString(file));
    world.assertNoTemporaryFile();
  }

  @Test
  void nothing_useless_or_used_up_leaves() throws IOException {
    World world = World.inMemory().trio();
    SlotManager manager = world.discovering();
    assertTrue(exported(manager, "zoe").contains("zoe"));
    world.slot("alice", "{}");
    assertTrue(exported(manager, "alice").startsWith("there is no login in slot alice"));
    manager.switchTo("bob", "chosen");
    manager.switchTo("erik", "chosen");
    world.clientWrites(fresh("erik-2"));
    assertTrue(exported(manager, "erik").contains("slots heal"));
    assertEquals(bare(world.content("bob")), exported(manager, "bob"));
  }
}
