package dev.credslots.hooks;

import dev.credslots.Hold;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What became of running a hook.
 *
 * @param exitCode empty if it was not run or did not end by itself; 128 and the number if a signal
 *     ended it
 * @param problem why it does not count as done, as in "exited 3: no such unit"; empty if it does
 * @param holds who is busy or objects by what it said; for an event that asks, a problem is one
 * @param took from its start to its end
 * @param out the beginning of what it printed, without control characters but line feeds
 * @param err the same of what it complained
 */
public record HookRun(
    Hook hook,
    OptionalInt exitCode,
    Optional<String> problem,
    List<Hold> holds,
    Duration took,
    String out,
    String err) {

  public HookRun {
    holds = List.copyOf(holds);
  }
}
