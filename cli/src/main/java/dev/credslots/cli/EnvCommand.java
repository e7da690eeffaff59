package dev.credslots.cli;

import dev.credslots.StoreException;
import dev.credslots.Warning;
import dev.credslots.accounts.Profile;
import dev.credslots.accounts.ProfileEnvironment;
import dev.credslots.accounts.Resolution;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** {@code slots env}: a profile's environment, for a shell to take over. */
final class EnvCommand implements Command.Handler {
  static final List<String> SHELLS = List.of("sh", "fish");

  /** Nothing else can be a shell's variable, so no shell can have it to unset. */
  private static final Pattern VARIABLE = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");

  @Override
  public Command.Request parse(Words words) {
    String shell = words.value("shell").orElse("sh");
    if (!SHELLS.contains(shell)) {
      throw Failure.usage(
          "there is no shell " + Plain.quoted(shell) + Nearest.hint(shell, SHELLS),
          "it is sh (also for bash and zsh) or fish");
    }
    return new Ask(words.argument(0), shell.equals("fish"));
  }

  private record Ask(Optional<String> profile, boolean fish) implements Command.Request {
    @Override
    public Reply run(Session session) {
      try {
        return lines(session);
      } catch (Failure | StoreException e) {
        if (!session.words().has("json")) {
          // Or the shell that evaluates this goes on, as somebody else.
          session.output().out("false\n");
        }
        throw e;
      }
    }

    private Reply lines(Session session) {
      ProfileSession profiles = new ProfileSession(session);
      Resolution resolution = profiles.resolution(profile);
      List<Warning> warnings = new ArrayList<>();
      if (resolution instanceof Resolution.Ambient) {
        warnings.add(
            new Warning("no-profile", "no profile is selected, so nothing is to be changed"));
        return new Lines("", "", List.of(), List.of(), warnings);
      }
      String name = Profile.DEFAULT;
      ProfileEnvironment environment;
      if (resolution instanceof Resolution.Selected selected) {
        name = selected.profile().name();
        environment = profiles.environment(selected.profile());
        if (selected.profile() instanceof Profile.ApiKey && session.output().terminal()) {
          warnings.add(new Warning("key-shown", "the key can be read on this terminal now"));
        }
      } else {
        environment = ProfileEnvironment.ofDefault(profiles.ambient());
      }
      warnings.addAll(profiles.warnings());
      return new Lines(
          name,
          script(environment),
          List.copyOf(environment.set().keySet()),
          List.copyOf(environment.unset()),
          warnings);
    }

    private String script(ProfileEnvironment environment) {
      StringBuilder lines = new StringBuilder();
      for (String name : environment.unset()) {
        if (VARIABLE.matcher(name).matches()) {
          // Of fish's scopes the innermost is erased, and another one may be behind it.
          lines
              .append(
                  fish ? "while set -q " + name + "; set -e " + name + "; end" : "unset " + name)
              .append('\n');
        }
      }
      for (Map.Entry<String, String> variable : environment.set().entrySet()) {
        lines
            .append(
                fish ? "set -gx " + variable.getKey() + " " : "export " + variable.getKey() + "=")
            .append(quoted(variable.getValue()))
            .append('\n');
      }
      return lines.toString();
    }

    /** In single quotes nothing but these is special. */
    private String quoted(String value) {
      return fish
          ? "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"
          : "'" + value.replace("'", "'\\''") + "'";
    }
  }

  /**
   * The lines, which hold the key of an {@code api-key} profile: that is what they are for. JSON
   * has the names alone.
   */
  private record Lines(
      String profile, String script, List<String> set, List<String> unset, List<Warning> warnings)
      implements Reply {
    @Override
    public ExitCode exit() {
      return ExitCode.DONE;
    }

    @Override
    public void text(Page page) {
      page.verbatim(script);
    }

    @Override
    public void json(Json json) {
      json.text("profile", Optional.of(profile).filter(name -> !name.isEmpty()))
          .texts("set", set)
          .texts("unset", unset)
          .warnings(warnings);
    }

    @Override
    public String toString() {
      return "Lines[" + profile + "]";
    }
  }
}
