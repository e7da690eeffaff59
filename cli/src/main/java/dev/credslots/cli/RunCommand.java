package dev.credslots.cli;

import dev.credslots.LiveLogin;
import dev.credslots.SlotManager;
import dev.credslots.Warning;
import dev.credslots.accounts.Profile;
import dev.credslots.accounts.ProfileEnvironment;
import dev.credslots.accounts.Resolution;
import dev.credslots.internal.posix.Exec;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** {@code slots run}: becomes another program, as a profile. */
final class RunCommand implements Command.Handler {

  @Override
  public Command.Request parse(Words words) {
    SwitchCommand.policy(words);
    return new Ask(words.argument(0), words.has("nested"), words.behindDashes().orElseThrow());
  }

  private record Ask(Optional<String> profile, boolean nested, List<String> program)
      implements Command.Request {

    @Override
    public Reply run(Session session) {
      requireNotNested(session);
      ProfileSession profiles = new ProfileSession(session);
      Resolution resolution = profiles.resolution(profile);
      List<Warning> warnings = new ArrayList<>();
      Exec.Program program;
      if (resolution instanceof Resolution.Selected selected) {
        Optional<ProfileRenewal.Refusal> refusal =
            selected.profile() instanceof Profile.OAuth oauth
                ? ready(session, profiles, oauth, warnings)
                : Optional.empty();
        if (refusal.isPresent()) {
          return new NotStarted(refusal.get().exit(), refusal.get().message(), warnings);
        }
        program = as(selected.profile().name(), profiles.environment(selected.profile()));
      } else if (resolution instanceof Resolution.Default) {
        ProfileEnvironment none = ProfileEnvironment.ofDefault(profiles.ambient());
        program = program(none.set(), none.unset());
      } else {
        program = program(Map.of(), Set.of());
      }
      warnings.addAll(profiles.warnings());
      return become(session, program, warnings);
    }

    private void requireNotNested(Session session) {
      String outer = session.surroundings().variable(ProfileSession.RUNNING);
      if (!outer.isEmpty() && !nested) {
        throw Failure.refused(
            "nested",
            "this is running as profile " + Plain.quoted(outer) + " already; nothing was started",
            "--nested starts a program as another one all the same");
      }
    }

    private static Optional<ProfileRenewal.Refusal> ready(
        Session session, ProfileSession profiles, Profile.OAuth profile, List<Warning> warnings) {
      if (!Files.isDirectory(profile.configDirectory())) {
        throw Failure.refused(
            "no-directory",
            "the directory of profile "
                + profile.name()
                + " is missing: "
                + profile.configDirectory()
                + "; nothing was started",
            "make it, or remove the profile and add it again");
      }
      SlotManager slots = profiles.slots(profile);
      LiveLogin login = slots.liveLogin();
      warnings.addAll(new Sharing(profiles).of(profile, login));
      return new ProfileRenewal(session, slots, profile, warnings).ready(login);
    }

    private Exec.Program as(String name, ProfileEnvironment environment) {
      Map<String, String> set = new TreeMap<>(environment.set());
      set.put(ProfileSession.RUNNING, name);
      return program(set, environment.unset());
    }

    private Exec.Program program(Map<String, String> set, Set<String> unset) {
      return new Exec.Program(program, set, unset, Set.of());
    }

    private Reply become(Session session, Exec.Program become, List<Warning> warnings) {
      // Said before, since nothing of us is left afterwards.
      if (!session.words().has("quiet")) {
        session.output().err(Cli.shown(warnings));
      }
      Exec.Refusal refusal = session.surroundings().programs().become(become);
      return NotStarted.because(program.get(0), refusal);
    }
  }
}
