package dev.credslots.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.credslots.testkit.Laws.Expectations;
import dev.credslots.testkit.Laws.Moment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each kind of violation, planted. */
class LawsTest {
  private final FakeLogin alice = FakeLogin.of("alice");
  private final FakeLogin bob = FakeLogin.of("bob");
  private CredentialsDirectory directory;
  private Expectations expected;

  @BeforeEach
  void build(@TempDir Path path) throws Exception {
    directory =
        CredentialsDirectory.create(path.resolve("claude"))
            .slot("alice", alice)
            .slot("bob", bob)
            .identity(bob)
            .link("bob");
    Files.createDirectory(
        directory.path().resolve(".slots"),
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    expected =
        Expectations.at(Moment.SETTLED)
            .owner("alice", "alice")
            .owner("bob", "bob")
            .token(alice)
            .token(bob);
  }

  @Test
  void a_sound_directory_breaks_none() throws Exception {
    assertEquals(List.of(), Laws.check(directory, expected));
  }

  @Test
  void an_absent_live_path() throws Exception {
    Files.delete(directory.livePath());
    only("live path is absent");
  }

  @Test
  void a_dangling_live_path() throws Exception {
    directory.link("nobody");
    only("live path is dangling");
  }

  @Test
  void a_torn_live_path() throws Exception {
    byte[] whole = bob.credentialJson();
    directory.liveFile(Arrays.copyOf(whole, whole.length - 2));
    only("live path is torn");
  }

  @Test
  void an_empty_live_path() throws Exception {
    directory.liveFile(new byte[0]);
    only("live path is torn");
  }

  @Test
  void a_live_path_that_is_a_directory() throws Exception {
    Files.delete(directory.livePath());
    Files.createDirectory(directory.livePath());
    only("live path is not a file");
  }

  @Test
  void a_lost_token() throws Exception {
    directory.slot("alice", alice.rotate());
    only("token lost: alice #1");
  }

  @Test
  void a_token_in_a_torn_file_is_lost() throws Exception {
    byte[] whole = alice.credentialJson();
    directory.slot("alice", Arrays.copyOf(whole, whole.length - 1));
    only("token lost: alice #1");
    assertTrue(directory.tokensOnDiskEvenTorn().containsKey(alice.refreshToken()));
  }

  @Test
  void a_token_in_a_generation_is_not_lost() throws Exception {
    directory.slot("alice", alice.rotate());
    keep(".slots/generation", alice.credentialJson());
    assertEquals(List.of(), Laws.check(directory, expected));
  }

  @Test
  void a_token_in_a_temp_file_is_lost_once_things_have_settled() throws Exception {
    directory.slot("alice", alice.rotate());
    keep(".slots/x.tmp", alice.credentialJson());
    assertEquals(
        List.of("token lost: alice #1, only in [.slots/x.tmp]", "temp file left: .slots/x.tmp"),
        Laws.check(directory, expected));
    assertEquals(List.of(), Laws.check(directory, expected.in(Moment.INTERRUPTED)));
  }

  @Test
  void a_misfiled_token() throws Exception {
    directory.slot("alice", bob.rotate());
    keep(".slots/kept", alice.credentialJson());
    assertEquals(
        List.of("slot alice of alice holds a token of bob #2"),
        Laws.check(directory, expected).stream().distinct().toList());
  }

  @Test
  void a_temp_link_left() throws Exception {
    Files.createSymbolicLink(
        directory.path().resolve(".credentials.json.tmp.1"), Path.of(".credentials.json.bob"));
    only("temp file left: .credentials.json.tmp.1");
  }

  @Test
  void permissions_wider_than_the_owner() throws Exception {
    Files.setPosixFilePermissions(
        directory.slotFile("bob"), PosixFilePermissions.fromString("rw-r-----"));
    only("permissions of .credentials.json.bob are rw-r-----");
  }

  @Test
  void permissions_of_our_own_directory() throws Exception {
    Files.setPosixFilePermissions(
        directory.path().resolve(".slots"), PosixFilePermissions.fromString("rwxr-xr-x"));
    only("permissions of .slots are rwxr-xr-x");
  }

  @Test
  void permissions_of_our_own_files() throws Exception {
    keep(".slots/journal.jsonl", "{}\n".getBytes(StandardCharsets.UTF_8));
    Files.setPosixFilePermissions(
        directory.path().resolve(".slots/journal.jsonl"),
        PosixFilePermissions.fromString("rw-r--r--"));
    only("permissions of .slots/journal.jsonl are rw-r--r--");
  }

  private void keep(String name, byte[] bytes) throws Exception {
    Path file = directory.path().resolve(name);
    Files.write(file, bytes);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
  }

  private void only(String violation) throws Exception {
    List<String> violations = Laws.check(directory, expected);
    assertEquals(1, violations.size(), violations::toString);
    assertTrue(violations.get(0).startsWith(violation), violations::toString);
  }
}
