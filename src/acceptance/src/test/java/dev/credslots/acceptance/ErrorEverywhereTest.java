package dev.credslots.acceptance;

import dev.credslots.testkit.FaultShim;
import dev.credslots.testkit.FaultShim.Errno;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every second call (with {@code -Dslots.lab=whole} every one) of every command that writes fails,
 * with one of four errors in turn: the command goes on without it, or ends with a sentence, and
 * nothing is lost.
 */
@Tag("fault")
class ErrorEverywhereTest {
  private static final List<Errno> ERRORS =
      List.of(Errno.EIO, Errno.ENOSPC, Errno.EROFS, Errno.EMFILE);
  private static final int EVERY = FaultLab.WHOLE ? 1 : 2;

  @TempDir static Path scratch;
  private static FaultLab lab;
  private static final Map<String, Integer> OUTCOMES = new ConcurrentHashMap<>();

  @BeforeAll
  static void build() throws Exception {
    lab = FaultLab.in(scratch);
  }

  @AfterAll
  static void summary() {
    System.out.println("fault lab: errors, exit codes and their counts " + new TreeMap<>(OUTCOMES));
  }

  @ParameterizedTest
  @MethodSource("dev.credslots.acceptance.FaultScenarios#all")
  void the_laws_hold(FaultLab.Scenario scenario) throws Exception {
    lab.everywhere(scenario, EVERY, false, "failed", ErrorEverywhereTest::fail);
  }

  private static List<String> fail(FaultLab.Place place, FaultShim.Call call) throws Exception {
    Errno errno = ERRORS.get((int) (call.number() / EVERY % ERRORS.size()));
    SlotsCommand.Result result = place.fail(call, errno);
    int exit = result.exitCode();
    OUTCOMES.merge(
        exit == 1 || exit == 4 ? "exit " + exit : "as usual, or a refusal", 1, Integer::sum);
    List<String> violations = new ArrayList<>();
    // 3: what could not be read is as good as missing, and a refusal says so.
    if (exit != 0 && exit != 1 && exit != 3 && exit != 4 && exit != 5) {
      violations.add(errno + ": " + result);
    }
    List<String> said = result.err().lines().filter(line -> !line.startsWith("warning: ")).toList();
    if (exit == 1 && said.size() != 1) {
      violations.add(errno + " and not one sentence: " + result);
    }
    if (result.err().contains("\tat ") || result.err().contains("Exception")) {
      violations.add(errno + " and a stack trace: " + result);
    }
    violations.addAll(place.lawsNow(errno + " at once"));
    violations.addAll(place.firstNext());
    return violations.isEmpty()
        ? violations
        : new ArrayList<>(List.of(errno + " " + result, String.join("\n  ", violations)));
  }
}
