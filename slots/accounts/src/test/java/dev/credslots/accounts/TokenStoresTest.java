package dev.credslots.accounts;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.credslots.accounts.TokenStoreException.Kind;
import dev.credslots.credential.Secret;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TokenStoresTest {
  private static final String KEY = "claude-token";
  private static final Secret ONE = Secret.of("one");
  private static final Secret TWO = Secret.of("two");

  @TempDir Path temp;
  private FileTokenStore file;
  private final Keyring keyring = new Keyring("secret-service");
  private final List<String> notices = new ArrayList<>();
  private TokenStore preferred;
  private TokenStores stores;

  /** A keyring in memory that can be locked. */
  private static final class Keyring implements TokenStore {
    private final String name;
    private final Map<String, Secret> secrets = new HashMap<>();
    private Optional<Kind> trouble = Optional.empty();

    Keyring(String name) {
      this.name = name;
    }

    private void answer() throws TokenStoreException {
      if (trouble.isPresent()) {
        throw new TokenStoreException(trouble.get(), "no answer", "", null);
      }
    }

    @Override
    public String name() {
      return name;
    }

    @Override
    public Optional<Secret> read(String key) throws TokenStoreException {
      answer();
      return Optional.ofNullable(secrets.get(key));
    }

    @Override
    public void write(String key, Secret value) throws TokenStoreException {
      answer();
      secrets.put(key, value);
    }

    @Override
    public boolean remove(String key) throws TokenStoreException {
      answer();
      return secrets.remove(key) != null;
    }

    @Override
    public List<String> list(List<String> candidates) throws TokenStoreException {
      answer();
      return candidates.stream().filter(secrets::containsKey).toList();
    }
  }

  @BeforeEach
  void a_file_and_a_keyring() {
    file =
        new FileTokenStore(
            temp.resolve("slots").resolve("tokens.json"), Duration.ofSeconds(5), notices::add);
    preferred = keyring;
    stores = new TokenStores(file, List.of(keyring), () -> preferred, notices::add);
  }

  private Kind trouble(Attempt attempt) {
    return assertThrows(TokenStoreException.class, attempt::run).kind();
  }

  private interface Attempt {
    void run() throws Exception;
  }

  @Test
  void what_went_into_the_keyring_is_looked_for_there_wherever_one_is() throws Exception {
    stores.write(KEY, ONE);
    assertEquals(ONE, keyring.secrets.get(KEY));

    preferred = file; // A remote shell, where no bus is.
    assertEquals(Optional.of(ONE), stores.read(KEY));
    keyring.trouble = Optional.of(Kind.ABSENT);
    assertEquals(Kind.ABSENT, trouble(() -> stores.read(KEY)));
    keyring.trouble = Optional.of(Kind.LOCKED);
    assertEquals(Kind.LOCKED, trouble(() -> stores.read(KEY)));
    assertEquals(Kind.LOCKED, trouble(() -> stores.write(KEY, TWO)));
    assertEquals(Kind.LOCKED, trouble(() -> stores.remove(KEY)));
    assertEquals("secret-service", stores.storeOf(KEY).name());
  }

  @Test
  void what_is_in_the_file_stays_there() throws Exception {
    preferred = file;
    stores.write(KEY, ONE);

    preferred = keyring;
    stores.write(KEY, TWO);

    assertEquals(Optional.of(TWO), file.read(KEY));
    assertEquals(Map.of(), keyring.secrets);
    assertEquals(Optional.of(TWO), stores.read(KEY));
    assertTrue(stores.remove(KEY));
    assertEquals(Optional.empty(), stores.read(KEY));
  }

  @Test
  void a_store_that_is_named_takes_it_over_and_leaves_no_copy() throws Exception {
    stores.only(file).write(KEY, ONE);
    stores.only(keyring).write(KEY, TWO);
    String text = Files.readString(temp.resolve("slots").resolve("tokens.json"));
    assertFalse(text.contains("one"), text);
    assertEquals(Optional.of(TWO), stores.read(KEY));
    assertEquals(Optional.empty(), stores.only(file).read(KEY));

    stores.only(file).write(KEY, ONE);
    assertEquals(Map.of(), keyring.secrets);
    assertEquals(Optional.of(ONE), stores.read(KEY));
    assertEquals(List.of(), notices);
  }

  @Test
  void a_copy_that_cannot_be_removed_is_said() throws Exception {
    stores.write(KEY, ONE);
    keyring.trouble = Optional.of(Kind.LOCKED);

    stores.only(file).write(KEY, TWO);

    assertEquals(Optional.of(TWO), stores.read(KEY));
    assertEquals(1, notices.size(), notices::toString);
    assertTrue(notices.get(0).contains("secret-service"), notices::toString);
  }

  @Test
  void what_could_not_be_stored_leaves_the_old_one() throws Exception {
    stores.only(file).write(KEY, ONE);
    keyring.trouble = Optional.of(Kind.LOCKED);

    assertEquals(Kind.LOCKED, trouble(() -> stores.only(keyring).write(KEY, TWO)));

    assertEquals(Optional.of(ONE), stores.read(KEY));
  }

  @Test
  void what_another_program_put_into_the_preferred_store_is_found() throws Exception {
    keyring.secrets.put(KEY, ONE);

    assertEquals(Optional.of(ONE), stores.read(KEY));
    assertEquals(List.of(KEY), stores.list(List.of(KEY, "codex-token")));
    assertEquals(Set.of(), stores.remembered());
    assertTrue(stores.remove(KEY));
    assertEquals(Map.of(), keyring.secrets);
  }

  @Test
  void removed_from_a_keyring_it_is_not_remembered() throws Exception {
    stores.write(KEY, ONE);
    assertEquals(Set.of(KEY), stores.remembered());

    assertTrue(stores.only(keyring).remove(KEY));

    assertEquals(Set.of(), stores.remembered());
    assertFalse(stores.remove(KEY));
  }

  @Test
  void a_store_of_another_system_is_no_missing_secret() throws Exception {
    TokenStores elsewhere =
        new TokenStores(file, List.of(new Keyring("keychain")), () -> file, notices::add);
    stores.write(KEY, ONE);

    assertEquals(Kind.ABSENT, trouble(() -> elsewhere.read(KEY)));
    elsewhere.only(file).write(KEY, TWO);
    assertEquals(Optional.of(TWO), elsewhere.read(KEY));
  }
}
