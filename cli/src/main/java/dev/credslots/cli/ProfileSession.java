package dev.credslots.cli;

import dev.credslots.LiveLogin;
import dev.credslots.SlotManager;
import dev.credslots.Warning;
import dev.credslots.accounts.Profile;
import dev.credslots.accounts.ProfileEnvironment;
import dev.credslots.accounts.ProfileOutcome;
import dev.credslots.accounts.ProfileRegistry;
import dev.credslots.accounts.Profiles;
import dev.credslots.accounts.Resolution;
import dev.credslots.accounts.TokenStoreException;
import dev.credslots.credential.Secret;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Profiles, composed: registry, key store and the slots in their directories. Confined. */
final class ProfileSession {
  /** Which profile a run is of: not to be mixed with the choice that {@code SLOTS_PROFILE} is. */
  static final String RUNNING = "SLOTS_RUN";

  static final String CHOICE = "SLOTS_PROFILE";

  private static final Duration LOCK_TIMEOUT = Duration.ofSeconds(9);

  private final Session session;
  private final Profiles profiles;
  private @Nullable Stores stores;

  ProfileSession(Session session) {
    this.session = session;
    this.profiles =
        new Profiles(
            Setup.dataDirectory(session.surroundings()),
            () -> stores().chosen(),
            session.setup().lockTimeout().orElse(LOCK_TIMEOUT));
  }

  /** Not made before a key is asked for: most profiles have none. */
  private Stores stores() {
    if (stores == null) {
      stores = new Stores(session);
    }
    return stores;
  }

  /** What the token stores have to say, if any was asked. */
  List<Warning> warnings() {
    return stores == null ? List.of() : stores.warnings();
  }

  /** The names of the profiles, for who has no session. */
  static List<String> names(Surroundings surroundings, Words words) {
    Session session = new Session(surroundings, words, new Output(surroundings));
    return List.copyOf(new ProfileSession(session).registry().profiles().keySet());
  }

  Profiles profiles() {
    return profiles;
  }

  ProfileRegistry registry() {
    return profiles.read();
  }

  /** Who it is by argument, variable and registry. */
  Resolution resolution(Optional<String> argument) {
    Optional<String> variable =
        Optional.ofNullable(session.surroundings().environment().get(CHOICE));
    Resolution resolution = Resolution.of(argument, variable, registry());
    if (resolution instanceof Resolution.Missing missing) {
      throw Failure.refused(
          "no-profile",
          missing.sentence()
              + Nearest.hint(missing.name(), List.copyOf(registry().profiles().keySet())),
          "slots profile list shows them");
    }
    return resolution;
  }

  /** The profile of that name. */
  Profile profile(String name) {
    Resolution resolution = resolution(Optional.of(name));
    if (resolution instanceof Resolution.Selected selected) {
      return selected.profile();
    }
    throw Failure.refused("no-profile", "default is no profile", "name one of slots profile list");
  }

  /**
   * @throws Failure if it is the directory of the login without a profile
   */
  void requireOther(Path directory, String remedy) {
    if (directory.equals(session.setup().homeDirectory().toAbsolutePath().normalize())) {
      throw Failure.refused(
          "default-directory",
          directory + " is the directory of the login without a profile",
          remedy);
    }
  }

  /** A change that may need the token store. */
  interface Change {
    ProfileOutcome make() throws TokenStoreException;
  }

  /**
   * Makes a change and says what became of it.
   *
   * @param done what the outcome is called when it was done
   */
  ProfileCommand.Told answer(String done, Change change) {
    try {
      ProfileOutcome outcome = change.make();
      return new ProfileCommand.Told(done, outcome, warnings());
    } catch (TokenStoreException e) {
      throw Stores.failure(e);
    }
  }

  /** The slots in the profile's directory, whose live path is what its client reads. */
  SlotManager slots(Profile.OAuth profile) {
    return session.setup().managerOf(profile.configDirectory());
  }

  LiveLogin login(Profile.OAuth profile) {
    return slots(profile).liveLogin();
  }

  /**
   * The slots a client uses that is started without a profile: where the environment says, or, if
   * that is a profile's own directory (as below {@code slots run}), where a client looks by itself.
   */
  SlotManager withoutProfile() {
    Path directory = session.setup().directory().toAbsolutePath().normalize();
    for (Profile profile : registry().all()) {
      if (profile instanceof Profile.OAuth oauth && oauth.configDirectory().equals(directory)) {
        return session.setup().homeManager();
      }
    }
    return session.setup().manager();
  }

  /** What of the environment is to be changed for the profile. */
  ProfileEnvironment environment(Profile profile) {
    Collection<String> ambient = ambient();
    return profile instanceof Profile.OAuth oauth
        ? ProfileEnvironment.of(oauth, ambient)
        : ProfileEnvironment.of((Profile.ApiKey) profile, key((Profile.ApiKey) profile), ambient);
  }

  Set<String> ambient() {
    return session.surroundings().environment().keySet();
  }

  private Secret key(Profile.ApiKey profile) {
    try {
      return profiles
          .key(profile)
          .orElseThrow(
              () ->
                  Failure.refused(
                      "no-key",
                      "the token store has no key for profile " + profile.name(),
                      "slots profile login " + profile.name() + " takes one"));
    } catch (TokenStoreException e) {
      throw Stores.failure(e);
    }
  }
}
