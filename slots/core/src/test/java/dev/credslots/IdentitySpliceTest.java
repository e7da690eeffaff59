package dev.credslots;

import static dev.credslots.World.fresh;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A switch puts the account of its slot into the client's identity file, and nothing else. */
@Timeout(120)
class IdentitySpliceTest {
  /** As two clients wrote them; each is to come back byte for byte. */
  private static final String BOB =
      "{\"accountUuid\":\"b0b\",\"emailAddress\":\"bob@example.test\",\"n\":1.0e+00}";

  private static final String ALICE =
      "{ \"emailAddress\" : \"al\\u0069ce@example.test\",\r\n\t\"accountUuid\" : \"a11ce\" }";

  private static final String CAROL = "{\"accountUuid\":\"ca401\"}";

  private static final String BEFORE =
      "{\n  \"numStartups\": 12,\n  \"huge\": 1E+400,\n  \"oauthAccount\": ";
  private static final String AFTER =
      ",\n  \"tips\": {\"a\": -0.0, \"a\": 1},\n\t\"z\":null } \n\n";

  private World world;
  private SlotManager manager;
  private Path identity;
  private Path lock;

  /** bob is live and chosen; alice is the other; the file names bob. */
  @BeforeEach
  void two_people_log_in(@TempDir Path temp) throws IOException {
    world = World.in(Files.createDirectory(temp.toRealPath().resolve("claude")));
    manager = world.discovering();
    identity = world.directory.resolve(".claude.json");
    lock = world.directory.resolve(".claude.json.lock");
    logIn("alice", ALICE);
    logIn("bob", BOB);
  }

  private void logIn(String name, String block) throws IOException {
    world.clientWrites(fresh(name + "-1"));
    World.write(identity, BEFORE + block + AFTER);
    assertTrue(manager.addSlot(name, false).ok());
  }

  private List<String> switched(SlotManager by, String slot) throws IOException {
    SwitchOutcome outcome = by.switchTo(slot, "test");
    assertInstanceOf(SwitchOutcome.Switched.class, outcome, outcome.message());
    assertEquals(slot, world.linked());
    for (Warning warning : outcome.warnings()) {
      assertFalse(warning.message().isBlank());
    }
    world.assertNoTemporaryFile();
    return outcome.warnings().stream().map(Warning::code).toList();
  }

  private List<String> switched(String slot) throws IOException {
    return switched(manager, slot);
  }

  private void assertNames(String block) throws IOException {
    assertEquals(BEFORE + block + AFTER, Files.readString(identity));
  }

  private void lockedByAClient(long secondsAgo) throws IOException {
    Files.createDirectory(lock);
    Files.setLastModifiedTime(lock, FileTime.from(World.NOW.minusSeconds(secondsAgo)));
  }

  /** Some five MiB of what parsers trip over: beyond a double, escapes, blanks, duplicates. */
  private static byte[] odd(int bytes) {
    String[] values = {
      "1E400",
      "-0",
      "0.10000000000000000000000000001",
      "123456789012345678901234567890",
      "1e-9999",
      "\"\\u0000\\ud83d\\ude00\\/\\\\\\\"\"",
      "\"\uD83D\uDE00 ünï \\uDEAD\"",
      "[]",
      "{\"oauthAccount\":{\"accountUuid\":\"nested\"}}",
      "[ 1 ,\t2,\r\n3 ]",
      "\"oauthAccount\"",
      "{\"\":\"\"}",
      "true",
      "null",
      "\"{\\\"oauthAccount\\\": 7}\""
    };
    String[] blanks = {"", " ", "\t", "\r\n", "\n  "};
    Random random = new Random(7);
    StringBuilder out = new StringBuilder(bytes + 999);
    while (out.length() < bytes) {
      out.append("\"k\\t").append(random.nextInt(5000)).append('"');
      out.append(blanks[random.nextInt(5)]).append(':').append(blanks[random.nextInt(5)]);
      out.append(values[random.nextInt(values.length)]);
      out.append(blanks[random.nextInt(5)]).append(',').append(blanks[random.nextInt(5)]);
    }
    return out.toString().getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] join(byte[]... parts) {
    int length = 0;
    for (byte[] part : parts) {
      length += part.length;
    }
    byte[] all = new byte[length];
    int at = 0;
    for (byte[] part : parts) {
      System.arraycopy(part, 0, all, at, part.length);
      at += part.length;
    }
    return all;
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void of_five_megabytes_every_other_byte_stays_over_a_hundred_switches() throws IOException {
    byte[] before = join(utf8("{\n"), odd(3 << 20), utf8("\"oauthAccount\" \t:\r\n "));
    byte[] after = join(utf8(" ,"), odd(2 << 20), utf8("\"z\":[1.50]}\r\n"));
    Files.write(identity, join(before, utf8(BOB), after));
    for (int i = 0; i < 100; i++) {
      String slot = i % 2 == 0 ? "alice" : "bob";
      assertEquals(List.of(), switched(slot));
      byte[] expected = join(before, utf8(i % 2 == 0 ? ALICE : BOB), after);
      assertArrayEquals(expected, Files.readAllBytes(identity), () -> "after " + slot);
    }
    assertFalse(Files.exists(lock));
  }

  @Test
  void each_slots_block_comes_back_as_its_client_wrote_it() throws IOException {
    assertEquals(List.of(), switched("alice"));
    assertNames(ALICE);
    assertEquals(List.of(), switched("bob"));
    assertNames(BOB);
  }

  @Test
  void what_names_the_account_already_is_not_written() throws IOException {
    switched("alice");
    FileTime old = FileTime.from(World.NOW.minusSeconds(1000));
    World.write(identity, BEFORE + BOB + AFTER);
    Files.setLastModifiedTime(identity, old);
    switched("bob");
    assertEquals(old, Files.getLastModifiedTime(identity));
  }

  @Test
  void while_a_client_holds_the_lock_the_switch_goes_on_and_the_next_command_does_it()
      throws IOException {
    lockedByAClient(3);
    assertEquals(List.of("identity-busy"), switched("alice"));
    assertNames(BOB);
    assertTrue(Files.exists(lock));
    // Still held: still pending.
    assertTrue(manager.capture("alice").ok());
    assertNames(BOB);
    Files.delete(lock);
    assertTrue(manager.capture("alice").ok());
    assertNames(ALICE);
    assertFalse(Files.exists(lock));
  }

  @Test
  void what_is_pending_is_dropped_by_the_next_switch() throws IOException {
    lockedByAClient(3);
    assertEquals(List.of("identity-busy"), switched("alice"));
    Files.delete(lock);
    assertEquals(List.of(), switched("bob"));
    assertNames(BOB);
    assertTrue(manager.repair().ok());
    assertNames(BOB);
  }

  @Test
  void what_is_pending_does_not_replace_somebody_who_logged_in_meanwhile() throws IOException {
    lockedByAClient(3);
    assertEquals(List.of("identity-busy"), switched("alice"));
    Files.delete(lock);
    Files.writeString(world.live, fresh("carol-1"));
    World.write(identity, BEFORE + CAROL + AFTER);
    assertTrue(manager.repair().ok());
    assertNames(CAROL);
    assertEquals("identity-changed", manager.heal().verdict().word());
  }

  @Test
  void an_abandoned_lock_is_taken_over() throws IOException {
    lockedByAClient(11);
    assertEquals(List.of(), switched("alice"));
    assertNames(ALICE);
    assertFalse(Files.exists(lock));
  }

  @Test
  void a_symbolic_link_stays_one_and_its_target_is_written(@TempDir Path elsewhere)
      throws IOException {
    Path real = elsewhere.toRealPath().resolve("dotfiles.json");
    Files.move(identity, real);
    Files.createSymbolicLink(identity, real);
    assertEquals(List.of(), switched("alice"));
    assertEquals(real, Files.readSymbolicLink(identity));
    assertEquals(BEFORE + ALICE + AFTER, Files.readString(real));
    // A client takes its lock beside the file itself.
    Path held = Files.createDirectory(elsewhere.toRealPath().resolve("dotfiles.json.lock"));
    Files.setLastModifiedTime(held, FileTime.from(World.NOW));
    assertEquals(List.of("identity-busy"), switched("bob"));
    assertNames(ALICE);
  }

  @Test
  void a_file_that_is_not_json_is_left() throws IOException {
    for (String content : List.of("", "{", "[]", BEFORE + BOB, "\uFEFF" + BEFORE + BOB + AFTER)) {
      World.write(identity, content);
      assertEquals(List.of("identity-left"), switched("alice"), content);
      assertEquals(content, Files.readString(identity));
      switched("bob");
    }
  }

  @Test
  void a_file_that_is_too_large_is_left_and_that_is_said() throws IOException {
    try (FileChannel sparse = FileChannel.open(identity, StandardOpenOption.WRITE)) {
      sparse.write(ByteBuffer.wrap(new byte[] {'}'}), 64L << 20);
    }
    SwitchOutcome outcome = world.manager().switchTo("alice", "r");
    assertTrue(outcome.ok(), outcome.message());
    String warning = outcome.warnings().get(0).message();
    assertTrue(warning.contains("larger than 64 MiB"), warning);
  }

  @Test
  void a_file_that_is_absent_is_not_made_and_that_is_said() throws IOException {
    Files.delete(identity);
    assertEquals(List.of("identity-left"), switched("alice"));
    assertFalse(Files.exists(identity, LinkOption.NOFOLLOW_LINKS));
    Files.createDirectory(identity);
    assertEquals(List.of("identity-left"), switched("bob"));
    assertTrue(Files.isDirectory(identity));
  }

  @Test
  void a_slot_whose_account_nobody_has_seen_leaves_the_file_and_says_so() throws IOException {
    world.slot("erik", fresh("erik-1"));
    assertEquals(List.of("identity-unknown"), switched("erik"));
    assertNames(BOB);
    assertEquals(List.of(), switched("alice"));
    assertNames(ALICE);
  }

  @Test
  void a_file_without_a_block_gets_one() throws IOException {
    World.write(identity, "{\"a\": 1}");
    assertEquals(List.of(), switched("alice"));
    assertEquals("{\"a\": 1,\"oauthAccount\": " + ALICE + "}", Files.readString(identity));
  }

  @Test
  void mode_and_owner_stay() throws IOException {
    List<String> modes = List.of("rw-r-----", "rw-rw-r--", "rw-------");
    boolean root = Files.getAttribute(identity, "unix:uid").equals(0);
    if (root) {
      Files.setAttribute(identity, "unix:uid", 65534);
      Files.setAttribute(identity, "unix:gid", 65533);
    }
    Map<String, Object> owner = Files.readAttributes(identity, "unix:uid,gid");
    List<String> kept = new ArrayList<>();
    for (String mode : modes) {
      Files.setPosixFilePermissions(identity, PosixFilePermissions.fromString(mode));
      assertEquals(List.of(), switched(kept.size() % 2 == 0 ? "alice" : "bob"));
      kept.add(PosixFilePermissions.toString(Files.getPosixFilePermissions(identity)));
      assertEquals(owner, Files.readAttributes(identity, "unix:uid,gid"));
    }
    assertEquals(modes, kept);
  }

  @Test
  void turned_off_nothing_is_written_or_said() throws IOException {
    UnaryOperator<SlotManagerBuilder> off =
        builder -> builder.discoverSlots().identity(IdentityPolicy.LEAVE);
    assertEquals(List.of(), switched(world.manager(off), "alice"));
    assertNames(BOB);
  }

  @Test
  void the_file_may_be_elsewhere() throws IOException {
    Path home = world.directory.getParent().resolve(".claude.json");
    Files.move(identity, home);
    UnaryOperator<SlotManagerBuilder> beside =
        builder -> builder.discoverSlots().identityFile(home);
    assertEquals(List.of(), switched(world.manager(beside), "alice"));
    assertEquals(BEFORE + ALICE + AFTER, Files.readString(home));
    assertFalse(Files.exists(identity));
  }
}
