package dev.credslots.hooks;

import dev.credslots.Hold;
import dev.credslots.ListenerException;
import dev.credslots.LockGuard;
import dev.credslots.SlotEvent;
import dev.credslots.SlotEventListener;
import dev.credslots.SwitchGate;
import dev.credslots.Warning;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Executables of the user's that are asked or told: those in {@code <root>/lock-guard.d}, {@code
 * pre-switch.d}, {@code on-switch.d} and so on, one after the other by name.
 *
 * <p>Each runs in {@code /} with {@code PATH}, {@code HOME}, {@code LANG} and the event's {@code
 * SLOTS_*} variables, the event as a JSON object on its standard input, and a time limit, after
 * which it and what it started are ended. A file that others may write, that is another user's or
 * that is not executable is not run, and that is said.
 *
 * <p>The directories are read anew each time. Immutable and thread-safe.
 */
public final class Hooks {
  private final Path root;
  private final Path directory;
  private final Clock clock;
  private final HookRunner runner;

  /**
   * @param root absolute; it need not exist
   * @param directory the credentials directory, which hooks are told
   * @param environment the caller's variables; three of them go on
   * @param limit for each executable; positive
   */
  public Hooks(
      Path root, Path directory, Map<String, String> environment, Duration limit, Clock clock) {
    if (limit.isZero() || limit.isNegative()) {
      throw new IllegalArgumentException("a time limit is positive: " + limit);
    }
    this.root = root;
    this.directory = directory;
    this.clock = clock;
    this.runner = new HookRunner(root, environment, limit);
  }

  /**
   * Asks {@code lock-guard.d}: each line on standard output is a hold. One that fails, is not run,
   * takes too long or prints no text is a hold, too. All of them are asked.
   */
  public LockGuard guard() {
    return new LockGuard() {
      @Override
      public List<Hold> holds() {
        List<Hold> holds = new ArrayList<>();
        List<Hook> hooks = list(HookEvent.LOCK_GUARD);
        for (Hook hook : hooks) {
          holds.addAll(run(hook, HookInput.lockGuard(clock.instant(), directory)).holds());
        }
        return holds;
      }

      @Override
      public boolean quick() {
        return false;
      }
    };
  }

  /**
   * Asks {@code pre-switch.d}: the first that does not end with 0 objects, by the first line of its
   * standard error, and the others are not asked.
   */
  public SwitchGate gate() {
    return (from, to, reason) -> {
      for (Hook hook : list(HookEvent.PRE_SWITCH)) {
        Instant now = clock.instant();
        HookRun run = run(hook, HookInput.preSwitch(now, directory, from, to, reason));
        if (!run.holds().isEmpty()) {
          return run.holds();
        }
      }
      return List.of();
    };
  }

  /**
   * Tells the {@code on-*.d} whose event it is. Throws {@link ListenerException} with a warning for
   * each that failed or was not run; the others are told all the same.
   */
  public SlotEventListener listener() {
    return this::tell;
  }

  private void tell(SlotEvent event) {
    Optional<HookInput> input = HookInput.of(event, directory);
    // One look where there is no such directory, before anything else is loaded.
    if (input.isEmpty() || !has(input.get().event())) {
      return;
    }
    List<Warning> warnings = new ArrayList<>();
    for (Hook hook : list(input.get().event())) {
      HookRun run = run(hook, input.get());
      if (run.problem().isPresent()) {
        String code = hook.problem().isPresent() ? "hook-refused" : "hook-failed";
        warnings.add(new Warning(code, hook.shown() + " " + run.problem().get()));
      }
    }
    if (!warnings.isEmpty()) {
      throw new ListenerException(warnings);
    }
  }

  /** Where the events' directories are. */
  public Path root() {
    return root;
  }

  /** Whether the event has a directory, whatever is in it. */
  public boolean has(HookEvent event) {
    return Files.exists(root.resolve(event.directory()), LinkOption.NOFOLLOW_LINKS);
  }

  /** The event's files in the order of their names' bytes, with what is wrong with them. */
  public List<Hook> list(HookEvent event) {
    return new HookDirectory(root, event).hooks();
  }

  /** Runs one, after another look at it. */
  public HookRun run(Hook hook, HookInput input) {
    return runner.run(hook, input);
  }

  /** The variables that every hook has besides those of its event. */
  public Map<String, String> environment() {
    return runner.environment();
  }
}
