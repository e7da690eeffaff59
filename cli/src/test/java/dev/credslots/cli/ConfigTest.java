package dev.credslots.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.credslots.cli.World.Result;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConfigTest {
  @TempDir Path temp;
  private World world;

  @BeforeEach
  void makeWorld() throws Exception {
    world = World.ofThree(temp);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{\"slotz\": []}             | 1: unknown key 'slotz'; did you mean 'slots'?",
        "{\"sk-ant-oat01-FAKE\": 1}  | 1: unknown key",
        "{\"slots\": \"bob\"}        | 1: key 'slots' must be a list of texts",
        "{\"slots\": [1]}            | 1: key 'slots' must be a list of texts",
        "{\"dir\": 7}                | 1: key 'dir' must be a text",
        "{\"grace\": \"soon\"}       | 1: key 'grace' is not a duration: " + Durations.FORM,
        "{\"lockTimeout\": -1}       | 1: key 'lockTimeout' is not a duration: " + Durations.FORM,
        "{\"ifExpired\": \"x\"}      | 1: key 'ifExpired' must be refuse, refresh or activate",
        "{\"identity\": \"x\"}       | 1: key 'identity' must be follow or leave",
        "{\"generations\": 0}        | 1: key 'generations' must be a number from 1 to 9999",
        "{\"generations\": 1e9}      | 1: key 'generations' must be a number from 1 to 9999",
        "{\"dir\": \"a\", \"dir\": \"b\"} | 1: key 'dir' is there twice",
        "{\"providers\": 1}          | 1: key 'providers' must be an object",
        "{\"providers\": {\"x\": {}}} | 1: unknown provider 'x'; one besides claude and codex needs a 'format'",
        "{\"providers\": {\"codex\": {\"format\": {}}}} | 1: provider 'codex' has its own format",
        "{\"providers\": {\"x\": {\"format\": 1}}} | 1: key 'format' must be an object",
        "{\"providers\": {\"x\": {\"format\": {\"acessToken\": \"/a\"}}}} | 1: unknown key 'acessToken'; did you mean 'accessToken'?",
        "{\"providers\": {\"x\": {\"format\": {\"accessToken\": \"a\"}}}} | 1: provider 'x': 'accessToken' must be a JSON pointer such as /tokens/access_token",
        "{\"providers\": {\"x\": {\"format\": {\"accessToken\": \"/a\"}}}} | 1: provider 'x': a format needs 'liveName', the name of its file",
        "{\"providers\": {\"x\": {\"format\": {\"loginKeys\": [\"b\"], \"liveName\": \"c\", \"accessToken\": \"/a\"}}}} | 1: provider 'x': 'loginKeys' must name the key that 'accessToken' is under, or every slot would get the live one's",
        "{\"providers\": {\"claude\": {\"tokenurl\": \"\"}}} | 1: unknown key 'tokenurl'; did you mean 'tokenUrl'?",
        "{\"providers\": {\"claude\": {\"clientId\": 1}}} | 1: key 'clientId' must be a text",
        "[]                          | 1: not a JSON object",
        "{\"dir\": \"a\"             | 1: not JSON; mend the file",
        "{} {}                       | 1: something follows the object",
        "secret                      | 1: not JSON; mend the file",
        "''                          | 1: not JSON; mend the file",
      })
  void a_mistake_is_named_by_file_line_and_key(String json, String problem) throws Exception {
    Path file = world.config(json);
    Result result = world.run("status");
    assertEquals("slots: " + file + ":" + problem + "\n", result.err());
    assertEquals(2, result.exit());
  }

  @Test
  void the_line_is_that_of_the_mistake() throws Exception {
    Path file = world.config("{\n  \"grace\": \"5m\",\n  \"holdz\": []\n}\n");
    assertTrue(world.run("status").err().startsWith("slots: " + file + ":3: unknown key 'holdz'"));
  }

  @Test
  void a_value_is_never_repeated() throws Exception {
    for (String key : new String[] {"grace", "ifExpired", "identity", "generations", "slots"}) {
      world.config("{\"" + key + "\": \"sk-ant-ort01-FAKE-secret\"}");
      Result result = world.run("-v", "status");
      assertEquals(2, result.exit());
      assertFalse(result.err().contains("FAKE"), result.err());
    }
  }

  @Test
  void a_missing_file_is_fine_unless_it_was_named() {
    assertEquals(0, world.run("status").exit());
    Result result = world.run("status", "--config", "nowhere.json");
    assertEquals(2, result.exit());
    assertTrue(result.err().contains("nowhere.json"), result.err());
  }

  @Test
  void every_key_has_its_place() throws Exception {
    world.config(
        "{\"dir\": \"../../.claude\", \"provider\": \"claude\", \"slots\": [\"bob\", \"alice\"],"
            + " \"slotTemplate\": \".credentials.json.{slot}\", \"liveName\": \".credentials.json\","
            + " \"grace\": 60, \"lockTimeout\": \"1s\", \"hookTimeout\": \"10s\","
            + " \"ifExpired\": \"activate\", \"identity\": \"leave\", \"generations\": 3,"
            + " \"holds\": [\"~/run/*.pid\"]}");
    Files.createDirectory(temp.resolve("claude"));
    var json = world.run("list", "--json").json(0);
    assertEquals(temp.resolve(".claude").toString(), json.get("dir").asText());
    assertEquals("bob", json.at("/slots/0/name").asText());
    assertEquals(2, json.get("slots").size());
  }

  @Test
  void the_grace_and_policy_of_the_file_decide_unless_an_option_does() throws Exception {
    world.slot("alice", Duration.ofMinutes(30));
    world.config("{\"grace\": \"1h\", \"ifExpired\": \"activate\"}");
    var slots = world.run("status", "--json").json(0);
    assertEquals("expiring", slots.at("/slots/0/state").asText());
    assertEquals(0, world.run("switch", "alice", "--dry-run").exit());
    assertEquals(3, world.run("switch", "alice", "--dry-run", "--if-expired", "refuse").exit());
    assertEquals(0, world.run("check", "alice").exit());
    assertEquals(5, world.run("check", "alice", "--if-expired", "refuse").exit());
    slots = world.run("status", "--json", "--grace", "5m").json(0);
    assertEquals("fresh", slots.at("/slots/0/state").asText());
  }

  @Test
  void slots_home_and_xdg_move_the_file() throws Exception {
    Path home = Files.createDirectories(temp.resolve("elsewhere/slots")).getParent();
    Files.writeString(home.resolve("config.json"), "{\"slots\": [\"bob\"]}");
    Files.writeString(home.resolve("slots/config.json"), "{\"slots\": [\"erik\"]}");
    world.environment.put("XDG_CONFIG_HOME", home.toString());
    assertEquals("erik\n", world.run("list").out());
    world.environment.put("SLOTS_HOME", home.toString());
    assertEquals("bob\n", world.run("list").out());
  }

  @Test
  void a_pid_file_of_the_configuration_defers() throws Exception {
    world.config("{\"holds\": [\"~/run/*.pid\"]}");
    Files.createDirectory(temp.resolve("run"));
    long self = ProcessHandle.current().pid();
    Files.writeString(temp.resolve("run/nightly.pid"), self + "\n");

    var json = world.run("switch", "alice", "--json").json(4);
    assertEquals("deferred", json.get("outcome").asText());
    assertEquals("nightly", json.at("/holds/0/name").asText());
    assertEquals(self, json.at("/holds/0/pid").asLong());
    assertEquals("pid-file", json.at("/holds/0/source").asText());
    assertTrue(json.at("/holds/0/since").isTextual());
    assertEquals("bob\n", world.run("active").out());
    assertTrue(world.run("status").out().contains("busy: nightly (pid " + self + ")"));
    assertEquals(0, world.run("switch", "alice", "--force").exit());
  }

  @Test
  void a_token_url_that_would_show_a_token_to_others_is_refused() throws Exception {
    world.config("{\"providers\": {\"claude\": {\"tokenUrl\": \"http://example.org/t\"}}}");
    world.environment.remove("CLAUDE_OAUTH_TOKEN_URL");
    Result result = world.run("auth", "refresh", "bob");
    assertEquals(2, result.exit(), result.err());
    assertTrue(result.err().contains("must be https"), result.err());
    assertTrue(result.err().endsWith("; mend the configuration or the variable\n"), result.err());
  }
}
