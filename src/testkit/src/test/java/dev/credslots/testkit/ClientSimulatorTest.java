package dev.credslots.testkit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.credslots.testkit.ClientSimulator.Issued;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClientSimulatorTest {
  private final FakeLogin alice = FakeLogin.of("alice");
  private final FakeLogin bob = FakeLogin.of("bob");
  @TempDir private Path scratch;
  private CredentialsDirectory directory;
  private ClientSimulator client;

  @BeforeEach
  void build() throws Exception {
    directory =
        CredentialsDirectory.create(scratch.resolve("claude"))
            .slot("alice", alice)
            .slot("bob", bob)
            .identity(bob)
            .link("bob");
    client = new ClientSimulator(directory, 1).retryingAfter(Duration.ofMillis(1));
  }

  @Test
  void a_refresh_by_rename_turns_the_link_into_a_file() throws Exception {
    Issued issued = client.refreshByRename().orElseThrow();
    assertTrue(Files.isRegularFile(directory.livePath(), LinkOption.NOFOLLOW_LINKS));
    assertEquals(Set.of(CredentialsDirectory.LIVE_NAME), holders(issued.refreshToken()));
    assertEquals(Optional.empty(), issued.overwrote());
    assertArrayEquals(bob.credentialJson(), directory.slot("bob").orElseThrow());
    assertEquals("bob", issued.account());
    assertEquals(2, issued.sequence());
    assertEquals(Optional.of("rw-------"), CredentialsDirectory.permissions(directory.livePath()));
  }

  @Test
  void a_refresh_through_the_link_keeps_the_link() throws Exception {
    Issued issued = client.refreshThroughLink().orElseThrow();
    assertEquals(Optional.of("bob"), directory.linkTarget());
    assertEquals(Set.of(".credentials.json.bob"), holders(issued.refreshToken()));
    assertEquals(Optional.of(bob.refreshToken()), issued.overwrote());
    assertEquals("bob", issued.into());
  }

  @Test
  void a_second_rename_says_what_it_overwrote() throws Exception {
    Issued first = client.refreshByRename().orElseThrow();
    Issued second = client.refreshByRename().orElseThrow();
    assertEquals(Optional.of(first.refreshToken()), second.overwrote());
    assertEquals(3, second.sequence());
  }

  @Test
  void a_refresh_keeps_the_marker_unless_it_is_dropped() throws Exception {
    client.refreshByRename();
    assertTrue(oauth().containsKey("refreshTokenExpiresAt"));
    client.dropping("refreshTokenExpiresAt", "scopes").refreshByRename();
    assertFalse(oauth().containsKey("refreshTokenExpiresAt"));
    assertFalse(oauth().containsKey("scopes"));
    assertTrue(oauth().containsKey("expiresAt"));
  }

  @Test
  void a_wipe_leaves_empty_tokens_in_the_slot() throws Exception {
    assertEquals(Optional.of(bob.refreshToken()), client.wipe());
    assertEquals(Optional.of("bob"), directory.linkTarget());
    assertEquals("", oauth().get("refreshToken"));
    assertEquals(Optional.empty(), client.refreshByRename());
  }

  @Test
  void a_login_changes_the_identity_file_too() throws Exception {
    client.loginByRename(alice.login());
    assertEquals(Optional.of("alice@example.test"), directory.identityEmail());
    assertEquals(Optional.empty(), directory.linkTarget());
  }

  @Test
  void an_old_session_writes_back_over_a_link() throws Exception {
    directory.link("alice");
    FakeLogin late = bob.rotate();
    assertEquals("live", client.oldSessionWritesBack(late).into());
    assertArrayEquals(late.credentialJson(), directory.live().orElseThrow());
    assertArrayEquals(alice.credentialJson(), directory.slot("alice").orElseThrow());
  }

  @Test
  void a_held_lock_keeps_it_from_refreshing_unless_it_ignores_locks() throws Exception {
    Path lock = Files.createDirectory(scratch.resolve("claude.lock"));
    assertEquals(Optional.empty(), client.refreshByRename());
    assertFalse(Files.exists(directory.path().resolve(".oauth_refresh.lock")), "released again");
    assertTrue(Files.exists(lock), "not ours to release");
    assertTrue(client.ignoringLocks().refreshByRename().isPresent());
  }

  @Test
  void a_stale_lock_is_taken_over() throws Exception {
    Path lock = Files.createDirectory(directory.path().resolve(".oauth_refresh.lock"));
    Files.setLastModifiedTime(lock, FileTime.from(Instant.now().minusSeconds(61)));
    assertTrue(client.refreshByRename().isPresent());
    assertFalse(Files.exists(lock));
  }

  @Test
  void an_issued_line_reads_back() {
    Issued issued = new Issued("bob", 3, bob.refreshToken(), "refresh", "live", Optional.empty());
    assertEquals(Optional.of(issued), Issued.fromJson(issued.toJson()));
    assertEquals(Optional.empty(), Issued.fromJson("{\"operations\":3,\"issued\":1}"));
  }

  @Test
  void two_processes_account_for_every_token() throws Exception {
    Path ledger = scratch.resolve("ledger");
    List<Process> clients = List.of(start(7, ledger), start(8, ledger));
    Set<String> lost = new HashSet<>();
    Set<String> issued = new HashSet<>(Set.of(alice.refreshToken(), bob.refreshToken()));
    int lines = 0;
    for (Process process : clients) {
      String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertEquals(0, process.waitFor(), out);
      for (String line : out.lines().toList()) {
        Optional<Issued> token = Issued.fromJson(line);
        if (token.isPresent()) {
          lines++;
          token.get().overwrote().ifPresent(lost::add);
          if (token.get().sequence() > 0) {
            assertTrue(issued.add(token.get().refreshToken()), "issued twice: " + line);
          }
        }
      }
    }
    assertTrue(lines > 50, "only " + lines + " lines");
    issued.removeAll(lost);
    assertEquals(issued, directory.tokensOnDisk().keySet());
  }

  private Process start(long seed, Path ledger) throws Exception {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-cp",
            System.getProperty("java.class.path"),
            ClientSimulator.class.getName(),
            directory.path().toString(),
            Long.toString(seed),
            "100",
            ledger.toString(),
            "--pace",
            "1",
            "--retry",
            "2")
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
  }

  private Set<String> holders(String token) throws Exception {
    return directory.tokensOnDisk().getOrDefault(token, Set.of());
  }

  private Map<String, Object> oauth() throws Exception {
    return directory
        .live()
        .flatMap(Json::object)
        .flatMap(file -> Json.objectAt(file, "claudeAiOauth"))
        .orElseThrow();
  }
}
