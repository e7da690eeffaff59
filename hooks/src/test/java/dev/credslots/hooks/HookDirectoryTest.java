package dev.credslots.hooks;

import static dev.credslots.hooks.HookBed.mode;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which files are hooks, in what order, and which of them are not to be run. */
class HookDirectoryTest {
  @TempDir Path temp;
  private HookBed bed;

  @BeforeEach
  void make() throws Exception {
    bed = new HookBed(temp);
  }

  private List<String> names(HookEvent event) {
    return bed.hooks().list(event).stream().map(Hook::name).toList();
  }

  /** The problem of the only hook, which must hold these words. */
  private void assertRefused(HookEvent event, String... words) {
    List<Hook> hooks = bed.hooks().list(event);
    assertEquals(1, hooks.size(), hooks::toString);
    String problem = hooks.get(0).problem().orElse("none");
    for (String word : words) {
      assertTrue(problem.contains(word), problem);
    }
  }

  @ParameterizedTest
  @EnumSource(HookEvent.class)
  void without_a_directory_there_are_none(HookEvent event) throws Exception {
    assertEquals(List.of(), names(event));
    Files.delete(bed.root);
    assertEquals(List.of(), names(event));
  }

  @Test
  void the_order_is_that_of_the_names_bytes() throws Exception {
    for (String name : List.of("b", "10-x", "9-x", "B", "a b")) {
      bed.hook(HookEvent.ON_SWITCH, name);
    }
    assertEquals(List.of("10-x", "9-x", "B", "a b", "b"), names(HookEvent.ON_SWITCH));
  }

  @Test
  void also_beyond_ascii() throws Exception {
    assumeTrue("UTF-8".equals(System.getProperty("sun.jnu.encoding")), "names are not UTF-8");
    for (String name : List.of("ä", "\uD83D\uDE00", "\uFF5E", "z")) {
      bed.hook(HookEvent.ON_SWITCH, name);
    }
    // In UTF-16 the last two are the other way round.
    assertEquals(List.of("z", "ä", "\uFF5E", "\uD83D\uDE00"), names(HookEvent.ON_SWITCH));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        ".hidden",
        "log~",
        "log.bak",
        "log.orig",
        "log.sample",
        "log.disabled",
        "log.dpkg-old",
        "log.rpmsave",
        "README",
        "README.md",
        ".log.swp",
        "log.tmp"
      })
  void a_file_set_aside_is_none(String name) throws Exception {
    bed.hook(HookEvent.LOCK_GUARD, name, "echo busy");
    assertEquals(List.of(), names(HookEvent.LOCK_GUARD));
  }

  @Test
  void a_directory_is_none() throws Exception {
    HookBed.directory(bed.file(HookEvent.LOCK_GUARD, "lib"));
    assertEquals(List.of(), names(HookEvent.LOCK_GUARD));
  }

  @Test
  void a_file_of_ones_own_is_fine_and_so_is_a_link_to_one() throws Exception {
    Path file = bed.hook(HookEvent.ON_SWITCH, "10-log");
    Files.createSymbolicLink(bed.file(HookEvent.ON_SWITCH, "20-log"), file);
    for (Hook hook : bed.hooks().list(HookEvent.ON_SWITCH)) {
      assertEquals(Optional.empty(), hook.problem());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"rwxrwxr-x", "rwxr-xrwx"})
  void a_file_that_others_may_write_is_refused(String mode) throws Exception {
    Path file = mode(bed.hook(HookEvent.ON_SWITCH, "10-log"), mode);
    assertRefused(HookEvent.ON_SWITCH, "may be written by others", "chmod go-w " + file);
  }

  @ParameterizedTest
  @ValueSource(strings = {"rwxrwxr-x", "rwxr-xrwx"})
  void all_is_refused_below_a_directory_that_others_may_write(String mode) throws Exception {
    Path directory = bed.hook(HookEvent.ON_SWITCH, "10-log").getParent();
    mode(directory, mode);
    assertRefused(HookEvent.ON_SWITCH, "may be written by others", "chmod go-w " + directory);
    mode(directory, "rwxr-xr-x");
    mode(bed.root, mode);
    assertRefused(HookEvent.ON_SWITCH, "may be written by others", "chmod go-w " + bed.root);
  }

  @Test
  void a_link_is_judged_by_where_it_leads() throws Exception {
    Path shared = HookBed.directory(bed.notes.resolve("shared"));
    Path target = mode(Files.writeString(shared.resolve("log"), "#!/bin/sh\n"), "rwxr-xr-x");
    Files.createSymbolicLink(bed.file(HookEvent.ON_SWITCH, "10-log"), target);
    mode(shared, "rwxrwxrwx");
    assertRefused(HookEvent.ON_SWITCH, "chmod go-w " + shared);
    mode(shared, "rwxr-xr-x");
    mode(target, "rwxrwxrwx");
    assertRefused(HookEvent.ON_SWITCH, "chmod go-w " + target);
  }

  @Test
  void a_directory_that_is_a_link_is_judged_by_where_it_leads() throws Exception {
    Path shared = HookBed.directory(bed.notes.resolve("shared"));
    mode(Files.writeString(shared.resolve("log"), "#!/bin/sh\n"), "rwxr-xr-x");
    Files.createSymbolicLink(bed.root.resolve("on-switch.d"), shared);
    assertEquals(List.of("log"), names(HookEvent.ON_SWITCH));
    mode(shared, "rwxrwxrwx");
    assertRefused(HookEvent.ON_SWITCH, "chmod go-w " + shared);
  }

  @Test
  void another_users_file_or_directory_is_refused() throws Exception {
    Path file = bed.hook(HookEvent.ON_SWITCH, "10-log");
    assumeTrue(Files.getAttribute(file, "unix:uid").equals(0), "not root");
    Files.setAttribute(file, "unix:uid", 12345);
    assertRefused(HookEvent.ON_SWITCH, "belongs to another user (12345)");
    Files.setAttribute(file, "unix:uid", 0);
    Files.setAttribute(file.getParent(), "unix:uid", 12345);
    assertRefused(HookEvent.ON_SWITCH, "belongs to another user (12345)");
  }

  @Test
  void a_link_to_nothing_or_in_a_circle_is_refused() throws Exception {
    Path link = bed.file(HookEvent.LOCK_GUARD, "10-gone");
    Files.createSymbolicLink(link, Path.of("nowhere"));
    assertRefused(HookEvent.LOCK_GUARD, "leads nowhere");
    Files.delete(link);
    Files.createSymbolicLink(link, link);
    assertRefused(HookEvent.LOCK_GUARD, "leads nowhere");
  }

  @Test
  void what_is_not_executable_is_refused_with_what_to_do() throws Exception {
    Path file = mode(bed.hook(HookEvent.LOCK_GUARD, "10-busy"), "rw-r--r--");
    assertRefused(HookEvent.LOCK_GUARD, "not executable", "chmod u+x " + file, "10-busy.sample");
  }

  @Test
  void a_fifo_is_refused_and_nothing_waits_for_its_writer() throws Exception {
    Path fifo = bed.file(HookEvent.LOCK_GUARD, "10-pipe");
    assertEquals(0, new ProcessBuilder("mkfifo", fifo.toString()).start().waitFor());
    assertRefused(HookEvent.LOCK_GUARD, "no regular file");
  }

  @Test
  void a_file_in_the_place_of_the_directory_is_refused() throws Exception {
    Files.writeString(bed.root.resolve("lock-guard.d"), "");
    assertRefused(HookEvent.LOCK_GUARD, "no directory");
    assertEquals("lock-guard.d", bed.hooks().list(HookEvent.LOCK_GUARD).get(0).shown());
  }

  @Test
  void where_hooks_leads_nowhere_there_may_have_been_guards() throws Exception {
    Files.delete(bed.root);
    Files.createSymbolicLink(bed.root, Path.of("unmounted"));
    assertRefused(HookEvent.LOCK_GUARD, "leads nowhere");
    assertRefused(HookEvent.PRE_SWITCH, "leads nowhere");
    assertEquals(List.of(), names(HookEvent.ON_SWITCH));
    Files.delete(bed.root);
    Files.writeString(bed.root, "");
    assertRefused(HookEvent.LOCK_GUARD, bed.root + " is no directory");
    assertEquals(List.of(), names(HookEvent.ON_SWITCH));
  }
}
