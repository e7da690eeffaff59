package dev.credslots.credential;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What a refresh changes in a credential file.
 *
 * @param refreshToken empty: the file's stays
 * @param expiresAt end of the access token; empty if nobody knows: then it counts as over
 * @param loginExpiresAt end of the login where the file lacks it; empty: as it is
 * @param scopes what the file says from now on; empty: as it is
 * @param idToken who logged in, for files that keep it; empty: as it is
 * @param at when the server answered, for files that say so; empty: as it is
 */
public record Renewal(
    Optional<Secret> accessToken,
    Optional<Secret> refreshToken,
    Optional<Instant> expiresAt,
    Optional<Instant> loginExpiresAt,
    List<String> scopes,
    Optional<Secret> idToken,
    Optional<Instant> at) {
  public Renewal {
    scopes = List.copyOf(scopes);
  }

  /** Of the tokens, and of nothing that only some clients keep. */
  public Renewal(
      Optional<Secret> accessToken,
      Optional<Secret> refreshToken,
      Optional<Instant> expiresAt,
      Optional<Instant> loginExpiresAt,
      List<String> scopes) {
    this(
        accessToken,
        refreshToken,
        expiresAt,
        loginExpiresAt,
        scopes,
        Optional.empty(),
        Optional.empty());
  }
}
