package dev.credslots.credential;

import java.util.Optional;

/**
 * What a provider says of a login: whose it is, and of which plan. Immutable and thread-safe.
 *
 * @param account as the client would record it
 * @param subscriptionType in the client's words, such as {@code max}; empty if unknown
 * @param rateLimitTier the provider's name of the quota tier; empty if unknown
 */
public record AccountProfile(
    IdentityBlock account, Optional<String> subscriptionType, Optional<String> rateLimitTier) {}
