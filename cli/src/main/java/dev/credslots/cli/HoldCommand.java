package dev.credslots.cli;

import dev.credslots.Hold;
import dev.credslots.HoldLease;
import dev.credslots.HoldLeases;
import dev.credslots.HoldRequest;
import dev.credslots.internal.posix.Descriptors;
import dev.credslots.internal.posix.Exec;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/** {@code slots hold}: a program that holds while it runs. */
final class HoldCommand implements Command.Handler {
  /** Which holds a program runs under: their ids with colons between, the innermost last. */
  private static final String VARIABLE = "SLOTS_HOLD";

  @Override
  public Command.Request parse(Words words) {
    return new Ask(words.required(0), words.value("reason"), words.behindDashes().orElseThrow());
  }

  private record Ask(String name, Optional<String> reason, List<String> program)
      implements Command.Request {

    @Override
    public Reply run(Session session) {
      String variable = session.surroundings().variable(VARIABLE);
      List<String> outer = variable.isEmpty() ? List.of() : List.of(variable.split(":", -1));
      HoldLease lease = take(session, outer).orElse(null);
      if (lease == null) {
        return new NotStarted(
            ExitCode.DEFERRED,
            "deferred: another process is changing the slots right now; try again",
            List.of());
      }
      Map<String, String> set =
          Map.of(VARIABLE, outer.isEmpty() ? lease.id() : variable + ":" + lease.id());
      Exec.Refusal refusal = become(session.surroundings().programs(), lease, outer, set);
      lease.close();
      return NotStarted.because(program.get(0), refusal);
    }

    private Optional<HoldLease> take(Session session, List<String> outer) {
      HoldRequest request =
          new HoldRequest(
              name,
              reason,
              session.setup().lockTimeout().orElse(HoldRequest.USUAL_LOCK_TIMEOUT),
              outer,
              waiting -> tell(session, waiting));
      try {
        return new HoldLeases(session.setup().directory(), session.surroundings().clock())
            .take(request);
      } catch (IllegalArgumentException e) {
        throw Failure.usage(String.valueOf(e.getMessage()), "");
      }
    }

    private static void tell(Session session, List<Hold> waiting) {
      if (!session.words().has("quiet")) {
        session
            .output()
            .note(
                "waiting for "
                    + Holders.names(waiting)
                    + ", at most "
                    + HoldLeases.LONGEST_COURTESY.toSeconds()
                    + "s");
      }
    }

    /**
     * Returns only if it could not be. The lease's descriptor stays open in the program, and so do
     * those of outer holds, which are this very process's if it became slots itself.
     */
    private Exec.Refusal become(
        Programs programs, HoldLease lease, List<String> outer, Map<String, String> set) {
      Set<Integer> keep = Descriptors.named(outer);
      OptionalInt own = OptionalInt.empty();
      try {
        own = Descriptors.on(lease.file());
      } catch (IOException e) {
        // As where nothing lists descriptors.
      }
      own.ifPresent(keep::add);
      Exec.Program become = new Exec.Program(program, set, Set.of(), keep);
      return own.isPresent() && locksSurvive()
          ? programs.become(become)
          : programs.standInFor(become);
    }

    /** Before 5.11 Linux frees the locks of a process of several threads that becomes another. */
    private static boolean locksSurvive() {
      String[] version = System.getProperty("os.version", "").split("[^0-9]+", -1);
      if (!System.getProperty("os.name", "").equals("Linux") || version.length < 2) {
        return true;
      }
      int major = Integer.parseInt("0" + version[0]);
      return major > 5 || (major == 5 && Integer.parseInt("0" + version[1]) >= 11);
    }
  }
}
