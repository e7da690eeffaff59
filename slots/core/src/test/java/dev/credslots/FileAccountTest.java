package dev.credslots;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.credslots.credential.CodexFormat;
import dev.credslots.testkit.CredentialsDirectory;
import dev.credslots.testkit.FakeClient;
import dev.credslots.testkit.FakeLogin;
import dev.credslots.testkit.Laws;
import dev.credslots.verdict.IdentityState;
import dev.credslots.verdict.Verdict;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Verdicts where the credential file itself names the account, as Codex's does: no identity file,
 * no marker, no baseline.
 */
class FileAccountTest {
  private final Map<String, FakeLogin> logins = new HashMap<>();
  private final List<FakeLogin> kept = new ArrayList<>();
  private CredentialsDirectory files;
  private SlotManager manager;

  @BeforeEach
  void a_directory(@TempDir Path temp) throws IOException {
    files = CredentialsDirectory.create(temp.resolve("codex")).of(FakeClient.CODEX);
    manager = SlotManager.builder(files.path()).format(new CodexFormat()).discoverSlots().build();
  }

  @AfterEach
  void nothing_is_lost() throws IOException {
    Laws.Expectations expected = Laws.Expectations.at(Laws.Moment.SETTLED);
    for (FakeLogin one : kept) {
      expected = expected.token(one);
    }
    assertEquals(List.of(), Laws.check(files, expected), files::describe);
  }

  /** The next generation of an account's login. */
  private FakeLogin next(String account) {
    FakeLogin login =
        logins.merge(
            account,
            FakeLogin.builder(account).client(FakeClient.CODEX).build(),
            (before, any) -> before.rotate());
    kept.add(login);
    return login;
  }

  private void captured(String slot, FakeLogin login) throws IOException {
    files.slot(slot, login);
    assertTrue(manager.capture(slot).ok());
  }

  private void live(byte[] bytes) throws IOException {
    Path temp = files.path().resolve("auth.json.new");
    Files.write(temp, bytes);
    Files.setPosixFilePermissions(temp, PosixFilePermissions.fromString("rw-------"));
    Files.move(temp, files.livePath(), StandardCopyOption.REPLACE_EXISTING);
  }

  /**
   * Whose login each of the slots bob and alice holds ({@code ?}: nobody can say, {@code -}: there
   * is none), whose the live file is, the slot last chosen, and what follows.
   */
  @ParameterizedTest(name = "bob has {0}, alice {1}, live {2}, chosen {3}: {4}, {5}")
  @CsvSource({
    "bob,   alice, bob,   alice, SAME_ACCOUNT, bob",
    "bob,   alice, alice, bob,   SAME_ACCOUNT, alice",
    "bob,   alice, bob,   bob,   SAME_ACCOUNT, bob",
    "bob,   alice, carol, bob,   FOREIGN,      ''",
    "bob,   -,     carol, bob,   FOREIGN,      ''",
    "bob,   bob,   bob,   alice, INFERRED,     alice",
    "bob,   bob,   bob,   bob,   INFERRED,     bob",
    "bob,   bob,   carol, bob,   FOREIGN,      ''",
    "bob,   ?,     bob,   alice, SAME_ACCOUNT, bob",
    "bob,   ?,     carol, alice, INFERRED,     alice",
    "bob,   ?,     carol, bob,   UNRESOLVED,   ''",
    "bob,   alice, ?,     alice, INFERRED,     alice",
    "bob,   alice, key,   alice, FOREIGN,      ''",
    "key,   alice, key,   alice, SAME_ACCOUNT, bob",
  })
  void whose_a_live_file_is(
      String bob, String alice, String live, String chosen, Verdict verdict, String home)
      throws IOException {
    slot("bob", bob);
    if (!alice.equals("-")) {
      slot("alice", alice);
    }
    files.link(chosen.equals("bob") && !alice.equals("-") ? "alice" : "bob");
    assertTrue(manager.switchTo(chosen, "chosen").ok());
    live(content(live));

    HealOutcome outcome = manager.heal();
    assertEquals(verdict, outcome.verdict(), outcome.message());
    if (home.isEmpty()) {
      assertInstanceOf(HealOutcome.Stashed.class, outcome);
    } else {
      assertEquals(home, assertInstanceOf(HealOutcome.Healed.class, outcome).slot());
      assertEquals(Optional.of(home), files.linkTarget());
    }
  }

  private void slot(String name, String whose) throws IOException {
    files.slot(name, content(whose));
    manager.capture(name);
  }

  private byte[] content(String whose) {
    return switch (whose) {
      case "?" -> next("nobody").withRaw("id_token", "\"\"").without("account_id").credentialJson();
      // The second key is written with blanks: not the same bytes.
      case "key" ->
          ("{\"OPENAI_API_KEY\":\"sk-FAKE-key\"" + " ".repeat(kept.size()) + "}")
              .getBytes(StandardCharsets.UTF_8);
      default -> next(whose).credentialJson();
    };
  }

  @Test
  void a_refresh_through_the_link_extends_the_lineage() throws IOException {
    captured("bob", next("bob"));
    captured("alice", next("alice"));
    files.link("bob");
    Files.write(files.livePath(), next("bob").credentialJson());

    assertEquals(IdentityState.ROTATED, manager.detectIdentityDrift("bob").state());
    HealOutcome outcome = manager.heal();
    assertEquals(Verdict.ROTATED, outcome.verdict(), outcome.message());
    assertEquals(IdentityState.MATCH, manager.detectIdentityDrift("bob").state());
    assertEquals(Verdict.LINKED, manager.heal().verdict());
  }

  @Test
  void another_account_through_the_link_is_a_changed_identity() throws IOException {
    FakeLogin first = next("bob");
    captured("bob", first);
    captured("alice", next("alice"));
    files.link("bob");
    Files.write(files.livePath(), next("carol").credentialJson());

    HealOutcome.Refused refused = assertInstanceOf(HealOutcome.Refused.class, manager.heal());
    assertEquals(Verdict.IDENTITY_CHANGED, refused.verdict());
    assertTrue(refused.attention());
    assertTrue(manager.addSlot("carol", false).ok());
    assertEquals(Optional.of("carol"), files.linkTarget());
    assertEquals(
        new String(first.credentialJson(), StandardCharsets.UTF_8),
        new String(files.slot("bob").orElseThrow(), StandardCharsets.UTF_8));
  }

  /** As by a session that renews after a switch: its tokens, and the rest of the file as it was. */
  @Test
  void tokens_of_another_slot_through_the_link_are_a_changed_identity() throws IOException {
    captured("bob", next("bob"));
    FakeLogin alices = next("alice");
    captured("alice", alices);
    files.link("bob");
    byte[] mixed =
        new String(next("alice").credentialJson(), StandardCharsets.UTF_8)
            .replace(
                "\"account_id\": \"" + alices.accountUuid(),
                "\"account_id\": \"" + logins.get("bob").accountUuid())
            .getBytes(StandardCharsets.UTF_8);
    Files.write(files.livePath(), mixed);

    IdentityDrift drift = manager.detectIdentityDrift("bob");
    assertEquals(IdentityState.CHANGED, drift.state());
    assertTrue(drift.reason().contains("alice"), drift.reason());
    // Its own slot has the token before, which switching to would not help.
    ChangeOutcome refused = manager.addSlot("other", false);
    assertFalse(refused.ok());
    assertTrue(refused.message().contains("slots restore bob"), refused.message());
    assertTrue(refused.message().contains("slots auth login alice"), refused.message());
    assertTrue(manager.restore("bob", Optional.empty()).ok());
    assertEquals(IdentityState.MATCH, manager.detectIdentityDrift("bob").state());
  }

  @Test
  void the_account_of_one_of_two_slots_still_proves_a_rotation() throws IOException {
    captured("bob", next("bob"));
    captured("alice", next("bob"));
    files.link("bob");
    Files.write(files.livePath(), next("bob").credentialJson());
    assertEquals(Verdict.ROTATED, manager.heal().verdict());
  }

  @Test
  void a_token_nobody_can_read_is_unverified_and_accepted_on_ones_word() throws IOException {
    captured("bob", next("bob"));
    files.link("bob");
    Files.write(files.livePath(), content("?"));
    assertEquals(Verdict.UNVERIFIED, manager.heal().verdict());
    assertTrue(manager.capture("bob").ok());
    assertEquals(Verdict.LINKED, manager.heal().verdict());
  }

  @Test
  void two_slots_of_one_account_only_when_forced() throws IOException {
    captured("bob", next("bob"));
    files.link("bob");
    Path file = files.path().resolve("backup.json");
    Files.write(file, next("bob").credentialJson());
    ChangeOutcome refused = manager.addSlot("again", file, false);
    assertFalse(refused.ok());
    assertTrue(refused.message().contains("--force"), refused.message());
    assertTrue(manager.addSlot("again", file, true).ok());
  }

  @Test
  void generations_of_one_account_are_let_go() throws IOException {
    captured("bob", next("bob"));
    files.link("bob");
    for (int i = 0; i < 8; i++) {
      live(next("bob").credentialJson());
      assertTrue(manager.heal().ok());
    }
    // Five, and the slot's own.
    assertEquals(6, manager.kept(Optional.of("bob")).generations().size());
    kept.subList(0, 3).clear();
  }

  @Test
  void an_api_key_is_fresh_without_an_end() throws IOException {
    files.slot("ci", content("key"));
    Freshness freshness = manager.freshness("ci");
    assertTrue(freshness.fresh());
    assertEquals(Optional.empty(), freshness.expiresAt());
    assertEquals("valid, without an end", freshness.reason());
    files.slot("bob", next("bob")).link("bob");
    assertTrue(manager.switchTo("ci", "a machine's").ok());
    assertNotEquals("ci", manager.status().slots().get(1).account().orElse(""));
  }

  @Test
  void no_lock_is_made_and_no_identity_file_looked_for() throws IOException {
    captured("bob", next("bob"));
    captured("alice", next("alice"));
    files.link("bob");
    Files.createDirectory(files.path().resolve(".oauth_refresh.lock"));
    Files.createDirectory(files.path().resolve(".storage-write"));
    Files.writeString(files.path().resolve(".claude.json"), "{\"oauthAccount\":{}}");
    SwitchOutcome outcome = manager.switchTo("alice", "locks of somebody else");
    assertTrue(outcome.ok(), outcome.message());
    assertEquals(List.of(), outcome.warnings());
    assertEquals("{\"oauthAccount\":{}}", Files.readString(files.path().resolve(".claude.json")));
    assertTrue(
        manager.diagnose().stream().noneMatch(finding -> finding.code().contains("lock")),
        manager.diagnose()::toString);
  }
}
