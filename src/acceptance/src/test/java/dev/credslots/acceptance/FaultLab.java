package dev.credslots.acceptance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.credslots.Finding;
import dev.credslots.SlotManager;
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
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Runs a command of the built program on a directory that is put back for every point, faults one
 * of its file system calls, looks at what that left, and has the program do something next.
 */
final class FaultLab {
  static final String WORLD = "{world}";

  /** Whether to leave nothing out, however long it takes: {@code -Dslots.lab=whole}. */
  static final boolean WHOLE = "whole".equals(System.getProperty("slots.lab"));

  private static final int SHOWN = 5;
  private static final int REFUSED = 3;

  private final Path scratch;
  private final SlotsCommand slots;
  private final FaultShim shim;

  private FaultLab(Path scratch, SlotsCommand slots, FaultShim shim) {
    this.scratch = scratch;
    this.slots = slots;
    this.shim = shim;
  }

  static FaultLab in(Path scratch) throws IOException, InterruptedException {
    assumeTrue(FaultShim.isAvailable(), "no gcc, no fault lab");
    return new FaultLab(
        scratch,
        SlotsCommand.built(scratch.resolve("program")),
        FaultShim.compile(scratch.resolve("shim")));
  }

  /** Something done to a directory, in the making of one or by a client later. */
  interface Step {
    void to(CredentialsDirectory directory) throws IOException, InterruptedException;
  }

  /** What is done at one point and found there: violations, none if the laws hold. */
  interface Check {
    List<String> at(Place place, FaultShim.Call call) throws Exception;
  }

  /** One command, the directory it is run on, and what is expected of that. Immutable once run. */
  static final class Scenario {
    final String name;
    private final List<Object> before = new ArrayList<>();
    Expectations expected = Expectations.at(Moment.INTERRUPTED);
    private String[] command = {};
    private int exit;
    private boolean durable = true;
    private List<String> next = List.of("heal");

    Scenario(String name) {
      this.name = name;
    }

    /** Done to the directory before, in the order given with {@link #after}. */
    Scenario step(Step step) {
      before.add(step);
      return this;
    }

    /** A command run before. */
    Scenario after(String... arguments) {
      before.add(arguments);
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

    Scenario command(String... arguments) {
      command = arguments;
      return this;
    }

    Scenario exiting(int code) {
      exit = code;
      return this;
    }

    /** Only takes locks, which no power loss leaves and no record of needs to outlive one. */
    Scenario locksOnly() {
      durable = false;
      return this;
    }

    /** Each of these, on what the fault left. */
    Scenario thenEachOf(String... commands) {
      next = List.of(commands);
      return this;
    }

    @Override
    public String toString() {
      return name;
    }
  }

  /** Does a check at every point of a scenario's command; returns how many there were. */
  int everywhere(Scenario scenario, int every, boolean onlyWrites, String did, Check check)
      throws Exception {
    List<Place> places = new ArrayList<>();
    for (int i = 0; i < Runtime.getRuntime().availableProcessors(); i++) {
      places.add(
          new Place(
              scenario, scratch.resolve(did.replace(' ', '-')).resolve(scenario.name + "-" + i)));
    }
    List<FaultShim.Call> calls = places.get(0).calls();
    Queue<FaultShim.Call> points = new ConcurrentLinkedQueue<>();
    for (FaultShim.Call call : calls) {
      if (call.number() % every == 0 && (!onlyWrites || call.name().contains("write"))) {
        points.add(call);
      }
    }
    int count = points.size();
    Queue<String> violations = new ConcurrentLinkedQueue<>();
    ExecutorService workers = Executors.newFixedThreadPool(places.size());
    try {
      List<Future<?>> running = new ArrayList<>();
      for (Place place : places) {
        running.add(
            workers.submit(
                () -> {
                  for (var call = points.poll(); call != null; call = points.poll()) {
                    place.reset();
                    List<String> found = new ArrayList<>(check.at(place, call));
                    if (!found.isEmpty()) {
                      violations.add(
                          call + "\n  " + String.join("\n  ", found) + "\n" + place.describe());
                    }
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
    System.out.println(
        "fault lab: "
            + scenario.name
            + ", "
            + count
            + " points "
            + did
            + ", "
            + (violations.isEmpty() ? "all laws held" : violations.size() + " violations"));
    assertEquals(
        "",
        String.join("\n", violations.stream().limit(SHOWN).toList()),
        () ->
            violations.size() + " violations in " + scenario.name + " " + did + "; the first are");
    return count;
  }

  /** Every call, killed before it and, if it writes, half way through it; then the next command. */
  void killEverywhere(Scenario scenario) throws Exception {
    everywhere(scenario, 1, false, "killed", (place, call) -> place.killedAndNext(call, false));
    everywhere(scenario, 1, true, "half written", (place, call) -> place.killedAndNext(call, true));
  }

  /** A directory that is put back as it was for every point, always at the same path. */
  final class Place {
    private final Scenario scenario;
    private final Path world;
    private final Path template;
    private final Path left;
    private final Path trace;

    Place(Scenario scenario, Path path) throws Exception {
      this.scenario = scenario;
      this.world = path.resolve("world"); // the vendor's second lock lies beside the directory
      this.template = path.resolve("template");
      this.left = path.resolve("left");
      this.trace = path.resolve("trace");
      CredentialsDirectory.create(directory().path());
      for (Object step : scenario.before) {
        if (step instanceof Step done) {
          done.to(directory());
        } else {
          SlotsCommand.Result result = slots.run(arguments((String[]) step));
          assertEquals(0, result.exitCode(), result::toString);
        }
      }
      copy(world, template);
    }

    CredentialsDirectory directory() {
      return CredentialsDirectory.in(world.resolve("claude"));
    }

    private String[] arguments(String... command) {
      return arguments(world, command);
    }

    private static String[] arguments(Path world, String... command) {
      List<String> arguments = new ArrayList<>();
      for (String word : command) {
        arguments.add(word.replace(WORLD, world.toString()));
      }
      arguments.addAll(List.of("--dir", world.resolve("claude").toString()));
      return arguments.toArray(String[]::new);
    }

    /** The calls of a run that nothing happens to. */
    List<FaultShim.Call> calls() throws Exception {
      reset();
      Set<String> existed = names();
      SlotsCommand.Result result =
          slots.under(shim.below(world).trace(trace)).run(arguments(scenario.command));
      assertEquals(scenario.exit, result.exitCode(), () -> result + "\n" + describe());
      List<String> violations = Laws.check(directory(), scenario.expected.in(Moment.SETTLED));
      assertEquals(List.of(), violations, this::describe);
      List<FaultShim.Call> calls = FaultShim.read(trace);
      assertTrue(calls.size() > 3, () -> "hardly any calls counted: " + calls);
      assertEquals(
          List.of(),
          scenario.durable
              ? Durability.check(calls, existed, "claude/.credentials.json", Place::isLock)
              : List.of(),
          () ->
              "power loss would show in\n"
                  + calls.stream().map(FaultShim.Call::toString).collect(Collectors.joining("\n")));
      return calls;
    }

    /** Runs the command and kills it before a call, or half way through. */
    List<String> kill(FaultShim.Call call, boolean halfWritten) throws Exception {
      FaultShim.Run run = shim.below(world).trace(trace);
      SlotsCommand.Result dead =
          slots
              .under(halfWritten ? run.shortWriteAt(call.number()) : run.killAt(call.number()))
              .run(arguments(scenario.command));
      List<FaultShim.Call> calls = FaultShim.read(trace);
      if (!dead.killed()) {
        return List.of("was not killed, but " + dead + "\n" + calls);
      }
      FaultShim.Call last = calls.get(calls.size() - 1);
      return last.name().equals(call.name())
          ? List.of()
          : List.of("killed at another call than in the first run: " + last);
    }

    /** Runs the command with one call failing. */
    SlotsCommand.Result fail(FaultShim.Call call, FaultShim.Errno errno) throws Exception {
      return slots
          .under(shim.below(world).trace(trace).errorAt(call.number(), errno))
          .run(arguments(scenario.command));
    }

    /**
     * Kills it before a call on a file system of its own, of which only what is durable is left.
     */
    List<String> cutPowerAndNext(FaultShim.Call call, PowerLossTest.Disk disk) throws Exception {
      disk.format(template);
      delete(world);
      SlotsCommand.Result dead =
          slots
              .through(disk.cutAfter(world))
              .under(shim.below(disk.world()).trace(trace).killAt(call.number()))
              .run(arguments(disk.world(), scenario.command));
      List<String> violations = new ArrayList<>();
      if (!dead.killed()) {
        violations.add("was not killed, but " + dead);
      }
      violations.addAll(lawsNow("after the power loss"));
      violations.addAll(next(call));
      return violations;
    }

    List<String> killedAndNext(FaultShim.Call call, boolean halfWritten) throws Exception {
      List<String> violations = new ArrayList<>(kill(call, halfWritten));
      violations.addAll(lawsNow("at once"));
      violations.addAll(next(call));
      return violations;
    }

    List<String> lawsNow(String when) throws IOException {
      return Laws.check(directory(), scenario.expected).stream()
          .map(violation -> when + ": " + violation)
          .toList();
    }

    /** The first of the next commands. */
    List<String> firstNext() throws Exception {
      return next(scenario.next.get(0));
    }

    /**
     * The next commands in turn, one a point; all of them, each on what was left, in a whole lab.
     */
    List<String> next(FaultShim.Call call) throws Exception {
      List<String> violations = new ArrayList<>();
      List<String> commands =
          WHOLE
              ? scenario.next
              : List.of(scenario.next.get((int) (call.number() % scenario.next.size())));
      if (commands.size() > 1) {
        copy(world, left);
      }
      for (String command : commands) {
        if (Files.exists(left)) {
          delete(world);
          copy(left, world);
        }
        violations.addAll(next(command));
      }
      return violations;
    }

    /** The next command, which must not fail, and what must hold after it. */
    private List<String> next(String command) throws Exception {
      List<String> violations = new ArrayList<>();
      SlotsCommand.Result result = run(command.split(" "));
      if (result.exitCode() < 0 || result.exitCode() == 1 || result.exitCode() > 5) {
        violations.add("the next command failed: " + command + ": " + result);
      }
      if (result.exitCode() == REFUSED) {
        // Refused before it took the lock, it recovers nothing, and harms nothing either.
        violations.addAll(lawsNow("after the refusal of " + command));
        run("doctor", "--fix");
      }
      for (Finding finding : manager().diagnose()) {
        if (finding.code().contains("intent")) {
          violations.add("after " + command + " doctor says: " + finding);
        }
      }
      for (String violation : Laws.check(directory(), scenario.expected.in(Moment.SETTLED))) {
        violations.add("after " + command + ": " + violation);
      }
      return violations;
    }

    /** Runs the program as it is. */
    SlotsCommand.Result run(String... command) throws IOException, InterruptedException {
      return slots.run(arguments(command));
    }

    private SlotManager manager() {
      Path path = directory().path();
      return SlotManager.builder(path)
          .discoverSlots()
          .identityFile(path.resolve(CredentialsDirectory.IDENTITY_NAME))
          .build();
    }

    /** The vendor's are directories beside the store and in it; ours hold nothing. */
    private static boolean isLock(String name) {
      return name.endsWith(".lock")
          || name.endsWith(".slots/lock")
          || name.contains(".slots/leases");
    }

    private Set<String> names() throws IOException {
      try (Stream<Path> all = Files.walk(world)) {
        return all.map(path -> world.relativize(path).toString()).collect(Collectors.toSet());
      }
    }

    String describe() {
      return directory().describe();
    }

    void reset() throws IOException {
      Files.deleteIfExists(trace);
      delete(left);
      delete(world);
      copy(template, world);
    }
  }

  private static void delete(Path tree) throws IOException {
    if (!Files.exists(tree)) {
      return;
    }
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
  static void copy(Path from, Path to) throws IOException {
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
