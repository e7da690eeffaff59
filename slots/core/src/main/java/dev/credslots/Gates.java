package dev.credslots;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.LoggerFactory;

/** Asks the gates of a switch. */
final class Gates {
  private final List<SwitchGate> gates;

  Gates(List<SwitchGate> gates) {
    this.gates = gates;
  }

  boolean any() {
    return !gates.isEmpty();
  }

  /** What the first that objects says: those behind it may act, and would do so for nothing. */
  List<Hold> ask(Optional<String> from, String to, String reason) {
    for (SwitchGate gate : gates) {
      List<Hold> objections = new ArrayList<>();
      try {
        objections.addAll(gate.ask(from, to, reason));
      } catch (Exception e) {
        // Gates are the embedding program's and may throw anything, declared or not.
        LoggerFactory.getLogger(SlotManager.class).warn("a switch gate failed", e);
        objections.add(Hold.named("a switch gate that failed: " + e.getClass().getSimpleName()));
      }
      if (!objections.isEmpty()) {
        return objections;
      }
    }
    return List.of();
  }
}
