package dev.credslots.testkit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.credslots.testkit.FaultShim.Call;
import dev.credslots.testkit.FaultShim.Errno;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FaultShimTest {
  private static final int KILLED = 128 + 9;
  private static final List<String> CALLS =
      List.of(
          "open old",
          "write old",
          "fsync old",
          "symlink link",
          "rename live",
          "fsync .",
          "futimens old",
          "lutimes live",
          "chmod old",
          "mkdir directory",
          "rmdir directory",
          "unlink old");

  @TempDir static Path library;
  private static FaultShim shim;

  @TempDir private Path scratch;
  private Path root;
  private Path trace;

  @BeforeAll
  static void compile() throws Exception {
    assumeTrue(FaultShim.isAvailable(), "no gcc");
    shim = FaultShim.compile(library);
  }

  @BeforeEach
  void build() throws Exception {
    root = Files.createDirectory(scratch.resolve("root"));
    trace = scratch.resolve("trace");
  }

  @Test
  void every_call_below_the_root_counts_and_no_other() throws Exception {
    assertEquals(0, run(shim.below(root).trace(trace)));
    assertEquals(CALLS, calls().stream().map(FaultShimTest::unversioned).toList(), () -> text());
    assertEquals("4 bytes", calls().get(1).detail());
    assertTrue(Files.exists(scratch.resolve("outside")));
  }

  @Test
  void killed_before_each_call_and_at_no_other() throws Exception {
    for (int n = 1; n <= CALLS.size(); n++) {
      clear();
      assertEquals(KILLED, run(shim.below(root).trace(trace).killAt(n)), "at " + n);
      assertEquals(n, calls().size(), () -> text());
      assertEquals("killed before", calls().get(n - 1).fault());
      if (n == 5) {
        assertTrue(exists("link"), "the call before the fifth was carried out");
        assertFalse(exists("live"), "the fifth was not");
      }
    }
    clear();
    assertEquals(0, run(shim.below(root).trace(trace).killAt(CALLS.size() + 1)));
  }

  @Test
  void killed_after_a_call() throws Exception {
    assertEquals(KILLED, run(shim.below(root).trace(trace).killAfter(5)));
    assertTrue(exists("live"));
    assertEquals(5, calls().size());
  }

  @Test
  void a_call_that_fails_is_not_carried_out() throws Exception {
    assertEquals(1, run(shim.below(root).trace(trace).errorAt(5, Errno.ENOSPC)));
    assertFalse(exists("live"));
    assertTrue(exists("link"));
    assertTrue(said().contains("No space left on device"), said());
    assertEquals("failed", calls().get(4).fault());
  }

  @Test
  void half_a_write() throws Exception {
    assertEquals(KILLED, run(shim.below(root).trace(trace).shortWriteAt(2)));
    assertArrayEquals(
        "to".getBytes(StandardCharsets.UTF_8), Files.readAllBytes(root.resolve("old")));
  }

  @Test
  void a_lock_can_be_refused() throws Exception {
    assertEquals(
        1, run(shim.below(root).trace(trace).countLocks().errorAt(2, Errno.ENOLCK), "lock"));
    assertTrue(said().contains("No locks available"), said());
  }

  @Test
  void a_shell_passes_the_shim_on_to_java_and_java_to_nobody() throws Exception {
    ProcessBuilder builder =
        new ProcessBuilder(
            "/bin/sh",
            "-c",
            ": > \"$0/by-sh\"; exec \"$@\"",
            root.toString(),
            java(),
            "-cp",
            classPath(),
            Program.class.getName(),
            root.toString(),
            "child");
    builder.environment().putAll(shim.below(root).trace(trace).environment());
    Process process = builder.redirectErrorStream(true).start();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), out);
    assertEquals(
        List.of("open by-java"),
        calls().stream().map(call -> call.name() + " " + call.target()).toList());
    assertTrue(exists("by-sh") && exists("by-child"));
  }

  /** The JDK sets times with whatever its version likes best. */
  private static String unversioned(Call call) {
    String name = call.name();
    if (name.equals("utimensat") || name.equals("utimes") || name.equals("futimesat")) {
      name = call.target().equals("live") ? "lutimes" : "futimens";
    }
    return name + " " + call.target();
  }

  private int run(FaultShim.Run run, String... arguments) throws Exception {
    ProcessBuilder builder =
        new ProcessBuilder(
            java(), "-XX:TieredStopAtLevel=1", "-cp", classPath(), Program.class.getName());
    builder.command().add(root.toString());
    builder.command().addAll(List.of(arguments));
    builder.environment().putAll(run.environment());
    return builder
        .redirectErrorStream(true)
        .redirectOutput(scratch.resolve("said").toFile())
        .start()
        .waitFor();
  }

  private String said() throws Exception {
    return Files.readString(scratch.resolve("said"));
  }

  private List<Call> calls() throws Exception {
    return FaultShim.read(trace);
  }

  private String text() {
    try {
      return calls() + "\n" + said();
    } catch (Exception unreadable) {
      return unreadable.toString();
    }
  }

  private boolean exists(String name) {
    return Files.exists(root.resolve(name), LinkOption.NOFOLLOW_LINKS);
  }

  private void clear() throws Exception {
    Files.deleteIfExists(trace);
    for (String name : List.of("old", "link", "live", "directory")) {
      Files.deleteIfExists(root.resolve(name));
    }
  }

  private static String java() {
    return Path.of(System.getProperty("java.home"), "bin", "java").toString();
  }

  private static String classPath() throws Exception {
    return ClassFiles.directoryOf(Program.class);
  }

  /** What the shim is tried on: the calls of {@link #CALLS}, in its own process. */
  static final class Program {
    private Program() {}

    public static void main(String[] arguments) throws Exception {
      Path root = Path.of(arguments[0]);
      if (arguments.length > 1 && arguments[1].equals("child")) {
        Files.createFile(root.resolve("by-java"));
        int exit =
            new ProcessBuilder("/bin/sh", "-c", ": > \"$0/by-child\"", root.toString())
                .start()
                .waitFor();
        System.exit(exit);
      }
      Path old = root.resolve("old");
      try (FileChannel file =
          FileChannel.open(old, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
        if (arguments.length > 1) {
          file.lock();
        }
        file.write(ByteBuffer.wrap("torn".getBytes(StandardCharsets.UTF_8)));
        file.force(true);
      }
      Path link = Files.createSymbolicLink(root.resolve("link"), Path.of("old"));
      Path live = root.resolve("live");
      Files.move(link, live, StandardCopyOption.ATOMIC_MOVE);
      try (FileChannel directory = FileChannel.open(root, StandardOpenOption.READ)) {
        directory.force(true);
      }
      Files.setLastModifiedTime(old, FileTime.fromMillis(1_000));
      Files.getFileAttributeView(live, BasicFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
          .setTimes(FileTime.fromMillis(1_000), null, null);
      Files.setPosixFilePermissions(old, PosixFilePermissions.fromString("rw-------"));
      Files.createDirectory(root.resolve("directory"));
      Files.delete(root.resolve("directory"));
      Files.delete(old);
      Files.writeString(root.resolveSibling("outside"), "does not count");
    }
  }
}
