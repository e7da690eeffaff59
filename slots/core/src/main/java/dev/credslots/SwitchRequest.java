package dev.credslots;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * What was asked of a switch, the defaults filled in.
 *
 * @param patience how long to wait for holds
 * @param passed whether the gates, if there are any, have let it pass
 * @param waiting who is to be told whom it waits for
 */
record SwitchRequest(
    String to,
    String reason,
    boolean force,
    boolean dryRun,
    Optional<String> ifActive,
    ExpiryPolicy policy,
    Duration patience,
    boolean passed,
    Optional<Consumer<List<Hold>>> waiting) {

  /**
   * @param usual the policy unless an option has another
   * @param passed whether no gate is there to be asked
   */
  static SwitchRequest of(
      String to, String reason, List<SwitchOption> options, ExpiryPolicy usual, boolean passed) {
    boolean force = false;
    boolean dryRun = false;
    Optional<String> ifActive = Optional.empty();
    ExpiryPolicy policy = usual;
    Duration patience = Duration.ZERO;
    Optional<Consumer<List<Hold>>> waiting = Optional.empty();
    for (SwitchOption option : options) {
      if (option instanceof SwitchOption.Force) {
        force = true;
      } else if (option instanceof SwitchOption.DryRun) {
        dryRun = true;
      } else if (option instanceof SwitchOption.IfActive active) {
        ifActive = Optional.of(active.slot());
      } else if (option instanceof SwitchOption.IfExpired expired) {
        policy = expired.policy();
      } else if (option instanceof SwitchOption.WaitUpTo limit) {
        patience = limit.limit();
      } else if (option instanceof SwitchOption.WhileWaiting told) {
        waiting = Optional.of(told.listener());
      }
    }
    return new SwitchRequest(
        to, reason, force, dryRun, ifActive, policy, patience, force || passed, waiting);
  }

  /** After a renewal: what has just been renewed need not be so again, however short it lives. */
  SwitchRequest renewed() {
    return new SwitchRequest(
        to, reason, force, dryRun, ifActive, ExpiryPolicy.ACTIVATE, patience, passed, waiting);
  }

  SwitchRequest asDryRun() {
    return new SwitchRequest(to, reason, force, true, ifActive, policy, patience, passed, waiting);
  }

  SwitchRequest letPass() {
    return new SwitchRequest(to, reason, force, dryRun, ifActive, policy, patience, true, waiting);
  }
}
