package dev.credslots.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.credslots.cli.World.Result;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Commands that change something, and the log of it. */
class ChangingCommandsTest {
  @TempDir Path temp;
  private World world;

  @BeforeEach
  void makeWorld() throws Exception {
    world = World.ofThree(temp);
  }

  @Test
  void a_switch_says_from_where_to_where_and_why() throws Exception {
    JsonNode json = world.run("switch", "alice", "--reason", "quota", "--json").json(0);
    assertEquals(
        List.of(
            "schemaVersion",
            "dir",
            "outcome",
            "from",
            "to",
            "reason",
            "message",
            "dryRun",
            "holds",
            "warnings"),
        LookingCommandsTest.fields(json));
    assertEquals("switched", json.get("outcome").asText());
    assertEquals("bob", json.get("from").asText());
    assertEquals("alice", json.get("to").asText());
    assertEquals("quota", json.get("reason").asText());
    assertEquals("switched from alice to bob\n", world.run("switch", "bob").out());
    JsonNode again = world.run("switch", "bob", "--json").json(0);
    assertEquals("unchanged", again.get("outcome").asText());
    assertEquals("manual", again.get("reason").asText());
  }

  @Test
  void a_refusal_is_a_sentence_on_standard_error_and_an_object_with_json() throws Exception {
    Result text = world.run("switch", "erik", "--force");
    assertEquals(3, text.exit());
    assertEquals("", text.out());
    assertTrue(text.err().startsWith("slots: refusing to switch to erik"), text.err());
    JsonNode json = world.run("switch", "erik", "--json").json(3);
    assertEquals("refused", json.get("outcome").asText());
    assertEquals("bob", json.get("from").asText());
  }

  @Test
  void a_switch_only_from_one_slot_leaves_others_alone() throws Exception {
    JsonNode json = world.run("switch", "alice", "--if-active", "erik", "--json").json(0);
    assertEquals("unchanged", json.get("outcome").asText());
    assertEquals("bob\n", world.run("active").out());
    assertEquals(0, world.run("switch", "alice", "--if-active", "bob").exit());
    assertEquals("alice\n", world.run("active").out());
  }

  @Test
  void a_dry_run_changes_nothing() throws Exception {
    assertTrue(
        world.run("switch", "alice", "--dry-run", "--json").json(0).get("dryRun").asBoolean());
    assertEquals("bob\n", world.run("active").out());
  }

  @Test
  void the_slot_before_is_a_dash() throws Exception {
    Result none = world.run("switch", "-");
    assertEquals(3, none.exit());
    assertTrue(none.err().contains("name the slot"), none.err());
    world.run("switch", "alice");
    assertEquals("switched from alice to bob\n", world.run("switch", "-").out());
    assertEquals("switched from bob to alice\n", world.run("switch", "-").out());
    // A heal in between turns the link back to where it was.
    world.detach(World.login("newer", "alice", Duration.ofHours(8)));
    assertEquals(0, world.run("heal").exit());
    assertEquals("switched from alice to bob\n", world.run("switch", "-").out());
  }

  @Test
  void a_quiet_success_says_nothing_and_a_quiet_failure_its_sentence() {
    Result done = world.run("-q", "switch", "alice");
    assertEquals("", done.out() + done.err());
    assertFalse(world.run("-q", "switch", "erik").err().isEmpty());
  }

  @Test
  void a_heal_of_a_known_login_brings_it_home() throws Exception {
    world.run("switch", "alice");
    world.detach(World.login("newer", "alice", Duration.ofHours(8)));
    JsonNode plan = world.run("heal", "--dry-run", "--json").json(0);
    assertEquals("alice", plan.at("/evidence/0/slot").asText());
    assertEquals("lineage", plan.at("/evidence/0/rank").asText());
    JsonNode json = world.run("heal", "--json").json(0);
    assertEquals(
        List.of(
            "schemaVersion",
            "dir",
            "outcome",
            "verdict",
            "slot",
            "active",
            "message",
            "dryRun",
            "holds",
            "warnings"),
        LookingCommandsTest.fields(json));
    assertEquals("healed", json.get("outcome").asText());
    assertEquals("own-lineage", json.get("verdict").asText());
    assertEquals("alice", json.get("active").asText());
    JsonNode again = world.run("heal", "--json").json(0);
    assertEquals("no-drift", again.get("outcome").asText());
  }

  @Test
  void a_heal_of_a_slots_own_bytes_links_again() throws Exception {
    world.detach(Files.readString(world.claude.resolve(".credentials.json.alice")));
    assertEquals("relinked", world.run("heal", "--json").json(0).get("outcome").asText());
  }

  @Test
  void a_heal_without_evidence_needs_a_person() throws Exception {
    world.detach(World.login("new", "new", Duration.ofHours(8)));
    JsonNode json = world.run("heal", "--json").json(5);
    assertEquals("stashed", json.get("outcome").asText());
    assertEquals("unresolved", json.get("verdict").asText());
    assertEquals(0, json.get("evidence").size());
    assertTrue(world.run("heal").err().contains("slots add NAME"));
    assertEquals(0, world.run("heal", "alice").exit());
  }

  @Test
  void a_heal_whose_evidence_does_not_suffice_lists_it_and_says_who_is_suspect() throws Exception {
    assertEquals(0, world.run("switch", "alice").exit());
    world.detach(World.login("new", "new", Duration.ofHours(-1)));
    Result result = world.run("heal");
    assertEquals(5, result.exit());
    assertTrue(result.out().contains("journal says alice"), result.out());
    assertTrue(result.err().contains("slot alice's, which is suspect"), result.err());
    JsonNode evidence = world.run("heal", "--json").json(5).get("evidence");
    assertEquals("alice", evidence.get(0).get("slot").asText());
  }

  @Test
  void a_heal_of_what_cannot_be_healed_is_refused() throws Exception {
    Files.delete(world.live());
    assertEquals("absent", world.run("heal", "--json").json(3).get("verdict").asText());
    Result unknown = world.run("heal", "alicee");
    assertEquals(3, unknown.exit());
    assertTrue(unknown.err().contains("did you mean 'alice'?"), unknown.err());
  }

  @Test
  void a_heal_of_a_changed_identity_asks_for_attention() throws Exception {
    world.run("capture", "bob");
    Files.writeString(world.live(), World.login("new", "new", Duration.ofHours(8)));
    assertEquals("refused", world.run("heal", "--json").json(5).get("outcome").asText());
  }

  @Test
  void slots_come_and_go() throws Exception {
    world.detach(World.login("new", "new", Duration.ofHours(8)));
    JsonNode added = world.run("add", "carol", "--json").json(0);
    assertEquals("added", added.get("outcome").asText());
    assertEquals("carol", added.get("slot").asText());
    assertEquals("carol\n", world.run("active").out());
    Files.writeString(temp.resolve("dave.json"), World.login("d", "d", Duration.ofHours(8)));
    assertEquals(0, world.run("add", "dave", "--from", "dave.json").exit());
    assertEquals(
        "renamed", world.run("rename", "dave", "david", "--json").json(0).get("outcome").asText());
    assertEquals(
        "captured", world.run("capture", "david", "--json").json(0).get("outcome").asText());
    assertEquals("removed", world.run("remove", "david", "--json").json(0).get("outcome").asText());
    assertEquals("refused", world.run("remove", "carol", "--json").json(3).get("outcome").asText());
    assertEquals(3, world.run("remove", "david").exit());
    assertEquals(3, world.run("add", "a/b").exit());
    assertTrue(world.run("rename", "alic", "x").err().contains("did you mean 'alice'?"));
  }

  @Test
  void the_log_is_oldest_first() throws Exception {
    world.run("switch", "alice", "--reason", "quota");
    world.run("switch", "bob");
    JsonNode events = world.run("log", "--json").json(0).get("events");
    assertEquals(
        List.of("at", "operation", "outcome", "from", "slot", "reason"),
        LookingCommandsTest.fields(events.get(0)));
    assertEquals("quota", events.at("/0/reason").asText());
    assertEquals("bob", events.at("/1/slot").asText());
    assertEquals(1, world.run("log", "-n", "1", "--json").json(0).get("events").size());
    assertEquals(
        """
        2026-05-01T10:00:00Z  switched   bob -> alice  (quota)
        2026-05-01T10:00:00Z  switched   alice -> bob  (manual)
        """,
        world.run("log").out());
  }

  @Test
  @Timeout(30)
  void a_followed_log_is_a_stream_that_ends_when_nobody_reads() throws Exception {
    world.run("switch", "alice");
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    ByteArrayOutputStream seen = new ByteArrayOutputStream();
    OutputStream twoLines =
        new OutputStream() {
          @Override
          public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
          }

          @Override
          public void write(byte[] bytes, int offset, int length) throws IOException {
            if (seen.toString(StandardCharsets.UTF_8).lines().count() >= 2) {
              throw new IOException("Broken pipe");
            }
            seen.write(bytes, offset, length);
          }
        };
    Surroundings usual = world.surroundings(seen, err);
    Surroundings piped =
        new Surroundings(
            usual.environment(),
            usual.workingDirectory(),
            "",
            twoLines,
            err,
            usual.terminal(),
            usual.clock());
    int[] exit = {-1};
    Thread follower = new Thread(() -> exit[0] = new Cli(piped).run("log", "--follow", "--json"));
    follower.start();
    await(seen, 1);
    world.run("switch", "bob");
    await(seen, 2);
    world.run("switch", "alice");
    follower.join();

    assertEquals(0, exit[0], err.toString(StandardCharsets.UTF_8));
    List<String> lines = seen.toString(StandardCharsets.UTF_8).lines().toList();
    JsonNode second = new ObjectMapper().readTree(lines.get(1));
    assertEquals("bob", second.get("slot").asText());
    assertEquals(1, second.get("schemaVersion").asInt());
  }

  private static void await(ByteArrayOutputStream seen, int lines) throws InterruptedException {
    while (seen.toString(StandardCharsets.UTF_8).lines().count() < lines) {
      Thread.sleep(20);
    }
  }

  @Test
  void output_that_cannot_be_written_is_a_failure_with_a_sentence() {
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    Surroundings usual = world.surroundings(err, err);
    OutputStream full =
        new OutputStream() {
          @Override
          public void write(int b) throws IOException {
            throw new IOException("No space left on device");
          }
        };
    int exit =
        new Cli(
                new Surroundings(
                    usual.environment(),
                    usual.workingDirectory(),
                    "",
                    full,
                    err,
                    usual.terminal(),
                    usual.clock()))
            .run("status");
    assertEquals(1, exit);
    assertTrue(err.toString(StandardCharsets.UTF_8).contains("No space left"));
  }
}
