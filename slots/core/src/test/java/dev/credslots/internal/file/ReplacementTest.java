package dev.credslots.internal.file;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.common.jimfs.Configuration;
import com.google.common.jimfs.Feature;
import com.google.common.jimfs.Jimfs;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@EnabledOnOs(OS.LINUX)
class ReplacementTest {
  private static final byte[] OURS = "ours".getBytes(StandardCharsets.UTF_8);

  @TempDir Path directory;

  @Test
  void what_came_out_of_a_slot_is_handed_back() throws Exception {
    Path slot = Files.writeString(directory.resolve("slot"), "a client's");

    Replacement.Displaced displaced = Replacement.displace(slot, OURS).orElseThrow();

    assertTrue(displaced.exchanged());
    assertEquals("ours", Files.readString(slot));
    assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(slot)));
    assertEquals("a client's", Files.readString(displaced.file()));
    assertTrue(TempName.isOurs(displaced.file().getFileName().toString()));
    assertEquals(Set.of(slot, displaced.file()), entries());
  }

  @Test
  void a_live_file_gives_way_to_a_link_and_is_handed_back() throws Exception {
    Path live = Files.writeString(directory.resolve("live"), "a client's");

    Replacement.Displaced displaced = Replacement.turnLink(live, Path.of("slot")).orElseThrow();

    assertTrue(displaced.exchanged());
    assertEquals(Path.of("slot"), Files.readSymbolicLink(live));
    assertTrue(Files.isRegularFile(displaced.file(), LinkOption.NOFOLLOW_LINKS));
    assertEquals("a client's", Files.readString(displaced.file()));
    assertEquals(Set.of(live, displaced.file()), entries());
  }

  @Test
  void a_link_a_broken_link_and_nothing_become_the_link_and_leave_nothing() throws Exception {
    Path theirs = Files.writeString(directory.resolve("theirs"), "theirs");
    Path link = Files.createSymbolicLink(directory.resolve("link"), Path.of("theirs"));
    Path broken = Files.createSymbolicLink(directory.resolve("broken"), Path.of("nothing"));
    Path absent = directory.resolve("absent");

    for (Path live : List.of(link, broken, absent)) {
      assertEquals(Optional.empty(), Replacement.turnLink(live, Path.of("slot")));
      assertEquals(Path.of("slot"), Files.readSymbolicLink(live));
    }

    assertEquals("theirs", Files.readString(theirs));
    assertEquals(Set.of(theirs, link, broken, absent), entries());
  }

  @Test
  void a_directory_stays_and_no_temporary_link_is_left() throws Exception {
    Path live = Files.createDirectory(directory.resolve("live"));

    assertThrows(IOException.class, () -> Replacement.turnLink(live, Path.of("slot")));

    assertEquals(Set.of(live), entries());
  }

  @Test
  void a_file_system_without_links_is_named_and_left_alone() throws Exception {
    Configuration plain =
        Configuration.unix().toBuilder().setSupportedFeatures(Feature.LINKS).build();
    try (FileSystem memory = Jimfs.newFileSystem(plain)) {
      Path live = Files.writeString(memory.getPath("/work/live"), "old");
      Path absent = memory.getPath("/work/absent");

      for (Path each : List.of(live, absent)) {
        assertThrows(
            NoSymbolicLinksException.class,
            () -> Replacement.turnLink(each, memory.getPath("slot")));
      }

      assertEquals("old", Files.readString(live));
      assertFalse(Files.exists(absent));
    }
  }

  /** What a client that takes no lock puts in place of the link comes out, however late. */
  @Test
  void of_a_client_that_renames_over_the_link_nothing_is_lost() throws Exception {
    Path live = Files.createSymbolicLink(directory.resolve("live"), Path.of("slot"));
    Set<String> written = ConcurrentHashMap.newKeySet();
    AtomicBoolean done = new AtomicBoolean();
    Thread client =
        new Thread(
            () -> {
              try {
                for (int i = 0; !done.get(); i++) {
                  Path next = directory.resolve("next");
                  Files.writeString(next, "token " + i);
                  // Only over a link: a client's own file it may replace itself.
                  while (!Files.isSymbolicLink(live) && !done.get()) {
                    Thread.onSpinWait();
                  }
                  if (!done.get()) {
                    written.add("token " + i);
                    Files.move(next, live, StandardCopyOption.ATOMIC_MOVE);
                  }
                }
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            });
    client.start();
    Set<String> found = new HashSet<>();
    try {
      for (int i = 0; i < 3000 || found.size() < 10; i++) {
        Optional<Replacement.Displaced> came =
            Replacement.turnLink(live, Path.of(i % 2 == 0 ? "bob" : "alice"));
        if (came.isPresent()) {
          found.add(Files.readString(came.get().file()));
          Files.delete(came.get().file());
        }
      }
    } finally {
      done.set(true);
      client.join();
    }
    if (!Files.isSymbolicLink(live)) {
      found.add(Files.readString(live));
    }

    written.removeAll(found);
    assertEquals(Set.of(), written, "lost");
  }

  @Test
  void without_exchange_it_is_linked_compared_and_renamed() throws Exception {
    try (FileSystem memory = Jimfs.newFileSystem(Configuration.unix())) {
      Path slot = Files.writeString(memory.getPath("/work/slot"), "a client's");
      Path live = Files.writeString(memory.getPath("/work/live"), "a client's, too");

      Replacement.Displaced fromSlot = Replacement.displace(slot, OURS).orElseThrow();
      Replacement.Displaced fromLive =
          Replacement.turnLink(live, memory.getPath("slot")).orElseThrow();

      assertFalse(fromSlot.exchanged());
      assertFalse(fromLive.exchanged());
      assertEquals("ours", Files.readString(slot));
      assertEquals("a client's", Files.readString(fromSlot.file()));
      assertEquals(memory.getPath("slot"), Files.readSymbolicLink(live));
      assertEquals("a client's, too", Files.readString(fromLive.file()));
      assertTrue(TempName.isOurs(fromLive.file().getFileName().toString()));
      assertEquals(
          Optional.empty(), Replacement.turnLink(live, memory.getPath("other")), "over a link");
      assertEquals(memory.getPath("other"), Files.readSymbolicLink(live));
      try (Stream<Path> all = Files.list(memory.getPath("/work"))) {
        assertEquals(4, all.count());
      }
    }
  }

  @Test
  void without_exchange_an_absent_target_stays_absent() throws Exception {
    try (FileSystem memory = Jimfs.newFileSystem(Configuration.unix())) {
      Path absent = memory.getPath("/work/absent");

      assertThrows(FileSystemException.class, () -> Replacement.displace(absent, OURS));

      try (Stream<Path> all = Files.list(memory.getPath("/work"))) {
        assertEquals(List.of(), all.toList());
      }
    }
  }

  @Test
  void without_exchange_but_on_a_disk_too() throws Exception {
    Path live = Files.writeString(directory.resolve("live"), "a client's");
    Path temp = AtomicFile.tempLink(live, Path.of("slot"));

    Replacement.Displaced displaced = Replacement.linkAndRename(temp, live);

    assertEquals(Path.of("slot"), Files.readSymbolicLink(live));
    assertEquals("a client's", Files.readString(displaced.file()));
    assertEquals(Set.of(live, displaced.file()), entries());
  }

  @Test
  void without_exchange_a_busy_client_is_no_error() throws Exception {
    Path live = Files.writeString(directory.resolve("live"), "0");
    AtomicBoolean done = new AtomicBoolean();
    Thread client =
        new Thread(
            () -> {
              Path next = directory.resolve("live.tmp.0123abcd");
              try {
                while (!done.get()) {
                  Files.writeString(next, "a client's");
                  Files.move(next, live, StandardCopyOption.ATOMIC_MOVE);
                }
              } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
              }
            });
    client.start();
    try {
      for (int i = 0; i < 500; i++) {
        Path temp = AtomicFile.tempLink(live, Path.of("slot"));
        Files.delete(Replacement.linkAndRename(temp, live).file());
      }
    } finally {
      done.set(true);
      client.join();
    }

    Files.delete(live);
    assertEquals(Set.of(), entries());
  }

  /** The client knows what it lost itself: what was still there when it renamed over it. */
  @Test
  void nothing_a_busy_client_writes_is_lost_to_an_exchange() throws Exception {
    Path live = Files.writeString(directory.resolve("live"), "0");
    AtomicBoolean done = new AtomicBoolean();
    Set<String> gone = new HashSet<>();
    int[] last = {0};
    IOException[] failure = {null};
    Thread client =
        new Thread(
            () -> {
              try {
                while (!done.get()) {
                  if (!Files.readString(live).equals(Integer.toString(last[0]))) {
                    gone.add(Integer.toString(last[0]));
                  }
                  Path next = directory.resolve("live.tmp.0123abcd");
                  Files.writeString(next, Integer.toString(last[0] + 1));
                  Files.move(next, live, StandardCopyOption.ATOMIC_MOVE);
                  last[0]++;
                }
              } catch (IOException e) {
                failure[0] = e;
              }
            });
    Set<String> handedBack = new HashSet<>();
    client.start();
    for (int i = 0; i < 500; i++) {
      Replacement.Displaced displaced = Replacement.displace(live, OURS).orElseThrow();
      handedBack.add(Files.readString(displaced.file()));
      Files.delete(displaced.file());
    }
    done.set(true);
    client.join();
    if (failure[0] != null) {
      throw failure[0];
    }
    if (!Files.readString(live).equals(Integer.toString(last[0]))) {
      gone.add(Integer.toString(last[0]));
    }

    gone.removeAll(handedBack);
    assertEquals(Set.of(), gone);
    assertTrue(handedBack.size() > 10, "the client wrote too seldom: " + handedBack.size());
  }

  private Set<Path> entries() throws IOException {
    try (Stream<Path> all = Files.list(directory)) {
      return all.collect(java.util.stream.Collectors.toSet());
    }
  }
}
