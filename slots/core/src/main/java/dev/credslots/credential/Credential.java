package dev.credslots.credential;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What a credential file says, without its other keys. Immutable; printing it shows no token.
 *
 * @param accessToken present and possibly empty when the file has the key as text
 * @param refreshToken as {@code accessToken}
 * @param expiresAt end of the access token; empty when absent or not usable (zero, negative, NaN,
 *     out of range, text)
 * @param expiresAtZero the file says {@code 0}, as Claude Code leaves it after a failed refresh
 *     [thread]
 * @param loginExpiresAt end of the login itself ({@code refreshTokenExpiresAt}): set once per
 *     login, nearly constant over refreshes, sometimes dropped by one [thread]
 * @param subscriptionType for example {@code max}
 * @param rateLimitTier the provider's name of the quota tier
 * @param scopes in the file's order; empty when absent
 * @param account whose login the file itself says it is; empty where a client keeps that elsewhere,
 *     as Claude Code does
 * @param endless a key that is good until somebody revokes it: no end, nothing to renew
 */
public record Credential(
    Optional<Secret> accessToken,
    Optional<Secret> refreshToken,
    Optional<Instant> expiresAt,
    boolean expiresAtZero,
    Optional<Instant> loginExpiresAt,
    Optional<String> subscriptionType,
    Optional<String> rateLimitTier,
    List<String> scopes,
    Optional<AccountId> account,
    boolean endless) {

  public Credential {
    scopes = List.copyOf(scopes);
  }

  /** A login that ends, in a file that does not say whose it is. */
  public Credential(
      Optional<Secret> accessToken,
      Optional<Secret> refreshToken,
      Optional<Instant> expiresAt,
      boolean expiresAtZero,
      Optional<Instant> loginExpiresAt,
      Optional<String> subscriptionType,
      Optional<String> rateLimitTier,
      List<String> scopes) {
    this(
        accessToken,
        refreshToken,
        expiresAt,
        expiresAtZero,
        loginExpiresAt,
        subscriptionType,
        rateLimitTier,
        scopes,
        Optional.empty(),
        false);
  }

  /** The refresh token if there is one to use, that is, a non-empty one. */
  public Optional<Secret> usableRefreshToken() {
    return refreshToken.filter(token -> !token.isEmpty());
  }

  /** The fingerprint of {@link #usableRefreshToken()}: one link of a login's lineage. */
  public Optional<Fingerprint> fingerprint() {
    return usableRefreshToken().map(Fingerprint::of);
  }

  /**
   * Names this very generation: the access token's fingerprint, or the refresh token's where there
   * is no access token.
   */
  public Optional<Fingerprint> generation() {
    return accessToken.filter(token -> !token.isEmpty()).map(Fingerprint::of).or(this::fingerprint);
  }

  /** Empty tokens or an {@code expiresAt} of 0: what a client leaves after a failed refresh. */
  public boolean wiped() {
    boolean noAccess = accessToken.map(Secret::isEmpty).orElse(true);
    return expiresAtZero || (noAccess && usableRefreshToken().isEmpty());
  }
}
