package dev.credslots.cli;

import dev.credslots.Warning;
import dev.credslots.accounts.ApiKeys;
import dev.credslots.accounts.BaseUrl;
import dev.credslots.accounts.ImportFile;
import dev.credslots.accounts.Imported;
import dev.credslots.accounts.Profile;
import dev.credslots.accounts.ProfileOutcome;
import dev.credslots.accounts.ProfileRegistry;
import dev.credslots.accounts.Profiles;
import dev.credslots.accounts.TokenStoreException;
import dev.credslots.cli.Importing.Naming;
import dev.credslots.cli.Importing.Outcome;
import dev.credslots.cli.Importing.Taken;
import dev.credslots.credential.Secret;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Takes over what becomes profiles: API keys, and directories that have a login. */
final class ImportProfiles {
  private final Session session;
  private final ProfileSession composed;
  private final Profiles profiles;
  private final Naming naming;
  private final boolean dryRun;

  /** Whether there was none before. */
  private final boolean first;

  ImportProfiles(Session session, Naming naming, boolean dryRun) {
    this.session = session;
    this.composed = new ProfileSession(session);
    this.profiles = composed.profiles();
    this.naming = naming;
    this.dryRun = dryRun;
    this.first = profiles.read().profiles().isEmpty();
  }

  Taken take(Imported.ApiKey entry) throws TokenStoreException {
    Optional<String> problem = ApiKeys.problem(entry.key());
    if (problem.isEmpty()) {
      problem = entry.baseUrl().flatMap(BaseUrl::problem);
    }
    if (problem.isPresent()) {
      return Taken.skipped(entry, problem.get());
    }
    Optional<BaseUrl> baseUrl = entry.baseUrl().map(BaseUrl::new);
    ProfileRegistry registry = profiles.read();
    for (Profile other : registry.all()) {
      boolean same =
          other instanceof Profile.ApiKey known
              && known.baseUrl().equals(baseUrl)
              && profiles.key(known).equals(Optional.of(entry.key()));
      if (same) {
        return Taken.present(entry, other.name(), "profile " + other.name() + " has it already");
      }
    }
    Profile profile = new Profile.ApiKey(free(entry.name(), registry), baseUrl);
    return add(entry, profile, Optional.of(entry.key()));
  }

  Taken take(Imported.Directory entry) throws TokenStoreException {
    Path directory =
        Setup.file(session.surroundings(), entry.directory(), "config_dir")
            .toAbsolutePath()
            .normalize();
    if (!Files.isDirectory(directory)) {
      return Taken.skipped(entry, "its directory " + directory + " does not exist");
    }
    composed.requireOther(directory, "a program without a profile uses it already");
    ProfileRegistry registry = profiles.read();
    for (Profile other : registry.all()) {
      if (other instanceof Profile.OAuth known && known.configDirectory().equals(directory)) {
        return Taken.present(entry, other.name(), "profile " + other.name() + " has it already");
      }
    }
    Profile profile = new Profile.OAuth(free(entry.name(), registry), directory);
    return add(entry, profile, Optional.empty());
  }

  private Taken add(Imported entry, Profile profile, Optional<Secret> key)
      throws TokenStoreException {
    if (dryRun) {
      return Taken.imported(entry, profile.name(), "would add profile " + profile.name());
    }
    ProfileOutcome outcome = profiles.add(profile, key, false);
    if (outcome instanceof ProfileOutcome.Deferred) {
      return Taken.deferred(entry, outcome.message());
    }
    return outcome instanceof ProfileOutcome.Done
        ? Taken.imported(entry, profile.name(), outcome.message())
        : Taken.skipped(entry, outcome.message());
  }

  private String free(String wanted, ProfileRegistry registry) throws TokenStoreException {
    String free = naming.name(wanted, one -> registry.find(one).isPresent());
    Optional<String> problem = Profile.nameProblem(free);
    if (problem.isPresent()) {
      throw Failure.refused("no-name", problem.get(), "choose another name");
    }
    return free;
  }

  /**
   * Makes the profile the active one that was active there, if there were none here before.
   *
   * @return what people should hear of besides
   */
  List<Warning> finish(ImportFile file, List<Taken> taken) {
    for (Taken one : taken) {
      boolean chosen = !dryRun && first && file.active().equals(Optional.of(one.entry().id()));
      if (chosen && one.outcome() == Outcome.IMPORTED) {
        profiles.use(one.target());
      }
    }
    return composed.warnings();
  }
}
