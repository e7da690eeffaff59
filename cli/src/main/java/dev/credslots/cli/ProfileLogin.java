package dev.credslots.cli;

import dev.credslots.LiveLogin;
import dev.credslots.SlotManager;
import dev.credslots.Warning;
import dev.credslots.accounts.Profile;
import dev.credslots.accounts.ProfileEnvironment;
import dev.credslots.credential.Fingerprint;
import dev.credslots.credential.Secret;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Optional;

/**
 * {@code slots profile login}: runs the client's own login as the profile, and then looks where it
 * landed. Of an {@code api-key} profile it takes another key.
 *
 * @param program what to run; empty for the configured one, else the client's usual
 */
record ProfileLogin(String name, Optional<List<String>> program) implements Command.Request {
  /** Claude Code's since 2.1 [its documentation]; earlier ones are told by -- claude /login. */
  private static final List<String> USUAL = List.of("claude", "auth", "login");

  @Override
  public Reply run(Session session) {
    ProfileSession profiles = new ProfileSession(session);
    Profile profile = profiles.profile(name);
    if (profile instanceof Profile.OAuth oauth) {
      return login(session, profiles, oauth);
    }
    if (program.isPresent()) {
      throw Failure.usage(
          "profile " + name + " has a key, which no program logs in", "leave the program out");
    }
    Secret key = ProfileAdd.askForKey(session, name);
    return profiles.answer("logged-in", () -> profiles.profiles().replaceKey(name, key));
  }

  private Reply login(Session session, ProfileSession profiles, Profile.OAuth profile) {
    if (!Files.isDirectory(profile.configDirectory())) {
      throw Failure.refused(
          "no-directory",
          "the directory of profile " + name + " is missing: " + profile.configDirectory(),
          "make it, or remove the profile and add it again");
    }
    SlotManager own = profiles.slots(profile);
    SlotManager elsewhere = profiles.withoutProfile();
    Optional<Fingerprint> ownBefore = own.liveLogin().refreshToken();
    Optional<Fingerprint> otherBefore = elsewhere.liveLogin().refreshToken();
    List<String> words = words(session);
    int exit = start(session, words, profiles.environment(profile));
    LiveLogin landed = own.liveLogin();
    LiveLogin other = elsewhere.liveLogin();
    if (landed.refreshToken().isPresent() && !landed.refreshToken().equals(ownBefore)) {
      return new Told(
          name,
          ExitCode.DONE,
          "logged-in",
          "logged in: the login is in " + profile.configDirectory(),
          new Sharing(profiles).of(profile, landed));
    }
    if (other.refreshToken().isPresent() && !other.refreshToken().equals(otherBefore)) {
      return new Told(
          name,
          ExitCode.ATTENTION,
          "elsewhere",
          "the login is not in "
              + profile.configDirectory()
              + " but in "
              + elsewhere.directory()
              + ", the directory without a profile: does the program take CLAUDE_CONFIG_DIR?"
              + " slots status and slots heal say what became of the login there",
          List.of());
    }
    return new Told(
        name,
        ExitCode.FAILED,
        "unchanged",
        words.get(0)
            + " ended with "
            + exit
            + ", and there is no new login in "
            + profile.configDirectory(),
        List.of());
  }

  private List<String> words(Session session) {
    List<String> configured = session.setup().config().login;
    return program.orElse(configured == null ? USUAL : configured);
  }

  private static int start(Session session, List<String> words, ProfileEnvironment environment) {
    try {
      return session.surroundings().programs().run(words, environment.set(), environment.unset());
    } catch (IOException e) {
      throw Failure.failed(
          "no-program",
          Plain.quoted(words.get(0)) + " cannot be started",
          "name the client's login: slots profile login NAME -- PROGRAM...",
          e);
    }
  }

  /** What became of the login. */
  private record Told(
      String profile, ExitCode exit, String outcome, String message, List<Warning> warnings)
      implements OneSentence {
    @Override
    public String sentence() {
      return message;
    }

    @Override
    public void json(Json json) {
      json.text("outcome", outcome)
          .text("profile", profile)
          .text("message", message)
          .warnings(warnings);
    }
  }
}
