package dev.credslots.acceptance;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.credslots.testkit.CredentialsDirectory;
import dev.credslots.testkit.FakeClient;
import dev.credslots.testkit.FakeLogin;
import dev.credslots.testkit.Laws;
import dev.credslots.testkit.Laws.Expectations;
import dev.credslots.testkit.Laws.Moment;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The built program takes over what other programs keep. */
class ImportTest {
  /** Every secret in the fixtures has it. */
  private static final Pattern SECRET = Pattern.compile("FAKE");

  private static final String TOKEN = "sk-ant-oat01-FAKE-" + "t".repeat(90);

  @TempDir static Path scratch;
  private static SlotsCommand built;
  private static int homes;

  private final FakeLogin ann = FakeLogin.of("ann");
  private final FakeLogin ben = FakeLogin.of("ben");
  private final FakeLogin cox = FakeLogin.builder("cox").client(FakeClient.CODEX).build();
  private final Map<Path, byte[]> sources = new TreeMap<>();
  private final List<String> said = new ArrayList<>();
  private Path home;
  private CredentialsDirectory claude;
  private CredentialsDirectory codex;
  private SlotsCommand slots;

  @BeforeAll
  static void build() throws Exception {
    built = SlotsCommand.built(scratch.resolve("program"));
  }

  @BeforeEach
  void make() throws Exception {
    home = Files.createDirectories(scratch.toRealPath().resolve("home-" + homes++));
    claude = CredentialsDirectory.create(home.resolve(".claude"));
    codex = CredentialsDirectory.create(home.resolve(".codex")).of(FakeClient.CODEX);
    claude.slot("bob", FakeLogin.of("bob")).link("bob");
    slots = built.environment("HOME", home.toString());
  }

  @AfterEach
  void sources_are_as_they_were_and_no_secret_was_said() throws Exception {
    for (Map.Entry<Path, byte[]> source : sources.entrySet()) {
      assertArrayEquals(source.getValue(), Files.readAllBytes(source.getKey()));
    }
    for (String text : said) {
      assertFalse(SECRET.matcher(text).find(), text);
    }
  }

  private Path source(String name, byte[] bytes) throws IOException {
    Path file = Files.write(home.resolve(name), bytes);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("r--------"));
    sources.put(file, bytes);
    return file;
  }

  private Answer json(int exit, String... arguments) throws Exception {
    List<String> all = new ArrayList<>(List.of(arguments));
    all.add("--json");
    SlotsCommand.Result result = slots.run(all.toArray(new String[0]));
    said.add(result.out());
    said.add(result.err());
    return Answer.of(exit, result);
  }

  private static Answer entry(Answer imported, String id) {
    return imported.find("imported", "id", id);
  }

  private Map<String, String> everything() throws IOException {
    Map<String, String> files = new TreeMap<>();
    try (Stream<Path> all = Files.walk(home)) {
      for (Path file : (Iterable<Path>) all.filter(Files::isRegularFile)::iterator) {
        files.put(file.toString(), Files.readString(file));
      }
    }
    return files;
  }

  private void nothing_was_harmed(FakeLogin... logins) throws Exception {
    Expectations expected = Expectations.at(Moment.SETTLED).owner("bob", "bob");
    for (FakeLogin login : logins) {
      expected = expected.token(login);
    }
    assertEquals(List.of(), Laws.check(claude, expected), claude::describe);
  }

  @Test
  void a_file_of_claude_codes_becomes_a_slot_once() throws Exception {
    String file = source("backup.json", ann.credentialJson()).toString();
    Answer first =
        json(0, "import", file, "--name", "alice")
            .saysOfADirectory("kind", "dryRun", "imported", "warnings")
            .is("kind", "claude");
    first
        .list("imported")
        .get(0)
        .has("id", "provider", "kind", "target", "outcome", "message")
        .is("outcome", "imported")
        .is("target", "alice");
    assertArrayEquals(ann.credentialJson(), Files.readAllBytes(claude.slotFile("alice")));
    assertEquals("bob", claude.linkTarget().orElseThrow());

    entry(json(0, "import", file), "claude").is("outcome", "present").is("target", "alice");
    assertEquals(List.of("alice", "bob"), List.copyOf(claude.slotNames()));
    nothing_was_harmed(ann);
  }

  @Test
  void a_file_of_codexs_becomes_a_slot_of_codex_to_the_byte() throws Exception {
    String file = source("auth.json", cox.credentialJson()).toString();
    entry(json(0, "import", file), "codex").is("provider", "codex").is("target", "codex");
    assertArrayEquals(cox.credentialJson(), Files.readAllBytes(codex.slotFile("codex")));
    assertEquals(List.of("bob"), List.copyOf(claude.slotNames()));
    entry(json(0, "import", file), "codex").is("outcome", "present");
    // Where a directory of Claude's was named, Codex's is not looked for elsewhere.
    entry(json(5, "import", file, "--dir", claude.path().toString()), "codex")
        .is("outcome", "skipped");
  }

  private byte[] authProfiles() {
    return """
    {"version": 1,
     "profiles": {
      "anthropic:default": {"type": "oauth", "provider": "anthropic", "access": "%s",
        "refresh": "%s", "expires": %d, "email": "ann@example.test"},
      "anthropic:ben": {"type": "oauth", "provider": "anthropic", "access": "%s",
        "refresh": "%s", "expires": %d},
      "openai-codex:work": {"type": "oauth", "provider": "openai-codex", "access": "%s",
        "refresh": "%s", "accountId": "%s"},
      "anthropic:setup": {"type": "token", "provider": "anthropic", "token": "%s"},
      "anthropic:ci": {"type": "api_key", "provider": "anthropic", "key": "sk-ant-api03-FAKE-ci"},
      "z-ai:glm": {"type": "api_key", "provider": "z-ai", "key": "FAKE-glm"},
      "anthropic:broken": {"type": "oauth", "provider": "anthropic", "access": ["FAKE-x"]},
      "google:me": {"type": "oauth", "provider": "google", "access": "FAKE-google"}},
     "order": {"anthropic": ["anthropic:ben", "anthropic:default"]},
     "lastGood": {"anthropic": "anthropic:default"},
     "usageStats": {"anthropic:default": {"lastUsed": %d, "cooldownUntil": %d, "errorCount": 3}}}
    """
        .formatted(
            ann.accessToken(),
            ann.refreshToken(),
            ann.expiresAt().toEpochMilli(),
            ben.accessToken(),
            ben.refreshToken(),
            ben.expiresAt().toEpochMilli(),
            cox.accessToken(),
            cox.refreshToken(),
            cox.accountUuid(),
            TOKEN,
            Instant.now().minus(Duration.ofHours(1)).toEpochMilli(),
            Instant.now().plus(Duration.ofHours(1)).toEpochMilli())
        .getBytes(UTF_8);
  }

  @Test
  void auth_profiles_become_slots_tokens_and_profiles_and_the_broken_one_is_named()
      throws Exception {
    String file = source("auth-profiles.json", authProfiles()).toString();
    Answer imported = json(5, "import", file).is("kind", "auth-profiles");
    entry(imported, "anthropic:default").is("outcome", "imported").is("target", "ann");
    entry(imported, "anthropic:ben").is("target", "ben");
    entry(imported, "openai-codex:work").is("provider", "codex").is("target", "work");
    entry(imported, "anthropic:setup").is("kind", "token").is("target", "claude");
    entry(imported, "anthropic:ci").is("kind", "api-key").is("target", "ci");
    entry(imported, "z-ai:glm").is("provider", "zai").is("target", "glm");
    entry(imported, "anthropic:broken")
        .is("outcome", "skipped")
        .isNull("target")
        .is("message", "skipped: it has neither access nor refresh token");
    entry(imported, "google:me").is("outcome", "skipped");
    nothing_was_harmed(ann, ben);
    assertTrue(codex.tokensOnDisk().containsKey(cox.refreshToken()));

    // They are what they were there: the order, who cools, and what may be switched to.
    Answer order = json(0, "order").is("next", "ben");
    assertEquals(List.of("ben", "bob", "ann"), order.each("slots", "name"));
    order.find("slots", "name", "ann").is("state", "cooling");
    json(0, "switch", "--next").is("to", "ben");
    json(0, "check", "work", "--provider", "codex");
    json(0, "token", "check");

    Answer again = json(5, "import", file);
    for (String id :
        List.of(
            "anthropic:default",
            "anthropic:ben",
            "openai-codex:work",
            "anthropic:setup",
            "anthropic:ci",
            "z-ai:glm")) {
      entry(again, id).is("outcome", "present");
    }
    assertEquals(List.of("ann", "ben", "bob"), List.copyOf(claude.slotNames()));
  }

  @Test
  void what_was_set_here_stays() throws Exception {
    json(0, "order", "set", "bob");
    String file = source("auth-profiles.json", authProfiles()).toString();
    json(5, "import", file).find("warnings", "code", "order");
    assertEquals("bob", json(0, "order").json().at("/order/0").asText());
    json(0, "report", "ann", "--outcome", "ok");
    json(5, "import", file);
    assertEquals(1, json(0, "order").json().at("/order").size());
    json(0, "order", "clear");
    json(0, "order").find("slots", "name", "ann").is("state", "eligible");
  }

  @Test
  void a_login_that_moved_on_is_not_imported_again_and_another_of_its_name_gets_a_number()
      throws Exception {
    String file = source("one.json", ann.credentialJson()).toString();
    json(0, "import", file, "--name", "claude");
    claude.slot("claude", ann.rotate());
    json(0, "capture", "claude");
    entry(json(0, "import", file), "claude").is("outcome", "present").is("target", "claude");

    String other = source("other.json", ben.credentialJson()).toString();
    entry(json(0, "import", other), "claude").is("outcome", "imported").is("target", "claude-2");
    String third = source("third.json", FakeLogin.of("cyd").credentialJson()).toString();
    entry(json(5, "import", third, "--name", "bob"), "claude").is("outcome", "skipped");
    nothing_was_harmed(ben);
  }

  @Test
  void an_older_oauth_file_has_logins_by_provider() throws Exception {
    String text =
        "{\"anthropic\":{\"access\":\"%s\",\"refresh\":\"%s\",\"expires\":%d},\"xai\":{\"access\":\"FAKE\"}}"
            .formatted(ann.accessToken(), ann.refreshToken(), ann.expiresAt().toEpochMilli());
    String file = source("oauth.json", text.getBytes(UTF_8)).toString();
    Answer imported = json(5, "import", file).is("kind", "oauth");
    entry(imported, "anthropic:default").is("target", "claude");
    entry(imported, "xai:default").is("outcome", "skipped");
    json(0, "switch", "claude");
    nothing_was_harmed(ann);
  }

  @Test
  void claudetms_profiles_become_profiles() throws Exception {
    Path own = Files.createDirectories(home.resolve("claudetm/work"));
    String text =
        "{\"active\":\"glm\",\"profiles\":{"
            + "\"work\":{\"name\":\"work\",\"type\":\"oauth\",\"config_dir\":\""
            + own
            + "\"},\"glm\":{\"name\":\"glm\",\"type\":\"api-key\",\"api_key\":\"FAKE-key-of-glm\","
            + "\"base_url\":\"https://glm.example/v1\",\"context_windows\":{}},"
            + "\"gone\":{\"type\":\"oauth\",\"config_dir\":\"/nowhere\"},"
            + "\"plain\":{\"type\":\"api-key\",\"api_key\":\"FAKE-p\","
            + "\"base_url\":\"http://glm.example\"}}}";
    String file = source("profiles.json", text.getBytes(UTF_8)).toString();
    Answer imported = json(5, "import", file).is("kind", "claudetm");
    entry(imported, "work").is("kind", "directory").is("outcome", "imported");
    entry(imported, "glm").is("outcome", "imported");
    entry(imported, "gone").is("outcome", "skipped");
    entry(imported, "plain").is("outcome", "skipped");
    Answer again = json(5, "import", file);
    entry(again, "work").is("outcome", "present");
    entry(again, "glm").is("outcome", "present");
    json(0, "profile", "list").is("active", "glm");
  }

  @Test
  void a_dry_run_says_the_same_and_writes_nothing() throws Exception {
    String file = source("auth-profiles.json", authProfiles()).toString();
    FakeLogin ended = FakeLogin.of("dan").without("refreshToken").withRaw("expiresAt", "1");
    String over = source("over.json", ended.credentialJson()).toString();
    Map<String, String> before = everything();
    Answer dry = json(5, "import", file, "--dry-run").is("dryRun", true);
    assertEquals(before, everything());
    Answer real = json(5, "import", file).is("dryRun", false);
    assertEquals(dry.each("imported", "outcome"), real.each("imported", "outcome"));
    entry(json(5, "import", over, "--dry-run"), "claude").is("outcome", "skipped");
    entry(json(5, "import", over), "claude").is("outcome", "skipped");
  }

  @Test
  void what_cannot_be_imported_is_one_sentence() throws Exception {
    String other = source("other.json", "{\"a\":\"FAKE\"}".getBytes(UTF_8)).toString();
    String torn = source("torn.json", "{\"claudeAiOauth\":{\"acc".getBytes(UTF_8)).toString();
    String many = source("many.json", authProfiles()).toString();
    json(3, "import", other).is("error/code", "unknown-file");
    json(3, "import", torn).is("error/code", "unknown-file");
    json(3, "import", home.resolve("nothing").toString()).is("error/code", "no-file");
    json(3, "import", home.toString()).is("error/code", "no-file");
    json(3, "import", other, "--as", "claudetm").is("error/code", "unknown-file");
    json(2, "import", many, "--name", "x").isSentence("error/message");
    json(2, "import", many, "--as", "claudtm").isSentence("error/message");
    SlotsCommand.Result piped = slots.reading(ann.credentialJson()).run("import", "-", "--json");
    entry(Answer.of(0, piped), "claude").is("outcome", "imported");
  }
}
