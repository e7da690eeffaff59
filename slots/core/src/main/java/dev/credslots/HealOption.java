package dev.credslots;

/** How {@link SlotManager#heal} departs from its defaults. */
public enum HealOption {
  /** Do not ask the guards, and take the caller's word for the slot against the evidence. */
  FORCE,
  /** Put a useless live file (wiped, expired, unreadable) aside and link the chosen slot again. */
  RELINK,
  /** Decide and say, change nothing. */
  DRY_RUN
}
