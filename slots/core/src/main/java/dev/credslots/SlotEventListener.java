package dev.credslots;

/**
 * Hears of everything that happened to the slots, after the fact and with no lock held, in the
 * thread that made it happen. What it throws is reported as a warning, or as the warnings of a
 * {@link ListenerException}, and changes nothing.
 */
@FunctionalInterface
public interface SlotEventListener {
  /** Called once for each event. */
  void onEvent(SlotEvent event);
}
