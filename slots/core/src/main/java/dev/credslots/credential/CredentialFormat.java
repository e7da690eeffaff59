package dev.credslots.credential;

import java.util.List;

/**
 * How one client writes its credential file. Implementations are immutable and thread-safe, do no
 * input or output, and never put a byte of the file into a message.
 */
public interface CredentialFormat {

  /** The name of the provider, as {@code --provider} takes it. */
  String provider();

  /**
   * Reads a whole file.
   *
   * @param bytes all of it, at most {@link #MAX_BYTES}
   * @return the login, or why there is none; never throws for what the bytes hold
   */
  Reading read(byte[] bytes);

  /**
   * The file after a refresh: what the renewal says is changed, and not a byte beside it.
   *
   * @param bytes a file that {@link #read} found a login in
   * @throws MalformedJsonException if it is none that can be changed
   */
  byte[] renewed(byte[] bytes, Renewal renewal) throws MalformedJsonException;

  /**
   * The keys at the top of the file that belong to the machine and not to the login, for {@link
   * SharedKeys}; none unless a client mixes the two.
   */
  default List<String> sharedKeys() {
    return List.of();
  }

  /** A credential file is a few KiB; anything beyond 1 MiB is not one. */
  int MAX_BYTES = 1 << 20;

  /** The outcome of reading a file. */
  sealed interface Reading {
    /** The file holds a login. It may still be wiped or expired. */
    record Login(Credential credential) implements Reading {}

    /**
     * The file holds no login.
     *
     * @param reason what is wrong, as the rest of a sentence: {@code not JSON (line 3, column 9)}
     */
    record NoLogin(String reason) implements Reading {}
  }
}
