package dev.credslots.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How all logins are, for people, programs and monitors. */
class AuthStatusTest {
  @TempDir Path temp;
  private World world;

  @BeforeEach
  void three_of_which_one_is_over() throws Exception {
    world = World.ofThree(temp);
  }

  private void withoutErik() throws Exception {
    Files.delete(world.claude.resolve(".credentials.json.erik"));
  }

  /** A token that nobody can renew. */
  private void longLived(String slot, Duration left) throws Exception {
    world.write(
        ".credentials.json." + slot,
        "{\"claudeAiOauth\":{\"accessToken\":\"sk-ant-oat01-FAKE-"
            + slot
            + "\",\"expiresAt\":"
            + World.NOW.plus(left).toEpochMilli()
            + "}}");
  }

  private static Map<String, JsonNode> by(String field, JsonNode list) {
    Map<String, JsonNode> found = new TreeMap<>();
    list.forEach(one -> found.put(one.get(field).asText(), one));
    return found;
  }

  @Test
  void a_monitor_learns_the_worst_by_the_exit_code() throws Exception {
    assertEquals(0, world.run("auth", "status").exit());
    assertEquals(1, world.run("auth", "status", "--check").exit());
    withoutErik();
    assertEquals(0, world.run("auth", "status", "--check").exit());
    world.slot("alice", Duration.ofHours(-1)); // Renewable.
    assertEquals(0, world.run("auth", "status", "--check").exit());
    longLived("carol", Duration.ofHours(25));
    assertEquals(0, world.run("auth", "status", "--check").exit());
    longLived("carol", Duration.ofHours(23));
    assertEquals(2, world.run("auth", "status", "--check").exit());
    longLived("dave", Duration.ofSeconds(-1));
    assertEquals(1, world.run("auth", "status", "--check", "--json").exit());
  }

  @Test
  void where_there_is_none_one_is_missing() throws Exception {
    for (String slot : new String[] {"alice", "bob", "erik"}) {
      Files.delete(world.claude.resolve(".credentials.json." + slot));
    }
    World.Result result = world.run("auth", "status", "--check");
    assertEquals(1, result.exit());
    assertTrue(result.out().contains("slots auth login"), result.out());
  }

  @Test
  void programs_get_every_login_and_a_code_for_what_keeps_it_from_use() throws Exception {
    assertEquals(0, world.run("report", "alice", "--outcome", "rate_limit").exit());
    assertEquals(0, world.run("disable", "bob").exit());
    JsonNode json = world.run("auth", "status", "--json").json(0);
    assertEquals(world.claude.toString(), json.get("dir").asText());
    JsonNode auth = json.get("auth");
    assertEquals(world.claude.toString(), auth.get("storePath").asText());
    assertEquals(Duration.ofHours(24).toMillis(), auth.at("/oauth/warnAfterMs").asLong());

    JsonNode provider = auth.at("/providers/0");
    assertEquals("claude", provider.get("provider").asText());
    assertEquals("ok", provider.get("status").asText());
    assertEquals(3, provider.get("logins").asInt());
    assertEquals(0, provider.get("usable").asInt());
    assertEquals("expired", auth.at("/oauth/providers/0/status").asText());
    assertEquals("claude:alice", auth.at("/oauth/providers/0/profiles/0").asText());

    Map<String, JsonNode> unusable = by("profileId", auth.get("unusableProfiles"));
    JsonNode alice = unusable.get("claude:alice");
    assertEquals("cooldown", alice.get("reason").asText());
    assertEquals("oauth", alice.get("kind").asText());
    assertEquals(World.NOW.plusSeconds(60).toString(), alice.get("until").asText());
    assertEquals(60_000, alice.get("remainingMs").asLong());
    JsonNode bob = unusable.get("claude:bob");
    assertEquals("disabled", bob.get("reason").asText());
    assertTrue(bob.get("until").isNull() && bob.get("remainingMs").isNull());
    assertEquals("expired", unusable.get("claude:erik").get("reason").asText());

    Map<String, JsonNode> profiles = by("name", auth.at("/oauth/profiles"));
    assertEquals("ok", profiles.get("alice").get("status").asText());
    assertEquals(Duration.ofHours(7).toMillis(), profiles.get("alice").get("remainingMs").asLong());
    assertTrue(profiles.get("bob").get("active").asBoolean());
    assertFalse(profiles.get("alice").get("active").asBoolean());
    assertEquals("expired", profiles.get("erik").get("status").asText());
    assertTrue(profiles.get("erik").get("loginExpiresAt").isNull());
  }

  private void codex(String slot, String content) throws Exception {
    Path file = world.home.resolve(".codex/auth.json." + slot);
    Files.createDirectories(file.getParent());
    Files.writeString(file, content);
  }

  @Test
  void every_provider_is_there_under_its_own_name() throws Exception {
    codex("bob", "{\"tokens\":{\"access_token\":\"FAKE\",\"refresh_token\":\"FAKE-r\"}}");
    codex("ci", "{\"OPENAI_API_KEY\":\"sk-FAKE\"}");
    world.config(
        "{\"providers\":{\"nowhere\":{\"format\":{\"liveName\":\"x\",\"accessToken\":\"/x\"}}}}");
    JsonNode auth = world.run("auth", "status", "--json").json(0).get("auth");
    assertEquals(world.claude.toString(), auth.get("storePath").asText());
    assertEquals("claude", auth.at("/providers/0/provider").asText());
    assertEquals("codex", auth.at("/providers/1/provider").asText());
    Map<String, JsonNode> profiles = by("profileId", auth.at("/oauth/profiles"));
    assertTrue(profiles.get("claude:bob").get("active").asBoolean());
    assertFalse(profiles.get("codex:bob").get("active").asBoolean());
    assertEquals("oauth", profiles.get("codex:bob").get("kind").asText());
    assertEquals("ok", profiles.get("codex:bob").get("status").asText());
    JsonNode key = profiles.get("codex:ci");
    assertEquals("api-key", key.get("kind").asText());
    assertEquals("static", key.get("status").asText());
    assertEquals(1, world.run("auth", "status", "--check").exit()); // erik is over.
    assertEquals(0, world.run("--provider", "codex", "auth", "status", "--check").exit());
  }

  @Test
  void who_names_a_provider_or_a_directory_is_told_of_that_alone() throws Exception {
    codex("ci", "{\"OPENAI_API_KEY\":\"sk-FAKE\"}");
    world.input = "sk-ant-oat01-FAKE" + "x".repeat(80);
    assertEquals(0, world.run("token", "store").exit());
    assertEquals(0, world.run("--provider", "codex", "switch", "ci").exit());
    World.Result codex = world.run("--provider", "codex", "auth", "status");
    assertTrue(codex.out().startsWith("codex\n* ci"), codex.out());
    assertFalse(codex.out().contains("claude"), codex.out());
    for (String[] one : new String[][] {{"--provider", "claude"}, {"--dir", ".claude"}}) {
      World.Result claude = world.run(one[0], one[1], "auth", "status");
      assertTrue(claude.out().contains("claude-token"), claude.out());
      assertFalse(claude.out().contains("codex"), claude.out());
    }
    world.environment.put("SLOTS_NAMES", "bob");
    assertFalse(world.run("auth", "status").out().contains("codex"));
  }

  @Test
  void people_get_a_table_that_fits() throws Exception {
    assertEquals(0, world.run("report", "alice", "--outcome", "billing").exit());
    World.Result result = world.run("auth", "status");
    String[] lines = result.out().split("\n", -1);
    assertEquals("claude", lines[0]);
    assertTrue(lines[1].startsWith("  alice"), result.out());
    assertTrue(lines[1].contains("in 7h") && lines[1].contains("billing for 5h"), result.out());
    assertTrue(lines[2].startsWith("* bob"), result.out());
    assertTrue(lines[3].contains("expired"), result.out());
    for (String line : lines) {
      assertTrue(line.length() <= 80, line);
    }
    assertFalse((result.out() + result.err()).contains("sk-ant"), result.out());
  }

  @Test
  void wrong_usage_is_named() {
    assertEquals(2, world.run("auth", "status", "alice").exit());
    assertEquals(2, world.run("auth", "token", "--check").exit());
    assertEquals(2, world.run("auth", "login").exit());
    assertEquals(2, world.run("auth", "login", "x", "--paste", "--no-browser").exit());
    assertEquals(2, world.run("auth", "refresh", "alice", "--accept-account").exit());
    assertEquals(3, world.run("auth", "login", "a/b").exit());
    String hint = world.run("auth", "stauts").err();
    assertTrue(hint.contains("status"), hint);
  }

  @Test
  void a_url_that_would_show_a_code_is_refused_before_anything_is_asked() throws Exception {
    for (String key : new String[] {"authorizeUrl", "redirectUri", "profileUrl"}) {
      world.config("{\"providers\":{\"claude\":{\"" + key + "\":\"http://me:pw@example.com/x\"}}}");
      World.Result result = world.run("auth", "login", "carol", "--paste");
      assertEquals(2, result.exit(), result.err());
      assertFalse(result.err().contains("pw"), result.err());
    }
  }
}
