package dev.credslots;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.credslots.testkit.CredentialsDirectory;
import dev.credslots.testkit.FakeLogin;
import dev.credslots.verdict.Verdict;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is let go of when a slot has more generations than are kept, and what never. */
class RetentionTest {
  private static final String MARKER = "refreshTokenExpiresAt";
  private static final int KEPT = 2;
  private static final int MANY = 6;

  private final FakeLogin bob = FakeLogin.builder("bob").now(World.NOW).build();
  private final FakeLogin carol = FakeLogin.builder("carol").now(World.NOW).build().without(MARKER);

  private World world;
  private CredentialsDirectory files;
  private SlotManager manager;

  @BeforeEach
  void bob_logs_in(@TempDir Path temp) throws IOException {
    Path directory = temp.toRealPath().resolve("claude");
    files = CredentialsDirectory.create(directory);
    world = World.in(directory);
    manager =
        SlotManager.builder(directory).discoverSlots().clock(World.CLOCK).generations(KEPT).build();
    write(bob);
    assertTrue(manager.addSlot("bob", false).ok());
  }

  private void write(FakeLogin login) throws IOException {
    world.clientWrites(new String(login.credentialJson(), StandardCharsets.UTF_8));
  }

  private void heal(FakeLogin login, Verdict verdict) throws IOException {
    write(login);
    HealOutcome outcome = manager.heal();
    assertEquals(verdict, outcome.verdict(), outcome.message());
    assertTrue(outcome.ok(), outcome.message());
  }

  /** Refreshes, each brought home; returns the last. */
  private FakeLogin refresh(FakeLogin from, Verdict verdict) throws IOException {
    FakeLogin last = from;
    for (int i = 0; i < MANY; i++) {
      last = last.rotate();
      heal(last, verdict);
    }
    return last;
  }

  private void assertOnDisk(FakeLogin... logins) throws IOException {
    Set<String> found = files.tokensOnDisk().keySet();
    for (FakeLogin login : logins) {
      assertTrue(found.contains(login.refreshToken()), () -> login + " is gone: " + found);
    }
  }

  private int generations() {
    return manager.kept(Optional.of("bob")).generations().size();
  }

  @Test
  void ancestors_of_the_same_login_are_let_go() throws IOException {
    FakeLogin last = refresh(bob, Verdict.OWN_LINEAGE);

    assertEquals(KEPT + 1, generations(), "and the current one");
    assertFalse(files.tokensOnDisk().containsKey(bob.refreshToken()));
    assertOnDisk(last);
  }

  @Test
  void a_login_that_was_taken_for_bobs_by_inference_stays_and_so_does_the_one_it_replaced()
      throws IOException {
    FakeLogin before = refresh(bob, Verdict.OWN_LINEAGE);
    heal(carol, Verdict.INFERRED);

    FakeLogin last = refresh(before, Verdict.OWN_LINEAGE);

    assertOnDisk(before, carol, last);
  }

  @Test
  void without_ends_of_logins_nothing_proves_a_successor_and_all_stay() throws IOException {
    List<FakeLogin> all = new ArrayList<>();
    FakeLogin last = bob;
    for (int i = 0; i < MANY; i++) {
      last = last.rotate().without(MARKER);
      heal(last, Verdict.INFERRED);
      all.add(last);
    }

    assertOnDisk(all.toArray(FakeLogin[]::new));
  }

  @Test
  void what_a_restore_replaced_stays() throws IOException {
    FakeLogin newest = refresh(bob, Verdict.OWN_LINEAGE);
    assertTrue(manager.restore("bob", Optional.empty()).ok());

    // A session that never saw the newest goes on with another.
    FakeLogin last = refresh(newest.rotate(), Verdict.OWN_LINEAGE);

    assertOnDisk(newest, last);
  }
}
