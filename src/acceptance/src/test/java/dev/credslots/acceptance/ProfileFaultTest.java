package dev.credslots.acceptance;

import static dev.credslots.acceptance.RefreshWorld.assertExit;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.credslots.testkit.FaultShim;
import dev.credslots.testkit.FaultShim.Call;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Every command that changes profiles is killed before each of its file system calls and half way
 * through every write. The registry is the old one or the new one, and the next command works.
 */
@Tag("fault")
class ProfileFaultTest {
  private static final String KEY = "sk-ant-api03-FAKE-key-of-ci-0123456789";

  @TempDir static Path scratch;
  private static SlotsCommand program;
  private static FaultShim shim;
  private static final AtomicInteger WORLDS = new AtomicInteger();

  @BeforeAll
  static void build() throws Exception {
    assumeTrue(FaultShim.isAvailable(), "no gcc, no fault lab");
    program = SlotsCommand.built(scratch.resolve("program"));
    shim = FaultShim.compile(scratch.resolve("shim"));
  }

  /** A registry of two, and the program pointed at it. */
  private record World(Path data, SlotsCommand slots) {
    static World empty() throws IOException {
      Path data = scratch.toRealPath().resolve("world-" + WORLDS.getAndIncrement()).resolve("own");
      Files.createDirectories(data.getParent());
      return new World(
          data,
          program.environment("SLOTS_HOME", data.toString()).environment("SLOTS_API_KEY", KEY));
    }

    /** A copy of this one, which no command has to be run for. */
    World copy() throws IOException {
      World copy = empty();
      try (Stream<Path> files = Files.walk(data)) {
        for (Path file : (Iterable<Path>) files::iterator) {
          Path to = copy.data.resolve(data.relativize(file).toString());
          Files.copy(file, to, StandardCopyOption.COPY_ATTRIBUTES);
        }
      }
      Path registry = copy.data.resolve("profiles.json");
      Files.writeString(
          registry, Files.readString(registry).replace(data.toString(), copy.data.toString()));
      return copy;
    }

    Path trace() {
      return data.resolveSibling("trace");
    }

    FaultShim.Run run() {
      return shim.below(data).trace(trace());
    }

    /** The registry, with the world's own place left out. */
    String registry() throws IOException {
      return Files.readString(data.resolve("profiles.json")).replace(data.toString(), "DATA");
    }

    void assertNothingIsOpen() throws IOException {
      try (Stream<Path> files = Files.walk(data)) {
        for (Path file : (Iterable<Path>) files::iterator) {
          String mode =
              PosixFilePermissions.toString(
                  Files.getPosixFilePermissions(file, LinkOption.NOFOLLOW_LINKS));
          assertTrue(mode.endsWith("------"), () -> file + " is " + mode);
          boolean store = file.getFileName().toString().startsWith("tokens.json");
          if (Files.isRegularFile(file) && !store) {
            assertFalse(
                Files.readString(file, StandardCharsets.ISO_8859_1).contains(KEY),
                () -> "the key is in " + file);
          }
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "add new",
        "add key --api-key",
        "use ci",
        "rename work job",
        "rename ci build",
        "login ci",
        "remove ci --yes --purge",
        "remove work --yes --force --purge"
      })
  void killed_anywhere_the_registry_is_the_old_one_or_the_new_one(String line) throws Exception {
    List<String> words = new ArrayList<>(List.of("profile"));
    words.addAll(Arrays.asList(line.split(" ")));
    String[] command = words.toArray(new String[0]);
    World template = World.empty();
    assertExit(0, template.slots().run("profile", "add", "work"));
    assertExit(0, template.slots().run("profile", "add", "ci", "--api-key"));
    World whole = template.copy();
    String before = whole.registry();
    assertExit(0, whole.slots().under(whole.run()).run(command));
    String after = whole.registry();
    List<Call> calls = FaultShim.read(whole.trace());
    assertFalse(calls.isEmpty());

    List<SideBySide.Task> points = new ArrayList<>();
    for (Call call : calls) {
      points.add(() -> killed(template, command, call, false, before, after));
      if (call.name().contains("write")) {
        points.add(() -> killed(template, command, call, true, before, after));
      }
    }
    SideBySide.run(points);
    System.out.println("profile lab: " + line + ", " + points.size() + " points killed");
  }

  private static void killed(
      World template, String[] command, Call call, boolean half, String before, String after)
      throws Exception {
    World world = template.copy();
    FaultShim.Run run =
        half ? world.run().shortWriteAt(call.number()) : world.run().killAt(call.number());
    SlotsCommand.Result result = world.slots().under(run).run(command);
    assertTrue(result.killed(), () -> "at " + call + ": " + result);
    String registry = world.registry();
    assertTrue(
        registry.equals(before) || registry.equals(after), () -> "at " + call + ": " + registry);
    world.assertNothingIsOpen();
    // Nobody is stopped by what a killed one left.
    SlotsCommand.Result again = world.slots().run(command);
    boolean done = registry.equals(after) && !before.equals(after);
    boolean refused = again.exitCode() == 3;
    boolean leftOver = again.err().contains("earlier profile");
    assertTrue(
        again.exitCode() == 0 || (refused && (done || leftOver)),
        () -> "at " + call + ": " + again);
    if (!done && !refused) {
      assertEquals(after, world.registry(), () -> "at " + call);
    }
  }
}
