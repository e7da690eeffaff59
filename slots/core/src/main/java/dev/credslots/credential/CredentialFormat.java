package dev.credslots.credential;

import java.util.List;
import java.util.Optional;

/**
 * What there is to know about one client: how it writes its credential file, where, and how it
 * shares it with others. All of it is data; what a client does not have (an identity file, locks, a
 * login marker) is evidence that stays silent, never an error. Implementations are immutable and
 * thread-safe, do no input or output, and never put a byte of the file into a message.
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
   * A file with a login and nothing besides.
   *
   * @param login with an access token
   * @param subscriptionType as {@link AccountProfile} has it
   * @param rateLimitTier as {@link AccountProfile} has it
   * @throws MalformedJsonException if the format cannot make one
   */
  default byte[] created(
      Renewal login, Optional<String> subscriptionType, Optional<String> rateLimitTier)
      throws MalformedJsonException {
    return renewed(new byte[] {'{', '}'}, login);
  }

  /**
   * The keys at the top of the file that belong to the machine and not to the login, for {@link
   * SharedKeys}; none unless a client mixes the two.
   */
  default List<String> sharedKeys() {
    return List.of();
  }

  /**
   * As {@link #sharedKeys()}, of one file: for a client of which only the keys of the login are
   * known.
   *
   * @throws MalformedJsonException if the file is not one JSON object in UTF-8
   */
  default List<String> sharedKeys(byte[] file) throws MalformedJsonException {
    return sharedKeys();
  }

  /** The live file's name in the client's directory. */
  String liveName();

  /** Where slots lie, relative to that directory, with {@code {slot}} for the name. */
  default String slotTemplate() {
    return liveName().concat(".{slot}");
  }

  /**
   * The name of the file in which the client keeps who is logged in, beside the live file. Empty if
   * it has none: then only the credential file itself can say ({@link Credential#account()}), and a
   * switch has nothing to put right elsewhere.
   */
  default Optional<String> identityName() {
    return Optional.empty();
  }

  /**
   * Whether the client makes Claude Code's lock directories while it refreshes and writes. Where it
   * takes no locks, none are looked for or taken, and only an exchange that hands back what came
   * out stands between its writes and ours.
   */
  default boolean takesLocks() {
    return false;
  }

  /**
   * Whether the client may open the live file, truncate it and write into it: through the link, so
   * that the link stays and the slot's content changes. Then what comes out of an exchange may be
   * half written, and is looked at again until it is whole.
   */
  default boolean writesInPlace() {
    return false;
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
