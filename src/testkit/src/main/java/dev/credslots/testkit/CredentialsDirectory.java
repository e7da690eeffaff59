package dev.credslots.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * A credentials directory as a client and {@code slots} leave it, made and read back by hand.
 * Claude Code's, unless {@link #of} says whose.
 *
 * <p>Works on any file system with symbolic links; permissions are set where there are any. Facts
 * used: the live file is {@code .credentials.json}, the identity file in a chosen directory is
 * {@code .claude.json} beside it with the account under {@code oauthAccount} (read in the client's
 * files); slots are {@code .credentials.json.NAME} (the Python {@code credential-slots} and us).
 *
 * <p>Holds no state but the path, so it may be used while other processes change the directory; a
 * file that vanishes between being listed and being read counts as gone.
 */
public final class CredentialsDirectory {
  /** The live path's name. */
  public static final String LIVE_NAME = ".credentials.json";

  /** The identity file's name. */
  public static final String IDENTITY_NAME = ".claude.json";

  /** The name of the directory the engine keeps its own files in. */
  public static final String STATE_NAME = ".slots";

  private final Path path;
  private final FakeClient client;

  private CredentialsDirectory(Path path, FakeClient client) {
    this.path = path;
    this.client = client;
  }

  /** A directory that exists. */
  public static CredentialsDirectory in(Path path) {
    return new CredentialsDirectory(path, FakeClient.CLAUDE);
  }

  /** The same directory, as another client's. */
  public CredentialsDirectory of(FakeClient other) {
    return new CredentialsDirectory(path, other);
  }

  /** Whose it is. */
  public FakeClient client() {
    return client;
  }

  private String slotPrefix() {
    return client.liveName() + ".";
  }

  /** A directory that is created if it is not there, and made 0700. */
  public static CredentialsDirectory create(Path path) throws IOException {
    Files.createDirectories(path);
    permit(path, "rwx------");
    return in(path);
  }

  /** The directory itself. */
  public Path path() {
    return path;
  }

  /** The live path. */
  public Path livePath() {
    return path.resolve(client.liveName());
  }

  /** Where a slot's file is, whether or not there is one. */
  public Path slotFile(String name) {
    return path.resolve(slotPrefix() + name);
  }

  /** The identity file, whether or not there is one. */
  public Path identityPath() {
    return path.resolve(IDENTITY_NAME);
  }

  /** Writes a slot from a login. */
  public CredentialsDirectory slot(String name, FakeLogin login) throws IOException {
    return slot(name, login.credentialJson());
  }

  /** Writes a slot from bytes, 0600. */
  public CredentialsDirectory slot(String name, byte[] bytes) throws IOException {
    write(slotFile(name), bytes);
    return this;
  }

  /** Writes a slot from text, 0600. */
  public CredentialsDirectory slot(String name, String content) throws IOException {
    return slot(name, content.getBytes(StandardCharsets.UTF_8));
  }

  /** Makes the live path a relative link to a slot, whatever it was. */
  public CredentialsDirectory link(String name) throws IOException {
    Files.deleteIfExists(livePath());
    Files.createSymbolicLink(livePath(), path.getFileSystem().getPath(slotPrefix() + name));
    return this;
  }

  /** Makes the live path a regular file, 0600, whatever it was: what a client's rename leaves. */
  public CredentialsDirectory liveFile(byte[] bytes) throws IOException {
    Files.deleteIfExists(livePath());
    write(livePath(), bytes);
    return this;
  }

  /**
   * Writes an identity file that names the login's account, among other keys; nothing for a client
   * that has none.
   */
  public CredentialsDirectory identity(FakeLogin login) throws IOException {
    if (client != FakeClient.CLAUDE) {
      return this;
    }
    String json =
        "{\n  \"numStartups\": 12,\n  \"oauthAccount\": "
            + login.oauthAccountJson()
            + ",\n  \"hasCompletedOnboarding\": true\n}\n";
    write(identityPath(), json.getBytes(StandardCharsets.UTF_8));
    return this;
  }

  /** The e-mail address in the identity file, if it can be read and has one. */
  public Optional<String> identityEmail() throws IOException {
    return read(identityPath())
        .flatMap(Json::object)
        .flatMap(file -> Json.objectAt(file, "oauthAccount"))
        .map(account -> account.get("emailAddress"))
        .filter(String.class::isInstance)
        .map(String.class::cast);
  }

  /** The bytes an agent reads through the live path, or empty if it reads none. */
  public Optional<byte[]> live() throws IOException {
    return read(livePath());
  }

  /** A slot's bytes, or empty if there is no such file. */
  public Optional<byte[]> slot(String name) throws IOException {
    return read(slotFile(name));
  }

  /** The slot the live path is a link to, or empty if it is no link or leads elsewhere. */
  public Optional<String> linkTarget() throws IOException {
    if (!Files.isSymbolicLink(livePath())) {
      return Optional.empty();
    }
    Path target = path.resolve(Files.readSymbolicLink(livePath())).normalize();
    String name = target.getFileName().toString();
    return path.normalize().equals(target.getParent()) && isSlotName(name)
        ? Optional.of(name.substring(slotPrefix().length()))
        : Optional.empty();
  }

  /** The slot a real path is the file of. */
  Optional<String> slotOf(Path real) throws IOException {
    String name = real.getFileName().toString();
    return isSlotName(name) && path.toRealPath().equals(real.getParent())
        ? Optional.of(name.substring(slotPrefix().length()))
        : Optional.empty();
  }

  /** The names of the slots there are files for. */
  public Set<String> slotNames() throws IOException {
    Set<String> names = new TreeSet<>();
    for (Path file : childrenOf(path)) {
      String name = file.getFileName().toString();
      if (isSlotName(name)) {
        names.add(name.substring(slotPrefix().length()));
      }
    }
    return names;
  }

  /** All fake tokens, access and refresh, in each slot's file, if that is complete JSON. */
  public Map<String, Set<String>> slotTokens() throws IOException {
    Map<String, Set<String>> tokens = new TreeMap<>();
    for (String name : slotNames()) {
      Set<String> found = new TreeSet<>();
      slot(name).flatMap(Json::parse).ifPresent(json -> Json.texts(json, found::add));
      found.removeIf(text -> FakeLogin.accountOf(text).isEmpty());
      tokens.put(name, found);
    }
    return tokens;
  }

  /**
   * Every refresh token in a complete JSON file anywhere below the directory, with the files that
   * hold it, relative to the directory.
   */
  public Map<String, Set<String>> tokensOnDisk() throws IOException {
    return tokens(false);
  }

  /** As {@link #tokensOnDisk()}, with whole tokens in torn and other files as well. */
  public Map<String, Set<String>> tokensOnDiskEvenTorn() throws IOException {
    return tokens(true);
  }

  private Map<String, Set<String>> tokens(boolean evenTorn) throws IOException {
    Map<String, Set<String>> tokens = new TreeMap<>();
    for (Path file : files()) {
      Optional<byte[]> bytes = read(file);
      if (bytes.isEmpty()) {
        continue;
      }
      List<String> found = new ArrayList<>();
      Optional<Object> json = Json.parse(bytes.get());
      json.ifPresent(value -> Json.texts(value, found::add));
      found.removeIf(text -> !FakeLogin.isRefreshToken(text));
      if (json.isEmpty() && evenTorn) {
        found.addAll(
            FakeLogin.refreshTokensIn(new String(bytes.get(), StandardCharsets.ISO_8859_1)));
      }
      for (String token : found) {
        tokens.computeIfAbsent(token, any -> new TreeSet<>()).add(relative(file));
      }
    }
    return tokens;
  }

  /** Regular files below the directory, links neither listed nor followed. */
  List<Path> files() throws IOException {
    return below().stream()
        .filter(file -> Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS))
        .toList();
  }

  /** Everything below the directory, links not followed; what vanishes meanwhile is left out. */
  List<Path> below() throws IOException {
    List<Path> found = new ArrayList<>();
    List<Path> open = new ArrayList<>(List.of(path));
    while (!open.isEmpty()) {
      for (Path child : childrenOf(open.remove(open.size() - 1))) {
        found.add(child);
        if (Files.isDirectory(child, LinkOption.NOFOLLOW_LINKS)) {
          open.add(child);
        }
      }
    }
    return found;
  }

  /** A name below the directory, as text. */
  String relative(Path file) {
    return path.relativize(file).toString();
  }

  /** Permissions as {@code rw-------}, or empty where there are none or the file is gone. */
  static Optional<String> permissions(Path file) throws IOException {
    PosixFileAttributeView view =
        Files.getFileAttributeView(file, PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS);
    if (view == null) {
      return Optional.empty();
    }
    try {
      return Optional.of(PosixFilePermissions.toString(view.readAttributes().permissions()));
    } catch (NoSuchFileException gone) {
      return Optional.empty();
    }
  }

  /**
   * A line per file: name, kind, permissions, and the tokens in it, for a failing test to print.
   */
  public String describe() {
    Map<String, String> lines = new LinkedHashMap<>();
    try {
      for (Path file : below()) {
        String kind =
            Files.isSymbolicLink(file)
                ? "-> " + Files.readSymbolicLink(file)
                : Files.isDirectory(file)
                    ? "directory"
                    : read(file)
                        .map(
                            bytes ->
                                bytes.length
                                    + " bytes "
                                    + FakeLogin.refreshTokensIn(
                                        new String(bytes, StandardCharsets.ISO_8859_1)))
                        .orElse("gone");
        lines.put(relative(file), permissions(file).orElse("") + " " + kind);
      }
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
    StringBuilder out = new StringBuilder();
    new TreeMap<>(lines).forEach((name, line) -> out.append(name + "  " + line + "\n"));
    return out.toString();
  }

  /** The names the design reserves are files that clients and peers leave beside the slots. */
  private boolean isSlotName(String fileName) {
    if (!fileName.startsWith(slotPrefix())) {
      return false;
    }
    String name = fileName.substring(slotPrefix().length());
    return name.matches("[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
        && !name.startsWith("tmp")
        && !name.startsWith("lock")
        && !name.startsWith("fingerprint.json")
        && !name.endsWith(".fingerprint.json")
        && !name.contains(".tmp")
        && !name.endsWith(".lock");
  }

  private static List<Path> childrenOf(Path directory) throws IOException {
    try (Stream<Path> children = Files.list(directory)) {
      return children.sorted().toList();
    } catch (NoSuchFileException | NotDirectoryException gone) {
      return List.of();
    } catch (UncheckedIOException wrapped) {
      throw wrapped.getCause();
    }
  }

  static Optional<byte[]> read(Path file) throws IOException {
    try {
      return Files.isRegularFile(file) ? Optional.of(Files.readAllBytes(file)) : Optional.empty();
    } catch (NoSuchFileException gone) {
      return Optional.empty();
    }
  }

  private static void write(Path file, byte[] bytes) throws IOException {
    Files.write(file, bytes);
    permit(file, "rw-------");
  }

  private static void permit(Path file, String permissions) throws IOException {
    PosixFileAttributeView view = Files.getFileAttributeView(file, PosixFileAttributeView.class);
    if (view != null) {
      view.setPermissions(PosixFilePermissions.fromString(permissions));
    }
  }
}
