package dev.credslots;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.credslots.credential.CodexFormat;
import dev.credslots.credential.Credential;
import dev.credslots.testkit.CredentialsDirectory;
import dev.credslots.testkit.FakeClient;
import dev.credslots.testkit.FakeLogin;
import dev.credslots.verdict.IdentityState;
import dev.credslots.verdict.Verdict;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Logins to a client whose file says itself whose it is: nobody else is asked. */
class CodexLoginTest {
  private final FakeLogin bob = login("bob");
  private final FakeLogin carol = login("carol");
  private CredentialsDirectory files;
  private SlotManager slots;

  private static FakeLogin login(String account) {
    return FakeLogin.builder(account).client(FakeClient.CODEX).build();
  }

  /** Nothing was captured of the two. */
  @BeforeEach
  void bob_is_live_beside_erik(@TempDir Path temp) throws IOException {
    files = CredentialsDirectory.create(temp.toRealPath().resolve("codex")).of(FakeClient.CODEX);
    files.slot("bob", bob).slot("erik", login("erik")).link("bob");
    slots = SlotManager.builder(files.path()).format(new CodexFormat()).discoverSlots().build();
  }

  private static String reply(FakeLogin given) {
    return "{\"id_token\":\""
        + given.idToken()
        + "\",\"access_token\":\""
        + given.accessToken()
        + "\",\"refresh_token\":\""
        + given.refreshToken()
        + "\"}";
  }

  private LoginTransaction received(String slot, String reply) {
    LoginStart start = slots.beginLogin(slot, message -> {});
    LoginTransaction login =
        assertInstanceOf(LoginStart.Begun.class, start, start::toString).transaction();
    login.received(reply.getBytes(StandardCharsets.UTF_8));
    return login;
  }

  private LoginOutcome logIn(String slot, String reply, boolean accept) {
    try (LoginTransaction login = received(slot, reply)) {
      return login.commit(Optional.empty(), accept);
    }
  }

  private static LoginOutcome.LoggedIn done(LoginOutcome outcome) {
    return assertInstanceOf(LoginOutcome.LoggedIn.class, outcome, outcome::toString);
  }

  private LoginOutcome.Refused refused(LoginOutcome outcome) throws IOException {
    LoginOutcome.Refused refused =
        assertInstanceOf(LoginOutcome.Refused.class, outcome, outcome::toString);
    assertArrayEquals(bob.credentialJson(), files.slot("bob").orElseThrow());
    assertTrue(refused.stashed().isPresent());
    return refused;
  }

  private Credential stored(String slot) {
    return slots.credential(slot).orElseThrow();
  }

  private void assertOnDisk(FakeLogin login) throws IOException {
    assertTrue(files.tokensOnDisk().containsKey(login.refreshToken()), files::describe);
  }

  @Test
  void a_new_slot_has_a_file_as_the_client_writes_it() throws IOException {
    Instant before = Instant.now();
    LoginOutcome.LoggedIn outcome = done(logIn("carol", reply(carol), false));

    assertTrue(outcome.added());
    assertEquals(Optional.of(carol.email()), outcome.account());
    // It is in the token; the reply says none.
    assertEquals(carol.expiresAt().truncatedTo(ChronoUnit.SECONDS), outcome.expiresAt());
    assertEquals(List.of(), outcome.warnings());
    String text = Files.readString(files.slotFile("carol"));
    String made = text.replaceFirst(".*\"last_refresh\":\"([^\"]+)\".*", "$1");
    assertFalse(Instant.parse(made).isBefore(before.truncatedTo(ChronoUnit.SECONDS)));
    assertEquals(
        "{\"auth_mode\":\"chatgpt\",\"OPENAI_API_KEY\":null,\"tokens\":{\"id_token\":\""
            + carol.idToken()
            + "\",\"access_token\":\""
            + carol.accessToken()
            + "\",\"refresh_token\":\""
            + carol.refreshToken()
            + "\",\"account_id\":\""
            + carol.accountUuid()
            + "\"},\"last_refresh\":\""
            + made
            + "\"}",
        text);
    assertEquals(IdentityState.MATCH, slots.detectIdentityDrift("carol").state());
    assertEquals(Optional.of("bob"), files.linkTarget());
  }

  @Test
  void the_same_person_again_in_a_live_slot_and_the_link_stays() throws IOException {
    FakeLogin again = bob.login();
    LoginOutcome.LoggedIn outcome = done(logIn("bob", reply(again), false));

    assertFalse(outcome.added());
    assertEquals(again.accessToken(), stored("bob").accessToken().orElseThrow().reveal());
    assertOnDisk(bob);
    assertEquals(Optional.of("bob"), files.linkTarget());
    assertEquals(IdentityState.MATCH, slots.detectIdentityDrift("bob").state());
    // What a client writes through the link afterwards is a rotation of it.
    FakeLogin rotated = again.rotate();
    Files.write(files.livePath(), rotated.credentialJson());
    assertEquals(IdentityState.ROTATED, slots.detectIdentityDrift("bob").state());
  }

  @Test
  void another_persons_is_refused_where_only_the_file_said_whose_the_slot_is() throws IOException {
    String message = refused(logIn("bob", reply(carol), false)).message();
    assertTrue(message.contains("carol@example.test") && message.contains("bob@example.test"));
    assertOnDisk(carol);
  }

  @Test
  void another_persons_is_refused_where_the_slot_is_on_record() throws IOException {
    assertTrue(slots.capture("bob").ok());
    refused(logIn("bob", reply(carol), false));
    assertOnDisk(carol);
  }

  @Test
  void a_person_that_another_slot_is_gets_no_second_one() throws IOException {
    String message = refused(logIn("carol", reply(bob.login()), false)).message();
    assertTrue(message.contains("as slot bob is"), message);
    assertFalse(Files.exists(files.slotFile("carol")));
  }

  @Test
  void one_that_is_accepted_leaves_no_evidence_of_the_person_before() throws IOException {
    done(logIn("bob", reply(carol), true));
    assertEquals(carol.accessToken(), stored("bob").accessToken().orElseThrow().reveal());
    assertOnDisk(bob);
    // Bob's own login is no rotation of the slot's any more.
    Files.write(files.livePath(), bob.rotate().credentialJson());
    assertEquals(IdentityState.CHANGED, slots.detectIdentityDrift("bob").state());
  }

  /** It leaves a fingerprint beside the slot and no account on record. */
  @Test
  void nor_does_what_the_python_peer_captured_of_them() throws IOException {
    assertTrue(slots.capture("bob").ok());
    Files.delete(files.path().resolve(".slots/slots/bob.json"));
    done(logIn("bob", reply(carol), true));
    Files.delete(files.livePath());
    Files.write(files.livePath(), bob.credentialJson());
    assertEquals(Verdict.FOREIGN, slots.heal().verdict());
  }

  @Test
  void without_an_id_token_the_access_token_says_whose_it_is() throws IOException {
    String reply = reply(carol).replaceFirst("\"id_token\":\"[^\"]*\",", "");
    assertEquals(Optional.of(carol.email()), done(logIn("carol", reply, false)).account());
    String text = Files.readString(files.slotFile("carol"));
    assertTrue(text.contains("\"id_token\":\"" + carol.accessToken() + "\""), text);
  }

  @Test
  void where_nobody_can_say_whose_it_is_a_slot_that_is_somebodys_does_not_get_it()
      throws IOException {
    String nameless =
        "{\"id_token\":\"opaque\",\"access_token\":\"at-FAKE\",\"refresh_token\":\""
            + carol.refreshToken()
            + "\"}";
    refused(logIn("bob", nameless, false));
    assertOnDisk(carol);
    LoginOutcome added = logIn("carol", nameless, false);
    assertEquals(
        List.of("account-unknown"), done(added).warnings().stream().map(Warning::code).toList());
  }

  @Test
  void killed_with_the_reply_in_hand_the_next_command_puts_it_in_the_stash() throws IOException {
    received("bob", reply(carol)).close();
    assertTrue(slots.capture("erik").ok());
    assertArrayEquals(bob.credentialJson(), files.slot("bob").orElseThrow());
    assertOnDisk(carol);
    assertEquals(1, slots.kept(Optional.empty()).stash().size());
  }
}
