package dev.credslots.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.credslots.cli.World.Result;
import dev.credslots.testkit.Canary;
import dev.credslots.testkit.FakeSecurity;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class TokenCommandTest {
  private static final Canary CANARY = Canary.of(5);
  private static final String TOKEN = CANARY.token();
  private static final String NONE =
      "slots: no token found for agent claude — run: claude setup-token | slots token store\n";

  @TempDir Path temp;
  private World world;

  @BeforeEach
  void makeWorld() throws Exception {
    world = new World(temp);
  }

  private static void assertSays(int exit, String out, String err, Result result) {
    assertEquals(exit, result.exit(), result::toString);
    assertEquals(out, result.out());
    assertEquals(err, result.err());
  }

  private Result store(String input, String... options) {
    world.input = input;
    String[] args = new String[options.length + 2];
    args[0] = "token";
    args[1] = "store";
    System.arraycopy(options, 0, args, 2, options.length);
    Result result = world.run(args);
    assertEquals(Optional.empty(), CANARY.in(result.out() + result.err()));
    return result;
  }

  private void letPass(Duration time) {
    world.clock = Clock.fixed(World.NOW.plus(time), ZoneOffset.UTC);
  }

  private Path file() {
    return temp.resolve(".local/share/slots/tokens.json");
  }

  @Test
  void a_token_is_stored_checked_got_and_removed() {
    assertSays(1, "", NONE, world.run("token", "check"));
    assertSays(1, "", NONE, world.run("token", "get"));

    assertSays(
        0, "slots: token stored for agent claude (expires 2027-05-01)\n", "", store(TOKEN + "\n"));

    assertSays(
        0,
        "slots: token valid for agent claude (expires 2027-05-01, 365 days remaining)\n",
        "",
        world.run("token", "check"));
    assertSays(0, TOKEN, "", world.run("token", "get"));
    assertSays(0, "slots: token removed for agent claude\n", "", world.run("token", "remove"));
    assertSays(0, "slots: no token found for agent claude\n", "", world.run("token", "remove"));
    assertSays(1, "", NONE, world.run("token", "get"));
  }

  @Test
  void on_a_terminal_the_token_ends_its_line() {
    store(TOKEN);
    world.terminal = Surroundings.Terminal.YES;

    assertSays(0, TOKEN + "\n", "", world.run("token", "get"));
  }

  @Test
  void a_token_is_over_when_its_end_is_reached() {
    store(TOKEN);

    letPass(Duration.ofDays(365).minusMillis(1));
    assertSays(
        0,
        "slots: token valid for agent claude (expires 2027-05-01, 0 days remaining)\n",
        "",
        world.run("token", "check"));
    letPass(Duration.ofDays(365));
    String over = "slots: token expired for agent claude (expired 2027-05-01)\n";
    assertSays(1, "", over, world.run("token", "check"));
    assertSays(1, "", over, world.run("token", "get"));
  }

  @Test
  void only_with_within_a_token_that_ends_soon_needs_attention() {
    store(TOKEN);
    letPass(Duration.ofDays(335));

    assertEquals(0, world.run("token", "check").exit());
    assertEquals(0, world.run("token", "check", "--within", "30d").exit());
    letPass(Duration.ofDays(335).plusSeconds(1));
    Result soon = world.run("token", "check", "--within", "30d");
    assertSays(
        5,
        "slots: token valid for agent claude (expires 2027-05-01, 29 days remaining)\n",
        "",
        soon);
    assertEquals(0, world.run("token", "check").exit());
    letPass(Duration.ofDays(366));
    assertEquals(1, world.run("token", "check", "--within", "30d").exit());
    assertEquals(2, world.run("token", "get", "--within", "30d").exit());
  }

  @Test
  void the_agent_is_named_before_or_after_the_verb() {
    world.input = TOKEN;
    assertEquals(0, world.run("token", "--agent", "codex", "store").exit());

    assertSays(0, TOKEN, "", world.run("token", "get", "--agent", "codex"));
    assertSays(0, TOKEN, "", world.run("token", "--agent=codex", "get"));
    assertSays(
        1,
        "",
        "slots: no token found for agent x — run: slots token store --agent x\n",
        world.run("token", "check", "--agent", "x"));
    assertSays(1, "", NONE, world.run("token", "get"));
  }

  static List<String> badNames() {
    return List.of(
        "../escape",
        "a/b",
        "..",
        ".",
        "",
        "/abs",
        "with space",
        ".hidden",
        "work\n",
        "-w",
        "a".repeat(65),
        "раypal",
        "ａ",
        "a\u200B",
        "a\u0000",
        "work.lock");
  }

  @ParameterizedTest
  @MethodSource("badNames")
  void a_bad_name_is_refused_and_nothing_is_made(String name) throws Exception {
    for (String verb : List.of("store", "check", "get", "remove")) {
      world.input = TOKEN;
      Result result = world.run("token", verb, "--agent=" + name);

      assertEquals(2, result.exit(), result::toString);
      assertEquals("", result.out());
      assertEquals(1, result.err().lines().count(), result::err);
    }
    try (Stream<Path> left = Files.list(temp)) {
      assertEquals(List.of(temp.resolve(".claude")), left.toList());
    }
  }

  @Test
  void a_token_in_the_wrong_place_is_not_repeated() {
    for (String[] line :
        new String[][] {
          {"token", TOKEN},
          {"token", "store", TOKEN},
          {"token", "store", "--agent", TOKEN},
          {"token", "store", "--store", TOKEN},
          {"token", "store", "--" + TOKEN},
          {"token", "check", "--within", TOKEN},
          {TOKEN}
        }) {
      Result result = world.run(line);
      assertEquals(2, result.exit(), result::toString);
      assertEquals(Optional.empty(), CANARY.in(result.out() + result.err()), result::toString);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "\n",
        "one\ntwo",
        "{\"refreshToken\":\"TOKEN\"}",
        "{\"accessToken\":\"TOKEN\",\"expiresAt\":\"soon\"}",
        "sk-ant-api03-TOKEN",
        "wrong-TOKEN"
      })
  void what_is_no_token_is_refused_and_the_old_one_kept(String input) {
    Result nothing = store(input.replace("TOKEN", TOKEN));
    assertEquals(3, nothing.exit(), nothing::toString);
    assertEquals("", nothing.out());
    assertTrue(nothing.err().startsWith("slots: no token stored: "), nothing.err());
    assertEquals(1, nothing.err().lines().count(), nothing.err());
    assertFalse(Files.exists(file()));

    store(TOKEN);
    store(input.replace("TOKEN", TOKEN));
    assertSays(0, TOKEN, "", world.run("token", "get"));
  }

  @Test
  void more_than_any_token_is_refused() {
    Result result = store("a".repeat(70_000));

    assertEquals(3, result.exit(), result::toString);
    assertFalse(Files.exists(file()));
  }

  @Test
  void what_another_program_left_without_a_usable_end_is_no_good() throws Exception {
    store(TOKEN);
    String kept = "{\\\"accessToken\\\":\\\"" + TOKEN + "\\\",\\\"expiresAt\\\":0}";
    Files.writeString(
        file(), "{\"schemaVersion\":1,\"tokens\":{\"claude-token\":\"" + kept + "\"}}");
    Result unusable = world.run("token", "check");
    assertEquals(1, unusable.exit(), unusable::toString);
    assertTrue(unusable.err().contains("no expiresAt that can be used"), unusable.err());
    assertEquals("", world.run("token", "get").out());

    Files.writeString(file(), "{\"schemaVersion\":1,\"tokens\":{\"claude-token\":\"bare\"}}");
    Result unreadable = world.run("token", "get");
    assertEquals(1, unreadable.exit(), unreadable::toString);
    assertEquals("", unreadable.out());
    assertTrue(unreadable.err().contains("is no token"), unreadable.err());
  }

  @Test
  void json_tells_all_but_the_token() throws Exception {
    JsonNode stored = store(TOKEN, "--json").json(0);
    assertEquals("stored", stored.get("outcome").asText());
    assertEquals("claude", stored.get("agent").asText());
    assertEquals("file", stored.get("store").asText());
    assertEquals("2027-05-01T10:00:00Z", stored.get("expiresAt").asText());

    JsonNode checked = world.run("token", "check", "--json").json(0);
    assertEquals("valid", checked.get("state").asText());
    assertEquals(365, checked.get("daysRemaining").asInt());
    Result got = world.run("token", "get", "--json");
    assertEquals("valid", got.json(0).get("state").asText());
    assertEquals(Optional.empty(), CANARY.in(got.out()));
    JsonNode listed = world.run("token", "list", "--json").json(0);
    assertEquals("claude", listed.at("/tokens/0/agent").asText());
    assertEquals("file", listed.at("/tokens/0/store").asText());

    assertEquals(
        "missing",
        world.run("token", "check", "--agent", "x", "--json").json(1).get("state").asText());
    assertEquals("removed", world.run("token", "remove", "--json").json(0).get("outcome").asText());
    assertEquals("[]", world.run("token", "list", "--json").json(0).get("tokens").toString());
  }

  @Test
  void list_has_a_line_for_every_agent() {
    store(TOKEN);
    store("other", "--agent", "codex");

    assertSays(
        0,
        "claude  valid  2027-05-01  file\ncodex   valid  2027-05-01  file\n",
        "",
        world.run("token", "list"));
    assertEquals(2, world.run("token", "list", "--agent", "codex").exit());
  }

  @Test
  void a_store_that_is_none_of_this_machine_is_wrong_usage() {
    assertEquals(2, world.run("token", "check", "--store", "vault").exit());
    assertTrue(world.run("token", "check", "--store", "fil").err().contains("file"));
    Result linux = world.run("token", "check", "--store", "keychain");
    assertSays(2, "", "slots: the keychain is a part of macOS; use --store file\n", linux);
    world.machine = new Machine("Mac OS X", List.of(), Path.of("/nonexistent"));
    assertEquals(2, world.run("token", "check", "--store", "secret-service").exit());
    world.machine = new Machine("Windows 11", List.of(), Path.of("/nonexistent"));
    Result windows = world.run("token", "check", "--store", "keychain");
    assertSays(2, "", "slots: there is no store but file on Windows; use --store file\n", windows);
    assertEquals(0, store(TOKEN).exit());
    assertSays(0, TOKEN, "", world.run("token", "get", "--store", "file"));
  }

  @Test
  void the_configuration_chooses_a_store_and_an_option_is_stronger() throws Exception {
    world.config("{\"tokenStore\": \"secret-service\"}");

    Result absent = store(TOKEN);
    assertEquals(1, absent.exit(), absent::toString);
    assertTrue(absent.err().contains("not installed"), absent.err());
    assertEquals(0, store(TOKEN, "--store", "file").exit());

    world.config("{\"tokenStore\": \"vault\"}");
    Result wrong = world.run("token", "check");
    assertEquals(2, wrong.exit());
    assertTrue(wrong.err().contains("auto, keychain, secret-service or file"), wrong.err());
  }

  @Test
  void the_file_is_where_slots_keeps_what_is_the_users() {
    world.environment.put("XDG_DATA_HOME", temp.resolve("data").toString());
    store(TOKEN);
    assertTrue(Files.exists(temp.resolve("data/slots/tokens.json")));

    world.environment.put("SLOTS_HOME", temp.resolve("own").toString());
    assertSays(1, "", NONE, world.run("token", "check"));
    store(TOKEN);
    assertTrue(Files.exists(temp.resolve("own/tokens.json")));
  }

  @Test
  void on_macos_it_is_the_keychain() throws Exception {
    assumeTrue(FakeSecurity.isAvailable(), "no python3, no fake security");
    FakeSecurity security = FakeSecurity.in(temp.resolve("bin"));
    world.machine = new Machine("Mac OS X", List.of(), security.program());
    assertSays(1, "", NONE, world.run("token", "check"));

    assertEquals(0, store(TOKEN).exit());

    assertSays(0, TOKEN, "", world.run("token", "get"));
    JsonNode listed = world.run("token", "list", "--json").json(0);
    assertEquals("keychain", listed.at("/tokens/0/store").asText());
    assertEquals(Optional.empty(), CANARY.in(Files.readString(file())));
    for (String run : security.record()) {
      assertEquals(Optional.empty(), CANARY.in(run.substring(0, run.indexOf("\"stdin\""))));
    }

    security.become(FakeSecurity.Mode.LOCKED);
    for (String verb : List.of("check", "get", "remove", "list")) {
      Result locked = world.run("token", verb);
      assertEquals(1, locked.exit(), locked::toString);
      assertTrue(locked.err().contains("locked"), locked.err());
      assertFalse(locked.err().contains("no token"), locked.err());
    }
    assertEquals(
        "store-locked", world.run("token", "check", "--json").json(1).at("/error/code").asText());
    assertEquals(1, store(TOKEN).exit());
    String tooLong = "{\"accessToken\":\"" + TOKEN + "\",\"x\":\"" + "y".repeat(2000) + "\"}";
    Result refused = store(tooLong);
    assertEquals(3, refused.exit(), refused::toString);
    assertTrue(refused.err().startsWith("slots: not stored: it is longer than"), refused.err());

    security.become(FakeSecurity.Mode.OPEN);
    assertEquals(0, world.run("token", "remove").exit());
    assertEquals("[]", security.items());
  }
}
