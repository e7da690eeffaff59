package dev.credslots.hooks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.credslots.Hold;
import dev.credslots.SlotEvent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a hook is given, and what its answer means. */
@Timeout(60)
class HookRunTest {
  @TempDir Path temp;
  private HookBed bed;

  @BeforeEach
  void make() throws Exception {
    bed = new HookBed(temp);
  }

  private static Hold hold(String name, String source) {
    return new Hold(name, OptionalLong.empty(), Optional.empty(), source);
  }

  private List<Hold> preSwitch() {
    return bed.hooks().gate().ask(Optional.of("bob"), "alice", "quota");
  }

  // What it is given.

  @Test
  void it_has_these_variables_and_no_others() throws Exception {
    bed.environment.put("LANG", "C.UTF-8");
    bed.environment.put("ANTHROPIC_API_KEY", "sk-ant-api03-FAKE-canary");
    bed.environment.put("SLOTS_HOME", "/elsewhere");
    bed.environment.put("LC_ALL", "de_DE");
    bed.hook(
        HookEvent.ON_SWITCH, "10-env", "tr '\\0' '\\n' </proc/$$/environ >" + bed.notes + "/env");
    assertEquals(List.of(), bed.told(HookBed.switched()));
    TreeSet<String> expected =
        new TreeSet<>(
            List.of(
                "PATH=" + bed.environment.get("PATH"),
                "HOME=" + bed.environment.get("HOME"),
                "LANG=C.UTF-8",
                "SLOTS_HOOKS=" + bed.root,
                "SLOTS_EVENT=switched",
                "SLOTS_AT=2026-05-01T10:00:00Z",
                "SLOTS_DIR=/home/u/.claude",
                "SLOTS_FROM=bob",
                "SLOTS_TO=alice",
                "SLOTS_REASON=quota"));
    assertEquals(expected, new TreeSet<>(bed.note("env").lines().toList()));
  }

  @Test
  void a_caller_without_a_path_gives_it_the_usual_one() throws Exception {
    bed.environment.clear();
    bed.hook(HookEvent.ON_SWITCH, "10-env", "echo \"$PATH ${HOME-none}\"");
    assertEquals("/usr/local/bin:/usr/bin:/bin none\n", bed.run(HookEvent.ON_SWITCH).out());
  }

  @Test
  void it_reads_the_event_has_no_argument_and_runs_in_the_root() throws Exception {
    Path file =
        bed.hook(
            HookEvent.ON_SWITCH,
            "10-look",
            "cat >" + bed.notes + "/stdin",
            "pwd >" + bed.notes + "/pwd",
            "tr '\\0' '\\n' </proc/$$/cmdline >" + bed.notes + "/argv");
    assertEquals(List.of(), bed.told(HookBed.switched()));
    assertEquals(
        "{\"schemaVersion\":1,\"event\":\"switched\",\"at\":\"2026-05-01T10:00:00Z\","
            + "\"dir\":\"/home/u/.claude\",\"from\":\"bob\",\"to\":\"alice\",\"reason\":\"quota\"}\n",
        bed.note("stdin"));
    assertEquals("/\n", bed.note("pwd"));
    assertEquals("/bin/sh\n" + file + "\n", bed.note("argv"));
  }

  @Test
  void hooks_run_in_order_and_one_that_fails_keeps_no_other_from_it() throws Exception {
    bed.hook(HookEvent.ON_SWITCH, "20-b", "echo b >>" + bed.notes + "/order");
    bed.hook(
        HookEvent.ON_SWITCH, "10-a", "echo a >>" + bed.notes + "/order", "echo oh >&2", "exit 3");
    assertEquals(List.of("on-switch.d/10-a exited 3: oh"), bed.told(HookBed.switched()));
    assertEquals("a\nb\n", bed.note("order"));
  }

  @Test
  void only_the_hooks_of_the_event_hear_of_it() throws Exception {
    bed.hook(HookEvent.ON_HEAL, "10-a", "echo $SLOTS_EVENT >>" + bed.notes + "/heard");
    assertEquals(List.of(), bed.told(HookBed.switched()));
    assertEquals(List.of(), bed.told(new SlotEvent.Added(HookBed.NOW, "bob")));
    assertFalse(Files.exists(bed.notes.resolve("heard")));
    assertEquals(List.of(), bed.told(new SlotEvent.Relinked(HookBed.NOW, "bob", "bob")));
    assertEquals("relinked\n", bed.note("heard"));
  }

  @Test
  void a_script_without_a_first_line_is_the_shells() throws Exception {
    Path file = bed.hook(HookEvent.ON_SWITCH, "10-a");
    Files.writeString(file, "echo hello\n");
    assertEquals("hello\n", bed.run(HookEvent.ON_SWITCH).out());
  }

  @Test
  void one_that_reads_nothing_is_no_problem() throws Exception {
    bed.hook(HookEvent.ON_SWITCH, "10-a", "exec <&-", "exit 0");
    bed.hook(HookEvent.ON_SWITCH, "20-b", "exit 0");
    assertEquals(List.of(), bed.told(HookBed.switched()));
  }

  // Guards.

  @Test
  void each_line_of_a_guard_is_a_hold() throws Exception {
    bed.hook(
        HookEvent.LOCK_GUARD, "10-a", "printf 'nightly\\n\\n  \\t\\nwe\\033[1mekly \\r\\nlast'");
    bed.hook(HookEvent.LOCK_GUARD, "20-b", "echo other");
    bed.hook(HookEvent.LOCK_GUARD, "30-c", "exit 0");
    assertEquals(
        List.of(
            hold("nightly", "lock-guard.d/10-a"),
            hold("we [1mekly", "lock-guard.d/10-a"),
            hold("last", "lock-guard.d/10-a"),
            hold("other", "lock-guard.d/20-b")),
        bed.hooks().guard().holds());
    assertFalse(bed.hooks().guard().quick());
  }

  @Test
  void a_guard_that_nobody_understands_is_busy_and_says_why() throws Exception {
    bed.limit = Duration.ofSeconds(3);
    bed.hook(HookEvent.LOCK_GUARD, "1", "echo nightly; echo 'no such job' >&2; exit 7");
    bed.hook(HookEvent.LOCK_GUARD, "2", "printf 'a\\377\\376\\n'");
    bed.hook(HookEvent.LOCK_GUARD, "3", "seq 101");
    bed.hook(HookEvent.LOCK_GUARD, "4", "head -c 70000 /dev/zero | tr '\\0' x");
    bed.hook(HookEvent.LOCK_GUARD, "5", "exec sleep 600");
    bed.hook(HookEvent.LOCK_GUARD, "6", "kill -9 $$");
    HookBed.mode(bed.hook(HookEvent.LOCK_GUARD, "7"), "rw-r--r--");
    HookBed.mode(bed.hook(HookEvent.LOCK_GUARD, "8"), "rwxrwxrwx");
    List<String> holds = bed.holds();
    assertEquals(
        List.of(
            "lock-guard.d/1 exited 7: no such job",
            "lock-guard.d/2 printed what is no text (UTF-8)",
            "lock-guard.d/3 printed more than 100 lines",
            "lock-guard.d/4 printed more than 64 KiB",
            "lock-guard.d/5 took longer than 3 s and was ended",
            "lock-guard.d/6 exited 137"),
        holds.subList(0, 6));
    assertTrue(holds.get(6).startsWith("lock-guard.d/7 was not run: it is not executable"));
    assertTrue(holds.get(7).startsWith("lock-guard.d/8 was not run: "));
    assertEquals(8, holds.size());
  }

  @Test
  void one_very_long_line_is_a_hold_that_is_cut() throws Exception {
    bed.hook(HookEvent.LOCK_GUARD, "10-a", "head -c 60000 /dev/zero | tr '\\0' x");
    assertEquals(List.of("x".repeat(200)), bed.holds());
  }

  @Test
  void a_directory_of_guards_that_others_may_write_is_busy_even_if_it_is_empty() throws Exception {
    Path directory = HookBed.directory(bed.root.resolve("lock-guard.d"));
    assertEquals(List.of(), bed.holds());
    HookBed.mode(directory, "rwxrwxr-x");
    assertTrue(bed.holds().get(0).startsWith("lock-guard.d was not run: " + directory));
  }

  // Gates.

  @Test
  void a_pre_switch_that_ends_with_0_objects_to_nothing_whatever_it_prints() throws Exception {
    bed.hook(
        HookEvent.PRE_SWITCH,
        "10-a",
        "echo words; echo complaints >&2; echo \"$SLOTS_FROM $SLOTS_TO $SLOTS_REASON\" >"
            + bed.notes
            + "/asked");
    assertEquals(List.of(), preSwitch());
    assertEquals("bob alice quota\n", bed.note("asked"));
  }

  @Test
  void the_first_pre_switch_that_fails_objects_with_its_complaint() throws Exception {
    bed.hook(HookEvent.PRE_SWITCH, "10-a", "printf '\\nagents at work\\nmore\\n' >&2; exit 2");
    bed.hook(HookEvent.PRE_SWITCH, "20-b", "echo ran >" + bed.notes + "/second");
    assertEquals(List.of(hold("agents at work", "pre-switch.d/10-a")), preSwitch());
    assertFalse(Files.exists(bed.notes.resolve("second")));
  }

  @Test
  void a_pre_switch_without_words_or_in_disorder_objects_too() throws Exception {
    Path file = bed.hook(HookEvent.PRE_SWITCH, "10-a", "exit 2");
    assertEquals(List.of(hold("pre-switch.d/10-a exited 2", "pre-switch.d/10-a")), preSwitch());
    HookBed.mode(file, "rw-r--r--");
    assertTrue(preSwitch().get(0).name().contains("not executable"));
    bed.limit = Duration.ofMillis(300);
    bed.hook(HookEvent.PRE_SWITCH, "10-a", "echo thinking >&2; exec sleep 600");
    assertEquals(
        "pre-switch.d/10-a took longer than 300 ms and was ended", preSwitch().get(0).name());
  }

  @Test
  void a_fake_token_that_lies_about_is_in_nothing_that_a_hook_is_given() throws Exception {
    String token = "sk-ant-ort01-FAKE-canary";
    bed.environment.put("CLAUDE_CODE_OAUTH_TOKEN", token);
    Files.writeString(bed.notes.resolve(".credentials.json"), token);
    for (HookEvent event : HookEvent.values()) {
      bed.hook(
          event,
          "10-all",
          "{ cat; tr '\\0' '\\n' </proc/$$/environ; tr '\\0' ' ' </proc/$$/cmdline; } >"
              + bed.notes
              + "/given");
      assertEquals(Optional.empty(), bed.run(event).problem());
      String given = bed.note("given");
      assertTrue(given.contains("SLOTS_EVENT="), given);
      assertFalse(given.contains("FAKE"), given);
    }
  }
}
