package dev.credslots.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.credslots.testkit.FaultShim.Call;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class DurabilityTest {
  private static final List<String> SWITCH =
      List.of(
          "mkdir|d/.slots|",
          "fsync|d|",
          "open|d/.slots/lock|w create",
          "open|d/.slots/journal|w create append",
          "write|d/.slots/journal|6 bytes",
          "fsync|d/.slots/journal|",
          "open|d/.slots/stash.tmp|w create excl",
          "write|d/.slots/stash.tmp|9 bytes",
          "fsync|d/.slots/stash.tmp|",
          "rename|d/.slots/stash.tmp -> d/.slots/stash|",
          "fsync|d/.slots|",
          "symlink|d/live.tmp|slot",
          "rename|d/live.tmp -> d/live|",
          "fsync|d|",
          "write|d/.slots/journal|4 bytes",
          "fsync|d/.slots/journal|");

  @Test
  void a_switch_in_order_breaks_no_rule() {
    assertEquals(List.of(), check(SWITCH));
  }

  @Test
  void every_single_fsync_is_missed() {
    for (int i = 0; i < SWITCH.size(); i++) {
      if (SWITCH.get(i).startsWith("fsync")) {
        List<String> without = new ArrayList<>(SWITCH);
        without.remove(i);
        assertFalse(check(without).isEmpty(), "without call " + (i + 1));
      }
    }
  }

  @Test
  void a_stash_made_after_the_link_was_turned_is_too_late() {
    List<String> swapped = new ArrayList<>(SWITCH);
    swapped.add(9, swapped.remove(12));
    assertFalse(check(swapped).isEmpty());
  }

  @Test
  void a_later_fsync_of_the_directory_does_not_make_good_for_the_first() {
    List<String> late = new ArrayList<>(SWITCH);
    late.add(late.remove(SWITCH.size() - 3));
    assertFalse(check(late).isEmpty());
  }

  private static List<String> check(List<String> lines) {
    List<Call> calls = new ArrayList<>();
    for (String line : lines) {
      String[] fields = line.split("\\|", -1);
      calls.add(new Call(calls.size() + 1, fields[0], fields[1], fields[2], ""));
    }
    return Durability.check(
        calls, Set.of("d", "d/live", "d/slot"), "d/live", name -> name.endsWith("/lock"));
  }
}
