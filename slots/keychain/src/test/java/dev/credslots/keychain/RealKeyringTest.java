package dev.credslots.keychain;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.credslots.accounts.TokenStoreException;
import dev.credslots.accounts.TokenStoreException.Kind;
import dev.credslots.credential.Secret;
import dev.credslots.testkit.DesktopSession;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** On a session bus with a real gnome-keyring-daemon, or without one. */
class RealKeyringTest {
  private static final String KEY = "claude-token";
  private static final Secret SECRET = Secret.of("{\"accessToken\":\"FAKE-é\"}");

  @TempDir Path temp;

  @BeforeAll
  static void programs_are_here() {
    List<String> missing = DesktopSession.missing();
    assumeTrue(missing.isEmpty(), () -> "not installed: " + missing);
  }

  private static SecretServiceStore store(Map<String, String> environment) {
    return new SecretServiceStore(
        SecretServiceStore.SYSTEM_DIRECTORIES,
        new SystemRunner(environment, Duration.ofSeconds(30)));
  }

  private static Kind trouble(Attempt attempt) {
    return assertThrows(TokenStoreException.class, attempt::run).kind();
  }

  private interface Attempt {
    void run() throws Exception;
  }

  @Test
  void unlocked_it_keeps_what_it_is_given() throws Exception {
    try (DesktopSession session = DesktopSession.withKeyring(temp)) {
      SecretServiceStore store = store(session.environment());
      assertTrue(store.usable());
      assertEquals(Optional.empty(), store.read(KEY));

      store.write(KEY, Secret.of("old"));
      store.write(KEY, SECRET);
      store.write("codex-token", Secret.of("a".repeat(8191)));

      assertEquals(Optional.of(SECRET), store.read(KEY));
      assertEquals(Optional.of(Secret.of("a".repeat(8191))), store.read("codex-token"));
      assertEquals(SECRET.reveal(), session.look("service", KEY, "account", "agent-loop"));
      assertEquals(
          List.of(KEY, "codex-token"), store.list(List.of(KEY, "other-token", "codex-token")));
      assertTrue(store.remove(KEY));
      assertFalse(store.remove(KEY));
      assertEquals(Optional.empty(), store.read(KEY));
    }
  }

  @Test
  void what_another_program_keeps_the_same_way_is_found() throws Exception {
    try (DesktopSession session = DesktopSession.withKeyring(temp)) {
      session.store("theirs", "service", KEY, "account", "somebody");
      SecretServiceStore store = store(session.environment());
      assertEquals(Optional.empty(), store.read(KEY));

      session.store("ours", "service", KEY, "account", "agent-loop");

      assertEquals(Optional.of(Secret.of("ours")), store.read(KEY));
    }
  }

  @Test
  void locked_it_says_so_at_once_whatever_is_asked() throws Exception {
    try (DesktopSession session = DesktopSession.withKeyring(temp)) {
      SecretServiceStore store = store(session.environment());
      store.write(KEY, SECRET);
      session.lock();

      assertEquals(Kind.LOCKED, trouble(() -> store.read(KEY)));
      assertEquals(Kind.LOCKED, trouble(() -> store.read("never-stored")));
      assertEquals(Kind.LOCKED, trouble(() -> store.write(KEY, SECRET)));
      assertEquals(Kind.LOCKED, trouble(() -> store.remove(KEY)));
      assertTrue(store.usable(), "it is somebody's, and will be unlocked");
    }
  }

  @Test
  void a_service_without_a_keyring_has_nothing_and_takes_nothing() throws Exception {
    try (DesktopSession session = DesktopSession.withKeyring(temp)) {
      session.deleteKeyring();
      SecretServiceStore store = store(session.environment());

      assertEquals(Optional.empty(), store.read(KEY));
      assertEquals(Kind.ABSENT, trouble(() -> store.write(KEY, SECRET)));
      assertFalse(store.usable());
    }
  }

  @Test
  void a_bus_without_a_service_and_no_bus_are_absent() throws Exception {
    try (DesktopSession session = DesktopSession.withoutKeyring(temp)) {
      assertEquals(Kind.ABSENT, trouble(() -> store(session.environment()).read(KEY)));
      assertFalse(store(session.environment()).usable());
    }
    for (Map<String, String> environment :
        List.of(
            Map.of("XDG_RUNTIME_DIR", temp.toString()),
            Map.of("DBUS_SESSION_BUS_ADDRESS", "unix:path=" + temp.resolve("bus")))) {
      assertEquals(Kind.ABSENT, trouble(() -> store(environment).read(KEY)));
      assertEquals(Kind.ABSENT, trouble(() -> store(environment).write(KEY, SECRET)));
    }
  }
}
