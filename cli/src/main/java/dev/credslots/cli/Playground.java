package dev.credslots.cli;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A home directory of its own with three made-up slots, for the demo and the launcher's training
 * run: alice and bob are fresh, erik's login is over, bob is live. Removed when closed.
 */
final class Playground implements AutoCloseable {
  private final Path home;
  private final Clock clock;
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  private Playground(Path home, Clock clock) {
    this.home = home;
    this.clock = clock;
  }

  static Playground open(Clock clock) throws IOException {
    // Readable by its owner only, as the system's call makes it.
    return fill(Files.createTempDirectory("slots-demo"), clock);
  }

  private static Playground fill(Path home, Clock clock) throws IOException {
    Playground playground = new Playground(home, clock);
    Files.createDirectories(playground.home.resolve("config"));
    Files.createDirectories(playground.directory());
    Instant now = clock.instant();
    Instant login = now.plus(Duration.ofDays(28));
    playground.write("alice", login("ALICE-1", "ALICE-1", now.plus(Duration.ofHours(7)), login));
    playground.write("bob", login("BOB-1", "BOB-1", now.plus(Duration.ofMinutes(373)), login));
    playground.write(
        "erik",
        login("ERIK-1", "ERIK-1", now.minus(Duration.ofDays(3)), now.minus(Duration.ofDays(2))));
    Files.createSymbolicLink(playground.live(), Path.of(".credentials.json.bob"));
    return playground;
  }

  /**
   * Runs commands as the launcher's users do, so that their classes get into the archive.
   *
   * @param only one of the commands that get an archive of their own, trained in the world that the
   *     training of all has left in the working directory; or nothing, to train all
   */
  static void train(Surroundings real, List<String> only) {
    Path home = real.workingDirectory().toAbsolutePath().resolve("playground");
    try {
      Playground playground =
          Files.isDirectory(home) ? new Playground(home, real.clock()) : fill(home, real.clock());
      if (only.isEmpty()) {
        playground.trainAll();
      } else if (only.get(0).equals("switch")) {
        playground.run("switch", "alice");
        playground.run("switch", "bob", "--reason", "training");
        playground.run("switch", "alice", "--json");
      } else {
        playground.run(only.get(0));
        playground.run(only.get(0), "--json");
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void trainAll() throws IOException {
    run("status");
    run("status", "--json");
    run("active");
    run("switch", "alice", "--reason", "training");
    run("switch", "bob", "--json");
    refresh("BOB-2", "BOB-1");
    run("heal");
    refresh("BOB-3", "BOB-1");
    run("switch", "-");
    run("switch", "bob"); // Over kept generations.
    run("heal", "--json"); // Nothing to heal.
    run("check", "alice");
    run("drift");
    run("identity", "bob");
    run("list", "--json");
    run("log");
    run("auth", "token");
    run("auth", "source");
    run("switch", "--next");
    run("order", "--json");
    secret(
        home.resolve("config").resolve("tokens.json"),
        "{\"schemaVersion\":1,\"tokens\":{\"claude-token\":\"{\\\"accessToken\\\":"
            + "\\\"sk-ant-oat01-FAKE\\\",\\\"expiresAt\\\":4102444800000}\"}}");
    run("token", "check");
    run("token", "get");
    run("token", "check", "--store", "secret-service"); // There is none here.
    run("profile", "add", "work");
    Files.copy(
        directory().resolve(".credentials.json.alice"),
        home.resolve("config/profiles/work/.credentials.json"));
    run("profile", "list");
    run("env", "work");
    // There is no such program, so this goes as far as one can go and stay.
    run(new Programs.OfThisSystem(), "run", "work", "--", "./no-such-program");
    run(new Programs.OfThisSystem(), "hold", "training", "--", "./no-such-program");
    run("holds");
  }

  /** Runs one command line in this world. */
  Told run(String... args) {
    return run(new Nobody(), args);
  }

  private Told run(Programs programs, String... args) {
    out.reset();
    Map<String, String> environment =
        Map.of(
            "HOME", home.toString(),
            "SLOTS_HOME", home.resolve("config").toString(),
            "SLOTS_DIR", directory().toString(),
            // Made-up tokens go nowhere.
            "CLAUDE_OAUTH_TOKEN_URL", "http://127.0.0.1:9/token");
    // Both streams into one, as on a terminal.
    OutputStream both = out;
    Surroundings surroundings =
        new Surroundings(
            environment,
            home,
            home.toString(),
            both,
            both,
            Surroundings.Terminal.NO,
            clock,
            InputStream.nullInputStream(),
            null,
            programs,
            new Nobody());
    int exit = new Cli(surroundings).run(args);
    return new Told(exit, out.toString(StandardCharsets.UTF_8));
  }

  /**
   * What a command said.
   *
   * @param text both streams
   */
  record Told(int exit, String text) {}

  /** The credentials directory. */
  Path directory() {
    return home.resolve("claude");
  }

  private Path live() {
    return directory().resolve(".credentials.json");
  }

  /** Does what a client does that refreshes a login: a new file, renamed over the link. */
  void refresh(String access, String refresh) throws IOException {
    Instant now = clock.instant();
    Path temp = directory().resolve(".credentials.json.tmp.0a1b2c3d");
    secret(
        temp, login(access, refresh, now.plus(Duration.ofHours(8)), now.plus(Duration.ofDays(28))));
    Files.move(temp, live(), StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
  }

  /** Does what a client does that writes another login through the link. */
  void writeThrough(String access, String refresh) throws IOException {
    Instant now = clock.instant();
    // Another login's end: nothing then vouches for the new token.
    Files.writeString(
        live(),
        login(access, refresh, now.plus(Duration.ofHours(8)), now.plus(Duration.ofDays(30))));
  }

  /** Makes the file that says this very process is busy, and the configuration that names it. */
  Path beBusy() throws IOException {
    Path pidFile = home.resolve("nightly-run.pid");
    Files.writeString(pidFile, ProcessHandle.current().pid() + "\n");
    Files.writeString(
        home.resolve("config").resolve("config.json"), "{\"holds\": [\"../*.pid\"]}\n");
    return pidFile;
  }

  private void write(String slot, String content) throws IOException {
    secret(directory().resolve(".credentials.json." + slot), content);
  }

  private static void secret(Path file, String content) throws IOException {
    Files.writeString(file, content);
    if (file.getFileSystem().supportedFileAttributeViews().contains("posix")) {
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    }
  }

  private static String login(String access, String refresh, Instant end, Instant loginEnd) {
    return "{\"claudeAiOauth\":{\"accessToken\":\"sk-ant-oat01-FAKE-"
        + access
        + "\",\"refreshToken\":\"sk-ant-ort01-FAKE-"
        + refresh
        + "\",\"expiresAt\":"
        + end.toEpochMilli()
        + ",\"refreshTokenExpiresAt\":"
        + loginEnd.toEpochMilli()
        + ",\"scopes\":[\"user:inference\"],\"subscriptionType\":\"max\"}}\n";
  }

  @Override
  public void close() throws IOException {
    Files.walkFileTree(
        home,
        new SimpleFileVisitor<Path>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.delete(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException failure)
              throws IOException {
            if (failure != null) {
              throw failure;
            }
            Files.delete(directory);
            return FileVisitResult.CONTINUE;
          }
        });
  }
}
