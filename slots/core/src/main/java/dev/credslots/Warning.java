package dev.credslots;

/**
 * Something that did not stop the operation and that a person should know.
 *
 * @param code stable, kebab-case, for programs
 * @param message one sentence for people, without secrets
 */
public record Warning(String code, String message) {}
