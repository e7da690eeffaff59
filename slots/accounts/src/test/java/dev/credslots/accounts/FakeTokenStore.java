package dev.credslots.accounts;

import dev.credslots.credential.Secret;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** A store in memory that can be locked. */
final class FakeTokenStore implements TokenStore {
  final Map<String, Secret> secrets = new TreeMap<>();
  boolean locked;

  @Override
  public String name() {
    return "fake";
  }

  @Override
  public Optional<Secret> read(String key) throws TokenStoreException {
    requireOpen();
    return Optional.ofNullable(secrets.get(key));
  }

  @Override
  public void write(String key, Secret value) throws TokenStoreException {
    requireOpen();
    secrets.put(key, value);
  }

  @Override
  public boolean remove(String key) throws TokenStoreException {
    requireOpen();
    return secrets.remove(key) != null;
  }

  @Override
  public List<String> list(List<String> candidates) throws TokenStoreException {
    requireOpen();
    return List.copyOf(secrets.keySet());
  }

  private void requireOpen() throws TokenStoreException {
    if (locked) {
      throw new TokenStoreException(
          TokenStoreException.Kind.LOCKED, "the store is locked", "unlock it", null);
    }
  }
}
