package dev.credslots.acceptance;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.credslots.testkit.CredentialsDirectory;
import dev.credslots.testkit.FaultShim;
import dev.credslots.testkit.FaultShim.Call;
import dev.credslots.testkit.FaultShim.Errno;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * What the faults of a renewal and of a login have in common: the points they are at, and what any
 * next command does about what they left.
 */
final class RequestFaults {
  private static final List<Errno> ERRORS = List.of(Errno.EIO, Errno.ENOSPC, Errno.EROFS);

  private RequestFaults() {}

  /** What a fault does to one run. */
  interface Way {
    FaultShim.Run in(FaultShim.Run run);
  }

  /** What is done at one call: killed before it, or cut half way through a write. */
  interface Kill {
    void at(Call call, String did, Way way) throws Exception;
  }

  /** What is done at one call that fails. */
  interface Failure {
    void at(Call call, Errno errno) throws Exception;
  }

  /** Runs a command in a world. */
  interface Program {
    SlotsCommand.Result run(String... arguments) throws Exception;
  }

  /** At every call, and half way through every write; returns how many there were. */
  static int kill(List<Call> calls, Kill kill) throws Exception {
    List<SideBySide.Task> points = new ArrayList<>();
    for (Call call : calls) {
      points.add(() -> kill.at(call, "killed", run -> run.killAt(call.number())));
      if (call.name().contains("write")) {
        points.add(() -> kill.at(call, "cut", run -> run.shortWriteAt(call.number())));
      }
    }
    SideBySide.run(points);
    return points.size();
  }

  /**
   * At every second call with one of three errors in turn, in a whole lab at every one with all of
   * them; returns how many there were.
   */
  static int fail(List<Call> calls, Failure failure) throws Exception {
    List<SideBySide.Task> points = new ArrayList<>();
    for (Call call : calls) {
      if (FaultLab.WHOLE) {
        ERRORS.forEach(errno -> points.add(() -> failure.at(call, errno)));
      } else if (call.number() % 2 == 0) {
        Errno turn = ERRORS.get((int) (call.number() / 2 % ERRORS.size()));
        points.add(() -> failure.at(call, turn));
      }
    }
    SideBySide.run(points);
    return points.size();
  }

  /** The reply's own write: the first into the file that was allocated for it. */
  static long reply(List<Call> calls, String slot) {
    return calls.stream()
        .filter(call -> call.name().contains("write"))
        .filter(call -> call.target().endsWith(".slots/recovery/" + slot))
        .mapToLong(Call::number)
        .findFirst()
        .orElseThrow(() -> new AssertionError("no reply is written in " + calls));
  }

  /** Another slot's switch: whatever was left is seen to. */
  static SlotsCommand.Result next(CredentialsDirectory directory, Program program)
      throws Exception {
    SlotsCommand.Result next = program.run("switch", "erik");
    if (next.exitCode() == 4 && letLockGrowOld(directory.path())) {
      // Killed between making a lock and dating it, which looks like anybody's for a minute.
      next = program.run("switch", "erik");
    }
    RefreshWorld.assertExit(0, next);
    return next;
  }

  private static boolean letLockGrowOld(Path directory) throws Exception {
    FileTime old = FileTime.from(Instant.now().minusSeconds(90));
    boolean found = false;
    for (Path lock :
        List.of(
            directory.resolve(".oauth_refresh.lock"),
            directory.resolveSibling(directory.getFileName() + ".lock"))) {
      if (Files.isDirectory(lock)) {
        Files.setLastModifiedTime(lock, old);
        found = true;
      }
    }
    return found;
  }

  /** No reply is left for anybody to bring home, and a command has nothing to say of one. */
  static void assertNothingIsLeftOver(CredentialsDirectory directory, Program program, Call call)
      throws Exception {
    try (Stream<Path> left = Files.list(directory.path().resolve(".slots/recovery"))) {
      assertEquals(List.of(), left.toList(), call::toString);
    }
    SlotsCommand.Result again = program.run("capture", "erik");
    assertEquals("", again.err(), call::toString);
  }
}
