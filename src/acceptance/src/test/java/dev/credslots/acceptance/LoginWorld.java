package dev.credslots.acceptance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.credslots.testkit.Browser;
import dev.credslots.testkit.CredentialsDirectory;
import dev.credslots.testkit.FakeClient;
import dev.credslots.testkit.FakeLogin;
import dev.credslots.testkit.FreePort;
import dev.credslots.testkit.OAuthServer;
import java.io.IOException;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A directory whose live slot bob is on record as bob's, an authorization server, the program
 * pointed at both, and a person who reads what it prints and does what it says.
 */
final class LoginWorld implements AutoCloseable {
  private static final Pattern PAGE = Pattern.compile("http://127\\.0\\.0\\.1:\\S+/authorize\\S+");
  private static final Pattern SECRET =
      Pattern.compile("(sk-ant-o[ar]t01-|rt_|[.])FAKE-[A-Za-z0-9-]+|FAKE-CODE-[A-Za-z0-9-]+");

  /** Parts that are on disk to hold tokens. */
  private static final Set<String> HOLDING = Set.of("generations", "stash", "recovery");

  private static final Duration LONGEST = Duration.ofSeconds(60);

  final FakeLogin bob;
  final FakeLogin erik;
  final FakeLogin carol;
  final OAuthServer server;
  final CredentialsDirectory directory;
  final int port;
  private final Path place;
  private final Path err;
  private final Path input;
  private final SlotsCommand slots;
  private final ExecutorService thread = Executors.newSingleThreadExecutor();
  private final List<String> said = new ArrayList<>();

  LoginWorld(Path place, SlotsCommand program) throws Exception {
    this(place, program, FakeClient.CLAUDE);
  }

  LoginWorld(Path place, SlotsCommand program, FakeClient client) throws Exception {
    boolean claude = client == FakeClient.CLAUDE;
    bob = FakeLogin.builder("bob").client(client).build();
    erik = FakeLogin.builder("erik").client(client).build();
    carol = FakeLogin.builder("carol").client(client).build();
    server = OAuthServer.start().knows(bob).knows(erik).browserOf(carol);
    this.place = Files.createDirectories(place);
    this.err = place.resolve("err");
    this.input = place.resolve("in");
    assertEquals(0, new ProcessBuilder("mkfifo", input.toString()).start().waitFor());
    directory = CredentialsDirectory.create(place.resolve("client")).of(client);
    directory.slot("bob", bob).slot("erik", erik).link("bob");
    if (claude) {
      directory.identity(bob);
    }
    port = FreePort.choose();
    Path config =
        Files.writeString(
            place.resolve("config.json"),
            "{\"provider\":\""
                + (claude ? "claude" : "codex")
                + "\",\"providers\":{\"claude\":{\"authorizeUrl\":\""
                + server.authorizeUrl()
                + "\",\"profileUrl\":\""
                + server.profileUrl()
                + "\",\"redirectUri\":\"http://localhost:"
                + port
                + "/callback\"},\"codex\":{\"authorizeUrl\":\""
                + server.authorizeUrl()
                + "\",\"redirectUri\":\"http://localhost:"
                + port
                + "/auth/callback\"}}}");
    slots =
        program.environment(
            Map.of(
                "SLOTS_DIR", directory.path().toString(),
                "SLOTS_HOME", config.getParent().toString(),
                "CLAUDE_OAUTH_TOKEN_URL", server.tokenUrl().toString(),
                "CODEX_REFRESH_TOKEN_URL_OVERRIDE", server.tokenUrl().toString(),
                "XDG_RUNTIME_DIR", Files.createDirectory(place.resolve("runtime")).toString()));
    RefreshWorld.assertExit(0, run("capture", "bob"));
  }

  /** Runs a command to its end. */
  SlotsCommand.Result run(String... arguments) throws IOException, InterruptedException {
    return heard(slots.run(arguments));
  }

  private SlotsCommand.Result heard(SlotsCommand.Result result) {
    said.add(result.out());
    said.add(result.err());
    return result;
  }

  /** What a person does with the page's address; what they paste, if anything. */
  interface Doing {
    Optional<String> with(URI page) throws IOException;
  }

  /** Agrees, and lets the browser go where it is sent. */
  static Optional<String> agree(URI page) throws IOException {
    Browser.open(Browser.agree(page));
    return Optional.empty();
  }

  /** Agrees, and pastes where the browser was sent. */
  static Optional<String> paste(URI page) throws IOException {
    return Optional.of(Browser.agree(page).toString());
  }

  SlotsCommand.Result logIn(Doing doing, String... arguments) throws Exception {
    return logIn(slots, "exec \"$@\"", doing, arguments);
  }

  /** On a terminal of its own, whose output is the result's. */
  SlotsCommand.Result logInOnTerminal(Doing doing, String... arguments) throws Exception {
    return logIn(slots, onTerminal(), doing, arguments);
  }

  String onTerminal() {
    return "q=; for a; do q=\"$q '$a'\"; done; exec script -qec \"$q\" /dev/null >" + err;
  }

  SlotsCommand.Result logIn(SlotsCommand program, String start, Doing doing, String... arguments)
      throws Exception {
    Files.deleteIfExists(err);
    List<String> words = new ArrayList<>(List.of("auth", "login"));
    words.addAll(List.of(arguments));
    String whole = start + " <" + input + (start.contains(err.toString()) ? "" : " 2>" + err);
    Future<SlotsCommand.Result> running =
        thread.submit(
            () -> program.through("sh", "-c", whole, "sh").run(words.toArray(String[]::new)));
    // Opened at both ends, or neither of the two could go on.
    try (var pasting = Files.newOutputStream(input)) {
      // A person at a terminal reads on to the prompt.
      boolean prompted = start.contains("script ") && words.contains("--paste");
      Optional<URI> page = page(running, prompted ? "not shown here" : "");
      Optional<String> pasted = page.isPresent() ? doing.with(page.get()) : Optional.empty();
      if (pasted.isPresent()) {
        pasting.write((pasted.get() + "\n").getBytes(StandardCharsets.UTF_8));
        pasting.flush();
      }
      if (page.isPresent() && pasted.isEmpty()) {
        running.get(LONGEST.toSeconds(), TimeUnit.SECONDS);
      }
    } catch (IOException ended) {
      // Killed before it read what was pasted.
    }
    SlotsCommand.Result result = running.get(LONGEST.toSeconds(), TimeUnit.SECONDS);
    String printed = Files.exists(err) ? Files.readString(err) : "";
    return heard(new SlotsCommand.Result(result.exitCode(), result.out(), printed));
  }

  /** The page that the program names, and then says that; empty if it ended without. */
  private Optional<URI> page(Future<?> running, String then) throws Exception {
    long deadline = System.nanoTime() + LONGEST.toNanos();
    while (System.nanoTime() < deadline) {
      boolean over = running.isDone();
      String printed = Files.exists(err) ? Files.readString(err) : "";
      Matcher matcher = PAGE.matcher(printed);
      // Whole once something follows it.
      if (matcher.find()
          && matcher.end() < printed.length()
          && (over || printed.substring(matcher.end()).contains(then))) {
        return Optional.of(URI.create(matcher.group()));
      }
      if (over) {
        return Optional.empty();
      }
      Thread.sleep(5);
    }
    throw new IllegalStateException("no page was named");
  }

  static Map<String, String> query(URI address) {
    Map<String, String> query = new HashMap<>();
    for (String pair : address.getRawQuery().split("&", -1)) {
      int equals = pair.indexOf('=');
      query.put(
          pair.substring(0, equals),
          URLDecoder.decode(pair.substring(equals + 1), StandardCharsets.UTF_8));
    }
    return query;
  }

  SlotsCommand program() {
    return slots;
  }

  /** Whether the slot has the newest tokens that the account was given. */
  boolean hasNewest(String slot, String account) throws IOException {
    FakeLogin newest = server.current(account);
    String text = Files.exists(directory.slotFile(slot)) ? read(directory.slotFile(slot)) : "";
    return text.contains(newest.refreshToken()) && text.contains(newest.accessToken());
  }

  boolean isOnDisk(FakeLogin login) throws IOException {
    return directory.tokensOnDisk().containsKey(login.refreshToken());
  }

  private static String read(Path file) throws IOException {
    return Files.readString(file);
  }

  /** No token and no code in what the program said, its journal, its records or its locks. */
  void assertNothingEscaped() throws IOException {
    for (String text : said) {
      assertFalse(SECRET.matcher(text).find(), text);
    }
    Path own = directory.path().resolve(CredentialsDirectory.STATE_NAME);
    try (Stream<Path> files = Files.walk(own)) {
      for (Path file : (Iterable<Path>) files.filter(Files::isRegularFile)::iterator) {
        if (!HOLDING.contains(own.relativize(file).getName(0).toString())) {
          String text = read(file);
          assertFalse(SECRET.matcher(text).find(), () -> file + " holds " + text);
        }
      }
    }
  }

  /** Where faults leave their traces. */
  Path place() {
    return place;
  }

  @Override
  public void close() {
    thread.shutdownNow();
    server.close();
  }
}
