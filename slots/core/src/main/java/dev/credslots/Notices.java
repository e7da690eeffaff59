package dev.credslots;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * What an operation has to tell: warnings for the caller, events and the switch for listeners.
 * Filled under the lock, told after it. Confined to one call.
 */
final class Notices {
  private final Settings settings;
  private final List<Warning> warnings = new ArrayList<>();
  private final List<SlotEvent> events = new ArrayList<>();
  private @Nullable SlotEvent turned;
  private String blocked = Messages.LOCKED;
  private String turnedTo = "";
  private String turnedBecause = "";

  Notices(Settings settings) {
    this.settings = settings;
  }

  void warn(String code, String message) {
    warnings.add(new Warning(code, message));
  }

  void warn(Warning warning) {
    warnings.add(warning);
  }

  /** Says who kept the operation from being done. */
  void blocked(String message) {
    blocked = message;
  }

  /** Who kept the operation from being done. */
  String blocked() {
    return blocked;
  }

  void event(SlotEvent event) {
    events.add(event);
  }

  /** The live link was turned: listeners hear of it, besides the event. */
  void turned(SlotEvent event, String slot, String reason) {
    turned = event;
    turnedTo = slot;
    turnedBecause = reason;
    events.add(event);
  }

  /** Tells every listener; what one throws is a warning and stops no other. */
  void tell() {
    if (turned != null) {
      for (SlotListener listener : settings.listeners()) {
        guarded(() -> listener.onSwitch(turnedTo, turnedBecause));
      }
    }
    for (SlotEvent event : events) {
      for (SlotEventListener listener : settings.eventListeners()) {
        guarded(() -> listener.onEvent(event));
      }
    }
  }

  List<Warning> warnings() {
    return List.copyOf(warnings);
  }

  private void guarded(Runnable call) {
    try {
      call.run();
    } catch (ListenerException e) {
      e.warnings().forEach(this::warn);
    } catch (Exception e) {
      // The switch is done and stays; a listener is the embedding program's and may throw anything,
      // undeclared checked exceptions of other languages among it.
      LoggerFactory.getLogger(SlotManager.class).warn("a listener failed", e);
      warn("listener-failed", "a listener failed: " + e.getClass().getSimpleName());
    }
  }
}
