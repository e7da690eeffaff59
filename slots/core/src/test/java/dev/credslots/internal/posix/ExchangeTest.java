package dev.credslots.internal.posix;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.common.jimfs.Configuration;
import com.google.common.jimfs.Jimfs;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystem;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@EnabledOnOs(OS.LINUX)
class ExchangeTest {
  @TempDir Path directory;

  @Test
  void two_files_change_places() throws Exception {
    Path a = Files.writeString(directory.resolve("a"), "of a");
    Path b = Files.writeString(directory.resolve("b"), "of b");

    assertEquals(Exchange.Outcome.SWAPPED, Exchange.swap(a, b));

    assertEquals("of b", Files.readString(a));
    assertEquals("of a", Files.readString(b));
  }

  @Test
  void a_file_and_a_link_change_places_and_what_the_link_leads_to_stays() throws Exception {
    Path live = Files.writeString(directory.resolve("live"), "a client's");
    Path slot = Files.writeString(directory.resolve("slot"), "a slot's");
    Path link = Files.createSymbolicLink(directory.resolve("link"), Path.of("slot"));

    assertEquals(Exchange.Outcome.SWAPPED, Exchange.swap(link, live));

    assertEquals(Path.of("slot"), Files.readSymbolicLink(live));
    assertTrue(Files.isRegularFile(link, LinkOption.NOFOLLOW_LINKS));
    assertEquals("a client's", Files.readString(link));
    assertEquals("a slot's", Files.readString(slot));
  }

  @Test
  void a_link_to_a_directory_is_not_followed() throws Exception {
    Files.createDirectory(directory.resolve("d"));
    Path link = Files.createSymbolicLink(directory.resolve("link"), Path.of("d"));
    Path file = Files.writeString(directory.resolve("file"), "f");

    assertEquals(Exchange.Outcome.SWAPPED, Exchange.swap(link, file));

    assertEquals("f", Files.readString(link));
    assertTrue(Files.isSymbolicLink(file));
  }

  @Test
  void without_something_at_both_names_nothing_happens() throws Exception {
    Path a = Files.writeString(directory.resolve("a"), "of a");
    Path missing = directory.resolve("missing");

    assertThrows(NoSuchFileException.class, () -> Exchange.swap(a, missing));
    assertThrows(NoSuchFileException.class, () -> Exchange.swap(missing, a));

    assertEquals("of a", Files.readString(a));
    assertFalse(Files.exists(missing));
  }

  @Test
  void another_failure_has_the_systems_reason() throws Exception {
    Path shared = Path.of("/dev/shm");
    assumeTrue(
        Files.isWritable(shared)
            && !Files.getFileStore(shared).equals(Files.getFileStore(directory)),
        "no second file system");
    Path a = Files.writeString(directory.resolve("a"), "of a");
    Path b = Files.createTempFile(shared, "exchange", "");
    try {
      FileSystemException e = assertThrows(FileSystemException.class, () -> Exchange.swap(a, b));
      assertEquals(FileSystemException.class, e.getClass());
      assertTrue(
          e.getReason().toLowerCase(java.util.Locale.ROOT).contains("cross-device"), e::toString);
    } finally {
      Files.delete(b);
    }
  }

  @Test
  void a_directory_that_may_not_be_written_is_denied() throws Exception {
    Path a = Files.writeString(directory.resolve("a"), "of a");
    Path closed = Files.createDirectory(directory.resolve("closed"));
    Path b = Files.writeString(closed.resolve("b"), "of b");
    Files.setPosixFilePermissions(closed, PosixFilePermissions.fromString("r-x------"));
    try {
      assumeTrue(!Files.isWritable(closed), "root writes everywhere");
      assertThrows(AccessDeniedException.class, () -> Exchange.swap(a, b));
    } finally {
      Files.setPosixFilePermissions(closed, PosixFilePermissions.fromString("rwx------"));
    }
  }

  @Test
  void in_memory_it_is_unsupported_and_changes_nothing() throws Exception {
    try (FileSystem memory = Jimfs.newFileSystem(Configuration.unix())) {
      Path a = Files.writeString(memory.getPath("/work/a"), "of a");
      Path b = Files.writeString(directory.resolve("b"), "of b");

      assertEquals(Exchange.Outcome.UNSUPPORTED, Exchange.swap(a, b));
      assertEquals(Exchange.Outcome.UNSUPPORTED, Exchange.swap(b, a));

      assertEquals("of a", Files.readString(a));
      assertEquals("of b", Files.readString(b));
    }
  }

  @Test
  void a_reader_never_finds_the_name_absent() throws Exception {
    Path live = Files.writeString(directory.resolve("live"), "whole");
    Files.writeString(directory.resolve("slot"), "whole");
    Path other = Files.createSymbolicLink(directory.resolve("other"), Path.of("slot"));
    AtomicBoolean done = new AtomicBoolean();
    AtomicLong reads = new AtomicLong();
    List<Object> bad = new ArrayList<>();
    Thread reader =
        new Thread(
            () -> {
              while (!done.get()) {
                try {
                  String content = Files.readString(live);
                  if (!content.equals("whole")) {
                    bad.add(content);
                  }
                } catch (java.io.IOException e) {
                  bad.add(e);
                }
                reads.incrementAndGet();
              }
            });
    reader.start();
    for (int i = 0; i < 10_000; i++) {
      assertEquals(Exchange.Outcome.SWAPPED, Exchange.swap(live, other));
    }
    done.set(true);
    reader.join();

    assertEquals(List.of(), bad);
    assertTrue(reads.get() > 0);
  }

  @Test
  void a_path_is_passed_as_the_bytes_it_is_made_of() throws Exception {
    Path plain = Path.of("/tmp/a b%41+c#?;d");
    assertArrayEquals((plain + "\0").getBytes(StandardCharsets.US_ASCII), Exchange.name(plain));
    assertArrayEquals(
        (directory + "\0").getBytes(StandardCharsets.UTF_8), Exchange.name(directory));
  }

  @Test
  void names_the_locale_cannot_spell_are_swapped() throws Exception {
    // Made by a program that has no trouble with them: this JVM may run under LANG=C itself.
    Path scratch = Files.createDirectory(directory.resolve("scratch"));
    Path odd = Files.createDirectory(directory.resolve("odd"));
    Process shell =
        new ProcessBuilder(
                "sh",
                "-c",
                "mkdir \"$(printf 'd\\303\\266')\" && cd d* && printf one >\"$(printf"
                    + " '\\303\\244')\" && printf two >\"$(printf '\\377\\376')\"")
            .directory(odd.toFile())
            .start();
    assertEquals(0, shell.waitFor());

    FreshJvm.Result result = FreshJvm.run(List.of(), SwapAllBelow.class, scratch, odd.toString());

    assertEquals("SWAPPED one<->two" + System.lineSeparator(), result.out(), result::err);
  }

  @Test
  @EnabledForJreRange(min = JRE.JAVA_24)
  void where_native_access_is_denied_it_is_unsupported() throws Exception {
    Files.createDirectory(directory.resolve("d"));
    Files.writeString(directory.resolve("d/1"), "one");
    Files.writeString(directory.resolve("d/2"), "two");

    FreshJvm.Result result =
        FreshJvm.run(
            List.of("--illegal-native-access=deny"),
            SwapAllBelow.class,
            Files.createDirectory(directory.resolve("scratch")),
            directory.toString());

    assertTrue(result.out().startsWith("UNSUPPORTED one<->two"), result::toString);
  }

  /** Swaps the two files of the first directory it finds one level below. */
  static final class SwapAllBelow {
    public static void main(String[] arguments) throws Exception {
      List<Path> files = new ArrayList<>();
      try (DirectoryStream<Path> below = Files.newDirectoryStream(Path.of(arguments[0]))) {
        for (Path inner : below) {
          try (DirectoryStream<Path> entries = Files.newDirectoryStream(inner)) {
            entries.forEach(files::add);
          }
        }
      }
      files.removeIf(file -> file.getFileName().toString().equals("stderr"));
      String before = Files.readString(files.get(0));
      Exchange.Outcome outcome = Exchange.swap(files.get(0), files.get(1));
      boolean changed = !Files.readString(files.get(0)).equals(before);
      if (changed != (outcome == Exchange.Outcome.SWAPPED)) {
        throw new AssertionError(outcome + " but " + changed);
      }
      System.out.println(outcome + " one<->two");
    }
  }
}
