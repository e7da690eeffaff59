package dev.credslots;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.credslots.testkit.FakeClient;
import java.io.IOException;
import java.nio.file.Files;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** What holds of the engine holds over Codex's files, too: formats are data. */
class OverCodexTest {

  @Nested
  class Switches extends SwitchTest {
    @Override
    FakeClient client() {
      return FakeClient.CODEX;
    }
  }

  @Nested
  class Heals extends HealTest {
    @Override
    FakeClient client() {
      return FakeClient.CODEX;
    }

    /** A wiped file of Codex's has no token to be an ancestor of. */
    @Override
    void a_wiped_slot_is_not_linked_because_its_ancestor_is_live() {}
  }

  @Nested
  class Recoveries extends RecoveryTest {
    @Override
    FakeClient client() {
      return FakeClient.CODEX;
    }
  }

  @Nested
  class Registrations extends RegisteringTest {
    @Override
    FakeClient client() {
      return FakeClient.CODEX;
    }
  }

  @Nested
  class Interruptions extends InterruptionTest {
    @Override
    FakeClient client() {
      return FakeClient.CODEX;
    }
  }

  /** Overridden and empty: what is of Claude Code's file or locks alone. */
  @Nested
  class Renewals extends RefreshTransactionTest {
    @Override
    FakeClient client() {
      return FakeClient.CODEX;
    }

    @Override
    @Test
    void the_new_login_replaces_the_old_one_which_is_kept() throws IOException {
      String before = Files.readString(world().file("alice"));
      RefreshOutcome outcome = renew("alice", REPLY.replace("{", "{\"id_token\":\"new id\","));
      assertTrue(outcome.ok(), outcome.message());
      String reply = world().reply(REPLY);
      String access = reply.replaceFirst(".*\"access_token\":\"([^\"]*)\".*", "$1");
      assertEquals(
          before
              .replaceFirst("\"access_token\": \"[^\"]*\"", "\"access_token\": \"" + access + "\"")
              .replace("\"alice-1\"", "\"alice-2\"")
              .replace("\"no JWT\"", "\"new id\"")
              .replaceFirst("\n}$", ",\n  \"last_refresh\": \"" + World.NOW + "\"\n}"),
          Files.readString(world().file("alice")));
      world().assertTokens("alice-1", "alice-2", "bob-1");
    }

    /** Refused as well, but what is claimed then says its own end. */
    @Override
    void a_lifetime_that_makes_no_sense_is_refused_and_nothing_lost(String lifetime) {}

    /** Reckons with the length of a reply. */
    @Override
    void half_a_reply_is_none(int whole) {}

    @Override
    void a_marker_and_scopes_that_a_refresh_dropped_come_back() {}

    @Override
    void scopes_come_back_from_a_login_that_nobody_ever_captured() {}

    @Override
    void scopes_of_a_login_that_was_replaced_do_not_come_back() {}

    @Override
    void the_scopes_of_a_reply_count() {}

    @Override
    void the_clients_locks_are_held_for_the_live_slot_alone() {}

    @Override
    void the_clients_locks_of_a_killed_renewal_are_removed_at_once() {}

    @Override
    void a_client_that_took_the_lock_over_stops_the_request() {}
  }
}
