package dev.credslots.acceptance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.credslots.testkit.ClientSimulator;
import dev.credslots.testkit.CredentialsDirectory;
import dev.credslots.testkit.FakeClient;
import dev.credslots.testkit.FakeLogin;
import dev.credslots.testkit.OAuthServer;
import dev.credslots.testkit.OAuthServer.Decision;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The built program with clients that are not Claude Code, and the server that renews for them. */
class OtherClientsTest {
  private static final Instant OVER = Instant.now().minus(Duration.ofHours(1));

  @TempDir static Path program;
  private static SlotsCommand built;

  @TempDir private Path scratch;
  private OAuthServer server;
  private SlotsCommand slots;

  @BeforeAll
  static void build() throws Exception {
    built = SlotsCommand.built(program);
  }

  @BeforeEach
  void serve() throws Exception {
    server = OAuthServer.start();
    slots = built.environment("CODEX_REFRESH_TOKEN_URL_OVERRIDE", server.tokenUrl().toString());
  }

  @AfterEach
  void close() {
    server.close();
  }

  private Answer json(int exit, List<String> options, String... command) throws Exception {
    List<String> line = new java.util.ArrayList<>(options);
    line.addAll(List.of(command));
    line.add("--json");
    SlotsCommand.Result result = slots.run(line.toArray(String[]::new));
    assertFalse((result.out() + result.err()).contains("FAKE-"), result::toString);
    return Answer.of(exit, result);
  }

  // ---- Gemini, by a configuration ----

  private static String gemini(FakeLogin login) {
    return "{\n  \"access_token\": \""
        + login.accessToken()
        + "\",\n  \"scope\": \"openid https://www.googleapis.com/auth/cloud-platform\",\n"
        + "  \"token_type\": \"Bearer\",\n  \"id_token\": \"no.JWT\",\n  \"expiry_date\": "
        + login.expiresAt().toEpochMilli()
        + ",\n  \"refresh_token\": \""
        + login.refreshToken()
        + "\"\n}";
  }

  @Test
  void gemini_is_read_switched_renewed_and_healed() throws Exception {
    Path directory = Files.createDirectories(scratch.resolve("gemini"));
    Path live = directory.resolve("oauth_creds.json");
    FakeLogin bob = FakeLogin.of("bob");
    FakeLogin alice = FakeLogin.builder("alice").expiresAt(OVER).build();
    server.knows(alice).knows(bob);
    Files.writeString(directory.resolve("oauth_creds.json.alice"), gemini(alice));
    Files.writeString(live, gemini(bob));
    Path config = scratch.resolve("config.json");
    String format =
        """
        {"provider": "gemini", "providers": {"gemini": {
          "tokenUrl": "%s", "clientId": "google",
          "format": {"dir": "gemini", "liveName": "oauth_creds.json",
            "accessToken": "/access_token", "refreshToken": "/refresh_token",
            "idToken": "/id_token", "expiresAt": "/expiry_date"}}}}
        """;
    Files.writeString(config, format.formatted(server.tokenUrl()));
    List<String> options = List.of("--config", config.toString());

    json(0, options, "add", "bob").is("outcome", "added");
    Answer status = json(0, options, "status").is("dir", directory.toString());
    status.is("active", "bob");
    status.find("slots", "name", "alice").is("state", "refreshable").isNull("account");
    assertEquals(
        bob.expiresAt().toEpochMilli(),
        status.find("slots", "name", "bob").time("expiresAt").toEpochMilli());

    json(0, options, "switch", "alice").is("outcome", "switched");
    FakeLogin renewed = server.current("alice");
    Matcher end =
        Pattern.compile("\"expiry_date\": (\\d+)")
            .matcher(Files.readString(directory.resolve("oauth_creds.json.alice")));
    assertTrue(end.find());
    assertEquals(
        gemini(renewed).replaceFirst("\"expiry_date\": \\d+", end.group()), Files.readString(live));
    assertEquals("google", server.requests().get(0).clientId());
    assertFalse(server.requests().get(0).json());

    // A refresh in place, and one that a client renames over the link.
    Files.writeString(live, gemini(bob.rotate()));
    json(5, options, "heal").is("verdict", "unverified");
    json(0, options, "restore", "alice");
    json(0, options, "switch", "bob");
    Files.writeString(directory.resolve("new"), gemini(bob));
    Files.move(directory.resolve("new"), live, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    json(0, options, "heal").is("outcome", "relinked").is("slot", "bob");
  }

  @Test
  void without_a_server_a_described_clients_login_is_its_own_to_renew() throws Exception {
    Path directory = Files.createDirectories(scratch.resolve("gemini"));
    FakeLogin alice = FakeLogin.builder("alice").expiresAt(OVER).build();
    Files.writeString(directory.resolve("creds.json.alice"), gemini(alice));
    Path config = scratch.resolve("config.json");
    Files.writeString(
        config,
        "{\"providers\": {\"gemini\": {\"format\": {\"dir\": \"gemini\", \"liveName\":"
            + " \"creds.json\", \"accessToken\": \"/access_token\", \"refreshToken\":"
            + " \"/refresh_token\", \"expiresAt\": \"/expiry_date\"}}}}");
    List<String> options = List.of("--provider", "gemini", "--config", config.toString());
    Answer refused = json(3, options, "switch", "alice").is("outcome", "refused");
    assertTrue(refused.text("message").contains("activate"), refused::toString);
    json(2, options, "auth", "refresh", "alice");
    json(0, options, "switch", "alice", "--if-expired", "activate").is("outcome", "switched");
  }

  // ---- Codex ----

  @Test
  void codex_is_renewed_before_a_switch_and_so_is_a_live_slot() throws Exception {
    CredentialsDirectory codex =
        CredentialsDirectory.create(scratch.resolve("codex")).of(FakeClient.CODEX);
    FakeLogin bob = FakeLogin.builder("bob").client(FakeClient.CODEX).build();
    FakeLogin alice = FakeLogin.builder("alice").client(FakeClient.CODEX).expiresAt(OVER).build();
    server.knows(alice).knows(bob);
    codex.slot("alice", alice).slot("bob", bob).link("bob");
    List<String> options = List.of("--provider", "codex", "--dir", codex.path().toString());

    json(0, options, "switch", "alice").is("outcome", "switched");
    FakeLogin renewed = server.current("alice");
    String file = Files.readString(codex.livePath());
    assertEquals(
        new String(renewed.credentialJson(), java.nio.charset.StandardCharsets.UTF_8)
            .replaceFirst("\"last_refresh\": .*", ""),
        file.replaceFirst("\"last_refresh\": .*", ""));
    assertFalse(file.contains("\"last_refresh\": \"" + Instant.EPOCH), file);
    OAuthServer.Request asked = server.requests().get(0);
    assertEquals(Decision.GRANTED, asked.decision());
    assertFalse(asked.json());
    assertEquals("app_EMoamEEZ73f0CkXaXp7hrann", asked.clientId());
    Answer refreshed = json(0, options, "auth", "refresh", "alice").is("outcome", "refreshed");
    assertEquals(
        server.current("alice").expiresAt().getEpochSecond(),
        refreshed.time("expiresAt").getEpochSecond());
  }

  @Test
  void codex_renews_through_the_link_and_we_renew_what_it_left() throws Exception {
    CredentialsDirectory codex =
        CredentialsDirectory.create(scratch.resolve("codex")).of(FakeClient.CODEX);
    FakeLogin bob = FakeLogin.builder("bob").client(FakeClient.CODEX).expiresAt(OVER).build();
    server.knows(bob);
    codex.slot("bob", bob).link("bob");
    List<String> options = List.of("--provider", "codex", "--dir", codex.path().toString());
    json(0, options, "capture", "bob");
    assertTrue(new ClientSimulator(codex, 3).refreshAt(server).isPresent());
    assertEquals(Optional.of("bob"), codex.linkTarget());
    json(0, options, "identity", "bob").find("slots", "name", "bob").is("state", "rotated");
    json(0, options, "heal").is("verdict", "rotated");
    json(0, options, "auth", "refresh", "bob").is("outcome", "refreshed");
    assertEquals(2, server.granted("bob"));
    assertFalse(server.revoked("bob"));
    json(0, options, "identity", "bob").find("slots", "name", "bob").is("state", "match");
  }
}
