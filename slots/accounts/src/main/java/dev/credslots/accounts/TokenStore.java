package dev.credslots.accounts;

import dev.credslots.credential.Secret;
import java.util.List;
import java.util.Optional;

/**
 * Where secrets are kept that belong to no slot: long-lived tokens and API keys. Implementations
 * are thread-safe, wait no longer than some seconds, and put no part of a secret into anything but
 * the store itself.
 */
public interface TokenStore {

  /** What it is, for people and {@code --store}: {@code file}, {@code keychain}. */
  String name();

  /**
   * Finds a secret.
   *
   * @param key a slot name's characters, such as {@code claude-token}
   * @return empty only if the store answered and has none
   * @throws TokenStoreException if it did not answer, or what it has cannot be understood
   */
  Optional<Secret> read(String key) throws TokenStoreException;

  /**
   * Keeps a secret in place of the one of that key; it can be read back once this returns.
   *
   * @param value one line
   * @throws TokenStoreException if it is not kept; the old one is there still
   */
  void write(String key, Secret value) throws TokenStoreException;

  /**
   * Forgets a secret.
   *
   * @return whether there was one
   * @throws TokenStoreException if it could not be forgotten
   */
  boolean remove(String key) throws TokenStoreException;

  /**
   * The keys that are known to be there. A store that cannot list, as keychains, gives those of
   * {@code candidates} that it has.
   *
   * @throws TokenStoreException if it did not answer
   */
  List<String> list(List<String> candidates) throws TokenStoreException;

  /**
   * What every store asks of a secret before it keeps it.
   *
   * @throws TokenStoreException of kind {@code REFUSED} if it is empty, or has a control character
   */
  static void requireOneLine(Secret value) throws TokenStoreException {
    String text = value.reveal();
    boolean fits = !text.isEmpty();
    for (int i = 0; i < text.length() && fits; i++) {
      fits = !Character.isISOControl(text.charAt(i));
    }
    if (!fits) {
      throw new TokenStoreException(
          TokenStoreException.Kind.REFUSED,
          text.isEmpty() ? "it is empty" : "it is not one line of text",
          "give it as one line",
          null);
    }
  }
}
