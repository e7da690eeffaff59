package dev.credslots.verdict;

/**
 * What the live path is and what to do about it.
 *
 * @param verdict what it is
 * @param plan what to do
 */
public record Decision(Verdict verdict, Plan plan) {}
