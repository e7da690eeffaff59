package dev.credslots.hooks;

import dev.credslots.Hold;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/** Runs hooks and understands what they answer. Immutable. */
final class HookRunner {
  /** Of the caller's variables, these go on; what else a hook knows, {@code SLOTS_*} tells it. */
  private static final List<String> KEPT = List.of("PATH", "HOME", "LANG");

  private static final String USUAL_PATH = "/usr/local/bin:/usr/bin:/bin";
  private static final int MOST_LINES = 100;
  private static final int LONGEST_LINE = 200;
  private static final int LONGEST_SHOWN = 2_000;

  private final Map<String, String> environment;
  private final Duration limit;

  /**
   * @param root where the hooks are, and what they keep beside them
   * @param caller the caller's variables, whatever is in them
   * @param limit for each hook; positive
   */
  HookRunner(Path root, Map<String, String> caller, Duration limit) {
    Map<String, String> kept = new LinkedHashMap<>();
    for (String name : KEPT) {
      String value = caller.get(name);
      if (value != null) {
        kept.put(name, value);
      }
    }
    kept.putIfAbsent("PATH", USUAL_PATH);
    kept.put("SLOTS_HOOKS", root.toString());
    this.environment = kept;
    this.limit = limit;
  }

  /** The variables besides those of the event. */
  Map<String, String> environment() {
    return environment;
  }

  /** Looks at the hook once more and runs it, unless something is wrong with it. */
  HookRun run(Hook hook, HookInput input) {
    if (hook.problem().isPresent()) {
      return notRun(hook, hook.problem().get());
    }
    HookDirectory.Inspected inspected = HookDirectory.inspect(hook.path());
    if (inspected.problem().isPresent()) {
      return notRun(hook, inspected.problem().get());
    }
    Map<String, String> variables = new LinkedHashMap<>(environment);
    variables.putAll(input.variables());
    HookProcess.Ended ended = HookProcess.run(inspected.real(), variables, input.json(), limit);
    String err = ended.err().textOfSorts();
    String complaint = Text.firstLine(err, LONGEST_LINE);
    Optional<String> problem = problem(hook.event(), ended, complaint);
    return new HookRun(
        hook,
        ended.exitCode(),
        problem,
        holds(hook, ended, problem, complaint),
        ended.took(),
        shown(ended.out().textOfSorts()),
        shown(err));
  }

  private static HookRun notRun(Hook hook, String why) {
    String problem = "was not run: " + why;
    List<Hold> holds = hook.event().asks() ? List.of(busy(hook, problem)) : List.of();
    return new HookRun(
        hook, OptionalInt.empty(), Optional.of(problem), holds, Duration.ZERO, "", "");
  }

  private static Optional<String> problem(
      HookEvent event, HookProcess.Ended ended, String complaint) {
    int code = ended.exitCode().orElse(0);
    if (code != 0) {
      return Optional.of("exited " + code + (complaint.isEmpty() ? "" : ": " + complaint));
    }
    return ended.problem().isEmpty() && event == HookEvent.LOCK_GUARD
        ? rubbish(ended.out())
        : ended.problem();
  }

  /** What cannot be understood may be a hold. */
  private static Optional<String> rubbish(Printed out) {
    if (!out.ended()) {
      // A child has it, or our reader had no turn: either way there may be more to read. (Where the
      // JDK has drained the pipe at the end of the process, it is at its end for us, too.)
      return Optional.of("left its output open");
    }
    if (out.cut()) {
      return Optional.of("printed more than " + HookProcess.MOST_OUT / 1024 + " KiB");
    }
    Optional<String> text = out.text();
    if (text.isEmpty()) {
      return Optional.of("printed what is no text (UTF-8)");
    }
    return lines(text.get()) > MOST_LINES
        ? Optional.of("printed more than " + MOST_LINES + " lines")
        : Optional.empty();
  }

  private static int lines(String text) {
    int lines = text.isEmpty() || text.endsWith("\n") ? 0 : 1;
    for (int i = 0; i < text.length(); i++) {
      lines += text.charAt(i) == '\n' ? 1 : 0;
    }
    return lines;
  }

  private static List<Hold> holds(
      Hook hook, HookProcess.Ended ended, Optional<String> problem, String complaint) {
    if (!hook.event().asks()) {
      return List.of();
    }
    boolean vetoed = hook.event() == HookEvent.PRE_SWITCH && ended.exitCode().isPresent();
    if (problem.isPresent()) {
      return List.of(
          vetoed && !complaint.isEmpty() ? hold(hook, complaint) : busy(hook, problem.get()));
    }
    List<Hold> holds = new ArrayList<>();
    if (hook.event() == HookEvent.LOCK_GUARD) {
      for (String line : ended.out().text().orElseThrow().split("\n", -1)) {
        String name = Text.plain(line, LONGEST_LINE);
        if (!name.isEmpty()) {
          holds.add(hold(hook, name));
        }
      }
    }
    return holds;
  }

  private static Hold busy(Hook hook, String problem) {
    return hold(hook, hook.shown() + " " + problem);
  }

  private static Hold hold(Hook hook, String name) {
    return new Hold(name, OptionalLong.empty(), Optional.empty(), hook.shown());
  }

  private static String shown(String text) {
    StringBuilder shown = new StringBuilder();
    for (String line : text.split("\n", -1)) {
      String plain = Text.plain(line, LONGEST_LINE);
      if (!plain.isEmpty() && shown.length() + plain.length() < LONGEST_SHOWN) {
        shown.append(plain).append('\n');
      }
    }
    return shown.toString();
  }
}
