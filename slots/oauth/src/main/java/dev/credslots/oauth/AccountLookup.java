package dev.credslots.oauth;

import dev.credslots.credential.AccountProfile;

/** Finds out whose a login is that a server has just given. Implementations are thread-safe. */
public interface AccountLookup {

  /**
   * Finds out.
   *
   * @param reply the body of the token server's reply, whole or not; holds tokens
   */
  Whose of(byte[] reply);

  /** What was found out. */
  sealed interface Whose {
    record Known(AccountProfile profile) implements Whose {}

    /**
     * Nobody could say.
     *
     * @param reason as the rest of a sentence, without a word of the reply
     */
    record Unknown(String reason) implements Whose {}
  }
}
