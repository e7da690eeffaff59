package dev.credslots.hooks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** What becomes of hooks that misbehave. Most of these wait, and do it together. */
@Timeout(60)
@Execution(ExecutionMode.CONCURRENT)
class UnrulyHookTest {
  @TempDir Path temp;
  private HookBed bed;

  @BeforeEach
  void make() throws Exception {
    bed = new HookBed(temp);
  }

  @Test
  void one_that_cannot_be_started_says_so() throws Exception {
    Path file = bed.hook(HookEvent.ON_SWITCH, "10-a");
    Files.writeString(file, "#!/nowhere/sh\n");
    List<String> told = bed.told(HookBed.switched());
    assertTrue(told.get(0).startsWith("on-switch.d/10-a cannot be started: "), told::toString);
    assertFalse(told.get(0).contains("Cannot run program"), told::toString);
  }

  @Test
  void one_that_takes_too_long_is_ended_with_all_that_it_started() throws Exception {
    bed.limit = Duration.ofMillis(1_500);
    bed.hook(
        HookEvent.ON_SWITCH,
        "10-slow",
        "sleep 600 &",
        "echo $! >" + bed.notes + "/child",
        "echo $$ >" + bed.notes + "/self",
        "echo working",
        "wait");
    HookRun run = bed.run(HookEvent.ON_SWITCH);
    assertEquals(Optional.of("took longer than 1500 ms and was ended"), run.problem());
    assertEquals(OptionalInt.empty(), run.exitCode());
    assertEquals("working\n", run.out());
    bed.awaitEnd("self");
    bed.awaitEnd("child");
  }

  @Test
  void one_that_does_not_want_to_end_is_killed_and_so_are_its_children() throws Exception {
    bed.limit = Duration.ofMillis(1_500);
    bed.hook(
        HookEvent.ON_SWITCH,
        "10-stubborn",
        "trap '' TERM",
        "echo $$ >" + bed.notes + "/self",
        "(while :; do sleep 1; done) &",
        "echo $! >" + bed.notes + "/child",
        "while :; do sleep 1; done");
    assertTrue(bed.run(HookEvent.ON_SWITCH).problem().orElseThrow().startsWith("took longer"));
    bed.awaitEnd("self");
    bed.awaitEnd("child");
  }

  @Test
  void one_that_is_asked_to_end_may_tidy_up() throws Exception {
    bed.limit = Duration.ofMillis(1_500);
    bed.hook(
        HookEvent.ON_SWITCH,
        "10-tidy",
        "trap 'echo tidied >" + bed.notes + "/tidied; exit 1' TERM",
        "while :; do sleep 0.05; done");
    bed.run(HookEvent.ON_SWITCH);
    assertEquals("tidied\n", bed.note("tidied"));
  }

  @Test
  void an_interrupt_ends_it_and_stays() throws Exception {
    bed.hook(
        HookEvent.LOCK_GUARD,
        "10-slow",
        "echo $$ >" + bed.notes + "/self.new",
        "mv " + bed.notes + "/self.new " + bed.notes + "/self",
        "exec sleep 600");
    AtomicReference<List<String>> holds = new AtomicReference<>();
    AtomicReference<Boolean> interrupted = new AtomicReference<>();
    Thread asking =
        new Thread(
            () -> {
              holds.set(bed.holds());
              interrupted.set(Thread.currentThread().isInterrupted());
            });
    asking.start();
    while (!Files.exists(bed.notes.resolve("self"))) {
      Thread.sleep(5);
    }
    asking.interrupt();
    asking.join();
    assertEquals(
        List.of("lock-guard.d/10-slow was ended because its caller was interrupted"), holds.get());
    assertTrue(interrupted.get());
    bed.awaitEnd("self");
  }

  @Test
  void a_child_that_keeps_the_output_open_is_not_waited_for() throws Exception {
    bed.hook(HookEvent.ON_SWITCH, "10-daemon", "sleep 600 &", "echo $! >" + bed.notes + "/child");
    try {
      assertEquals(List.of(), bed.told(HookBed.switched()));
      // It ended in time: what it leaves is its own affair.
      assertTrue(HookBed.isAlive(Long.parseLong(bed.note("child").strip())));
    } finally {
      bed.end("child");
    }
  }

  @Test
  void a_guard_that_leaves_its_output_open_is_busy_by_its_words_or_for_that() throws Exception {
    bed.hook(
        HookEvent.LOCK_GUARD,
        "10-daemon",
        "sleep 600 &",
        "echo $! >" + bed.notes + "/child",
        "echo busy");
    try {
      // The JDK may have read it to its end before us, and then there is nothing to complain of.
      List<String> holds = bed.holds();
      assertTrue(
          holds.equals(List.of("busy"))
              || holds.equals(List.of("lock-guard.d/10-daemon left its output open")),
          holds::toString);
    } finally {
      bed.end("child");
    }
  }

  @Test
  void a_child_that_prints_for_ever_is_not_listened_to_for_ever() throws Exception {
    bed.hook(
        HookEvent.ON_SWITCH, "10-daemon", "yes &", "echo $! >" + bed.notes + "/child", "exit 0");
    try {
      assertEquals(List.of(), bed.told(HookBed.switched()));
      bed.awaitEnd("child"); // Nobody reads any more, which is the end of it.
    } finally {
      bed.end("child");
    }
  }

  @Test
  void one_that_prints_for_ever_is_ended_and_little_of_it_kept() throws Exception {
    bed.limit = Duration.ofMillis(1_500);
    bed.hook(HookEvent.ON_SWITCH, "10-yes", "exec yes");
    HookRun run = bed.run(HookEvent.ON_SWITCH);
    assertTrue(run.problem().orElseThrow().startsWith("took longer"));
    assertTrue(run.out().length() < 10_000);
  }

  @Test
  void one_that_prints_much_and_ends_is_listened_to_to_its_end() throws Exception {
    bed.hook(
        HookEvent.ON_SWITCH,
        "10-much",
        "head -c 3000000 /dev/zero | tr '\\0' x",
        "head -c 3000000 /dev/zero | tr '\\0' x >&2",
        "echo done >" + bed.notes + "/done");
    assertEquals(List.of(), bed.told(HookBed.switched()));
    assertEquals("done\n", bed.note("done"));
  }

  @Test
  void what_a_hook_complains_of_is_made_fit_for_a_terminal_and_cut() throws Exception {
    bed.hook(
        HookEvent.ON_SWITCH,
        "10-odd",
        "printf '\\n\\033[31mred\\007 \\377 ' >&2",
        "head -c 5000 /dev/zero | tr '\\0' x >&2",
        "exit 1");
    String told = bed.told(HookBed.switched()).get(0);
    assertTrue(told.startsWith("on-switch.d/10-odd exited 1: [31mred"), told);
    assertTrue(told.chars().noneMatch(Character::isISOControl), told);
    assertTrue(told.length() < 300, told);
  }

  @Test
  void one_that_is_not_to_be_run_is_not_and_the_others_are() throws Exception {
    Path file =
        HookBed.mode(
            bed.hook(HookEvent.ON_SWITCH, "10-open", "echo ran >" + bed.notes + "/open"),
            "rwxrwxrwx");
    bed.hook(HookEvent.ON_SWITCH, "20-fine", "echo ran >" + bed.notes + "/fine");
    assertEquals(
        List.of(
            "on-switch.d/10-open was not run: "
                + file
                + " may be written by others; run: chmod go-w "
                + file),
        bed.told(HookBed.switched()));
    assertFalse(Files.exists(bed.notes.resolve("open")));
    assertEquals("ran\n", bed.note("fine"));
  }

  @Test
  void a_hook_that_became_writable_after_it_was_listed_is_not_run() throws Exception {
    Path file = bed.hook(HookEvent.ON_SWITCH, "10-a", "echo ran >" + bed.notes + "/ran");
    Hook listed = bed.hooks().list(HookEvent.ON_SWITCH).get(0);
    HookBed.mode(file, "rwxrwxrwx");
    HookRun run =
        bed.hooks().run(listed, HookInput.sample(HookEvent.ON_SWITCH, Path.of("/d"), HookBed.NOW));
    assertTrue(run.problem().orElseThrow().startsWith("was not run: "), run::toString);
    assertFalse(Files.exists(bed.notes.resolve("ran")));
  }
}
