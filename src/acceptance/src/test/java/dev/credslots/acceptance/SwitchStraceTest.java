package dev.credslots.acceptance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.credslots.testkit.CredentialsDirectory;
import dev.credslots.testkit.FakeLogin;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The order in which a switch makes itself durable, as the kernel saw it. */
@Tag("fault")
class SwitchStraceTest {
  private static final String CALLS =
      "openat,write,pwrite64,fsync,fdatasync,symlink,symlinkat,rename,renameat,renameat2,utimensat";
  private static final Pattern LAST_NAME = Pattern.compile(".*\"([^\"]*)\"");

  @Test
  void journal_then_temp_link_then_one_rename_then_directory(@TempDir Path scratch)
      throws Exception {
    assumeTrue(Files.isExecutable(Path.of("/usr/bin/strace")), "no strace");
    FakeLogin alice = FakeLogin.of("alice");
    FakeLogin bob = FakeLogin.of("bob");
    CredentialsDirectory directory =
        CredentialsDirectory.create(scratch.toRealPath().resolve("claude"))
            .slot("alice", alice)
            .slot("bob", bob)
            .identity(bob)
            .link("bob");
    Path log = scratch.resolve("strace");

    // -y names the file behind every descriptor.
    SlotsCommand.Result result =
        SlotsCommand.built(scratch.resolve("program"))
            .through("/usr/bin/strace", "-f", "-y", "-o", log.toString(), "-e", "trace=" + CALLS)
            .run("switch", "alice", "--dir", directory.path().toString());

    assertEquals(0, result.exitCode(), result::toString);
    String dir = directory.path().toString();
    List<String> calls =
        Files.readAllLines(log).stream()
            .map(line -> line.replaceFirst("^[0-9]+ +", ""))
            .filter(line -> line.contains(dir))
            .filter(line -> !line.startsWith("openat") || line.contains("O_CREAT"))
            // The end of a line that another thread's call came into, which has been seen.
            .filter(line -> !line.startsWith("<... "))
            .toList();
    Predicate<String> rename =
        call -> call.startsWith("rename") && lastName(call).equals(CredentialsDirectory.LIVE_NAME);
    assertEquals(
        1, calls.stream().filter(rename).count(), () -> "renames onto live in\n" + text(calls));

    int turned = first(calls, 0, rename, "rename onto the live path");
    int journal =
        first(
            calls,
            0,
            call -> isSync(call) && call.contains("<" + dir + "/.slots/journal.jsonl>"),
            "fsync of the journal");
    int link =
        first(
            calls,
            journal,
            call ->
                call.startsWith("symlink")
                    && !lastName(call).equals(CredentialsDirectory.LIVE_NAME),
            "temp link after the journal's fsync");
    assertTrue(journal < link && link < turned, () -> text(calls));
    // Next, and not only some time later: the end of the intent must not be on record before.
    String next = calls.get(turned + 1);
    assertTrue(isSync(next) && next.contains("<" + dir + ">"), () -> text(calls));
  }

  private static boolean isSync(String call) {
    return call.startsWith("fsync(") || call.startsWith("fdatasync(");
  }

  private static String lastName(String call) {
    Matcher matcher = LAST_NAME.matcher(call);
    return matcher.lookingAt() ? Path.of(matcher.group(1)).getFileName().toString() : "";
  }

  private static int first(List<String> calls, int from, Predicate<String> wanted, String what) {
    for (int i = from; i < calls.size(); i++) {
      if (wanted.test(calls.get(i))) {
        return i;
      }
    }
    throw new AssertionError("no " + what + " in\n" + text(calls));
  }

  private static String text(List<String> calls) {
    return String.join("\n", calls);
  }
}
