package dev.credslots;

import java.util.List;
import java.util.Optional;

/**
 * Says whether a switch may go on. Asked once, with no lock held, when everything else is in
 * favour: nobody is busy and the link would be turned. It may take its time and may act, as one
 * that lets agents finish first. Not asked on a dry run, nor with {@link SwitchOption#FORCE}, nor
 * before a heal. A gate that throws counts as an objection. Called from whichever thread switches:
 * implementations are thread-safe.
 */
@FunctionalInterface
public interface SwitchGate {
  /**
   * Who objects and why; empty lets the switch go on.
   *
   * @param from the slot that is live; empty if the live path is no slot
   * @param to the slot that would be live
   * @param reason the caller's
   * @return why in each hold's name, who in its source
   */
  List<Hold> ask(Optional<String> from, String to, String reason);
}
