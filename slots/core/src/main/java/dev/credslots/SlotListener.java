package dev.credslots;

/**
 * Hears of every change of the live link, after the fact and with no lock held, in the thread that
 * made it. What it throws is reported as {@link SlotEventListener} says and neither undoes nor
 * hides the switch.
 */
@FunctionalInterface
public interface SlotListener {
  /**
   * Called once for each turn of the link.
   *
   * @param slot the slot that is live now
   * @param reason the caller's, or {@link #HEALED}
   */
  void onSwitch(String slot, String reason);

  /** The reason a heal gives. */
  String HEALED = "auto-heal drift (live cred resynced to slot)";
}
