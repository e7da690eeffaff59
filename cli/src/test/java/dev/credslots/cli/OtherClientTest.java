package dev.credslots.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.credslots.cli.World.Result;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Providers besides Claude Code: where they keep what, and what a configuration says of them. */
class OtherClientTest {
  private static final String KEY = "{\"OPENAI_API_KEY\":\"sk-FAKE-%s\"}";
  private static final String COPILOT =
      "{\"dir\": \"%s\", \"providers\": {\"copilot\": {\"format\": {\"dir\": \"~/copilot\","
          + " \"liveName\": \"apps.json\", \"accessToken\": \"/app/oauth_token\"}}}}";

  private World world;

  @BeforeEach
  void a_home(@TempDir Path temp) throws Exception {
    world = World.ofThree(temp);
  }

  private void file(String name, String content) throws Exception {
    Path file = world.home.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, content);
  }

  @Test
  void codex_is_in_its_own_directory() throws Exception {
    file(".codex/auth.json.ci", KEY.formatted("ci"));
    file("elsewhere/auth.json.work", KEY.formatted("work"));
    assertEquals("ci\n", world.run("--provider", "codex", "list").out());
    world.environment.put("CODEX_HOME", "");
    assertEquals("ci\n", world.run("--provider", "codex", "list").out());
    world.environment.put("CODEX_HOME", world.home.resolve("elsewhere").toString());
    assertEquals("work\n", world.run("--provider", "codex", "list").out());
    assertEquals(
        "ci\n",
        world
            .run("--provider", "codex", "list", "--dir", world.home.resolve(".codex").toString())
            .out());
    assertEquals("alice\nbob\nerik\n", world.run("list").out());
  }

  @Test
  void a_configuration_of_one_provider_says_nothing_of_another() throws Exception {
    file(".codex/auth.json.ci", KEY.formatted("ci"));
    world.config(
        "{\"dir\": \"" + world.claude + "\", \"slots\": [\"bob\"], \"liveName\": \"x.json\"}");
    assertEquals("ci\n", world.run("--provider", "codex", "list").out());
    assertEquals(0, world.run("--provider", "codex", "switch", "ci").exit());
    assertTrue(Files.isSymbolicLink(world.home.resolve(".codex/auth.json")));
    world.config("{\"provider\": \"codex\", \"slots\": [\"ci\", \"later\"]}");
    assertEquals(2, world.run("status", "--json").json(0).get("slots").size());
    assertEquals("ci\n", world.run("active").out());
    assertEquals("alice\nbob\nerik\n", world.run("list", "--provider", "claude").out());
  }

  @Test
  void an_api_key_is_fresh_and_has_no_end() throws Exception {
    file(".codex/auth.json.ci", KEY.formatted("ci"));
    Result status = world.run("--provider", "codex", "status", "--json");
    assertEquals("fresh", status.json(0).at("/slots/0/state").asText());
    assertTrue(status.json().at("/slots/0/expiresAt").isNull());
    Result text = world.run("--provider", "codex", "status");
    assertFalse(text.out().contains("FAKE"), text.out());
    Result refresh = world.run("--provider", "codex", "auth", "refresh", "ci");
    assertEquals(3, refresh.exit(), refresh.err());
    assertEquals("sk-FAKE-ci", world.run("--provider", "codex", "auth", "token", "ci").out());
  }

  @Test
  void a_client_that_a_configuration_describes() throws Exception {
    file("copilot/apps.json.bob", "{\"app\":{\"oauth_token\":\"gho_FAKE\"}}");
    world.config(COPILOT.formatted(world.claude));
    assertEquals("bob\n", world.run("--provider", "copilot", "list").out());
    assertEquals(0, world.run("--provider", "copilot", "switch", "bob").exit());
    assertEquals("bob\n", world.run("--provider", "copilot", "active").out());
    Result refresh = world.run("--provider", "copilot", "auth", "refresh", "bob");
    assertEquals(2, refresh.exit());
    assertTrue(refresh.err().contains("'tokenUrl'"), refresh.err());
  }

  /** Without a server: what is wrong with where to log in is said before anybody is asked. */
  @Test
  void where_to_log_in_to_a_described_client_is_said_by_its_description() throws Exception {
    world.config(COPILOT.formatted(world.claude));
    Result nowhere = world.run("--provider", "copilot", "auth", "login", "bob", "--paste");
    assertEquals(2, nowhere.exit());
    assertTrue(nowhere.err().contains("'authorizeUrl'"), nowhere.err());
    assertTrue(nowhere.err().contains("slots add NAME --provider copilot"), nowhere.err());
    world.config(
        COPILOT
            .formatted(world.claude)
            .replace(
                "{\"format\"",
                "{\"tokenUrl\": \"https://example.test/token\", \"clientId\": \"me\","
                    + " \"authorizeUrl\": \"https://example.test/agree\","
                    + " \"redirectUri\": \"http://localhost:7/back\", \"format\""));
    Result shown = world.run("--provider", "copilot", "auth", "login", "bob", "--paste");
    assertTrue(
        shown.err().contains("https://example.test/agree?response_type=code&client_id=me&"),
        shown.err());
  }

  @Test
  void codexs_page_is_the_one_that_its_client_opens() throws Exception {
    Result shown = world.run("--provider", "codex", "auth", "login", "ci", "--paste");
    assertTrue(shown.err().contains("https://auth.openai.com/oauth/authorize?"), shown.err());
    assertTrue(
        shown.err().contains("redirect_uri=http%3A%2F%2Flocalhost%3A1455%2Fauth%2Fcallback"),
        shown.err());
  }

  @Test
  void a_provider_that_nobody_knows_is_named_with_those_that_are() throws Exception {
    world.config(COPILOT.formatted(world.claude).replace("\"dir\": \"~/copilot\",", ""));
    Result unknown = world.run("--provider", "gemini", "status");
    assertEquals(2, unknown.exit());
    assertTrue(unknown.err().contains("'gemini'"), unknown.err());
    assertTrue(unknown.err().contains("claude and codex"), unknown.err());
    Result nowhere = world.run("--provider", "copilot", "status");
    assertEquals(2, nowhere.exit());
    assertTrue(nowhere.err().contains("--dir"), nowhere.err());
  }

  @Test
  void the_doctor_knows_what_overrides_the_login_of_each() throws Exception {
    file(".codex/auth.json.ci", KEY.formatted("ci"));
    world.environment.put("OPENAI_API_KEY", "sk-FAKE");
    world.environment.put("ANTHROPIC_API_KEY", "sk-FAKE");
    Result codex = world.run("--provider", "codex", "doctor");
    assertTrue(codex.out().contains("OPENAI_API_KEY"), codex.out());
    assertFalse(codex.out().contains("ANTHROPIC"), codex.out());
    Result claude = world.run("doctor");
    assertTrue(claude.out().contains("ANTHROPIC_API_KEY"), claude.out());
    assertFalse(claude.out().contains("OPENAI"), claude.out());
  }

  @Test
  void a_token_comes_from_the_variables_of_its_own_client() throws Exception {
    file(".codex/auth.json.ci", KEY.formatted("ci"));
    world.environment.put("ANTHROPIC_AUTH_TOKEN", "not this");
    assertEquals(0, world.run("--provider", "codex", "switch", "ci").exit());
    assertEquals("sk-FAKE-ci", world.run("--provider", "codex", "auth", "token").out());
    world.environment.put("CODEX_API_KEY", "this");
    assertEquals("this", world.run("--provider", "codex", "auth", "token").out());
  }
}
