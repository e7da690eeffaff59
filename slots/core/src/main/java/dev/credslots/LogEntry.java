package dev.credslots;

import java.time.Instant;
import java.util.Optional;

/**
 * One line of the journal: an operation that ended.
 *
 * @param at when
 * @param operation {@code switch}, {@code heal}, {@code add}, …
 * @param outcome {@code switched}, {@code healed}, …
 * @param from the slot that was live before, if the operation turned the link
 * @param slot the slot it was about
 * @param reason the caller's, or what was found
 */
public record LogEntry(
    Instant at,
    String operation,
    String outcome,
    Optional<String> from,
    Optional<String> slot,
    String reason) {}
