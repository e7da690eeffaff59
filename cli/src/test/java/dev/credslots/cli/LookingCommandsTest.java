package dev.credslots.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.credslots.cli.World.Result;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Commands that only read. */
class LookingCommandsTest {
  @TempDir Path temp;
  private World world;

  @BeforeEach
  void makeWorld() throws Exception {
    world = World.ofThree(temp);
  }

  static List<String> fields(JsonNode object) {
    List<String> names = new ArrayList<>();
    object.fieldNames().forEachRemaining(names::add);
    return names;
  }

  @Test
  void status_is_a_table_with_what_is_wrong_beneath() {
    assertEquals(
        """
          alice  fresh    in 7h
        * bob    fresh    in 6h 12m
          erik   expired  20574d 9h ago
        """,
        world.run("status").out());
  }

  @Test
  void status_has_its_fields() throws Exception {
    JsonNode status = world.run("status", "--json").json(0);
    assertEquals(
        List.of("schemaVersion", "dir", "active", "live", "slots", "holds", "warnings"),
        fields(status));
    assertEquals("bob", status.get("active").asText());
    assertEquals("linked", status.at("/live/state").asText());
    assertEquals("bob", status.at("/live/matches").asText());
    assertEquals(64, status.at("/live/sha256").asText().length());
    JsonNode bob = status.at("/slots/1");
    assertEquals(
        List.of(
            "name",
            "active",
            "state",
            "expiresAt",
            "expiresInSeconds",
            "loginExpiresAt",
            "identity",
            "account"),
        fields(bob));
    assertEquals("fresh", bob.get("state").asText());
    assertEquals("2026-05-01T16:12:00Z", bob.get("expiresAt").asText());
    assertEquals(372 * 60, bob.get("expiresInSeconds").asLong());
    assertEquals("no-baseline", bob.at("/identity/state").asText());
    assertTrue(bob.get("account").isNull());
  }

  @Test
  void status_of_a_detached_live_file_warns_and_does_not_fail() throws Exception {
    world.detach(World.login("new", "new", Duration.ofHours(8)));
    JsonNode status = world.run("status", "--json").json(0);
    assertTrue(status.get("active").isNull());
    assertEquals("detached", status.at("/live/state").asText());
    assertEquals("detached", status.at("/warnings/0/code").asText());
    String text = world.run("status").out();
    assertTrue(text.contains("\nwarning: the live path is a file"), text);
  }

  @Test
  void status_tells_of_a_login_written_through_the_link() throws Exception {
    world.run("capture", "bob");
    world.slot("bob", Duration.ofHours(6));
    Files.writeString(world.live(), World.login("new", "new", Duration.ofHours(8)));
    JsonNode status = world.run("status", "--json").json(0);
    assertEquals("identity-drift", status.at("/warnings/0/code").asText());
    assertTrue(world.run("status").out().contains("unverified login"));
  }

  @Test
  void status_fits_eighty_columns_whatever_the_names() throws Exception {
    world.slot("a".repeat(64), Duration.ofDays(300));
    world.slot("b".repeat(33), Duration.ofDays(300));
    String text = world.run("status").out();
    assertTrue(text.lines().allMatch(line -> line.length() <= 80), text);
    assertTrue(text.contains("a".repeat(64) + "\n"), text);
  }

  @Test
  void status_without_slots_says_how_to_begin() throws Exception {
    Files.createDirectory(temp.resolve("empty"));
    Result result = world.run("status", "--dir", "empty");
    assertEquals(0, result.exit());
    assertTrue(result.out().contains("slots add NAME"), result.out());
  }

  @Test
  void list_and_active_name_slots() throws Exception {
    assertEquals("alice\nbob\nerik\n", world.run("list").out());
    JsonNode list = world.run("list", "--json").json(0);
    assertEquals("alice", list.at("/slots/0/name").asText());
    assertTrue(list.at("/slots/1/active").asBoolean());
    assertEquals("bob\n", world.run("active").out());
    assertEquals("bob", world.run("active", "--json").json(0).get("active").asText());
    Files.delete(world.live());
    Result none = world.run("active");
    assertEquals(0, none.exit());
    assertEquals("", none.out());
    assertTrue(world.run("active", "--json").json(0).get("active").isNull());
  }

  @Test
  void check_answers_what_switch_would_do() throws Exception {
    JsonNode check = world.run("check", "--json").json(5);
    assertEquals(List.of("name", "state", "ok", "reason"), fields(check.at("/slots/0")));
    assertTrue(check.at("/slots/0/ok").asBoolean());
    assertEquals("expired", check.at("/slots/2/state").asText());
    assertTrue(check.at("/slots/2/reason").asText().contains("log in again"));
    assertEquals(0, world.run("check", "alice", "bob").exit());
    JsonNode unknown = world.run("check", "alicee", "--json").json(5).at("/slots/0");
    assertEquals("missing", unknown.get("state").asText());
    assertEquals(false, unknown.get("ok").asBoolean());
    assertTrue(unknown.get("reason").asText().contains("did you mean 'alice'?"));
  }

  @Test
  void drift_compares_bytes() throws Exception {
    JsonNode none = world.run("drift", "--json").json(0);
    assertEquals(
        List.of("schemaVersion", "dir", "drift", "matchingSlot", "liveHash", "slotHashes"),
        fields(none));
    assertEquals("bob", none.get("matchingSlot").asText());
    assertEquals(List.of("alice", "bob", "erik"), fields(none.get("slotHashes")));
    world.detach(World.login("new", "new", Duration.ofHours(8)));
    JsonNode drift = world.run("drift", "--json").json(5);
    assertTrue(drift.get("drift").asBoolean());
    assertTrue(drift.get("matchingSlot").isNull());
    world.link("nobody");
    assertTrue(world.run("drift", "--json").json(5).get("liveHash").isNull());
    Files.delete(world.live());
    JsonNode absent = world.run("drift", "--json").json(0);
    assertEquals(false, absent.get("drift").asBoolean());
    assertTrue(absent.get("liveHash").isNull());
  }

  @Test
  void identity_compares_tokens() throws Exception {
    world.run("capture", "bob");
    JsonNode match = world.run("identity", "bob", "--json").json(0).at("/slots/0");
    assertEquals(
        List.of("name", "state", "drift", "storedFingerprint", "currentFingerprint", "reason"),
        fields(match));
    assertEquals("match", match.get("state").asText());
    Files.writeString(world.live(), World.login("new", "new", Duration.ofHours(8)));
    JsonNode all = world.run("identity", "--json").json(5).get("slots");
    assertEquals(3, all.size());
    assertEquals("unverified", all.at("/1/state").asText());
    Result unknown = world.run("identity", "bobb");
    assertEquals(3, unknown.exit());
    assertTrue(unknown.err().contains("did you mean 'bob'?"), unknown.err());
  }

  @Test
  void doctor_finds_and_mends() throws Exception {
    assertEquals("nothing is wrong\n", world.run("doctor").out());
    Path loose = world.claude.resolve(".credentials.json.bob");
    Files.setPosixFilePermissions(loose, PosixFilePermissions.fromString("rw-r--r--"));
    JsonNode findings = world.run("doctor", "--json").json(5).get("findings");
    assertEquals(
        List.of("code", "severity", "message", "remedy", "fixable"), fields(findings.get(0)));
    assertEquals("mode", findings.at("/0/code").asText());
    assertEquals(0, world.run("doctor", "--fix").exit());
    assertEquals("nothing is wrong\n", world.run("doctor").out());
  }

  @Test
  void doctor_under_a_clients_lock_mends_nothing_and_names_it() throws Exception {
    Path loose = world.claude.resolve(".credentials.json.bob");
    Files.setPosixFilePermissions(loose, PosixFilePermissions.fromString("rw-r--r--"));
    Path lock = Files.createDirectory(world.claude.resolve(".oauth_refresh.lock"));
    Files.setLastModifiedTime(lock, FileTime.from(World.NOW));
    Result result = world.run("doctor", "--fix", "--lock-timeout", "0s");
    assertEquals(4, result.exit());
    assertTrue(result.err().contains(lock.toString()), result.err());
  }

  @Test
  void doctor_names_variables_that_shadow_the_login_and_not_their_values() throws Exception {
    world.run("remove", "erik");
    world.environment.put("ANTHROPIC_API_KEY", "sk-ant-api03-FAKE");
    Result result = world.run("doctor");
    assertEquals(5, result.exit());
    assertTrue(result.out().contains("ANTHROPIC_API_KEY"), result.out());
    assertTrue(!result.out().contains("FAKE"), result.out());
  }

  @Test
  void doctor_of_a_missing_directory_has_a_finding() throws Exception {
    JsonNode findings = world.run("doctor", "--json", "--dir", "nowhere").json(5).get("findings");
    assertEquals("directory", findings.at("/0/code").asText());
  }
}
