package dev.credslots;

import dev.credslots.verdict.IdentityState;
import java.util.Optional;

/**
 * A slot's current refresh token compared with the captured one. It sees credentials written
 * <em>through</em> the live link, which {@link Drift} cannot.
 *
 * @param slot the slot's name
 * @param state the comparison
 * @param drift whether a person or a scheduler should look; a proven rotation is no drift
 * @param storedFingerprint SHA-256 of the captured refresh token
 * @param currentFingerprint SHA-256 of the current one; empty if the slot has none to read
 * @param reason a sentence for people
 */
public record IdentityDrift(
    String slot,
    IdentityState state,
    boolean drift,
    Optional<String> storedFingerprint,
    Optional<String> currentFingerprint,
    String reason) {}
