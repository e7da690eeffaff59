package dev.credslots.internal.file;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisabledOnOs(OS.WINDOWS)
class VendorLockTest {
  @TempDir Path home;
  private Path directory;
  private Path refresh;
  private Path beside;

  private Instant now = Instant.parse("2026-03-01T12:00:00.123Z");
  private long nanos = 17;
  private final Patience patience = new Patience(() -> now, () -> nanos);

  /** Ours, at the microsecond: what no client's lock is dated. */
  private final Instant mark = now.plusNanos(457_000);

  @BeforeEach
  void a_credentials_directory() throws IOException {
    home = home.toRealPath();
    directory = Files.createDirectory(home.resolve("claude"));
    refresh = directory.resolve(".oauth_refresh.lock");
    beside = home.resolve("claude.lock");
  }

  private Path immutable;

  @AfterEach
  void unlock_the_parent() throws Exception {
    if (immutable != null) {
      chattr("-i", immutable);
      Files.setPosixFilePermissions(immutable, PosixFilePermissions.fromString("rwx------"));
    }
  }

  @Test
  void free_locks_are_taken_and_given_back() throws Exception {
    VendorLock lock = acquired();

    for (Path path : List.of(refresh, beside)) {
      assertTrue(Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS));
      assertEquals("rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(path)));
      assertEquals(mark, Files.getLastModifiedTime(path).toInstant());
      assertEquals(List.of(), entries(path));
    }
    assertEquals(List.of(mark), lock.mtimes());
    assertTrue(lock.stillOurs());
    assertTrue(lock.release());
    assertEquals(List.of(directory), entries(home));
    assertEquals(List.of(), entries(directory));
  }

  @Test
  void a_link_to_the_directory_is_followed_to_the_lock_beside_the_real_one() throws Exception {
    Path elsewhere = Files.createDirectory(home.resolve("elsewhere"));
    Path link = Files.createSymbolicLink(elsewhere.resolve("link"), directory);

    VendorLock lock =
        assertInstanceOf(VendorLock.Acquired.class, VendorLock.tryAcquire(link, mark, patience))
            .lock();

    assertTrue(Files.isDirectory(refresh));
    assertTrue(Files.isDirectory(beside));
    assertEquals(List.of(link), entries(elsewhere));
    assertTrue(lock.release());
  }

  @Test
  void one_that_a_client_holds_is_busy_until_it_is_stale() throws Exception {
    clientHolds(refresh, now.minusSeconds(20));

    assertEquals(busy(refresh, now.minusSeconds(20), LockBusy.Reason.HELD, 40), attempt());

    assertEquals(List.of(refresh), entries(directory));
    assertFalse(Files.exists(beside));
  }

  @Test
  void if_the_second_is_held_the_first_is_given_back() throws Exception {
    clientHolds(beside, now.minusSeconds(3));

    assertEquals(busy(beside, now.minusSeconds(3), LockBusy.Reason.HELD, 57), attempt());

    assertEquals(List.of(), entries(directory));
    assertEquals(now.minusSeconds(3), Files.getLastModifiedTime(beside).toInstant());
  }

  @Test
  void one_that_is_released_meanwhile_is_taken_by_the_next_try() throws Exception {
    clientHolds(refresh, now);
    assertInstanceOf(LockBusy.class, attempt());
    Files.delete(refresh);
    assertTrue(acquired().release());
  }

  @Test
  void orphaned_by_us_they_are_known_by_the_journals_date_and_removed_at_once() throws Exception {
    acquired(); // and killed
    Instant later = now.plusSeconds(1);

    assertInstanceOf(LockBusy.class, VendorLock.tryAcquire(directory, later, patience));
    assertFalse(VendorLock.removeDead(directory, mark.plusNanos(1_000)));
    assertTrue(Files.exists(refresh) && Files.exists(beside));

    assertTrue(VendorLock.removeDead(directory, mark));
    assertFalse(VendorLock.removeDead(directory, mark));
    assertInstanceOf(VendorLock.Acquired.class, VendorLock.tryAcquire(directory, later, patience));
  }

  @Test
  void orphaned_by_us_and_one_of_them_taken_by_a_client_since_only_ours_goes() throws Exception {
    acquired(); // and killed
    Files.delete(refresh);
    clientHolds(refresh, now);

    assertTrue(VendorLock.removeDead(directory, mark));

    assertTrue(Files.exists(refresh));
    assertFalse(Files.exists(beside));
  }

  @Test
  void orphaned_by_another_they_are_taken_after_a_minute() throws Exception {
    clientHolds(refresh, now.minusSeconds(59));
    clientHolds(beside, now.minusSeconds(59));
    assertEquals(busy(refresh, now.minusSeconds(59), LockBusy.Reason.HELD, 1), attempt());

    now = now.plusSeconds(2);

    VendorLock lock = acquired();
    assertTrue(lock.stillOurs());
    assertEquals(mark, Files.getLastModifiedTime(refresh).toInstant());
    assertTrue(lock.release());
  }

  @Test
  void dated_in_the_future_and_never_touched_it_is_taken_after_6_s_of_watching() throws Exception {
    Instant future = now.plus(Duration.ofDays(30));
    clientHolds(refresh, future);

    assertEquals(busy(refresh, future, LockBusy.Reason.FUTURE, 6), attempt());
    now = now.plus(Duration.ofDays(29)); // The wall clock has no say in it.
    pass(Duration.ofSeconds(4));
    assertEquals(busy(refresh, future, LockBusy.Reason.FUTURE, 2), attempt());
    pass(Duration.ofSeconds(2));
    assertTrue(acquired().release());
  }

  @Test
  void dated_in_the_future_but_touched_it_is_respected() throws Exception {
    clientHolds(refresh, now.plusSeconds(600));
    for (int i = 0; i < 10; i++) {
      assertEquals(
          busy(refresh, now.plusSeconds(600), LockBusy.Reason.FUTURE, 6),
          attempt(),
          "touched every 5 s");
      pass(Duration.ofSeconds(5));
      now = now.plusSeconds(5);
      Files.setLastModifiedTime(refresh, FileTime.from(now.plusSeconds(600)));
    }
  }

  @Test
  void a_minute_ahead_is_another_machines_clock_and_no_sign_of_death() throws Exception {
    clientHolds(refresh, now.plusSeconds(59));
    assertEquals(busy(refresh, now.plusSeconds(59), LockBusy.Reason.HELD, 119), attempt());
    pass(Duration.ofSeconds(100));
    assertInstanceOf(LockBusy.class, attempt());
  }

  @Test
  void retaken_while_we_hold_it_a_successors_lock_is_left_alone() throws Exception {
    VendorLock lock = acquired();
    Files.delete(refresh);
    clientHolds(refresh, now.plusSeconds(70)); // ext4 gives it the same inode.

    assertFalse(lock.stillOurs());
    assertFalse(lock.touch(mark.plusSeconds(5)));
    assertFalse(lock.release());

    assertEquals(now.plusSeconds(70), Files.getLastModifiedTime(refresh).toInstant());
    assertFalse(Files.exists(beside), "this one was ours still");
  }

  @Test
  void removed_while_we_hold_it_nothing_is_left_to_give_back() throws Exception {
    VendorLock lock = acquired();
    Files.delete(beside);

    assertFalse(lock.stillOurs());
    assertFalse(lock.release());
    assertEquals(List.of(), entries(directory));
  }

  @Test
  void a_touched_lock_stays_ours_under_its_new_date() throws Exception {
    VendorLock lock = acquired();
    Instant later = mark.plusSeconds(5).plusNanos(1_999);

    assertTrue(lock.touch(later));

    assertTrue(lock.stillOurs());
    assertEquals(List.of(later.minusNanos(999)), lock.mtimes());
    assertEquals(later.minusNanos(999), Files.getLastModifiedTime(beside).toInstant());
    assertTrue(lock.release());
    assertEquals(List.of(), entries(directory));
  }

  @Test
  void something_put_inside_keeps_the_lock_where_it_is() throws Exception {
    VendorLock lock = acquired();
    Files.writeString(refresh.resolve("note"), "");
    Files.setLastModifiedTime(refresh, FileTime.from(mark));

    assertFalse(lock.release());
    assertTrue(Files.exists(refresh.resolve("note")));
  }

  @ParameterizedTest
  @ValueSource(strings = {".storage-write", ".storage-write.lock"})
  void a_client_that_is_writing_is_waited_for_and_a_dead_one_is_not(String name) throws Exception {
    Path writing = directory.resolve(name);
    clientHolds(writing, now.minusSeconds(5));
    assertEquals(busy(writing, now.minusSeconds(5), LockBusy.Reason.WRITING, 10), attempt());
    assertEquals(List.of(writing), entries(directory));

    now = now.plusSeconds(11);
    assertTrue(acquired().release());

    Files.setLastModifiedTime(writing, FileTime.from(now.plusSeconds(900)));
    assertEquals(busy(writing, now.plusSeconds(900), LockBusy.Reason.WRITING, 6), attempt());
    pass(Duration.ofSeconds(6));
    assertTrue(acquired().release());
    assertTrue(Files.exists(writing));
  }

  @Test
  void what_is_no_lock_is_never_removed_however_old() throws Exception {
    Instant old = now.minus(Duration.ofDays(9));
    Files.writeString(refresh, "");
    Files.setLastModifiedTime(refresh, FileTime.from(old));
    assertEquals(inTheWay(refresh, old, LockBusy.Reason.NOT_A_LOCK), attempt());
    assertTrue(Files.isRegularFile(refresh));

    Files.delete(refresh);
    Path empty = Files.createDirectory(home.resolve("empty"));
    Files.setLastModifiedTime(empty, FileTime.from(old));
    Files.createSymbolicLink(refresh, empty);
    LockBusy link = assertInstanceOf(LockBusy.class, attempt());
    assertEquals(LockBusy.Reason.NOT_A_LOCK, link.reason());
    Files.delete(empty); // Now it leads to nothing.
    link = assertInstanceOf(LockBusy.class, attempt());
    assertEquals(LockBusy.Reason.NOT_A_LOCK, link.reason());
    assertTrue(Files.isSymbolicLink(refresh));
  }

  @Test
  void an_old_one_with_something_inside_is_left_to_a_person() throws Exception {
    clientHolds(refresh, now);
    Files.writeString(refresh.resolve("note"), "");
    Files.setLastModifiedTime(refresh, FileTime.from(now.minusSeconds(100)));

    assertEquals(inTheWay(refresh, now.minusSeconds(100), LockBusy.Reason.NOT_EMPTY), attempt());
    assertTrue(Files.exists(refresh.resolve("note")));
  }

  @Test
  void where_the_parent_cannot_be_written_the_second_lock_is_left_out() throws Exception {
    closeParent();

    VendorLock lock = acquired();

    assertTrue(Files.exists(refresh));
    assertFalse(Files.exists(beside));
    assertTrue(lock.stillOurs());
    assertTrue(lock.release());
    assertFalse(Files.exists(refresh));
  }

  @Test
  void where_the_parent_cannot_be_written_a_living_client_is_respected_all_the_same()
      throws Exception {
    clientHolds(beside, now.minusSeconds(1));
    closeParent();
    assertEquals(busy(beside, now.minusSeconds(1), LockBusy.Reason.HELD, 59), attempt());

    now = now.plusSeconds(60);
    assertTrue(acquired().release(), "abandoned, and not to be removed by us");
    assertTrue(Files.exists(beside));
  }

  @Test
  void without_a_directory_it_fails_and_makes_none() throws Exception {
    Files.delete(directory);
    assertThrows(NoSuchFileException.class, this::attempt);
    assertEquals(List.of(), entries(home));
  }

  @Test
  void the_identity_files_lock_is_the_same_with_another_age() throws Exception {
    Path real = Files.writeString(home.resolve("real.json"), "{}");
    Path identity = Files.createSymbolicLink(home.resolve(".claude.json"), real);
    Path path = DirectoryLock.of(identity);
    assertEquals(home.resolve("real.json.lock"), path);
    Duration stale = Duration.ofSeconds(10);
    clientHolds(path, now.minusSeconds(9));
    assertEquals(
        busy(path, now.minusSeconds(9), LockBusy.Reason.HELD, 1),
        DirectoryLock.tryAcquire(path, stale, mark, patience));

    now = now.plusSeconds(2);
    DirectoryLock lock =
        assertInstanceOf(
                DirectoryLock.Acquired.class, DirectoryLock.tryAcquire(path, stale, mark, patience))
            .lock();
    assertEquals(mark, lock.mtime());
    assertTrue(lock.release());
    assertFalse(Files.exists(path));
  }

  private VendorLock.Attempt attempt() throws IOException {
    return VendorLock.tryAcquire(directory, mark, patience);
  }

  private VendorLock acquired() throws IOException {
    return assertInstanceOf(VendorLock.Acquired.class, attempt()).lock();
  }

  private void pass(Duration time) {
    nanos += time.toNanos();
  }

  private static void clientHolds(Path path, Instant since) throws IOException {
    Files.createDirectory(path);
    Files.setLastModifiedTime(path, FileTime.from(since));
  }

  private static LockBusy busy(Path path, Instant since, LockBusy.Reason reason, long seconds) {
    return new LockBusy(path, since, reason, Optional.of(Duration.ofSeconds(seconds)));
  }

  private static LockBusy inTheWay(Path path, Instant since, LockBusy.Reason reason) {
    return new LockBusy(path, since, reason, Optional.empty());
  }

  /** Root writes where the mode forbids it, but not into an immutable directory. */
  private void closeParent() throws Exception {
    immutable = home;
    Files.setPosixFilePermissions(home, PosixFilePermissions.fromString("r-x------"));
    if (Files.isWritable(home)) {
      chattr("+i", home);
    }
    assumeTrue(!Files.isWritable(home), "nothing is closed to root here");
  }

  private static void chattr(String flag, Path path) throws Exception {
    try {
      new ProcessBuilder("chattr", flag, path.toString())
          .redirectErrorStream(true)
          .redirectOutput(ProcessBuilder.Redirect.DISCARD)
          .start()
          .waitFor();
    } catch (IOException e) {
      assumeTrue(false, "no chattr");
    }
  }

  private static List<Path> entries(Path directory) throws IOException {
    try (Stream<Path> entries = Files.list(directory)) {
      return entries.toList();
    }
  }
}
