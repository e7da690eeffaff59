package dev.credslots.acceptance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.credslots.testkit.FakeClient;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * The same contract over Codex's files. Overridden and empty: what is about the command line and
 * not about a client's files.
 */
class CodexContractTest extends ContractTest {

  @Override
  FakeClient client() {
    return FakeClient.CODEX;
  }

  @Override
  List<String> provider() {
    return List.of("--provider", "codex");
  }

  @Override
  Path config(String text) throws Exception {
    return super.config(text.replaceFirst("^\\{", "{\"provider\": \"codex\", "));
  }

  @Override
  @Test
  void status_of_a_linked_directory() throws Exception {
    Answer status =
        json(0, "status")
            .is("dir", made().path().toString())
            .is("active", "bob")
            .is("live/state", "linked")
            .is("live/matches", "bob");
    assertEquals(
        List.of("alice", "bob", "erik", "soon", "stale", "torn", "wiped"),
        status.each("slots", "name"));
    assertEquals(
        List.of("fresh", "fresh", "expired", "expiring", "refreshable", "unreadable", "wiped"),
        status.each("slots", "state"));
    Answer bob = status.find("slots", "name", "bob").isNull("loginExpiresAt");
    bob.is("account", "account-bob");
    Instant end = bob.time("expiresAt");
    assertEquals(0, Math.abs(end.getEpochSecond() - Instant.now().getEpochSecond() - 28800) / 600);
    assertFalse(Files.exists(made().path().resolve(".slots")), "a status writes nothing");
  }

  /** Without anybody's word and without an identity file: the file itself says whose it is. */
  @Test
  void a_heal_knows_the_account_in_the_file() throws Exception {
    made().refreshedByAClient();
    json(0, "heal").is("outcome", "healed").is("verdict", "same-account").is("slot", "bob");
    made().shell("login bob 3 28900 >.credentials.json"); // in place, through the link
    json(0, "heal").is("outcome", "no-drift").is("verdict", "rotated");
    made().shell("login alice 2 28900 >.credentials.json");
    json(5, "heal").is("outcome", "refused").is("verdict", "identity-changed");
    json(0, "restore", "bob");
    json(0, "heal").is("verdict", "linked");
  }

  @Test
  void a_file_that_nothing_was_changed_in_is_the_same_to_the_byte() throws Exception {
    String before = text("bob");
    json(0, "switch", "alice");
    json(0, "switch", "bob");
    json(0, "capture", "bob");
    json(0, "rename", "bob", "robert");
    made().shell("cp .credentials.json live.new; mv live.new .credentials.json");
    json(0, "heal").is("outcome", "relinked");
    assertEquals(before, text("robert"));
  }

  private String text(String slot) throws Exception {
    return Files.readString(made().credentials().slotFile(slot), StandardCharsets.UTF_8);
  }

  @Override
  @Test
  void where_the_directory_is_taken_from() throws Exception {
    Path own = Files.createDirectories(program().home().resolve(".codex"));
    Answer.of(0, run(program(), "status", "--json")).is("dir", own.toString());
    Answer.of(
            0,
            run(
                program()
                    .environment("CODEX_HOME", made().path().toString())
                    .environment("CLAUDE_CONFIG_DIR", own.toString()),
                "status",
                "--json"))
        .is("dir", made().path().toString());
  }

  @Override
  void errors_are_objects_too() {}

  @Override
  void options_stand_before_and_after_the_command() {}

  @Override
  void a_typo_in_the_config_is_named() {}

  @Override
  void the_log_tells_what_happened_oldest_first() {}

  @Override
  void list_and_active() {}
}
