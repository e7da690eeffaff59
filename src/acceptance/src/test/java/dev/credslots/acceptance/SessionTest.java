package dev.credslots.acceptance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.credslots.testkit.CredentialsDirectory;
import dev.credslots.testkit.FakeLogin;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The built program keeps sessions with their slots. */
class SessionTest {
  @TempDir static Path program;
  private static SlotsCommand built;

  @TempDir private Path scratch;
  private CredentialsDirectory directory;
  private SlotsCommand slots;

  @BeforeAll
  static void build() throws Exception {
    built = SlotsCommand.built(program);
  }

  @BeforeEach
  void make() throws Exception {
    directory = CredentialsDirectory.create(scratch.toRealPath().resolve("claude"));
    for (String name : List.of("alice", "bob", "erik")) {
      directory.slot(name, FakeLogin.of(name));
    }
    directory.link("bob");
    slots = built.environment("SLOTS_DIR", directory.path().toString());
  }

  private Answer json(int exit, String... arguments) throws Exception {
    String[] all = new String[arguments.length + 1];
    System.arraycopy(arguments, 0, all, 0, arguments.length);
    all[arguments.length] = "--json";
    return Answer.of(exit, slots.run(all));
  }

  private Answer next(int exit, String session) throws Exception {
    return json(exit, "switch", "--next", "--session", session);
  }

  @Test
  void an_automatic_pin_stays_until_its_slot_cools_or_the_session_is_new_or_compacted()
      throws Exception {
    next(0, "s1").is("outcome", "switched").is("to", "alice");
    next(0, "s2").is("outcome", "switched").is("to", "erik");
    next(0, "s1").is("outcome", "switched").is("to", "alice");
    next(0, "s1").is("outcome", "unchanged").is("to", "alice");

    json(0, "report", "alice", "--outcome", "rate_limit", "--retry-after", "2h");
    next(0, "s1").is("outcome", "switched").is("to", "bob");
    next(0, "s1").is("outcome", "unchanged").is("to", "bob");

    json(0, "session", "compacted", "s1")
        .saysOfADirectory("outcome", "session", "slot", "message", "warnings")
        .is("outcome", "compacted")
        .is("session", "s1")
        .is("slot", "bob");
    next(0, "s1").is("outcome", "switched").is("to", "erik");
    json(0, "session", "reset", "s1").is("outcome", "reset");
    next(0, "s1").is("outcome", "switched").is("to", "bob");
    json(0, "session", "end", "s1").is("outcome", "ended");
    json(0, "session", "end", "s1").isNull("slot");
    assertEquals(List.of("s2"), json(0, "session", "list").each("sessions", "session"));
  }

  @Test
  void a_users_pin_never_moves_and_says_what_to_do_when_its_slot_fails() throws Exception {
    json(0, "session", "pin", "s1", "erik").is("outcome", "pinned").is("slot", "erik");
    next(0, "s1").is("to", "erik");
    Answer listed = json(0, "session", "list").saysOfADirectory("sessions");
    listed
        .list("sessions")
        .get(0)
        .has("session", "slot", "kind", "since", "lastUsed")
        .is("kind", "user")
        .isTime("since")
        .isTime("lastUsed");
    json(0, "session", "compacted", "s1").is("slot", "erik");
    json(0, "switch", "bob");

    json(0, "report", "erik", "--outcome", "rate_limit", "--retry-after", "2h");
    Answer refused = next(3, "s1").is("outcome", "refused").isNull("to");
    String message = refused.text("message");
    assertTrue(message.contains("erik is cooling until 20"), message);
    assertTrue(message.contains("slots session reset s1"), message);
    assertTrue(message.contains("slots session pin s1 SLOT"), message);
    json(0, "active").is("active", "bob");

    json(0, "disable", "alice");
    json(0, "session", "pin", "s1", "alice");
    assertTrue(next(3, "s1").text("message").contains("alice is disabled"));
    json(0, "session", "pin", "s1", "bob");
    next(0, "s1").is("outcome", "unchanged");
    json(0, "rename", "bob", "robert");
    next(0, "s1").is("outcome", "unchanged").is("to", "robert");
    json(0, "session", "reset", "s1");
    json(0, "report", "erik", "--outcome", "ok");
    next(0, "s1").is("to", "erik");
  }

  @Test
  void a_wrong_command_line_is_refused_and_touches_nothing() throws Exception {
    for (String[] line :
        new String[][] {
          {"session", "pin", "s1"},
          {"session", "list", "s1"},
          {"session", "reset"},
          {"session", "forget", "s1"},
          {"session", "pin", "a b", "bob"},
          {"switch", "alice", "--session", "s1"},
          {"switch", "--next", "--session", ""}
        }) {
      json(2, line).has("schemaVersion", "error").isSentence("error/message");
    }
    String near = json(3, "session", "pin", "s1", "alcie").text("message");
    assertTrue(near.contains("alice"), near);
    json(0, "switch", "--next", "--session", "s1", "--dry-run").is("outcome", "switched");
    assertTrue(Files.notExists(directory.path().resolve(".slots/sessions.json")));
  }
}
