package dev.credslots;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * A hold to be taken. Immutable.
 *
 * @param name who holds, as shown to people; a name that a slot could have, and any number of
 *     processes may use one
 * @param reason why, in the caller's words, never a secret; cut to 1,000 characters
 * @param lockTimeout how long to wait for a change of the slots that is under way
 * @param within the ids of the holds that the caller runs under, see {@link HoldLease#id}: while
 *     one of them is alive, no waiting switch is let go first, as it waits for that one
 * @param waiting is told once who is let go first, if anybody is
 */
public record HoldRequest(
    String name,
    Optional<String> reason,
    Duration lockTimeout,
    List<String> within,
    Consumer<List<Hold>> waiting) {

  /** As long as a manager waits unless told otherwise. */
  public static final Duration USUAL_LOCK_TIMEOUT = SlotManagerBuilder.LOCK_TIMEOUT;

  public HoldRequest {
    Objects.requireNonNull(name, "name");
    reason = reason.map(Intent::remark);
    SlotManager.requireNotNegative("a lock timeout", lockTimeout);
    within = List.copyOf(within);
    Objects.requireNonNull(waiting, "waiting");
  }

  /** Without a reason, under no other hold. */
  public static HoldRequest of(String name) {
    return new HoldRequest(name, Optional.empty(), USUAL_LOCK_TIMEOUT, List.of(), holds -> {});
  }

  /** With a reason. */
  public HoldRequest because(String why) {
    return new HoldRequest(name, Optional.of(why), lockTimeout, within, waiting);
  }
}
