package dev.credslots.acceptance;

import static dev.credslots.acceptance.RefreshWorld.assertExit;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.credslots.testkit.CredentialsDirectory;
import dev.credslots.testkit.DesktopSession;
import dev.credslots.testkit.FakeLogin;
import dev.credslots.testkit.OAuthServer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Profiles of the built program: their files, their logins, and what is said of both. */
class ProfileTest {
  private static final String KEY = "sk-ant-api03-FAKE-canary-of-ci-0123456789";

  @TempDir static Path scratch;
  private static SlotsCommand program;
  private static int worlds;

  private OAuthServer server;
  private Path place;
  private Path data;
  private SlotsCommand slots;

  @BeforeAll
  static void build() throws Exception {
    program = SlotsCommand.built(scratch.resolve("program"));
  }

  @BeforeEach
  void open() throws Exception {
    place = Files.createDirectories(scratch.toRealPath().resolve("world-" + worlds++));
    data = place.resolve("own");
    server = OAuthServer.start();
    slots =
        program.environment(
            Map.of(
                "SLOTS_HOME", data.toString(),
                "HOME", Files.createDirectories(place.resolve("home")).toString(),
                "CLAUDE_OAUTH_TOKEN_URL", server.tokenUrl().toString()));
  }

  @AfterEach
  void close() {
    server.close();
  }

  private SlotsCommand.Result run(int exit, String... arguments) throws Exception {
    SlotsCommand.Result result = slots.run(arguments);
    assertExit(exit, result);
    return result;
  }

  private CredentialsDirectory profile(String name) throws Exception {
    run(0, "profile", "add", name);
    return CredentialsDirectory.in(data.resolve("profiles").resolve(name));
  }

  private static FakeLogin over(String account) {
    return FakeLogin.builder(account).expiresAt(Instant.now().minus(Duration.ofHours(1))).build();
  }

  private SlotsCommand.Result cat(int exit, String profile) throws Exception {
    return run(
        exit, "run", profile, "--", "sh", "-c", "cat \"$CLAUDE_CONFIG_DIR/.credentials.json\"");
  }

  // ---- renewal ----

  @Test
  void a_login_that_is_over_is_renewed_before_the_program_is_started() throws Exception {
    FakeLogin alice = over("alice");
    server.knows(alice);
    CredentialsDirectory work = profile("work");
    work.liveFile(alice.credentialJson());

    SlotsCommand.Result result = cat(0, "work");

    assertTrue(result.out().contains(server.current("alice").accessToken()), result::toString);
    assertEquals(1, server.granted("alice"));
    assertEquals(Optional.of("login"), work.linkTarget());
    assertEquals("logged-in", state("work"));
    cat(0, "work");
    assertEquals(1, server.granted("alice"), "it is fresh now");
  }

  @Test
  void a_login_that_its_client_renewed_meanwhile_comes_home_first() throws Exception {
    FakeLogin alice = over("alice");
    server.knows(alice);
    CredentialsDirectory work = profile("work");
    work.liveFile(alice.credentialJson());
    cat(0, "work");
    FakeLogin byClient = server.current("alice").rotate();
    server.knows(byClient);
    work.liveFile(expired(byClient));

    SlotsCommand.Result result = cat(0, "work");

    assertTrue(result.out().contains(server.current("alice").accessToken()), result::toString);
    assertFalse(server.revoked("alice"), "an old token was posted");
    assertEquals(Optional.of("login"), work.linkTarget());
  }

  private static byte[] expired(FakeLogin login) {
    long over = Instant.now().minusSeconds(3600).toEpochMilli();
    return login.withRaw("expiresAt", Long.toString(over)).credentialJson();
  }

  @Test
  void another_login_in_the_same_directory_is_renewed_as_its_own() throws Exception {
    FakeLogin alice = over("alice");
    FakeLogin bob = over("bob");
    server.knows(alice).knows(bob);
    CredentialsDirectory work = profile("work");
    work.identity(alice).liveFile(alice.credentialJson());
    cat(0, "work");
    FakeLogin before = server.current("alice");
    work.identity(bob).liveFile(bob.credentialJson());

    SlotsCommand.Result result = cat(0, "work");

    assertTrue(result.out().contains(server.current("bob").accessToken()), result::toString);
    assertEquals(1, server.granted("bob"));
    assertEquals(Optional.of("login-2"), work.linkTarget());
    String kept = new String(work.slot("login").orElseThrow(), StandardCharsets.UTF_8);
    assertTrue(kept.contains(before.refreshToken()), kept);
  }

  @Test
  void many_runs_at_once_make_one_request() throws Exception {
    FakeLogin alice = over("alice");
    server.knows(alice);
    profile("work").liveFile(alice.credentialJson());
    ExecutorService workers = Executors.newFixedThreadPool(6);
    try {
      List<Callable<SlotsCommand.Result>> runs = new ArrayList<>();
      for (int i = 0; i < 6; i++) {
        runs.add(() -> cat(0, "work"));
      }
      for (Future<SlotsCommand.Result> run : workers.invokeAll(runs)) {
        String out = run.get().out();
        assertTrue(out.contains(server.current("alice").accessToken()), out);
      }
    } finally {
      workers.shutdownNow();
    }
    assertEquals(1, server.granted("alice"));
    assertFalse(server.revoked("alice"));
  }

  @Test
  void a_login_that_its_server_ended_starts_nothing() throws Exception {
    FakeLogin alice = over("alice"); // Which the server has never heard of.
    CredentialsDirectory work = profile("work");
    work.liveFile(alice.credentialJson());
    Path launched = place.resolve("launched");
    SlotsCommand.Result refused = run(3, "run", "work", "--", "touch", launched.toString());
    assertTrue(refused.err().contains("slots profile login work"), refused::toString);
    run(3, "run", "work", "--if-expired", "activate", "--", "touch", launched.toString());
    assertFalse(Files.exists(launched));
    assertEquals("expired", state("work"));
  }

  @Test
  void a_login_that_is_fresh_is_not_touched() throws Exception {
    CredentialsDirectory work = profile("work");
    work.liveFile(FakeLogin.of("alice").credentialJson());
    cat(0, "work");
    assertFalse(Files.isSymbolicLink(work.livePath()));
    assertEquals(List.of(), server.requests());
  }

  private String state(String profile) throws Exception {
    return Answer.of(0, slots.run("profile", "list", "--json"))
        .find("profiles", "name", profile)
        .text("state");
  }

  // ---- login ----

  @Test
  void a_login_has_to_land_in_the_profiles_directory() throws Exception {
    profile("work");
    FakeLogin alice = FakeLogin.of("alice");
    Path login = place.resolve("login.json");
    Files.write(login, alice.credentialJson());
    String client = "cp " + login + " \"${CLAUDE_CONFIG_DIR:-$HOME/.claude}/.credentials.json\"";
    run(0, "profile", "login", "work", "--", "sh", "-c", client);
    assertEquals("logged-in", state("work"));

    Files.createDirectories(place.resolve("home/.claude"));
    Files.write(login, FakeLogin.of("bob").credentialJson());
    SlotsCommand.Result elsewhere =
        run(5, "profile", "login", "work", "--", "sh", "-c", "unset CLAUDE_CONFIG_DIR; " + client);
    assertTrue(elsewhere.err().contains(place + "/home/.claude"), elsewhere::toString);
    SlotsCommand.Result nothing = run(1, "profile", "login", "work", "--", "sh", "-c", "exit 9");
    assertTrue(nothing.err().contains("ended with 9"), nothing::toString);
    SlotsCommand.Result none = run(1, "profile", "login", "work");
    assertTrue(none.err().contains("'claude' cannot be started"), none::toString);
  }

  // ---- files ----

  private void addKey() throws Exception {
    assertExit(0, slots.environment("SLOTS_API_KEY", KEY).run("profile", "add", "ci", "--api-key"));
  }

  private static String mode(Path path) throws IOException {
    return PosixFilePermissions.toString(
        Files.getPosixFilePermissions(path, LinkOption.NOFOLLOW_LINKS));
  }

  @Test
  void whatever_the_umask_everything_is_its_owners_alone_from_its_first_instant() throws Exception {
    assumeTrue(Files.isExecutable(Path.of("/usr/bin/strace")), "no strace");
    Path log = place.resolve("strace");
    FakeLogin alice = over("alice");
    server.knows(alice);
    SlotsCommand open =
        slots
            .environment("SLOTS_API_KEY", KEY)
            .through(
                "sh",
                "-c",
                "umask 000; exec \"$@\"",
                "sh",
                "/usr/bin/strace",
                "-A",
                "-f",
                "-y",
                "-o",
                log.toString(),
                "-e",
                "trace=open,openat,creat,mkdir,mkdirat,chmod,fchmod,fchmodat,rename,renameat2,link");
    assertExit(0, open.run("profile", "add", "work"));
    assertExit(0, open.run("profile", "add", "ci", "--api-key"));
    CredentialsDirectory.in(data.resolve("profiles/work")).liveFile(alice.credentialJson());
    assertExit(0, open.run("run", "work", "--", "true"));
    assertExit(0, open.run("profile", "rename", "ci", "build"));
    assertExit(0, open.run("profile", "remove", "build", "--yes", "--purge"));

    List<String> made =
        Files.readAllLines(log).stream()
            .map(line -> line.replaceFirst("^[0-9]+ +", ""))
            .filter(line -> line.contains("\"" + data))
            .filter(line -> line.contains("O_CREAT") || line.startsWith("mkdir"))
            .toList();
    assertTrue(made.stream().anyMatch(l -> l.contains("/profiles.json")), made::toString);
    assertTrue(made.stream().anyMatch(l -> l.startsWith("mkdir")), made::toString);
    assertTrue(made.stream().anyMatch(l -> l.contains("tokens.json")), made::toString);
    for (String call : made) {
      // Behind it the end of the call, or that another thread's comes first.
      String wanted = call.startsWith("mkdir") ? ".*, 0700[) ].*" : ".*, 0600[) ].*";
      assertTrue(call.matches(wanted), call);
    }
    try (Stream<Path> files = Files.walk(data)) {
      for (Path file : (Iterable<Path>) files::iterator) {
        if (!Files.isSymbolicLink(file)) {
          String expected = Files.isDirectory(file) ? "rwx------" : "rw-------";
          assertEquals(expected, mode(file), file::toString);
        }
      }
    }
  }

  @Test
  void a_registry_that_others_can_read_is_said_to_be_and_tightened() throws Exception {
    profile("work");
    Path registry = data.resolve("profiles.json");
    Files.setPosixFilePermissions(registry, PosixFilePermissions.fromString("rw-r--r--"));
    Answer.of(0, slots.run("profile", "list", "--json")).find("warnings", "code", "registry-open");
    run(0, "profile", "use", "work");
    assertEquals("rw-------", mode(registry));
  }

  // ---- secrets ----

  /** Reads every command line of the machine until it is told to stop. */
  private static boolean seenOnAnyCommandLine(AtomicBoolean stop) throws IOException {
    byte[] own = Files.readAllBytes(Path.of("/proc/self/cmdline"));
    boolean seen = new String(own, StandardCharsets.UTF_8).contains(KEY);
    while (!stop.get()) {
      try (Stream<Path> processes = Files.list(Path.of("/proc"))) {
        for (Path process : (Iterable<Path>) processes::iterator) {
          if (process.getFileName().toString().matches("[0-9]+")) {
            try {
              String line =
                  Files.readString(process.resolve("cmdline"), StandardCharsets.ISO_8859_1);
              seen |= line.contains(KEY);
            } catch (IOException gone) {
              // it has ended
            }
          }
        }
      }
    }
    return seen;
  }

  @Test
  void a_key_is_in_the_token_store_and_in_its_own_programs_environment_and_nowhere_else()
      throws Exception {
    AtomicBoolean stop = new AtomicBoolean();
    ExecutorService watching = Executors.newSingleThreadExecutor();
    StringBuilder said = new StringBuilder();
    try {
      Future<Boolean> seen = watching.submit(() -> seenOnAnyCommandLine(stop));
      profile("work");
      addKey();
      String[][] lines = {
        {"profile", "list"},
        {"profile", "list", "--json"},
        {"profile", "show", "ci"},
        {"profile", "show", "ci", "--json", "-v"},
        {"profile", "use", "ci"},
        {"run", "ci", "--", "true"},
        {"run", "ci", "-v", "--", "no-such-program"},
        {"env", "ci", "--json"},
        {"profile", "rename", "ci", "build"},
        {"profile", "rename", "build", "ci"},
        {"profile", "add", "ci", "--api-key", "-v"},
        {"profile", "login", "ci"},
        {"profile", "resync", "ci", "-v"},
        {"profile", "remove", "ci", "-v"},
        {"profile", "remove", "ci", "--yes", "--force", "--json"},
        {"doctor"},
        {"log"}
      };
      for (String[] line : lines) {
        said.append(slots.environment("SLOTS_API_KEY", KEY).run(line));
      }
      stop.set(true);
      assertFalse(seen.get(), "a key was on a command line");
    } finally {
      stop.set(true);
      watching.shutdownNow();
    }
    assertFalse(said.toString().contains(KEY), said::toString);
    try (Stream<Path> files = Files.walk(place)) {
      for (Path file : (Iterable<Path>) files.filter(Files::isRegularFile)::iterator) {
        boolean store = file.equals(data.resolve("tokens.json"));
        boolean holds = Files.readString(file, StandardCharsets.ISO_8859_1).contains(KEY);
        assertEquals(store, holds, file::toString);
      }
    }
  }

  @Test
  void a_key_in_a_real_keyring_is_used_while_that_is_open_and_nothing_is_started_otherwise()
      throws Exception {
    assumeTrue(DesktopSession.missing().isEmpty(), () -> "lacks " + DesktopSession.missing());
    SlotsCommand plain = slots;
    Path launched = place.resolve("launched");
    String[] launch = {"run", "ci", "--", "touch", launched.toString()};
    try (DesktopSession session = DesktopSession.withKeyring(place.resolve("session"))) {
      slots = plain.environment(session.environment());
      addKey();
      assertFalse(Files.readString(data.resolve("tokens.json")).contains(KEY));
      SlotsCommand.Result own = run(0, "run", "ci", "--", "printenv", "ANTHROPIC_API_KEY");
      assertEquals(KEY + "\n", own.out());
      run(0, "profile", "rename", "ci", "build");
      run(0, "profile", "rename", "build", "ci");

      session.lock();
      assertTrue(run(1, launch).err().contains("locked"));
      run(1, "profile", "rename", "ci", "build");
      assertEquals("unknown", state("ci"));
    }
    assertTrue(run(1, launch).err().contains("no session bus"));
    slots = plain;
    assertTrue(run(1, launch).err().contains("no session bus"));
    assertEquals("false\n", run(1, "env", "ci").out());
    assertFalse(Files.exists(launched));
  }

  @Test
  void names_that_are_none_make_nothing() throws Exception {
    profile("work");
    List<String> before = everything();
    for (String name :
        List.of(
            "../escape",
            "a/b",
            ".",
            "..",
            "",
            "/abs",
            "with space",
            ".hidden",
            "work\n",
            "x".repeat(65),
            "w\u043erk",
            "\uff57ork",
            "work\u200b")) {
      run(3, "profile", "add", name);
    }
    for (String name : List.of("../escape", "work\n", "w\u043erk")) {
      run(3, "profile", "rename", "work", name);
      run(3, "run", name, "--", "touch", place.resolve("launched").toString());
    }
    assertEquals(before, everything());
  }

  private List<String> everything() throws IOException {
    try (Stream<Path> files = Files.walk(place)) {
      return files.map(Path::toString).sorted().toList();
    }
  }

  // ---- what programs are told ----

  @Test
  void json_has_the_documented_fields() throws Exception {
    profile("work");
    addKey();
    String[] row = {
      "name", "type", "active", "state", "configDirectory", "baseUrl", "key", "expiresAt", "account"
    };
    Answer list = Answer.of(0, slots.run("profile", "list", "--json"));
    list.has("schemaVersion", "active", "profiles", "warnings");
    for (String name : List.of("default", "work", "ci")) {
      list.find("profiles", "name", name).has(row);
    }
    Answer.of(0, slots.run("profile", "show", "ci", "--json"))
        .has("schemaVersion", "profile", "warnings");
    for (String[] line :
        new String[][] {
          {"profile", "use", "work", "--json"},
          {"profile", "rename", "ci", "build", "--json"},
          {"profile", "remove", "build", "--yes", "--json"},
          {"profile", "add", "home", "--json"}
        }) {
      Answer.of(0, slots.run(line))
          .has("schemaVersion", "outcome", "profile", "message", "warnings")
          .isSentence("message");
    }
  }
}
