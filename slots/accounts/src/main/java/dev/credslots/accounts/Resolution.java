package dev.credslots.accounts;

import dev.credslots.SlotNames;
import java.util.Optional;

/**
 * As whom to run: what is named, else {@code SLOTS_PROFILE}, else the active profile, else as the
 * environment has it. A profile that was selected and is not there is an answer of its own, so that
 * nothing falls back to another login.
 */
public sealed interface Resolution {
  /** What selected it. */
  enum Source {
    /** The command line. */
    ARGUMENT,
    /** The variable {@code SLOTS_PROFILE}. */
    VARIABLE,
    /** The registry's active profile. */
    ACTIVE
  }

  /** A profile. */
  record Selected(Profile profile, Source source) implements Resolution {}

  /**
   * {@code default} was named: the login a client uses by itself, whatever the environment says.
   */
  record Default(Source source) implements Resolution {}

  /** Nothing selects anything: as the environment has it. */
  record Ambient() implements Resolution {}

  /**
   * What was selected is not there: nothing may be launched.
   *
   * @param sentence why, and what to do
   */
  record Missing(String name, String sentence) implements Resolution {}

  /**
   * Decides.
   *
   * @param argument what the command line names; also an empty text is a name
   * @param variable the value of {@code SLOTS_PROFILE}; an empty one counts as not set
   */
  static Resolution of(
      Optional<String> argument, Optional<String> variable, ProfileRegistry registry) {
    if (argument.isPresent()) {
      return named(argument.get(), Source.ARGUMENT, registry);
    }
    Optional<String> set = variable.filter(text -> !text.isEmpty());
    if (set.isPresent()) {
      return named(set.get(), Source.VARIABLE, registry);
    }
    return registry
        .active()
        .map(active -> named(active, Source.ACTIVE, registry))
        .orElseGet(Ambient::new);
  }

  private static Resolution named(String name, Source source, ProfileRegistry registry) {
    if (name.equals(Profile.DEFAULT)) {
      return new Default(source);
    }
    return registry
        .find(name)
        .<Resolution>map(profile -> new Selected(profile, source))
        .orElseGet(() -> new Missing(name, missing(name, source)));
  }

  private static String missing(String name, Source source) {
    String origin = source == Source.VARIABLE ? "SLOTS_PROFILE names " : "there is no profile ";
    return Profile.nameProblem(name)
        .map(problem -> source == Source.VARIABLE ? "SLOTS_PROFILE: " + problem : problem)
        .orElse(
            origin
                + SlotNames.quoted(name)
                + (source == Source.VARIABLE ? ", and there is no such profile" : ""));
  }
}
