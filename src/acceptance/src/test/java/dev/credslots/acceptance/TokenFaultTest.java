package dev.credslots.acceptance;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.credslots.acceptance.SlotsCommand.Result;
import dev.credslots.testkit.Canary;
import dev.credslots.testkit.FaultShim;
import dev.credslots.testkit.FaultShim.Call;
import dev.credslots.testkit.FaultShim.Errno;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code slots token store} and {@code remove} are killed before every file system call and half
 * way through every write, and every call fails once: there is the old token or the new one, whole.
 */
@Tag("fault")
class TokenFaultTest {
  private static final String OLD = Canary.of(7).token();
  private static final Canary NEW = Canary.of(8);

  @TempDir static Path scratch;
  private static SlotsCommand program;
  private static FaultShim shim;

  private Path home;
  private SlotsCommand slots;
  private int worlds;

  @BeforeAll
  static void build() throws Exception {
    assumeTrue(FaultShim.isAvailable(), "no gcc, no fault lab");
    program = SlotsCommand.built(scratch.resolve("program"));
    shim = FaultShim.compile(scratch.resolve("shim"));
  }

  /** A home in which a token is stored already, or nothing is. */
  private void world(boolean first) throws Exception {
    home = scratch.toRealPath().resolve((first ? "first-" : "again-") + worlds++);
    Files.createDirectories(home);
    slots = program.environment("HOME", home.toString());
    if (!first) {
      assertEquals(0, store(slots, OLD).exitCode());
    }
  }

  private static Result store(SlotsCommand slots, String token) throws Exception {
    return slots.reading(token.getBytes(UTF_8)).run("token", "store");
  }

  private FaultShim.Run run() {
    return shim.below(home).trace(trace());
  }

  private Path trace() {
    return home.resolveSibling(home.getFileName() + ".trace");
  }

  private List<Call> calls(boolean first) throws Exception {
    world(first);
    assertEquals(0, store(slots.under(run()), NEW.token()).exitCode());
    List<Call> calls = FaultShim.read(trace());
    assertTrue(calls.stream().anyMatch(call -> call.name().contains("write")), calls::toString);
    return calls;
  }

  /** The old one, whole, or none if there was none; or the new one. */
  private boolean isNew(boolean first, Call call) throws Exception {
    Result got = slots.run("token", "get");
    if (got.out().equals(NEW.token())) {
      return true;
    }
    assertEquals(first ? "" : OLD, got.out(), call::toString);
    assertEquals(first ? 1 : 0, got.exitCode(), call::toString);
    return false;
  }

  /** A next command works, and leaves no copy of a token beside the file. */
  private void settles(Call call) throws Exception {
    assertEquals(0, store(slots, OLD).exitCode(), call::toString);
    assertEquals(OLD, slots.run("token", "get").out(), call::toString);
    try (Stream<Path> files = Files.list(home.resolve(".local/share/slots"))) {
      assertEquals(
          List.of("tokens.json", "tokens.json.lock"),
          files.map(file -> file.getFileName().toString()).sorted().toList(),
          call::toString);
    }
  }

  @Test
  void killed_anywhere_there_is_the_old_token_or_the_new_one() throws Exception {
    int points = 0;
    for (boolean first : new boolean[] {true, false}) {
      boolean sawNew = false;
      for (Call call : calls(first)) {
        for (boolean half : new boolean[] {false, true}) {
          if (half && !call.name().contains("write")) {
            continue;
          }
          world(first);
          FaultShim.Run fault =
              half ? run().shortWriteAt(call.number()) : run().killAt(call.number());
          Result dead = store(slots.under(fault), NEW.token());
          assertTrue(dead.killed(), () -> call + "\n" + dead);
          sawNew |= isNew(first, call);
          settles(call);
          points++;
        }
      }
      assertTrue(sawNew, "the rename is not the last call");
    }
    System.out.println("token lab: " + points + " points killed, old or new at each");
  }

  @Test
  void whatever_fails_is_said_and_there_is_the_old_token_or_the_new_one() throws Exception {
    List<Errno> errors = List.of(Errno.EIO, Errno.ENOSPC, Errno.EROFS);
    int points = 0;
    for (Call call : calls(false)) {
      world(false);
      Errno errno = errors.get((int) (call.number() % errors.size()));
      Result result = store(slots.under(run().errorAt(call.number(), errno)), NEW.token());
      assertTrue(List.of(0, 1).contains(result.exitCode()), () -> call + "\n" + result);
      assertEquals(Optional.empty(), NEW.in(result.out() + result.err()), call::toString);
      assertFalse(result.err().contains("Exception"), () -> call + "\n" + result);
      boolean isNew = isNew(false, call);
      if (result.exitCode() == 0) {
        assertTrue(isNew, () -> call + "\n" + result);
      } else {
        assertEquals(1, result.err().lines().count(), () -> call + "\n" + result);
      }
      settles(call);
      points++;
    }
    System.out.println("token lab: " + points + " points failed, old or new at each");
  }
}
