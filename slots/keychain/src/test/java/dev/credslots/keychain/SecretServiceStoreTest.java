package dev.credslots.keychain;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.credslots.accounts.TokenStoreException;
import dev.credslots.accounts.TokenStoreException.Kind;
import dev.credslots.credential.Secret;
import dev.credslots.testkit.Canary;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Against what the two programs answer, good and bad; {@link RealKeyringTest} has them. */
class SecretServiceStoreTest {
  private static final String KEY = "claude-token";
  private static final Canary CANARY = Canary.of(4);
  private static final Secret SECRET = Secret.of(CANARY.token());

  private static final String NOWHERE = "(@ao [], @ao [])\n";
  private static final String OPEN =
      "([objectpath '/org/freedesktop/secrets/collection/login/1'], @ao [])\n";
  private static final String LOCKED =
      "(@ao [], [objectpath '/org/freedesktop/secrets/collection/login/1'])\n";
  private static final String BOTH =
      "([objectpath '/a/1', '/a/2'], [objectpath '/org/freedesktop/secrets/b/1'])\n";

  @TempDir Path temp;
  private final Programs programs = new Programs();
  private SecretServiceStore store;

  /** Answers as the programs do, and remembers how they were called. */
  private static final class Programs implements ProgramRunner {
    String found = NOWHERE;
    String keyring = "(<false>,)\n";
    String busError = "";
    int toolExit;
    String toolError = "";
    String looked = "";
    boolean timesOut;
    final List<String> calls = new ArrayList<>();

    @Override
    public Ended run(List<String> command, byte[] input) throws TimeoutException {
      calls.add(String.join(" ", command));
      if (timesOut) {
        throw new TimeoutException("gave no answer within 3 s");
      }
      boolean bus = command.get(0).endsWith("gdbus");
      if (bus && !busError.isEmpty()) {
        return ended(1, "", busError);
      }
      if (bus) {
        return ended(0, command.contains("Locked") ? keyring : found, "");
      }
      return ended(toolExit, command.contains("lookup") ? looked : "", toolError);
    }

    private static Ended ended(int exit, String out, String err) {
      return new Ended(exit, Secret.of(out), Secret.of(err));
    }
  }

  @BeforeEach
  void both_programs_are_installed() throws Exception {
    for (String program : List.of("gdbus", "secret-tool")) {
      Path file = Files.writeString(temp.resolve(program), "");
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
    }
    store = new SecretServiceStore(List.of(temp), programs);
  }

  private static TokenStoreException trouble(Attempt attempt) {
    TokenStoreException e = assertThrows(TokenStoreException.class, attempt::run);
    assertEquals(Optional.empty(), CANARY.in(e + e.remedy()));
    return e;
  }

  private interface Attempt {
    void run() throws Exception;
  }

  @Test
  void missing_and_locked_are_told_apart_without_asking_anybody() throws Exception {
    assertEquals(Optional.empty(), store.read(KEY));

    programs.found = LOCKED;
    assertEquals(Kind.LOCKED, trouble(() -> store.read(KEY)).kind());
    assertEquals(Kind.LOCKED, trouble(() -> store.remove(KEY)).kind());
    programs.found = NOWHERE;
    programs.keyring = "(<true>,)\n";
    assertEquals(Kind.LOCKED, trouble(() -> store.read(KEY)).kind());
    assertEquals(Kind.LOCKED, trouble(() -> store.write(KEY, SECRET)).kind());

    assertTrue(
        programs.calls.stream().noneMatch(call -> call.contains("secret-tool")),
        programs.calls::toString);
  }

  @Test
  void an_open_one_counts_beside_a_locked_one() throws Exception {
    programs.looked = CANARY.token();
    for (String found : List.of(OPEN, BOTH)) {
      programs.found = found;
      assertEquals(Optional.of(SECRET), store.read(KEY));
    }
  }

  @Test
  void no_bus_nobody_on_it_and_no_keyring_are_absent() throws Exception {
    for (String error :
        List.of(
            "Error connecting: Could not connect: No such file or directory\n",
            "Fehler beim Verbinden\n",
            "Error: GDBus.Error:org.freedesktop.DBus.Error.ServiceUnknown: not provided\n",
            "Error: GDBus.Error:org.freedesktop.DBus.Error.Spawn.ChildExited: exited\n")) {
      programs.busError = error;
      assertEquals(Kind.ABSENT, trouble(() -> store.read(KEY)).kind(), error);
      assertEquals(Kind.ABSENT, trouble(() -> store.write(KEY, SECRET)).kind(), error);
      assertFalse(store.usable(), error);
    }
    programs.busError = "Error: GDBus.Error:org.freedesktop.DBus.Error.UnknownMethod: no object\n";
    assertEquals(Kind.ABSENT, trouble(() -> store.write(KEY, SECRET)).kind());
    assertFalse(store.usable());
  }

  @Test
  void an_answer_that_makes_no_sense_is_not_nothing() throws Exception {
    programs.busError = "Error: GDBus.Error:org.freedesktop.DBus.Error.NoReply: x\n";
    assertEquals(Kind.FAILED, trouble(() -> store.read(KEY)).kind());
    assertEquals(Kind.FAILED, trouble(store::usable).kind());
    programs.busError = "";
    programs.found = "?";
    assertEquals(Kind.FAILED, trouble(() -> store.read(KEY)).kind());
    programs.timesOut = true;
    TokenStoreException e = trouble(() -> store.read(KEY));
    assertEquals(Kind.FAILED, e.kind());
    assertTrue(e.getMessage().endsWith("gave no answer within 3 s"), e.getMessage());
  }

  @Test
  void a_secret_that_would_be_cut_is_refused_before_anything_runs() throws Exception {
    TokenStoreException e = trouble(() -> store.write(KEY, Secret.of("ü".repeat(4096))));

    assertEquals(Kind.REFUSED, e.kind());
    assertEquals(List.of(), programs.calls);
    programs.looked = "a".repeat(8191);
    store.write(KEY, Secret.of(programs.looked));
  }

  @Test
  void a_complaint_counts_although_it_ended_with_0() {
    programs.looked = CANARY.token();
    programs.toolError = "secret-tool: password is too long\n";

    assertEquals(Kind.FAILED, trouble(() -> store.write(KEY, SECRET)).kind());
  }

  @Test
  void what_was_stored_is_read_back() {
    programs.looked = CANARY.token().substring(0, 50);

    assertEquals(Kind.FAILED, trouble(() -> store.write(KEY, SECRET)).kind());
  }

  @Test
  void what_is_there_after_it_was_removed_is_said() {
    programs.found = OPEN;

    assertEquals(Kind.FAILED, trouble(() -> store.remove(KEY)).kind());
  }

  @Test
  void no_argument_has_a_part_of_the_secret() throws Exception {
    programs.looked = CANARY.token();
    store.write(KEY, SECRET);
    programs.found = OPEN;
    store.read(KEY);

    assertEquals(Optional.empty(), CANARY.in(programs.calls.toString()));
  }

  @Test
  void a_program_that_is_not_installed_is_named() throws Exception {
    Files.delete(temp.resolve("secret-tool"));
    TokenStoreException e = trouble(() -> store.write(KEY, SECRET));

    assertEquals(Kind.ABSENT, e.kind());
    assertTrue(e.getMessage().contains("secret-tool"), e.getMessage());
    assertFalse(store.usable());
  }

  @Test
  void a_key_that_is_no_name_is_nobodys() {
    for (String odd : List.of("", "a b", "x\ny", "'}", "--all", "ä")) {
      assertThrows(IllegalArgumentException.class, () -> store.read(odd), odd);
      assertThrows(IllegalArgumentException.class, () -> store.write(odd, SECRET), odd);
    }
  }
}
