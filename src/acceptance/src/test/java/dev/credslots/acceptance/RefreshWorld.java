package dev.credslots.acceptance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.credslots.testkit.CredentialsDirectory;
import dev.credslots.testkit.FakeLogin;
import dev.credslots.testkit.OAuthServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A directory whose slot alice has an access token that is over, the server that renews it, and the
 * program pointed at both. Remembers whatever the program says, to look for tokens in it.
 */
final class RefreshWorld implements AutoCloseable {
  private static final Pattern TOKEN = Pattern.compile("sk-ant-o[ar]t01-FAKE-[A-Za-z0-9-]+");

  /** Parts that are on disk to hold tokens. */
  private static final Set<String> HOLDING = Set.of("generations", "stash", "recovery");

  final FakeLogin alice =
      FakeLogin.builder("alice").expiresAt(Instant.now().minus(Duration.ofHours(1))).build();
  final FakeLogin bob = FakeLogin.of("bob");
  final FakeLogin erik = FakeLogin.of("erik");
  final OAuthServer server = OAuthServer.start().knows(alice).knows(bob).knows(erik);
  final CredentialsDirectory directory;
  final Path runtime;
  private final SlotsCommand slots;
  private final Queue<String> said = new ConcurrentLinkedQueue<>();

  RefreshWorld(Path place, SlotsCommand slots) throws IOException {
    Files.createDirectories(place);
    directory = CredentialsDirectory.create(place.resolve("claude"));
    directory.slot("alice", alice).slot("bob", bob).slot("erik", erik).link("bob");
    runtime = Files.createDirectories(place.resolve("runtime"));
    this.slots =
        slots.environment(
            java.util.Map.of(
                "SLOTS_DIR", directory.path().toString(),
                "CLAUDE_OAUTH_TOKEN_URL", server.tokenUrl().toString(),
                "XDG_RUNTIME_DIR", runtime.toString()));
  }

  SlotsCommand program() {
    return slots;
  }

  /** Runs a command that prints no token. */
  SlotsCommand.Result run(String... arguments) throws IOException, InterruptedException {
    return heard(slots.run(arguments));
  }

  SlotsCommand.Result heard(SlotsCommand.Result result) {
    said.add(result.out());
    said.add(result.err());
    return result;
  }

  /** Whatever the slot has, its access token was over an hour ago. */
  void letExpire(String slot) throws IOException {
    Path file = directory.slotFile(slot);
    String over = Long.toString(Instant.now().minusSeconds(3600).toEpochMilli());
    String text = Files.readString(file).replaceFirst("(\"expiresAt\" *: *)[0-9]+", "$1" + over);
    Files.writeString(file, text, StandardOpenOption.TRUNCATE_EXISTING);
  }

  /** Whether the slot has the newest tokens its account was given. */
  boolean hasNewest(String slot) throws IOException {
    FakeLogin newest = server.current(slot);
    String text = Files.readString(directory.slotFile(slot));
    return text.contains(newest.refreshToken()) && text.contains(newest.accessToken());
  }

  /** No token in what the program said, its journal, its records or its locks. */
  void assertNoTokenEscaped() throws IOException {
    for (String text : said) {
      assertFalse(TOKEN.matcher(text).find(), text);
    }
    Path own = directory.path().resolve(CredentialsDirectory.STATE_NAME);
    if (!Files.exists(own)) {
      return;
    }
    try (Stream<Path> files = Files.walk(own)) {
      for (Path file : (Iterable<Path>) files.filter(Files::isRegularFile)::iterator) {
        if (!HOLDING.contains(own.relativize(file).getName(0).toString())) {
          String text = Files.readString(file);
          assertFalse(TOKEN.matcher(text).find(), () -> file + " holds " + text);
        }
      }
    }
  }

  static void assertExit(int exit, SlotsCommand.Result result) {
    assertEquals(exit, result.exitCode(), result::toString);
  }

  @Override
  public void close() {
    server.close();
  }
}
