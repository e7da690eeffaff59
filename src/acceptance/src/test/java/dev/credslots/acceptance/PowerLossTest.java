package dev.credslots.acceptance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The power fails before every call: on a small ext4 that commits every 300 s unless it is told to,
 * mounted where nobody else sees it, only what was forced is there afterwards. Block writes are not
 * reordered. Three commands; with {@code -Dslots.lab=whole} every one.
 */
@Tag("fault")
class PowerLossTest {
  @TempDir static Path scratch;
  private static FaultLab lab;
  private static final Map<Thread, Disk> DISKS = new ConcurrentHashMap<>();

  @BeforeAll
  static void build() throws Exception {
    lab = FaultLab.in(scratch);
    String refused = new Disk(scratch.resolve("probe")).refusal();
    assumeTrue(
        refused.isEmpty(),
        "no power loss here, the kernel lets us not mount, or not shut down, an ext4: " + refused);
  }

  static Stream<FaultLab.Scenario> scenarios() {
    if (FaultLab.WHOLE) {
      return FaultScenarios.all().stream();
    }
    return Stream.of(
        FaultScenarios.switchWithSplice(), FaultScenarios.healTold(), FaultScenarios.add());
  }

  @ParameterizedTest
  @MethodSource("scenarios")
  void the_laws_hold(FaultLab.Scenario scenario) throws Exception {
    lab.everywhere(
        scenario,
        1,
        false,
        "power cut",
        (place, call) -> place.cutPowerAndNext(call, diskOfThisThread()));
  }

  private static Disk diskOfThisThread() {
    return DISKS.computeIfAbsent(
        Thread.currentThread(), thread -> new Disk(scratch.resolve("disk-" + thread.getId())));
  }

  /** An image, and the scripts that mount it in a namespace of their own. */
  static final class Disk {
    private static final String FORMAT =
        "set -e; rm -f \"$1\"; truncate -s 8M \"$1\"; mkfs.ext4 -q -F \"$1\";"
            + " mount -o loop \"$1\" \"$2\"; cp -a \"$3\" \"$2/world\"; umount \"$2\"";
    private static final String CUT =
        "img=$1 mnt=$2 out=$3 powerloss=$4; shift 4;"
            + " mount -o loop,commit=300 \"$img\" \"$mnt\" || exit 99;"
            + " \"$@\"; code=$?;"
            + " \"$powerloss\" \"$mnt\" || exit 98; umount \"$mnt\" || exit 97;"
            + " mount -o loop \"$img\" \"$mnt\" || exit 96;"
            + " cp -a \"$mnt/world\" \"$out\"; umount \"$mnt\"; exit $code";

    private final Path path;
    private final Path mount;
    private final Path image;

    Disk(Path path) {
      this.path = path;
      this.mount = path.resolve("mnt");
      this.image = path.resolve("img");
    }

    Path world() {
      return mount.resolve("world");
    }

    /** Makes it anew, with a copy of a tree. */
    void format(Path template) throws IOException, InterruptedException {
      Files.createDirectories(mount);
      String said = run("unshare", "-m", "bash", "-c", FORMAT, "disk", image, mount, template);
      assertEquals("", said, "a disk could not be made");
    }

    /** What a command is started through so that the power fails when it ends. */
    String[] cutAfter(Path out) throws IOException, InterruptedException {
      return Stream.of("unshare", "-m", "bash", "-c", CUT, "disk", image, mount, out, helper())
          .map(Object::toString)
          .toArray(String[]::new);
    }

    /** Why the kernel does not let us; empty if it does. */
    String refusal() throws IOException, InterruptedException {
      Path nothing = Files.createDirectories(path.resolve("nothing"));
      Files.createDirectories(mount);
      String said = run("unshare", "-m", "bash", "-c", FORMAT, "disk", image, mount, nothing);
      if (said.isEmpty()) {
        String[] cut = cutAfter(path.resolve("out"));
        Object[] whole = Stream.concat(Stream.of(cut), Stream.of("true")).toArray();
        said = run(whole);
      }
      return said;
    }

    private static synchronized Path helper() throws IOException, InterruptedException {
      Path helper = scratch.resolve("powerloss");
      if (!Files.exists(helper)) {
        Path source =
            Path.of(System.getProperty("slots.root"), "src/testkit/src/main/c/powerloss.c");
        assertEquals("", run("gcc", "-O2", "-o", helper, source), "gcc");
      }
      return helper;
    }

    /** What it said, and its exit code unless that is 0; empty if all went well. */
    private static String run(Object... command) throws IOException, InterruptedException {
      Process process =
          new ProcessBuilder(Stream.of(command).map(Object::toString).toList())
              .redirectErrorStream(true)
              .start();
      String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      int code = process.waitFor();
      return code == 0 ? said.strip() : "exit " + code + ": " + said.strip();
    }
  }
}
