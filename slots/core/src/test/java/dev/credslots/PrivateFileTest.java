package dev.credslots;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PrivateFileTest {
  @TempDir Path directory;
  private Path path;
  private PrivateFile file;

  @BeforeEach
  void a_file_two_directories_down() {
    path = directory.resolve("share").resolve("slots").resolve("profiles.json");
    file = new PrivateFile(path, Duration.ofSeconds(5));
  }

  private static Optional<byte[]> bytes(String text) {
    return Optional.of(text.getBytes(UTF_8));
  }

  private static String mode(Path path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }

  @Test
  void what_is_written_is_the_owners_alone_and_so_are_the_directories() throws Exception {
    assertEquals(Optional.empty(), file.read());

    assertTrue(file.update(before -> bytes("one")));

    assertEquals("one", new String(file.read().orElseThrow(), UTF_8));
    assertEquals("rw-------", mode(path));
    assertEquals("rwx------", mode(path.getParent()));
    assertEquals("rwx------", mode(path.getParent().getParent()));
    assertFalse(file.exposed());
  }

  @Test
  void a_file_that_others_could_read_is_theirs_no_longer_even_if_nothing_changes()
      throws Exception {
    file.update(before -> bytes("one"));
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-r--r--"));
    assertTrue(file.exposed());

    file.update(before -> Optional.empty());

    assertFalse(file.exposed());
    assertEquals("rw-------", mode(path));
  }

  @Test
  void threads_that_change_it_at_once_lose_no_change() throws Exception {
    CountDownLatch start = new CountDownLatch(1);
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      Thread thread =
          new Thread(
              () -> {
                try {
                  start.await();
                  for (int times = 0; times < 10; times++) {
                    file.update(
                        before -> bytes(before.map(b -> new String(b, UTF_8)).orElse("") + "x"));
                  }
                } catch (InterruptedException e) {
                  Thread.currentThread().interrupt();
                }
              });
      thread.start();
      threads.add(thread);
    }
    start.countDown();
    for (Thread thread : threads) {
      thread.join();
    }

    assertEquals(80, file.read().orElseThrow().length);
  }

  @Test
  void while_another_changes_it_nothing_is_changed() {
    PrivateFile impatient = new PrivateFile(path, Duration.ZERO);
    List<Boolean> changed = new ArrayList<>();

    file.update(
        before -> {
          Thread other = new Thread(() -> changed.add(impatient.update(b -> bytes("other"))));
          other.start();
          try {
            other.join();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
          return bytes("mine");
        });

    assertEquals(List.of(false), changed);
    assertEquals("mine", new String(file.read().orElseThrow(), UTF_8));
  }

  @Test
  void what_the_change_throws_leaves_it_as_it_was() {
    file.update(before -> bytes("one"));

    assertThrows(
        IllegalStateException.class,
        () ->
            file.update(
                before -> {
                  throw new IllegalStateException("not understood");
                }));

    assertEquals("one", new String(file.read().orElseThrow(), UTF_8));
  }

  @Test
  void what_a_killed_writer_left_is_gone_after_the_next_change() throws Exception {
    file.update(before -> bytes("one"));
    Path leftover = path.resolveSibling("profiles.json.tmp.slots-0123456789abcdef");
    Path others = path.resolveSibling("tokens.json.tmp.slots-0123456789abcdef");
    Files.writeString(leftover, "half");
    Files.writeString(others, "half");

    file.update(before -> bytes("two"));

    assertFalse(Files.exists(leftover));
    assertTrue(Files.exists(others));
  }

  @Test
  void a_link_a_directory_and_a_directory_that_others_write_in_are_refused() throws Exception {
    file.update(before -> bytes("one"));
    Path link = path.resolveSibling("link");
    Files.createSymbolicLink(link, path);
    Path folder = Files.createDirectory(path.resolveSibling("folder"));
    Path shared = Files.createDirectory(directory.resolve("shared"));
    Files.setPosixFilePermissions(shared, PosixFilePermissions.fromString("rwxrwxrwx"));

    for (Path refused : List.of(link, folder, shared.resolve("file"))) {
      PrivateFile other = new PrivateFile(refused, Duration.ZERO);
      StoreException thrown =
          assertThrows(StoreException.class, () -> other.update(before -> bytes("two")));
      assertEquals(StoreException.Kind.REFUSED, thrown.kind(), thrown.getMessage());
    }
    assertEquals("one", new String(file.read().orElseThrow(), UTF_8));
    assertFalse(Files.exists(shared.resolve("file")));
  }
}
