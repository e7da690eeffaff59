package dev.credslots.credential;

import java.util.Optional;

/**
 * Whose login it is. Two are the same account when {@link #sameAs} says so; {@code equals} compares
 * the e-mail address too, which people change.
 *
 * @param accountUuid never empty
 * @param organizationUuid what tells several logins of one account apart: one person may log in to
 *     several organisations of Claude's, each with a login of its own; in one ChatGPT workspace it
 *     is the person
 * @param emailAddress to show to people, no evidence of anything
 */
public record AccountId(
    String accountUuid, Optional<String> organizationUuid, Optional<String> emailAddress) {

  /**
   * @throws IllegalArgumentException if {@code accountUuid} is blank
   */
  public AccountId {
    if (accountUuid.isBlank()) {
      throw new IllegalArgumentException("an account has a UUID");
    }
  }

  /** Whether account and organisation agree; a known organisation differs from an unknown one. */
  public boolean sameAs(AccountId other) {
    return accountUuid.equals(other.accountUuid) && organizationUuid.equals(other.organizationUuid);
  }

  /**
   * Whether the two are surely not the same. Neither this nor {@link #sameAs} holds where the
   * account agrees and only one of the two names the organisation.
   */
  public boolean differsFrom(AccountId other) {
    return !accountUuid.equals(other.accountUuid)
        || (organizationUuid.isPresent()
            && other.organizationUuid.isPresent()
            && !organizationUuid.equals(other.organizationUuid));
  }
}
