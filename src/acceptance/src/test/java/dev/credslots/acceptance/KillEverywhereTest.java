package dev.credslots.acceptance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.credslots.testkit.CredentialsDirectory;
import dev.credslots.testkit.Durability;
import dev.credslots.testkit.FakeLogin;
import dev.credslots.testkit.FaultShim;
import dev.credslots.testkit.Laws;
import dev.credslots.testkit.Laws.Expectations;
import dev.credslots.testkit.Laws.Moment;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The fault lab: a command is killed before every one of its file system calls, and half way
 * through every write; the laws hold at once, and again after any next command. What only a power
 * loss would show is judged from the order of the calls.
 */
@Tag("fault")
class KillEverywhereTest {
  private static final Pattern OPEN_INTENT =
      Pattern.compile("\"code\"\\s*:\\s*\"[^\"]*intent[^\"]*\"", Pattern.CASE_INSENSITIVE);
  private static final int REFUSED = 3;
  private static final int SHOWN = 5;

  @TempDir static Path scratch;
  private static SlotsCommand slots;
  private static FaultShim shim;

  private final FakeLogin alice = FakeLogin.of("alice");
  private final FakeLogin bob = FakeLogin.of("bob");

  @BeforeAll
  static void build() throws Exception {
    assumeTrue(FaultShim.isAvailable(), "no gcc, no fault lab");
    shim = FaultShim.compile(scratch.resolve("shim"));
    slots = SlotsCommand.built(scratch.resolve("program"));
  }

  @Test
  void a_switch_between_two_fresh_slots() throws Exception {
    new Scenario("switch")
        .directory(at -> at.slot("alice", alice).slot("bob", bob).link("bob").identity(bob))
        .owner("alice", alice)
        .owner("bob", bob)
        .killing("switch", "alice")
        .thenEachOf("heal", "switch alice", "switch bob")
        .run();
  }

  @Test
  void a_switch_back_with_a_history() throws Exception {
    new Scenario("switch with a history")
        .directory(at -> at.slot("alice", alice).slot("bob", bob).link("alice").identity(alice))
        .owner("alice", alice)
        .owner("bob", bob)
        .after("switch", "bob")
        .killing("switch", "alice")
        .thenEachOf("heal", "switch bob")
        .run();
  }

  @Test
  void a_switch_over_a_detached_live_file_with_an_unknown_token() throws Exception {
    FakeLogin unknown = bob.rotate().without("refreshTokenExpiresAt");
    new Scenario("switch over an unknown token")
        .directory(
            at ->
                at.slot("alice", alice)
                    .slot("bob", bob)
                    .identity(bob)
                    .liveFile(unknown.credentialJson()))
        .owner("alice", alice)
        .owner("bob", bob)
        .token(unknown)
        .killing("switch", "alice")
        .thenEachOf("heal", "switch alice", "switch bob")
        .run();
  }

  @Test
  void a_switch_over_a_detached_live_file_with_equal_bytes() throws Exception {
    new Scenario("switch over equal bytes")
        .directory(
            at ->
                at.slot("alice", alice)
                    .slot("bob", bob)
                    .identity(bob)
                    .liveFile(bob.credentialJson()))
        .owner("alice", alice)
        .owner("bob", bob)
        .killing("switch", "alice")
        .thenEachOf("heal", "switch bob")
        .run();
  }

  @Test
  void a_heal_of_own_bytes() throws Exception {
    new Scenario("heal of own bytes")
        .directory(
            at ->
                at.slot("alice", alice)
                    .slot("bob", bob)
                    .identity(bob)
                    .liveFile(bob.credentialJson()))
        .owner("alice", alice)
        .owner("bob", bob)
        .killing("heal")
        .thenEachOf("heal", "switch alice")
        .run();
  }

  @Test
  void a_heal_that_was_told_the_slot() throws Exception {
    FakeLogin refreshed = bob.rotate().without("refreshTokenExpiresAt");
    new Scenario("heal, told")
        .directory(
            at ->
                at.slot("alice", alice)
                    .slot("bob", bob)
                    .identity(bob)
                    .liveFile(refreshed.credentialJson()))
        .owner("alice", alice)
        .owner("bob", bob)
        .token(refreshed)
        .killing("heal", "bob")
        .thenEachOf("heal", "heal bob", "switch alice")
        .run();
  }

  @Test
  void an_add_from_a_plain_live_file() throws Exception {
    new Scenario("add")
        .directory(at -> at.identity(bob).liveFile(bob.credentialJson()))
        .owner("bob", bob)
        .killing("add", "bob")
        .thenEachOf("heal", "add bob", "switch bob")
        .run();
  }

  private interface Build {
    void build(CredentialsDirectory directory) throws IOException;
  }

  /** One command, the directory it is run on, and what may be run after its death. */
  private static final class Scenario {
    private final String name;
    private Build build = directory -> {};
    private Expectations expected = Expectations.at(Moment.INTERRUPTED);
    private String[] before = {};
    private String[] command = {};
    private List<String> next = List.of();

    Scenario(String name) {
      this.name = name;
    }

    Scenario directory(Build build) {
      this.build = build;
      return this;
    }

    Scenario owner(String slot, FakeLogin login) {
      expected = expected.owner(slot, login.account());
      return token(login);
    }

    Scenario token(FakeLogin login) {
      expected = expected.token(login);
      return this;
    }

    Scenario after(String... arguments) {
      before = arguments;
      return this;
    }

    Scenario killing(String... arguments) {
      command = arguments;
      return this;
    }

    Scenario thenEachOf(String... commands) {
      next = List.of(commands);
      return this;
    }

    void run() throws Exception {
      List<Place> places = new ArrayList<>();
      for (int i = 0; i < Runtime.getRuntime().availableProcessors(); i++) {
        places.add(new Place(this, scratch.resolve(name.replace(' ', '-')).resolve("at-" + i)));
      }
      List<FaultShim.Call> calls = places.get(0).calls();
      Queue<Point> points = new ConcurrentLinkedQueue<>();
      for (FaultShim.Call call : calls) {
        next.forEach(after -> points.add(new Point(call, false, after)));
        if (call.name().contains("write")) {
          next.forEach(after -> points.add(new Point(call, true, after)));
        }
      }
      Queue<String> violations = new ConcurrentLinkedQueue<>();
      ExecutorService workers = Executors.newFixedThreadPool(places.size());
      try {
        List<Future<?>> running = new ArrayList<>();
        for (Place place : places) {
          running.add(
              workers.submit(
                  () -> {
                    for (Point p = points.poll(); p != null; p = points.poll()) {
                      violations.addAll(place.violationsAt(p));
                    }
                    return null;
                  }));
        }
        for (Future<?> worker : running) {
          worker.get();
        }
      } finally {
        workers.shutdownNow();
      }
      long torn = calls.stream().filter(call -> call.name().contains("write")).count();
      System.out.println(
          "fault lab: "
              + name
              + " "
              + calls.size()
              + " points killed, "
              + torn
              + " writes torn, "
              + next.size()
              + " next commands each, "
              + (violations.isEmpty() ? "all laws held" : violations.size() + " violations"));
      assertEquals(
          "",
          String.join("\n", violations.stream().limit(SHOWN).toList()),
          () -> violations.size() + " violations in " + name + "; the first are");
    }
  }

  /** Where one run dies, and what comes next. */
  private record Point(FaultShim.Call call, boolean halfWritten, String next) {
    @Override
    public String toString() {
      return (halfWritten ? "half way through " : "before ") + call + ", then " + next;
    }
  }

  /** A directory that is put back as it was for every point, always at the same path. */
  private static final class Place {
    private final Scenario scenario;
    private final Path world;
    private final Path template;
    private final Path trace;

    Place(Scenario scenario, Path path) throws Exception {
      this.scenario = scenario;
      this.world = path.resolve("world"); // the vendor's second lock lies beside the directory
      this.template = path.resolve("template");
      this.trace = path.resolve("trace");
      scenario.build.build(CredentialsDirectory.create(directory().path()));
      if (scenario.before.length > 0) {
        SlotsCommand.Result result = slots.run(arguments(scenario.before));
        assertEquals(0, result.exitCode(), result::toString);
      }
      copy(world, template);
    }

    private CredentialsDirectory directory() {
      return CredentialsDirectory.in(world.resolve("claude"));
    }

    private String[] arguments(String... command) {
      List<String> arguments = new ArrayList<>(List.of(command));
      arguments.addAll(List.of("--dir", world.resolve("claude").toString()));
      return arguments.toArray(String[]::new);
    }

    /** The calls of a run that nothing happens to. */
    List<FaultShim.Call> calls() throws Exception {
      reset();
      Set<String> existed = names();
      SlotsCommand.Result result =
          slots.under(shim.below(world).trace(trace)).run(arguments(scenario.command));
      assertEquals(0, result.exitCode(), result::toString);
      List<String> violations = Laws.check(directory(), scenario.expected.in(Moment.SETTLED));
      assertEquals(List.of(), violations, () -> describe());
      List<FaultShim.Call> calls = FaultShim.read(trace);
      assertTrue(calls.size() > 3, () -> "hardly any calls counted: " + calls);
      assertEquals(
          List.of(),
          Durability.check(calls, existed, "claude/.credentials.json", Place::isLock),
          () -> "power loss would show in\n" + text(calls));
      return calls;
    }

    List<String> violationsAt(Point point) throws Exception {
      reset();
      List<String> violations = new ArrayList<>();
      long number = point.call().number();
      FaultShim.Run run = shim.below(world).trace(trace);
      SlotsCommand.Result dead =
          slots
              .under(point.halfWritten() ? run.shortWriteAt(number) : run.killAt(number))
              .run(arguments(scenario.command));
      List<FaultShim.Call> calls = FaultShim.read(trace);
      if (!dead.killed()) {
        return List.of(point + ": was not killed, but " + dead + "\n" + calls);
      }
      FaultShim.Call last = calls.get(calls.size() - 1);
      if (!last.name().equals(point.call().name())) {
        violations.add("killed at another call than in the first run: " + last);
      }
      for (String violation : Laws.check(directory(), scenario.expected)) {
        violations.add("at once: " + violation);
      }
      String left = describe();
      SlotsCommand.Result next = slots.run(arguments(point.next().split(" ")));
      if (next.exitCode() < 0 || next.exitCode() == 1 || next.exitCode() > 5) {
        violations.add("the next command failed: " + next);
      }
      if (next.exitCode() == REFUSED) {
        // Refused before it took the lock, it recovers nothing, and harms nothing either.
        for (String violation : Laws.check(directory(), scenario.expected)) {
          violations.add("after the refusal: " + violation);
        }
        slots.run(arguments("doctor", "--fix"));
      }
      for (String violation : Laws.check(directory(), scenario.expected.in(Moment.SETTLED))) {
        violations.add("after the next command: " + violation);
      }
      SlotsCommand.Result status = slots.run(arguments("status", "--json"));
      if (status.exitCode() == 1 || OPEN_INTENT.matcher(status.out()).find()) {
        violations.add("status still has something to say: " + status);
      }
      if (violations.isEmpty()) {
        return List.of();
      }
      return List.of(
          point
              + "\n  "
              + String.join("\n  ", violations)
              + "\nleft by the kill:\n"
              + left
              + "after the next command, which said "
              + next
              + "\n"
              + describe());
    }

    /** The vendor's are directories beside the store and in it; ours hold nothing. */
    private static boolean isLock(String name) {
      return name.endsWith(".lock")
          || name.endsWith(".slots/lock")
          || name.contains(".slots/leases");
    }

    private static String text(List<FaultShim.Call> calls) {
      return calls.stream().map(FaultShim.Call::toString).collect(Collectors.joining("\n"));
    }

    private Set<String> names() throws IOException {
      try (Stream<Path> all = Files.walk(world)) {
        return all.map(path -> world.relativize(path).toString()).collect(Collectors.toSet());
      }
    }

    private String describe() {
      return directory().describe();
    }

    private void reset() throws IOException {
      Files.deleteIfExists(trace);
      delete(world);
      copy(template, world);
    }
  }

  private static void delete(Path tree) throws IOException {
    Files.walkFileTree(
        tree,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.delete(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path directory, IOException failed)
              throws IOException {
            Files.delete(directory);
            return FileVisitResult.CONTINUE;
          }
        });
  }

  /** Modes and times too; the engine looks at both. */
  private static void copy(Path from, Path to) throws IOException {
    Files.walkFileTree(
        from,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes)
              throws IOException {
            Path copy = to.resolve(from.relativize(directory));
            Files.createDirectories(copy);
            Files.setPosixFilePermissions(copy, Files.getPosixFilePermissions(directory));
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.copy(
                file,
                to.resolve(from.relativize(file)),
                StandardCopyOption.COPY_ATTRIBUTES,
                LinkOption.NOFOLLOW_LINKS);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path directory, IOException failed)
              throws IOException {
            FileTime modified = Files.getLastModifiedTime(directory);
            Files.setLastModifiedTime(to.resolve(from.relativize(directory)), modified);
            return FileVisitResult.CONTINUE;
          }
        });
  }
}
