package dev.credslots.internal.file;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AtomicFileTest {
  private static final byte[] NEW = "new".getBytes(StandardCharsets.UTF_8);

  @TempDir Path directory;

  private static String mode(Path path) throws IOException {
    return PosixFilePermissions.toString(
        Files.getPosixFilePermissions(path, LinkOption.NOFOLLOW_LINKS));
  }

  private List<String> names() throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void replace_makes_a_file_its_owners_alone_whatever_it_was() throws IOException {
    Path target = directory.resolve("t");
    AtomicFile.replace(target, NEW);
    assertEquals("rw-------", mode(target));
    Files.setPosixFilePermissions(target, PosixFilePermissions.fromString("rw-rw-rw-"));
    AtomicFile.replace(target, "newer".getBytes(StandardCharsets.UTF_8));
    assertEquals("rw-------", mode(target));
    assertEquals("newer", Files.readString(target));
    assertEquals(List.of("t"), names());
  }

  @Test
  void a_temporary_file_is_its_owners_alone_before_anything_is_in_it() throws IOException {
    Path temp = AtomicFile.writeTemp(directory.resolve("t"), new byte[0]);
    assertEquals("rw-------", mode(temp));
    assertTrue(TempName.isOurs(temp.getFileName().toString()));
    assertEquals(directory, temp.getParent());
    assertNotEquals(temp, TempName.beside(directory.resolve("t")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"000", "002", "022", "027", "077"})
  void no_umask_opens_or_closes_what_is_made(String umask) throws Exception {
    Process process =
        OtherProcess.underUmask(umask, OtherProcess.Modes.class, directory.toString());
    String output =
        new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    assertEquals(0, process.waitFor(), output);
    assertEquals("rw------- rw------- rwx------ rw-------", output);
  }

  @Test
  void replace_puts_a_file_where_a_link_was_and_leaves_what_it_led_to() throws IOException {
    Path elsewhere = Files.writeString(directory.resolve("elsewhere"), "old");
    Path target = Files.createSymbolicLink(directory.resolve("t"), elsewhere);
    AtomicFile.replace(target, NEW);
    assertTrue(Files.isRegularFile(target, LinkOption.NOFOLLOW_LINKS));
    assertEquals("old", Files.readString(elsewhere));
  }

  @Test
  void a_failed_replace_leaves_the_target_and_no_temporary_file() throws IOException {
    Path target = Files.createDirectory(directory.resolve("t"));
    Files.writeString(target.resolve("in it"), "old");
    assertThrows(IOException.class, () -> AtomicFile.replace(target, NEW));
    assertEquals("old", Files.readString(target.resolve("in it")));
    assertEquals(List.of("t"), names());
    assertThrows(
        IOException.class, () -> AtomicFile.replace(directory.resolve("none").resolve("t"), NEW));
    assertEquals(List.of("t"), names());
  }

  @Test
  void create_makes_what_is_not_there() throws IOException {
    assertTrue(AtomicFile.create(directory.resolve("t"), NEW));
    assertEquals("rw-------", mode(directory.resolve("t")));
    assertEquals("new", Files.readString(directory.resolve("t")));
    assertEquals(List.of("t"), names());
    assertEquals(1, Files.getAttribute(directory.resolve("t"), "unix:nlink"));
  }

  @Test
  void create_refuses_a_file_a_directory_a_link_and_a_broken_link() throws IOException {
    Files.writeString(directory.resolve("file"), "old");
    Files.createDirectory(directory.resolve("directory"));
    Files.createSymbolicLink(directory.resolve("link"), Path.of("file"));
    Files.createSymbolicLink(directory.resolve("broken"), Path.of("nothing"));
    List<String> before = names();
    for (String name : before) {
      assertFalse(AtomicFile.create(directory.resolve(name), NEW), name);
    }
    assertEquals(before, names());
    assertEquals("old", Files.readString(directory.resolve("file")));
    assertTrue(Files.isSymbolicLink(directory.resolve("broken")));
  }

  @Test
  void create_fails_without_a_directory_and_leaves_nothing() {
    assertThrows(
        IOException.class, () -> AtomicFile.create(directory.resolve("none").resolve("t"), NEW));
  }

  @Test
  void a_private_directory_is_its_owners_alone_and_no_link() throws IOException {
    Path made = directory.resolve("made");
    AtomicFile.privateDirectory(made);
    assertEquals("rwx------", mode(made));
    AtomicFile.privateDirectory(made);
    Files.createSymbolicLink(directory.resolve("link"), made);
    assertThrows(IOException.class, () -> AtomicFile.privateDirectory(directory.resolve("link")));
    Files.createSymbolicLink(directory.resolve("broken"), Path.of("nothing"));
    assertThrows(IOException.class, () -> AtomicFile.privateDirectory(directory.resolve("broken")));
    Files.writeString(directory.resolve("file"), "");
    assertThrows(IOException.class, () -> AtomicFile.privateDirectory(directory.resolve("file")));
  }

  @Test
  void a_private_file_is_never_opened_through_a_link() throws IOException {
    Path elsewhere = Files.writeString(directory.resolve("elsewhere"), "old");
    Files.createSymbolicLink(directory.resolve("link"), elsewhere);
    assertThrows(IOException.class, () -> AtomicFile.openPrivate(directory.resolve("link")));
    Files.createSymbolicLink(directory.resolve("broken"), Path.of("nothing"));
    assertThrows(IOException.class, () -> AtomicFile.openPrivate(directory.resolve("broken")));
    assertFalse(Files.exists(directory.resolve("nothing")));
  }
}
