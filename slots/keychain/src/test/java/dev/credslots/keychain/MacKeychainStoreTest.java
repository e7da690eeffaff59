package dev.credslots.keychain;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.credslots.accounts.TokenStoreException;
import dev.credslots.accounts.TokenStoreException.Kind;
import dev.credslots.credential.Secret;
import dev.credslots.testkit.Canary;
import dev.credslots.testkit.FakeSecurity;
import dev.credslots.testkit.FakeSecurity.Item;
import dev.credslots.testkit.FakeSecurity.Mode;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MacKeychainStoreTest {
  private static final String KEY = "claude-token";
  private static final Canary CANARY = Canary.of(3);
  private static final Secret SECRET =
      Secret.of("{\"accessToken\":\"" + CANARY.token() + "\",\"expiresAt\":1827177498721}");

  /** What of 4,096 bytes is left for a secret under this key. */
  private static final int MOST = 2018;

  @TempDir Path temp;
  private FakeSecurity security;
  private MacKeychainStore store;

  @BeforeEach
  void an_open_keychain() throws Exception {
    assumeTrue(FakeSecurity.isAvailable(), "no python3, no fake security");
    security = FakeSecurity.in(temp.resolve("bin"));
    store = store(Duration.ofSeconds(30));
  }

  private MacKeychainStore store(Duration limit) {
    return new MacKeychainStore(security.program(), new SystemRunner(Map.of(), limit));
  }

  private static TokenStoreException trouble(Attempt attempt) {
    TokenStoreException e = assertThrows(TokenStoreException.class, attempt::run);
    assertEquals(Optional.empty(), CANARY.in(e + e.remedy() + e.getCause()));
    return e;
  }

  private interface Attempt {
    void run() throws Exception;
  }

  @Test
  void what_is_kept_is_found_until_it_is_removed() throws Exception {
    assertEquals(Optional.empty(), store.read(KEY));
    store.write(KEY, Secret.of("old"));
    store.write(KEY, SECRET);

    assertEquals(Optional.of(SECRET), store.read(KEY));
    assertEquals("[[\"agent-loop\", \"claude-token\", \"" + hex(SECRET) + "\"]]", security.items());
    assertEquals(List.of(KEY), store.list(List.of("codex-token", KEY)));
    assertTrue(store.remove(KEY));
    assertFalse(store.remove(KEY));
    assertEquals(Optional.empty(), store.read(KEY));
  }

  @Test
  void no_argument_has_a_part_of_the_secret() throws Exception {
    store.write(KEY, SECRET);
    store.read(KEY);
    store.remove(KEY);

    for (String run : security.record()) {
      String argv = run.substring(0, run.indexOf("\"stdin\""));
      assertEquals(Optional.empty(), CANARY.in(argv), argv);
    }
    assertTrue(security.record().stream().anyMatch(run -> CANARY.in(run).isPresent()));
  }

  @Test
  void another_accounts_item_of_the_same_service_is_left_alone() throws Exception {
    security.hold(new Item("somebody", KEY, "theirs"));
    assertEquals(Optional.empty(), store.read(KEY));

    store.write(KEY, SECRET);

    assertTrue(security.items().contains(new Item("somebody", KEY, "theirs").hex()));
    assertEquals(Optional.of(SECRET), store.read(KEY));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "say \"hi\"; rm 'x' \\ $HOME `id` # !",
        "grüße",
        "\u00a0",
        "abcdef", // Digits that are a text of no UTF-8.
        "C3BC0",
        "0123456789abcdef0123456789abcdef"
      })
  void quotes_other_alphabets_and_digits_come_back_as_they_were(String text) throws Exception {
    store.write(KEY, Secret.of(text));

    assertEquals(Optional.of(Secret.of(text)), store.read(KEY));
  }

  @Test
  void digits_that_would_be_read_as_another_text_are_refused() throws Exception {
    store.write(KEY, SECRET);

    // The keychain prints "ü" as c3bc, too.
    TokenStoreException e = trouble(() -> store.write(KEY, Secret.of("c3bc")));

    assertEquals(Kind.REFUSED, e.kind());
    assertEquals(Optional.of(SECRET), store.read(KEY));
  }

  @Test
  void what_another_program_stored_in_another_alphabet_is_understood() throws Exception {
    security.hold(new Item("agent-loop", KEY, "{\"accessToken\":\"é\"}"));

    assertEquals(Optional.of(Secret.of("{\"accessToken\":\"é\"}")), store.read(KEY));
  }

  @Test
  void a_line_that_would_be_cut_and_its_rest_executed_is_never_sent() throws Exception {
    Secret longest = Secret.of("a".repeat(MOST));
    store.write(KEY, longest);
    assertEquals(Optional.of(longest), store.read(KEY));
    int runs = security.record().size();

    TokenStoreException e = trouble(() -> store.write(KEY, Secret.of("a".repeat(MOST + 1))));

    assertEquals(Kind.REFUSED, e.kind());
    assertTrue(e.getMessage().contains(MOST + " bytes"), e.getMessage());
    assertEquals(runs, security.record().size());
  }

  @ParameterizedTest
  @CsvSource({"LOCKED, LOCKED", "UNAUTHORIZED, LOCKED"})
  void a_locked_keychain_is_not_an_empty_one(Mode mode, Kind kind) throws Exception {
    store.write(KEY, SECRET);
    security.become(mode);

    assertEquals(kind, trouble(() -> store.read(KEY)).kind());
    assertEquals(kind, trouble(() -> store.write(KEY, SECRET)).kind());
    assertEquals(kind, trouble(() -> store.remove(KEY)).kind());
  }

  @Test
  void a_store_that_was_not_is_noticed() throws Exception {
    security.become(Mode.FORGETFUL);

    assertEquals(Kind.FAILED, trouble(() -> store.write(KEY, SECRET)).kind());
  }

  @Test
  void a_keychain_that_asks_somebody_is_not_waited_for() throws Exception {
    security.become(Mode.HANGING);

    TokenStoreException e = trouble(() -> store(Duration.ofSeconds(1)).read(KEY));

    assertEquals(Kind.FAILED, e.kind());
    assertTrue(e.getMessage().endsWith("gave no answer within 1 s"), e.getMessage());
  }

  @Test
  void exit_codes_are_told_apart() {
    ProgramRunner duplicate = (command, input) -> ended(45);
    ProgramRunner none = (command, input) -> ended(37);
    ProgramRunner odd = (command, input) -> ended(1);

    assertEquals(Kind.FAILED, trouble(() -> over(duplicate).write(KEY, SECRET)).kind());
    assertTrue(trouble(() -> over(duplicate).write(KEY, SECRET)).getMessage().contains("already"));
    assertEquals(Kind.ABSENT, trouble(() -> over(none).read(KEY)).kind());
    assertEquals(Kind.FAILED, trouble(() -> over(odd).read(KEY)).kind());
  }

  private MacKeychainStore over(ProgramRunner runner) {
    return new MacKeychainStore(security.program(), runner);
  }

  private static ProgramRunner.Ended ended(int exit) {
    return new ProgramRunner.Ended(exit, Secret.of(""), Secret.of("canary"));
  }

  @Test
  void without_the_program_there_is_no_keychain() {
    MacKeychainStore none =
        new MacKeychainStore(
            temp.resolve("nothing"), new SystemRunner(Map.of(), Duration.ofSeconds(3)));

    assertEquals(Kind.ABSENT, trouble(() -> none.read(KEY)).kind());
  }

  @Test
  void a_key_that_is_no_name_is_nobodys() {
    for (String odd : List.of("", "a b", "x\ny", "-w", "../x", "a'b", "ä")) {
      assertThrows(IllegalArgumentException.class, () -> store.read(odd), odd);
      assertThrows(IllegalArgumentException.class, () -> store.write(odd, SECRET), odd);
      assertThrows(IllegalArgumentException.class, () -> store.remove(odd), odd);
    }
  }

  private static String hex(Secret secret) {
    return HexFormat.of()
        .formatHex(secret.reveal().getBytes(java.nio.charset.StandardCharsets.UTF_8));
  }
}
