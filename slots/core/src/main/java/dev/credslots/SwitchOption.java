package dev.credslots;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;

/** How {@link SlotManager#switchTo} departs from its defaults. Values; order does not matter. */
public sealed interface SwitchOption {

  /** Do not ask the guards, nor the gates. Never activates a known-bad credential: nothing does. */
  SwitchOption FORCE = new Force();

  /** Decide and say, change nothing. */
  SwitchOption DRY_RUN = new DryRun();

  /** Switch only while {@code slot} is active; otherwise the outcome is {@code Unchanged}. */
  static SwitchOption ifActive(String slot) {
    return new IfActive(slot);
  }

  /** Overrides the manager's policy for this call. */
  static SwitchOption ifExpired(ExpiryPolicy policy) {
    return new IfExpired(policy);
  }

  /**
   * Waits up to {@code limit} for holds to end before the switch is deferred. Guards are asked to
   * keep new holds back meanwhile, see {@link LockGuard#waiting}.
   */
  static SwitchOption waitUpTo(Duration limit) {
    return new WaitUpTo(limit);
  }

  /**
   * Tells {@code listener} whom the switch waits for, when a wait begins and whenever they change.
   * Without {@link #waitUpTo} there is no wait. Called by the thread that switches.
   */
  static SwitchOption whileWaiting(Consumer<List<Hold>> listener) {
    return new WhileWaiting(listener);
  }

  /** See {@link #FORCE}. */
  record Force() implements SwitchOption {}

  /** See {@link #DRY_RUN}. */
  record DryRun() implements SwitchOption {}

  /** See {@link #ifActive}. */
  record IfActive(String slot) implements SwitchOption {
    public IfActive {
      Objects.requireNonNull(slot, "slot");
    }
  }

  /** See {@link #ifExpired}. */
  record IfExpired(ExpiryPolicy policy) implements SwitchOption {
    public IfExpired {
      Objects.requireNonNull(policy, "policy");
    }
  }

  /** See {@link #waitUpTo}. */
  record WaitUpTo(Duration limit) implements SwitchOption {
    public WaitUpTo {
      if (limit.isNegative()) {
        throw new IllegalArgumentException("a wait cannot be negative: " + limit);
      }
    }
  }

  /** See {@link #whileWaiting}. */
  record WhileWaiting(Consumer<List<Hold>> listener) implements SwitchOption {
    public WhileWaiting {
      Objects.requireNonNull(listener, "listener");
    }
  }
}
