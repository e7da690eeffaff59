package dev.credslots.acceptance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A single file mounted on the live path, as container set-ups do, from the same device: nothing
 * but the kernel's list of mounts tells it from a file that a client wrote.
 */
class MountedFileTest {

  @Test
  void a_mounted_live_file_is_refused_by_every_command_and_nothing_is_copied(@TempDir Path scratch)
      throws Exception {
    HandMadeDirectory made = HandMadeDirectory.of(scratch.toRealPath().resolve("claude"));
    // A refresh of bob's, which a heal would bring home if it could turn the link.
    made.shell("login bob 2 28900 20 >../mounted.json; rm .credentials.json; :>.credentials.json");
    Path live = made.path().resolve(".credentials.json");
    String[] mounted = {
      "unshare",
      "-rm",
      "sh",
      "-c",
      "mount --bind \"$1\" \"$2\" && shift 2 && exec \"$@\"",
      "sh",
      scratch.toRealPath().resolve("mounted.json").toString(),
      live.toString()
    };
    assumeTrue(works(mounted), "this kernel refuses unshare -rm, or a mount in it");
    SlotsCommand slots =
        SlotsCommand.built(scratch.resolve("program"))
            .through(mounted)
            .environment("SLOTS_DIR", made.path().toString());
    Map<String, String> before = content(made.path());

    for (String command :
        List.of(
            "heal",
            "heal bob",
            "heal bob --force",
            "heal --relink",
            "heal --dry-run",
            "switch alice",
            "switch alice --force",
            "switch alice --dry-run",
            "add new")) {
      SlotsCommand.Result result = slots.run(command.split(" "));
      assertEquals(3, result.exitCode(), () -> command + ": " + result);
      assertTrue(result.err().contains("mount the directory instead"), () -> command + result);
      assertEquals(before, content(made.path()), command);
    }

    SlotsCommand.Result doctor = slots.run("--json", "doctor");
    assertEquals(5, doctor.exitCode(), doctor::toString);
    assertTrue(doctor.out().contains("\"mount-point\""), doctor::toString);
    assertFalse(doctor.out().contains("\"detached\""), doctor::toString);
    SlotsCommand.Result status = slots.run("status");
    assertTrue((status.out() + status.err()).contains("mount point"), status::toString);
  }

  /** What is in the directory, without what every command that locks writes of itself. */
  private static Map<String, String> content(Path directory) throws IOException {
    Map<String, String> content = new TreeMap<>();
    try (Stream<Path> paths = Files.walk(directory)) {
      for (Path path : (Iterable<Path>) paths.filter(Files::isRegularFile)::iterator) {
        String name = directory.relativize(path).toString();
        if (!List.of(".slots/lock", ".slots/journal.jsonl").contains(name)) {
          content.put(name, Files.readString(path));
        }
      }
    }
    return content;
  }

  private static boolean works(String... wrapper) throws Exception {
    List<String> command = Stream.concat(Stream.of(wrapper), Stream.of("true")).toList();
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      process.getInputStream().readAllBytes();
      return process.waitFor() == 0;
    } catch (IOException noSuchProgram) {
      return false;
    }
  }
}
