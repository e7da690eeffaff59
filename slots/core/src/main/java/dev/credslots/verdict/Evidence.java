package dev.credslots.verdict;

/**
 * One piece of evidence: {@code rank} says the live file is {@code slot}'s.
 *
 * @param rank how strong it is
 * @param slot the slot it names
 * @param detail for people, without secrets
 */
public record Evidence(Rank rank, String slot, String detail) {}
