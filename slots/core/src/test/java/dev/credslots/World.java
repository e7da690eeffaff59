package dev.credslots;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.common.jimfs.Configuration;
import com.google.common.jimfs.Jimfs;
import dev.credslots.credential.CredentialFormat;
import dev.credslots.credential.Fingerprint;
import dev.credslots.credential.Secret;
import dev.credslots.testkit.FakeClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/** A credentials directory for one test, a fixed clock, and what can be asked of both. */
final class World {
  static final Instant NOW = Instant.parse("2026-01-18T12:00:00Z");
  static final Clock CLOCK = Clock.fixed(NOW, ZoneOffset.UTC);
  static final long HOUR = 3600;

  final Path directory;
  final Path live;
  final List<String> switched = new ArrayList<>();
  final List<SlotEvent> events = new ArrayList<>();
  final List<Hold> holds = new ArrayList<>();

  private final FakeClient client;
  private final Dialect dialect;

  private World(Path directory, FakeClient client) {
    this.directory = directory;
    this.client = client;
    this.dialect = new Dialect(client);
    this.live = directory.resolve(client.liveName());
  }

  static World in(Path directory) {
    return of(directory, FakeClient.CLAUDE);
  }

  /**
   * The files of another client. Tests go on to speak of Claude Code's, which are put into its
   * language on the way in, and back on the way out if they are as they were.
   */
  static World of(Path directory, FakeClient client) {
    return new World(directory, client);
  }

  static World inMemory() {
    return inMemory(FakeClient.CLAUDE);
  }

  static World inMemory(FakeClient client) {
    Configuration unix =
        Configuration.unix().toBuilder()
            .setAttributeViews("basic", "owner", "posix", "unix")
            .build();
    try {
      return of(Files.createDirectory(Jimfs.newFileSystem(unix).getPath("/claude")), client);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A credential whose access token ends so many seconds from now. */
  static String login(String refreshToken, long seconds) {
    return "{\"claudeAiOauth\":{\"accessToken\":\"at-"
        + refreshToken
        + "\",\"refreshToken\":\""
        + refreshToken
        + "\",\"expiresAt\":"
        + NOW.plusSeconds(seconds).toEpochMilli()
        + "},\"mcpOAuth\":{}}";
  }

  static String fresh(String refreshToken) {
    return login(refreshToken, 6 * HOUR);
  }

  static String wiped() {
    return "{\"claudeAiOauth\":{\"accessToken\":\"\",\"refreshToken\":\"\",\"expiresAt\":0}}";
  }

  static String expired() {
    return "{\"claudeAiOauth\":{\"accessToken\":\"at\",\"expiresAt\":"
        + NOW.minusSeconds(60).toEpochMilli()
        + "}}";
  }

  static String hash(String token) {
    return Fingerprint.of(Secret.of(token)).sha256();
  }

  Path file(String slot) {
    return directory.resolve(client.liveName() + "." + slot);
  }

  /** The slot's captured fingerprint. */
  Path sidecar(String slot) {
    return file(slot + ".fingerprint.json");
  }

  Path own(String name) {
    return directory.resolve(".slots").resolve(name);
  }

  World slot(String name, String content) throws IOException {
    write(file(name), dialect.in(content));
    return this;
  }

  /** A credential file anywhere. */
  void writeLogin(Path file, String content) throws IOException {
    write(file, dialect.in(content));
  }

  static void write(Path file, String content) throws IOException {
    Files.writeString(file, content);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
  }

  World link(String slot) throws IOException {
    Files.deleteIfExists(live);
    Files.createSymbolicLink(live, file(slot).getFileName());
    return this;
  }

  /** As a client does after a refresh: a new file renamed over the live path. */
  World clientWrites(String content) throws IOException {
    Path temp = directory.resolve(client.liveName() + ".tmp.0badcafe");
    write(temp, dialect.in(content));
    Files.move(temp, live, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    return this;
  }

  SlotManager manager(UnaryOperator<SlotManagerBuilder> more) {
    return more.apply(
            SlotManager.builder(directory)
                .format(dialect.format())
                .slots("bob", "alice", "erik")
                .clock(CLOCK)
                .lockTimeout(Duration.ofSeconds(20))
                .lockGuard(() -> List.copyOf(holds))
                .onSwitch((slot, reason) -> switched.add(slot + ": " + reason))
                .onEvent(events::add))
        .build();
  }

  SlotManager manager() {
    return manager(builder -> builder);
  }

  SlotManager discovering() {
    return manager(SlotManagerBuilder::discoverSlots);
  }

  static World realTrio(Path directory) throws IOException {
    return in(directory).trio();
  }

  /** bob is live; alice and erik are fresh. */
  World trio() throws IOException {
    return slot("bob", fresh("bob-1"))
        .slot("alice", fresh("alice-1"))
        .slot("erik", fresh("erik-1"))
        .link("bob");
  }

  String linked() throws IOException {
    return Files.readSymbolicLink(live).toString().replace(client.liveName() + ".", "");
  }

  String content(String slot) throws IOException {
    return read(file(slot));
  }

  /** As a client that writes through the link. */
  void writeInPlace(Path file, String content) throws IOException {
    Files.writeString(file, dialect.in(content));
  }

  CredentialFormat.Reading login(byte[] bytes) {
    return dialect.format().read(bytes);
  }

  /** Of the bytes that stand for a content. */
  String hashOf(String content) {
    return bytes(dialect.in(content));
  }

  /** A token server's reply, as this client's server would give it. */
  String reply(String reply) {
    return dialect.reply(reply, NOW);
  }

  /** What is in a credential file, as it was written if it is as it was. */
  String read(Path file) throws IOException {
    return dialect.out(Files.readString(file));
  }

  /** The name of a content's copy in the stash. */
  Path stashed(String content) {
    return own("stash").resolve(bytes(dialect.in(content)) + ".json");
  }

  boolean detached() {
    return Files.isRegularFile(live, LinkOption.NOFOLLOW_LINKS);
  }

  /** Every path below the directory with what it is, holds and allows. */
  Map<String, String> tree() throws IOException {
    Map<String, String> tree = new TreeMap<>();
    try (Stream<Path> paths = Files.walk(directory)) {
      for (Path path : (Iterable<Path>) paths::iterator) {
        String name = directory.relativize(path).toString();
        String mode =
            PosixFilePermissions.toString(
                Files.getPosixFilePermissions(path, LinkOption.NOFOLLOW_LINKS));
        if (Files.isSymbolicLink(path)) {
          tree.put(name, "-> " + Files.readSymbolicLink(path));
        } else if (Files.isDirectory(path)) {
          tree.put(name, mode);
        } else if (Files.isRegularFile(path)) {
          tree.put(
              name,
              mode
                  + " "
                  + Files.getLastModifiedTime(path)
                  + " "
                  + new String(Files.readAllBytes(path), StandardCharsets.ISO_8859_1));
        } else {
          tree.put(name, "other");
        }
      }
    }
    return tree;
  }

  /** All regular files below the directory hold the token somewhere. */
  boolean holdsToken(String token) throws IOException {
    String quoted = "\"" + token + "\"";
    return tree().values().stream().anyMatch(entry -> entry.contains(quoted));
  }

  void assertTokens(String... tokens) throws IOException {
    for (String token : tokens) {
      assertTrue(holdsToken(token), () -> token + " is lost");
    }
  }

  List<String> leftovers() throws IOException {
    return tree().keySet().stream().filter(name -> name.contains(".tmp")).toList();
  }

  void assertNoTemporaryFile() throws IOException {
    assertEquals(List.of(), leftovers());
  }

  /** The directory and all that is in it. */
  void delete() throws IOException {
    try (Stream<Path> paths = Files.walk(directory)) {
      for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }

  /** A line as the journal writes it. */
  void journal(String line) throws IOException {
    Path own = directory.resolve(".slots");
    if (!Files.exists(own)) {
      Files.createDirectory(
          own, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    }
    Files.writeString(
        own.resolve("journal.jsonl"),
        line + "\n",
        StandardOpenOption.CREATE,
        StandardOpenOption.APPEND);
  }

  /** An operation that began and was killed. */
  void begun(String operation, String chosen, String... fields) throws IOException {
    StringBuilder line =
        new StringBuilder("{\"type\":\"begin\",\"id\":\"1\",\"at\":\"" + NOW + "\"");
    line.append(",\"operation\":\"").append(operation).append('"');
    for (int i = 0; i < fields.length; i += 2) {
      line.append(",\"").append(fields[i]).append("\":\"").append(fields[i + 1]).append('"');
    }
    if (!chosen.isEmpty()) {
      line.append(",\"chosen\":\"").append(chosen).append('"');
    }
    journal(line + "}");
  }

  static String bytes(String content) {
    return Fingerprint.ofBytes(content.getBytes(StandardCharsets.UTF_8)).sha256();
  }
}
