package dev.credslots.cli;

import dev.credslots.LiveLogin;
import dev.credslots.Warning;
import dev.credslots.accounts.ApiKeys;
import dev.credslots.accounts.BaseUrl;
import dev.credslots.accounts.Profile;
import dev.credslots.accounts.ProfileOutcome;
import dev.credslots.accounts.TokenStoreException;
import dev.credslots.credential.Secret;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** {@code slots profile add}. */
record ProfileAdd(
    String name, boolean apiKey, Optional<BaseUrl> baseUrl, Optional<String> directory, boolean yes)
    implements Command.Request {
  static final String KEY_VARIABLE = "SLOTS_API_KEY";

  static ProfileAdd parse(Words words) {
    boolean apiKey = words.has("api-key");
    Optional<String> url = words.value("base-url");
    Optional<String> directory = words.value("config-dir");
    if (url.isPresent() && !apiKey) {
      throw Failure.usage("--base-url is for profiles with --api-key", "see slots help profile");
    }
    if (directory.isPresent() && apiKey) {
      throw Failure.usage("a profile has a directory or a key", "leave one of both out");
    }
    url.flatMap(BaseUrl::problem)
        .ifPresent(
            problem -> {
              throw Failure.usage(problem, "keys go in " + KEY_VARIABLE);
            });
    return new ProfileAdd(
        words.required(1), apiKey, url.map(BaseUrl::new), directory, words.has("yes"));
  }

  @Override
  public Reply run(Session session) {
    Optional<String> problem = Profile.nameProblem(name);
    if (problem.isPresent()) {
      throw Failure.refused("no-name", problem.get(), "choose another name");
    }
    ProfileSession profiles = new ProfileSession(session);
    Profile profile = profile(session, profiles);
    boolean taken = profiles.registry().find(name).isPresent();
    boolean adopt = !taken && adopts(session, profiles, profile);
    Optional<Secret> key =
        apiKey && !taken ? Optional.of(askForKey(session, name)) : Optional.empty();
    ProfileCommand.Told told =
        profiles.answer("added", () -> profiles.profiles().add(profile, key, adopt));
    return told.exit() == ExitCode.DONE && profile instanceof Profile.OAuth oauth
        ? told(told, profiles, oauth)
        : told;
  }

  private Profile profile(Session session, ProfileSession profiles) {
    if (apiKey) {
      return new Profile.ApiKey(name, baseUrl);
    }
    if (directory.isEmpty()) {
      return new Profile.OAuth(name, profiles.profiles().ownDirectory(name));
    }
    Path path =
        Setup.file(session.surroundings(), directory.get(), "--config-dir")
            .toAbsolutePath()
            .normalize();
    profiles.requireOther(
        path, "leave --config-dir out, and log in with slots profile login " + name);
    return new Profile.OAuth(name, path);
  }

  private boolean adopts(Session session, ProfileSession profiles, Profile profile) {
    try {
      Optional<String> left = profiles.profiles().left(profile);
      left.ifPresent(sentence -> session.requireYes(yes, sentence + "; go on"));
      return left.isPresent();
    } catch (TokenStoreException e) {
      throw Stores.failure(e);
    }
  }

  /** From the variable, else from whoever is at the terminal. */
  static Secret askForKey(Session session, String profile) {
    String variable = session.surroundings().variable(KEY_VARIABLE).strip();
    Secret key =
        variable.isEmpty()
            ? session
                .surroundings()
                .keyboard()
                .secret("API key of " + profile + " (not shown): ")
                .orElseThrow(
                    () ->
                        Failure.usage(
                            "there is no API key and nobody at the terminal",
                            "set " + KEY_VARIABLE + " for this command"))
            : Secret.of(variable);
    ApiKeys.problem(key)
        .ifPresent(
            problem -> {
              throw Failure.refused("no-key", problem, "nothing was stored");
            });
    return key;
  }

  private static Reply told(
      ProfileCommand.Told told, ProfileSession profiles, Profile.OAuth profile) {
    LiveLogin login = profiles.login(profile);
    List<Warning> warnings = new ArrayList<>(told.warnings());
    warnings.addAll(new Sharing(profiles).of(profile, login));
    if (openToOthers(profile.configDirectory())) {
      warnings.add(
          new Warning(
              "directory-open",
              "others can look into " + profile.configDirectory() + "; chmod 700 keeps them out"));
    }
    String next =
        ProfileShow.loggedIn(login) ? "" : "; log in with: slots profile login " + profile.name();
    return new ProfileCommand.Told(
        told.done(),
        new ProfileOutcome.Done(profile.name(), told.outcome().message() + next),
        warnings);
  }

  private static boolean openToOthers(Path directory) {
    try {
      Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(directory);
      return permissions.stream().anyMatch(one -> !one.name().startsWith("OWNER"));
    } catch (IOException | UnsupportedOperationException e) {
      return false;
    }
  }
}
