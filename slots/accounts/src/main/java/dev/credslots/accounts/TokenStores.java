package dev.credslots.accounts;

import dev.credslots.credential.Secret;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;

/**
 * A user's stores as one. Each secret is in one of them; the file store remembers in which, so that
 * it is found again, or its store is said to be locked or missing, from wherever it is asked for: a
 * desktop's keyring is not there for the same user's remote shell.
 *
 * <p>A secret stays in the store it is in. One that nobody remembers goes to, and is looked for in,
 * the preferred store. Thread-safe.
 */
public final class TokenStores implements TokenStore {
  private final FileTokenStore file;
  private final List<TokenStore> others;
  private final Preference preference;
  private final Consumer<String> notices;

  /** Which store a secret goes to that is in none yet. */
  public interface Preference {
    /**
     * Looks around; asked only if nothing is remembered.
     *
     * @throws TokenStoreException if a store that would be preferred is there and does not answer
     */
    TokenStore store() throws TokenStoreException;
  }

  /**
   * Touches nothing.
   *
   * @param file where secrets are remembered, and some are
   * @param others the stores of this operating system
   * @param preference one of all these
   * @param notices told, in a sentence, of an old secret that could not be removed
   */
  public TokenStores(
      FileTokenStore file,
      List<TokenStore> others,
      Preference preference,
      Consumer<String> notices) {
    this.file = file;
    this.others = List.copyOf(others);
    this.preference = preference;
    this.notices = notices;
  }

  @Override
  public String name() {
    return "auto";
  }

  /**
   * The store a secret is in, or would be.
   *
   * @throws TokenStoreException if it is remembered to be in a store that this system does not have
   */
  public TokenStore storeOf(String key) throws TokenStoreException {
    Optional<TokenStore> known = remembered(key);
    return known.isPresent() ? known.get() : preference.store();
  }

  /** The keys of which it is remembered where their secrets are, in order. */
  public Set<String> remembered() throws TokenStoreException {
    TokensFile content = file.content();
    Set<String> keys = new TreeSet<>(content.secrets().keySet());
    keys.addAll(content.elsewhere().keySet());
    return keys;
  }

  /** These stores, with every secret written to one of them, and looked for there alone. */
  public TokenStore only(TokenStore store) {
    return new Only(store);
  }

  @Override
  public Optional<Secret> read(String key) throws TokenStoreException {
    return storeOf(key).read(key);
  }

  @Override
  public void write(String key, Secret value) throws TokenStoreException {
    write(storeOf(key), key, value);
  }

  @Override
  public boolean remove(String key) throws TokenStoreException {
    return remove(storeOf(key), key);
  }

  @Override
  public List<String> list(List<String> candidates) throws TokenStoreException {
    Set<String> keys = remembered();
    List<String> unknown = new ArrayList<>();
    for (String candidate : candidates) {
      if (!keys.contains(candidate)) {
        unknown.add(candidate);
      }
    }
    if (!unknown.isEmpty()) {
      TokenStore preferred = preference.store();
      if (preferred != file) {
        keys.addAll(preferred.list(unknown));
      }
    }
    return List.copyOf(keys);
  }

  private Optional<TokenStore> remembered(String key) throws TokenStoreException {
    TokensFile content = file.content();
    if (content.secrets().containsKey(key)) {
      return Optional.of(file);
    }
    String name = content.elsewhere().get(key);
    if (name == null) {
      return Optional.empty();
    }
    for (TokenStore store : others) {
      if (store.name().equals(name)) {
        return Optional.of(store);
      }
    }
    throw new TokenStoreException(
        TokenStoreException.Kind.ABSENT,
        "it was stored in a store that is not of this system",
        "store it again with --store file",
        null);
  }

  /** First the new one, then the old one goes: killed between, the old one is found, or both. */
  @SuppressWarnings("ReferenceEquality") // Of each store there is one.
  private void write(TokenStore to, String key, Secret value) throws TokenStoreException {
    Optional<TokenStore> before = Optional.empty();
    try {
      before = remembered(key);
    } catch (TokenStoreException e) {
      if (e.kind() != TokenStoreException.Kind.ABSENT) {
        throw e;
      }
    }
    to.write(key, value);
    if (to != file) {
      file.note(key, to.name());
    }
    if (before.isPresent() && before.get() != to && before.get() != file) {
      try {
        before.get().remove(key);
      } catch (TokenStoreException e) {
        notices.accept(
            "an older one is still in the store " + before.get().name() + ": " + e.getMessage());
      }
    }
  }

  private boolean remove(TokenStore from, String key) throws TokenStoreException {
    boolean there = from.remove(key);
    if (from != file && from.name().equals(file.content().elsewhere().get(key))) {
      file.forget(key);
    }
    return there;
  }

  private final class Only implements TokenStore {
    private final TokenStore store;

    Only(TokenStore store) {
      this.store = store;
    }

    @Override
    public String name() {
      return store.name();
    }

    @Override
    public Optional<Secret> read(String key) throws TokenStoreException {
      return store.read(key);
    }

    @Override
    public void write(String key, Secret value) throws TokenStoreException {
      TokenStores.this.write(store, key, value);
    }

    @Override
    public boolean remove(String key) throws TokenStoreException {
      return TokenStores.this.remove(store, key);
    }

    @Override
    public List<String> list(List<String> candidates) throws TokenStoreException {
      return store.list(candidates);
    }
  }
}
