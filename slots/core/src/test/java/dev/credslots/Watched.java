package dev.credslots;

import static org.junit.jupiter.api.Assertions.fail;

import dev.credslots.testkit.CredentialsDirectory;
import dev.credslots.testkit.FakeLogin;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** A credentials directory that is watched: bob is live, alice is parked. */
final class Watched implements AutoCloseable {
  static final Duration NEVER = Duration.ofHours(1);
  private static final Duration LIMIT = Duration.ofSeconds(30);

  final Path path;
  final CredentialsDirectory directory;
  final FakeLogin bob = FakeLogin.of("bob");
  final FakeLogin alice = FakeLogin.of("alice");
  final List<WatchReport> reports = new CopyOnWriteArrayList<>();
  final List<SlotEvent> events = new CopyOnWriteArrayList<>();
  final List<Hold> holds = new CopyOnWriteArrayList<>();

  /** What happens once, when the guard is asked next: before a heal takes its locks. */
  final AtomicReference<Condition> whenAsked = new AtomicReference<>(() -> true);

  final MovingClock clock = new MovingClock();
  final SlotManager manager;
  private @Nullable SlotWatcher watcher;

  /** A condition to wait for. */
  interface Condition {
    boolean holds() throws Exception;
  }

  /** Starts at the system's time and stays there until it is moved. */
  static final class MovingClock extends Clock {
    private final AtomicLong read = new AtomicLong();
    private volatile Instant now = Instant.now().truncatedTo(java.time.temporal.ChronoUnit.MILLIS);

    void pass(Duration time) {
      now = now.plus(time);
    }

    @Override
    public Instant instant() {
      read.incrementAndGet();
      return now;
    }

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      throw new UnsupportedOperationException();
    }
  }

  Watched(Path path) throws IOException {
    this.path = path;
    this.directory = CredentialsDirectory.create(path);
    directory.slot("bob", bob).slot("alice", alice).link("bob").identity(bob);
    manager =
        SlotManager.builder(path)
            .slots("bob", "alice")
            .clock(clock)
            .lockGuard(this::asked)
            .onEvent(events::add)
            .build();
    // Whose each is, as if both had logged in while ours looked on.
    manager.capture("bob");
    manager.switchTo("alice", "before");
    directory.identity(alice);
    manager.capture("alice");
    manager.switchTo("bob", "before");
    events.clear();
  }

  private List<Hold> asked() {
    try {
      whenAsked.getAndSet(() -> true).holds();
    } catch (Exception e) {
      throw new AssertionError(e);
    }
    return List.copyOf(holds);
  }

  /** Started: it polls every hour, so that all it sees it was told. */
  SlotWatcher watch(UnaryOperator<SlotWatcher.Builder> more) {
    SlotWatcher started =
        more.apply(SlotWatcher.of(manager).poll(NEVER).moment(NEVER).onReport(reports::add))
            .start();
    watcher = started;
    return started;
  }

  SlotWatcher watch() {
    return watch(builder -> builder);
  }

  /** As a client that refreshes: a new file, renamed over the live path. */
  void rename(byte[] bytes) throws IOException {
    Path temp = path.resolve(".credentials.json.tmp.0badcafe");
    Files.write(temp, bytes);
    Files.setPosixFilePermissions(
        temp, java.nio.file.attribute.PosixFilePermissions.fromString("rw-------"));
    Files.move(
        temp,
        directory.livePath(),
        StandardCopyOption.ATOMIC_MOVE,
        StandardCopyOption.REPLACE_EXISTING);
  }

  void rename(FakeLogin login) throws IOException {
    rename(login.credentialJson());
  }

  boolean holds(String slot, FakeLogin login) throws IOException {
    return directory
        .slotTokens()
        .getOrDefault(slot, java.util.Set.of())
        .contains(login.refreshToken());
  }

  boolean linkedTo(String slot) throws IOException {
    return directory.linkTarget().equals(java.util.Optional.of(slot));
  }

  boolean detached() {
    return Files.isRegularFile(directory.livePath(), LinkOption.NOFOLLOW_LINKS);
  }

  <T extends WatchReport> List<T> said(Class<T> kind) {
    return reports.stream().filter(kind::isInstance).map(kind::cast).toList();
  }

  /** Waits for a condition, and says what there was instead. */
  void until(String what, Condition condition) throws Exception {
    long end = System.nanoTime() + LIMIT.toNanos();
    while (!condition.holds()) {
      if (System.nanoTime() > end) {
        fail("never: " + what + "\n" + reports + "\n" + directory.describe());
      }
      Thread.sleep(2);
    }
  }

  /** Waits until the watcher has been round a number of times; it asks the clock in each. */
  void awaitRounds(int count) throws Exception {
    // A round that looks at the slots asks more than once.
    long enough = clock.read.get() + 3L * count;
    until(count + " rounds", () -> clock.read.get() >= enough);
  }

  /** Waits until so many reports of that kind were made. */
  <T extends WatchReport> T await(Class<T> kind, int count) throws Exception {
    until(count + " of " + kind.getSimpleName(), () -> said(kind).size() >= count);
    return said(kind).get(count - 1);
  }

  @Override
  public void close() {
    if (watcher != null) {
      watcher.close();
    }
  }
}
