package dev.credslots;

import java.util.Locale;

/**
 * Something {@link SlotManager#diagnose} found.
 *
 * @param code stable, kebab-case
 * @param severity how bad it is
 * @param message what is wrong and where, without secrets
 * @param remedy exactly what to do
 * @param fixable whether {@link SlotManager#repair} does it
 */
public record Finding(
    String code, Severity severity, String message, String remedy, boolean fixable) {

  /** How bad a finding is. */
  public enum Severity {
    /** Worth knowing. */
    INFO,
    /** Can go wrong. */
    WARNING,
    /** Is wrong. */
    ERROR;

    /** The word in JSON, for example {@code warning}. */
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }
}
