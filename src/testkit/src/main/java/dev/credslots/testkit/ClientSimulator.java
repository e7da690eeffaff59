package dev.credslots.testkit;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;

/**
 * Does to a credentials directory what its client does to it: Claude Code, unless the directory is
 * Codex's.
 *
 * <p>Facts modelled, with where they come from:
 *
 * <ul>
 *   <li>It writes a temp file {@code <path>.tmp.<8 hex>} and renames it over the live path without
 *       resolving it, so that a link becomes a regular file (found by others in the binary, and
 *       reported by users). Others report writes in place, through the link.
 *   <li>A refresh takes the directory locks {@code <store>/.oauth_refresh.lock} and then {@code
 *       <realpath(store)>.lock} with mkdir; they are stale after 60 s; it tries 5 times, 1 to 2 s
 *       apart, then does without the refresh (source, binary).
 *   <li>After locking it reads again and gives up if the token changed; it persists only if the
 *       refresh token it posted is still there (source).
 *   <li>After {@code invalid_grant} it leaves empty tokens and {@code expiresAt} 0, in place
 *       (seen).
 *   <li>A refresh keeps {@code refreshTokenExpiresAt}, and at times drops it, {@code expiresAt} or
 *       {@code scopes} (users).
 * </ul>
 *
 * <p>Codex, from its source: it takes no locks; it reads the file again before it renews and gives
 * up if that is of another account; then it puts its tokens into whatever is there by now, in
 * place. It never wipes. A logout deletes the link, which a login after it makes a file; the
 * instant between the two is not modelled.
 *
 * <p>Not modelled: touching the locks every 5 s, as no lock is held for that long here.
 *
 * <p>One client is for one thread. The same seed and the same directory give the same behaviour.
 */
@SuppressWarnings("try") // a turn is held, not used
public final class ClientSimulator {
  private static final int TRIES = 5;
  private static final Duration STALE = Duration.ofSeconds(60);
  private static final Duration IDENTITY_LOCK_STALE = Duration.ofSeconds(10);

  private final CredentialsDirectory directory;
  private final long seed;
  private final Random random;
  private final ClientLedger ledger;
  private boolean honoursLocks = true;
  private Duration retry = Duration.ofSeconds(1);
  private Set<String> dropped = Set.of();

  /** A client on its own, which honours the vendor's locks. */
  public ClientSimulator(CredentialsDirectory directory, long seed) {
    this(directory, seed, ClientLedger.inMemory());
  }

  /** A client among others. */
  public ClientSimulator(CredentialsDirectory directory, long seed, ClientLedger ledger) {
    this.directory = directory;
    this.seed = seed;
    this.random = new Random(seed);
    this.ledger = ledger;
  }

  /** From now on takes the vendor's locks, as the real one does. */
  public ClientSimulator honouringLocks() {
    honoursLocks = true;
    return this;
  }

  /** From now on takes no locks, as old versions and other tools do. */
  public ClientSimulator ignoringLocks() {
    honoursLocks = false;
    return this;
  }

  /** The least time between two tries at a lock; the most is twice that. Default 1 s. */
  public ClientSimulator retryingAfter(Duration pause) {
    retry = pause;
    return this;
  }

  /** From now on leaves these keys out of {@code claudeAiOauth} when it refreshes. */
  public ClientSimulator dropping(String... keys) {
    dropped = Set.copyOf(Arrays.asList(keys));
    return this;
  }

  /**
   * A token that a client was given.
   *
   * @param did what the client did with it
   * @param into the slot whose file was written through the link, or {@code live} for the live path
   *     itself, or {@code nothing} if the client dropped it
   * @param overwrote the refresh token that writing destroyed, if there was one: a rename over a
   *     link destroys none
   */
  public record Issued(
      String account,
      long sequence,
      String refreshToken,
      String did,
      String into,
      Optional<String> overwrote) {
    /**
     * Ends {@code into} where somebody put another file in the place of the one that was being
     * written: the token may have gone into a file that nobody would look at again.
     */
    public static final String SWAPPED = " (swapped)";

    private static final String UNNAMED = " (account not written)";

    /** The account that the identity file names from then on, if this was a login that wrote it. */
    public Optional<String> named() {
      return did.startsWith("login") && !did.endsWith(UNNAMED)
          ? Optional.of(account)
          : Optional.empty();
    }

    /** One JSON object, one line. */
    public String toJson() {
      Map<String, Object> line = new LinkedHashMap<>();
      line.put("account", account);
      line.put("sequence", sequence);
      line.put("token", refreshToken);
      line.put("did", did);
      line.put("into", into);
      line.put("overwrote", overwrote.<Object>map(token -> token).orElse(Json.NULL));
      return Json.write(line);
    }

    /** Reads what {@link #toJson()} wrote, or empty for any other line. */
    public static Optional<Issued> fromJson(String line) {
      return Json.object(line.getBytes(StandardCharsets.UTF_8))
          .filter(object -> object.containsKey("did"))
          .map(
              object ->
                  new Issued(
                      String.valueOf(object.get("account")),
                      Long.parseLong(String.valueOf(object.get("sequence"))),
                      String.valueOf(object.get("token")),
                      String.valueOf(object.get("did")),
                      String.valueOf(object.get("into")),
                      Optional.ofNullable(object.get("overwrote"))
                          .filter(String.class::isInstance)
                          .map(String.class::cast)));
    }
  }

  /** Refreshes and renames the result over the live path. Empty: locked out, or nothing there. */
  public Optional<Issued> refreshByRename() throws IOException, InterruptedException {
    return refresh("refresh", false);
  }

  /** Refreshes and writes the result in place. Empty: locked out, or nothing there. */
  public Optional<Issued> refreshThroughLink() throws IOException, InterruptedException {
    return refresh("refresh through link", true);
  }

  private Optional<Issued> refresh(String did, boolean inPlace)
      throws IOException, InterruptedException {
    Optional<String> before = client().refreshTokenIn(directory.live());
    if (before.isEmpty()) {
      return Optional.empty();
    }
    Deque<Path> locks = new ArrayDeque<>();
    if (honoursLocks && !takeRefreshLocks(locks)) {
      return Optional.empty();
    }
    try (ClientLedger.Turn turn = ledger.turn()) {
      Optional<byte[]> live = directory.live();
      if (!client().refreshTokenIn(live).equals(before)) {
        return Optional.empty();
      }
      FakeLogin next = next(turn, before.get());
      byte[] bytes = client().refreshed(live.orElseThrow(), next, dropped);
      if (!client().refreshTokenIn(directory.live()).equals(before)) {
        return Optional.of(issued(next, "dropped", Written.NOTHING));
      }
      return Optional.of(issued(next, did, inPlace ? writeInPlace(bytes) : writeByRename(bytes)));
    } finally {
      release(locks);
    }
  }

  /**
   * Refreshes the live login at a server, if its access token is over; renames the result over the
   * live path, in place of the very token that was posted and of no other. After {@code
   * invalid_grant} wipes. Empty: locked out, nothing over, or refused.
   */
  public Optional<Issued> refreshAt(OAuthServer server) throws IOException, InterruptedException {
    Optional<String> before = client().refreshTokenIn(directory.live());
    Deque<Path> locks = new ArrayDeque<>();
    if (before.isEmpty() || !client().over(directory.live()) || !takeRefreshLocks(locks)) {
      release(locks);
      return Optional.empty();
    }
    try {
      Optional<byte[]> live = directory.live();
      if (!client().refreshTokenIn(live).equals(before) || !client().over(live)) {
        return Optional.empty();
      }
      String account = FakeLogin.accountOf(before.get()).orElseThrow();
      if (!server.post(before.get())) {
        wipe();
        return Optional.empty();
      }
      FakeLogin next = server.current(account);
      byte[] bytes = client().refreshed(live.orElseThrow(), next, dropped);
      return Optional.of(
          client().refreshTokenIn(directory.live()).equals(before)
              ? issued(next, "refresh", write(bytes))
              : issued(next, "dropped", Written.NOTHING));
    } finally {
      release(locks);
    }
  }

  /**
   * Leaves empty tokens and {@code expiresAt} 0 in place, as after a refused refresh. Returns the
   * token that destroyed, or empty if there was none.
   */
  public Optional<String> wipe() throws IOException {
    try (ClientLedger.Turn turn = ledger.turn()) {
      Optional<byte[]> wiped = directory.live().flatMap(client()::wiped);
      return wiped.isEmpty() ? Optional.empty() : writeInPlace(wiped.get()).overwrote();
    }
  }

  /** A {@code /login} that renames over the live path and writes the identity file. */
  public Issued loginByRename(FakeLogin login) throws IOException, InterruptedException {
    try (ClientLedger.Turn turn = ledger.turn()) {
      Written written = writeByRename(login.credentialJson());
      return issued(login, "login" + writeIdentity(login), written);
    }
  }

  /** A {@code /login} that goes through the link and writes the identity file. */
  public Issued loginThroughLink(FakeLogin login) throws IOException, InterruptedException {
    try (ClientLedger.Turn turn = ledger.turn()) {
      Written written = writeInPlace(login.credentialJson());
      return issued(login, "login through link" + writeIdentity(login), written);
    }
  }

  /** A session begun before a switch refreshed its own login and renames it over the live path. */
  public Issued oldSessionWritesBack(FakeLogin login) throws IOException {
    try (ClientLedger.Turn turn = ledger.turn()) {
      return issued(login, "old session", writeByRename(login.credentialJson()));
    }
  }

  /** As the other, with bytes as they stand; what they hold is the caller's to know. */
  public Optional<String> oldSessionWritesBack(byte[] bytes) throws IOException {
    try (ClientLedger.Turn turn = ledger.turn()) {
      return writeByRename(bytes).overwrote();
    }
  }

  private FakeClient client() {
    return directory.client();
  }

  // ---- what a session remembers ----

  /** A session that read the live path some time ago, and refreshes what it read then. */
  private Optional<Issued> oldSessionRefreshes(byte[] remembered) throws IOException {
    Optional<String> token = client().refreshTokenIn(Optional.of(remembered));
    if (token.isEmpty()) {
      return Optional.empty();
    }
    try (ClientLedger.Turn turn = ledger.turn()) {
      FakeLogin next = next(turn, token.get());
      byte[] file = client() == FakeClient.CODEX ? directory.live().orElse(remembered) : remembered;
      byte[] bytes = client().refreshed(file, next, dropped);
      return Optional.of(issued(next, "old session", write(bytes)));
    }
  }

  private Issued newLogin(String account, boolean inPlace)
      throws IOException, InterruptedException {
    FakeLogin login;
    try (ClientLedger.Turn turn = ledger.turn()) {
      login = generation(account, turn.next(account, 0)).login();
      turn.next(account, login.sequence() - 1);
    }
    return inPlace ? loginThroughLink(login) : loginByRename(login);
  }

  private FakeLogin next(ClientLedger.Turn turn, String token) throws IOException {
    String account = FakeLogin.accountOf(token).orElseThrow();
    return generation(account, turn.next(account, FakeLogin.sequenceOf(token).orElseThrow()));
  }

  private FakeLogin generation(String account, long sequence) {
    return FakeLogin.builder(account).client(client()).seed(seed).firstSequence(sequence).build();
  }

  // ---- writing ----

  private record Written(String into, Optional<String> overwrote) {
    static final Written NOTHING = new Written("nothing", Optional.empty());
  }

  private static Issued issued(FakeLogin login, String did, Written written) {
    return new Issued(
        login.account(),
        login.sequence(),
        login.refreshToken(),
        did,
        written.into(),
        written.overwrote());
  }

  /** As the client goes about it. */
  private Written write(byte[] bytes) throws IOException {
    return client() == FakeClient.CODEX ? writeInPlace(bytes) : writeByRename(bytes);
  }

  private Written writeByRename(byte[] bytes) throws IOException {
    Path live = directory.livePath();
    Path temp =
        live.resolveSibling(String.format("%s.tmp.%08x", live.getFileName(), random.nextInt()));
    Files.write(
        privateFile(temp), bytes, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING);
    Optional<String> overwrote =
        Files.isSymbolicLink(live) ? Optional.empty() : client().refreshTokenIn(directory.live());
    Files.move(temp, live, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    return new Written("live", overwrote);
  }

  private Written writeInPlace(byte[] bytes) throws IOException {
    while (true) {
      Path file;
      try {
        file = directory.livePath().toRealPath(); // what opening the link would do, but known
      } catch (NoSuchFileException gone) {
        return writeByRename(bytes);
      }
      // Not through a link that came since: nobody would know into which slot it was written.
      FileChannel opened;
      try {
        opened =
            FileChannel.open(
                file, StandardOpenOption.READ, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
      } catch (NoSuchFileException gone) {
        return writeByRename(bytes);
      } catch (FileSystemException failed) {
        throw failed;
      } catch (IOException aLink) {
        continue; // The one failure for which the JDK has no exception of its own.
      }
      try (FileChannel channel = opened) {
        return writeInto(channel, file, bytes);
      }
    }
  }

  private Written writeInto(FileChannel channel, Path file, byte[] bytes) throws IOException {
    String into = directory.slotOf(file).orElse("live");
    // Read through the channel that is written: whatever is renamed meanwhile, this is it.
    ByteBuffer old = ByteBuffer.allocate((int) Math.min(channel.size(), 1 << 20));
    while (old.hasRemaining() && channel.read(old) >= 0) {}
    Optional<String> overwrote =
        client().refreshTokenIn(Optional.of(Arrays.copyOf(old.array(), old.position())));
    channel.truncate(0);
    channel.position(0);
    ByteBuffer left = ByteBuffer.wrap(bytes);
    while (left.hasRemaining()) {
      channel.write(left);
    }
    boolean there = Arrays.equals(bytes, CredentialsDirectory.read(file).orElse(new byte[0]));
    return new Written(there ? into : into + Issued.SWAPPED, overwrote);
  }

  /** Answers what to add to the record of a login. */
  private String writeIdentity(FakeLogin login) throws IOException, InterruptedException {
    if (client() == FakeClient.CODEX) {
      return Issued.UNNAMED;
    }
    Path identity = directory.identityPath();
    Deque<Path> locks = new ArrayDeque<>();
    Path lock = identity.resolveSibling(identity.getFileName() + ".lock");
    if (honoursLocks && !takeLock(lock, IDENTITY_LOCK_STALE, locks)) {
      return Issued.UNNAMED; // it stays behind the token, as it does in real life
    }
    try {
      Map<String, Object> file =
          CredentialsDirectory.read(identity).flatMap(Json::object).orElseGet(LinkedHashMap::new);
      file.put("oauthAccount", FakeLogin.oauthAccount(login.account()));
      Path temp =
          identity.resolveSibling(
              String.format("%s.tmp.%08x", identity.getFileName(), random.nextInt()));
      Files.write(privateFile(temp), bytes(file));
      Files.move(
          temp, identity, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      return "";
    } finally {
      release(locks);
    }
  }

  private static Path privateFile(Path file) throws IOException {
    boolean posix = file.getFileSystem().supportedFileAttributeViews().contains("posix");
    FileAttribute<?>[] mode =
        posix
            ? new FileAttribute<?>[] {
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
            }
            : new FileAttribute<?>[0];
    return Files.createFile(file, mode);
  }

  private static byte[] bytes(Map<String, Object> json) {
    return Json.write(json).getBytes(StandardCharsets.UTF_8);
  }

  // ---- the vendor's locks ----

  private boolean takeRefreshLocks(Deque<Path> taken) throws IOException, InterruptedException {
    if (client() == FakeClient.CODEX) {
      return true;
    }
    Path real = directory.path().toRealPath();
    return takeLock(directory.path().resolve(".oauth_refresh.lock"), STALE, taken)
        && takeLock(real.resolveSibling(real.getFileName() + ".lock"), STALE, taken);
  }

  /** On failure everything taken before is released as well. */
  private boolean takeLock(Path lock, Duration stale, Deque<Path> taken)
      throws IOException, InterruptedException {
    for (int attempt = 1; ; attempt++) {
      try {
        Files.createDirectory(lock);
        taken.push(lock);
        return true;
      } catch (FileAlreadyExistsException held) {
        if (isStale(lock, stale)) {
          Files.deleteIfExists(lock);
        } else if (attempt == TRIES) {
          release(taken);
          return false;
        } else {
          // The client's own pace, not a wait for something a test could watch instead.
          Thread.sleep(retry.toMillis() * (1000 + random.nextInt(1000)) / 1000);
        }
      } catch (IOException | RuntimeException failed) {
        release(taken);
        throw failed;
      }
    }
  }

  private static boolean isStale(Path lock, Duration stale) throws IOException {
    try {
      return Files.getLastModifiedTime(lock).toInstant().isBefore(Instant.now().minus(stale));
    } catch (NoSuchFileException released) {
      return false;
    }
  }

  private static void release(Deque<Path> taken) throws IOException {
    while (!taken.isEmpty()) {
      Files.deleteIfExists(taken.pop());
    }
  }

  // ---- its own process ----

  /**
   * Runs a client that mostly behaves and at times does not, and prints a line of JSON for each
   * token it was given, and for each it wiped ({@code did} is then {@code wipe} and the sequence
   * 0); a last line counts what it did.
   *
   * <p>Arguments: the directory, the seed, how long (milliseconds as {@code 2000ms}, or a number of
   * operations), and for several processes a ledger directory outside the first one; then {@code
   * --pace MS} for the longest pause between two operations (default 20), {@code --retry MS} for
   * the least pause between tries at a lock (default 1000), {@code --tame} to refresh by rename
   * under the locks and nothing else, {@code --marked} to keep the login's end in every file, as
   * proof of whose it is, {@code --client CODEX} for another client.
   */
  public static void main(String[] arguments) throws IOException, InterruptedException {
    List<String> words = new ArrayList<>(List.of(arguments));
    boolean tame = words.remove("--tame");
    boolean marked = words.remove("--marked");
    int named = words.indexOf("--client");
    FakeClient whose = named < 0 ? FakeClient.CLAUDE : FakeClient.valueOf(words.get(named + 1));
    if (named >= 0) {
      words.subList(named, named + 2).clear();
    }
    long pace = option(words, "--pace", 20);
    long pause = option(words, "--retry", 1000);
    if (words.size() < 3 || words.size() > 4) {
      System.err.println("usage: DIR SEED COUNT|MILLISECONDSms [LEDGER] [--pace MS] [--retry MS]");
      System.exit(2);
    }
    ClientLedger ledger =
        words.size() == 4 ? ClientLedger.in(Path.of(words.get(3))) : ClientLedger.inMemory();
    ClientSimulator client =
        new ClientSimulator(
                CredentialsDirectory.in(Path.of(words.get(0))).of(whose),
                Long.parseLong(words.get(1)),
                ledger)
            .retryingAfter(Duration.ofMillis(pause));
    String amount = words.get(2);
    boolean timed = amount.endsWith("ms");
    long limit = Long.parseLong(timed ? amount.substring(0, amount.length() - 2) : amount);
    client.run(limit, timed, tame, marked, pace, System.out);
  }

  private static long option(List<String> words, String name, long otherwise) {
    int at = words.indexOf(name);
    if (at < 0) {
      return otherwise;
    }
    words.remove(at);
    return Long.parseLong(words.remove(at));
  }

  private void run(
      long limit, boolean timed, boolean tame, boolean marked, long pace, PrintStream out)
      throws IOException, InterruptedException {
    Set<String> accounts = new TreeSet<>();
    directory
        .tokensOnDisk()
        .keySet()
        .forEach(token -> FakeLogin.accountOf(token).ifPresent(accounts::add));
    List<String> known = List.copyOf(accounts);
    long end = System.nanoTime() + Duration.ofMillis(limit).toNanos();
    long operations = 0;
    long issued = 0;
    Optional<byte[]> remembered = directory.live();
    while (timed ? System.nanoTime() < end : operations < limit) {
      operations++;
      Optional<Issued> token = Optional.empty();
      int dice = tame ? 0 : random.nextInt(100);
      honouringLocks().dropping();
      if (!tame && !known.isEmpty() && client().refreshTokenIn(directory.live()).isEmpty()) {
        // Logged out; its user logs in again, and not always as before.
        token = Optional.of(newLogin(known.get(random.nextInt(known.size())), dice < 30));
      } else if (client() == FakeClient.CODEX) {
        if (dice < 60) {
          token = refreshThroughLink();
        } else if (dice < 72) {
          token = remembered.isPresent() ? oldSessionRefreshes(remembered.get()) : token;
        } else if (dice < 84) {
          remembered = directory.live();
        } else if (!known.isEmpty()) {
          token = Optional.of(newLogin(known.get(random.nextInt(known.size())), dice < 94));
        }
      } else if (dice < 55) {
        token = refreshByRename();
      } else if (dice < 63) {
        token = ignoringLocks().refreshByRename();
      } else if (dice < 71) {
        token = refreshThroughLink();
      } else if (dice < 78) {
        String[] forgotten = {"expiresAt", "scopes", "refreshTokenExpiresAt"};
        token = dropping(Arrays.copyOf(forgotten, marked ? 2 : 3)).refreshByRename();
      } else if (dice < 86) {
        token = remembered.isPresent() ? oldSessionRefreshes(remembered.get()) : token;
      } else if (dice < 89) {
        Optional<String> destroyed = wipe();
        destroyed.ifPresent(
            gone ->
                out.println(
                    new Issued(
                            FakeLogin.accountOf(gone).orElse("?"), 0, "", "wipe", "live", destroyed)
                        .toJson()));
      } else if (dice < 93) {
        remembered = directory.live();
      } else if (!known.isEmpty()) {
        String account = known.get(random.nextInt(known.size()));
        token = Optional.of(newLogin(account, random.nextInt(3) == 0));
      }
      if (token.isPresent()) {
        out.println(token.get().toJson());
        issued++;
      }
      if (pace > 0) {
        Thread.sleep(random.nextInt((int) pace + 1));
      }
    }
    out.println("{\"operations\":" + operations + ",\"issued\":" + issued + "}");
    out.flush();
  }
}
