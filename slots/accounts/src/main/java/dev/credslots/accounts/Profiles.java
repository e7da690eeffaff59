package dev.credslots.accounts;

import dev.credslots.PrivateFile;
import dev.credslots.StoreException;
import dev.credslots.accounts.ProfileOutcome.Deferred;
import dev.credslots.accounts.ProfileOutcome.Done;
import dev.credslots.accounts.ProfileOutcome.Refused;
import dev.credslots.credential.Secret;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The profiles of a user: the registry {@code profiles.json}, their directories and, in a token
 * store, their keys. Immutable and thread-safe; any number of processes may change them, one after
 * the other. What only reads takes no lock.
 *
 * <p>Whatever the moment at which a change is interrupted, a profile that is in the registry is
 * whole or says that its key or directory is missing; what can be left over is a key or directory
 * without a profile, and {@link #left} finds it.
 *
 * <p>Every method throws a {@link StoreException} of kind {@code REFUSED}, which holds no value of
 * the file, if the registry is not what this class writes; nothing is changed then, and it is never
 * taken for an empty one.
 */
public final class Profiles {
  private static final String ADD_ANOTHER = "; slots profile list shows them";

  private final PrivateFile file;
  private final ProfileDirectories directories;
  private final Supplier<TokenStore> keys;

  /**
   * Touches nothing.
   *
   * @param dataDirectory absolute; it holds the registry, and the directories of {@code oauth}
   *     profiles that did not bring their own
   * @param keys where API keys are; not asked for before one is needed
   * @param lockTimeout how long a change waits for another one
   */
  public Profiles(Path dataDirectory, Supplier<TokenStore> keys, Duration lockTimeout) {
    this.file = new PrivateFile(dataDirectory.resolve("profiles.json"), lockTimeout);
    this.directories = new ProfileDirectories(dataDirectory.resolve("profiles"));
    this.keys = keys;
  }

  /** The registry's file. */
  public Path path() {
    return file.path();
  }

  /** Whether others may read or write the registry; the next change ends that. */
  public boolean exposed() {
    return file.exposed();
  }

  /** The profiles as they are now. */
  public ProfileRegistry read() {
    return parsed(file.read());
  }

  /** The directory that an {@code oauth} profile of that name has unless it brings one. */
  public Path ownDirectory(String name) {
    return directories.of(name);
  }

  /** The profile's key; empty if the store has none. */
  public Optional<Secret> key(Profile.ApiKey profile) throws TokenStoreException {
    return keys.get().read(profile.key());
  }

  /**
   * What an earlier profile of that name left, as a sentence; empty if nothing: a directory with
   * something in it, or a key. Asked about a profile that is not there.
   *
   * @throws TokenStoreException if the store does not say whether it has a key
   */
  public Optional<String> left(Profile profile) throws TokenStoreException {
    if (profile instanceof Profile.ApiKey key) {
      return keys.get().read(key.key()).isPresent()
          ? Optional.of(
              "the token store has the key of an earlier profile "
                  + profile.name()
                  + ", which would be replaced")
          : Optional.empty();
    }
    Path directory = ((Profile.OAuth) profile).configDirectory();
    return directories.owns(directory) && directories.used(directory)
        ? Optional.of(
            "the directory of an earlier profile "
                + profile.name()
                + " is there still, and its login with it: "
                + directory)
        : Optional.empty();
  }

  /**
   * Adds a profile; the first one becomes active.
   *
   * @param key for an {@code api-key} profile, by {@link ApiKeys#problem}
   * @param adopt on the operator's word, also if an earlier profile of the name left something: its
   *     directory becomes the new one's, its key is replaced
   * @throws TokenStoreException if the key is not kept; nothing was added then
   * @throws StoreException also if the directory cannot be made
   */
  public ProfileOutcome add(Profile profile, Optional<Secret> key, boolean adopt)
      throws TokenStoreException {
    String name = profile.name();
    return change(
        name,
        before -> {
          Optional<String> problem = addProblem(profile, before);
          if (problem.isEmpty() && !adopt) {
            problem = left(profile);
          }
          if (problem.isPresent()) {
            return Next.refused(before, name, problem.get());
          }
          if (profile instanceof Profile.ApiKey apiKey) {
            keys.get().write(apiKey.key(), key.orElseThrow());
          } else if (profile instanceof Profile.OAuth oauth) {
            directories.make(oauth.configDirectory());
          }
          ProfileRegistry after = before.with(profile);
          boolean active = after.active().equals(Optional.of(name));
          return new Next(
              after, new Done(name, "added profile " + name + (active ? ", which is active" : "")));
        });
  }

  private Optional<String> addProblem(Profile profile, ProfileRegistry before) {
    if (before.find(profile.name()).isPresent()) {
      return Optional.of("profile " + profile.name() + " exists already" + ADD_ANOTHER);
    }
    if (!(profile instanceof Profile.OAuth oauth)) {
      return Optional.empty();
    }
    for (Profile other : before.all()) {
      if (other instanceof Profile.OAuth taken
          && directories.same(taken.configDirectory(), oauth.configDirectory())) {
        return Optional.of(
            oauth.configDirectory()
                + " is the directory of profile "
                + other.name()
                + "; name another one with --config-dir");
      }
    }
    return directories.problem(oauth.configDirectory());
  }

  /** Puts another key in the place of the profile's. */
  public ProfileOutcome replaceKey(String name, Secret key) throws TokenStoreException {
    return change(
        name,
        before -> {
          if (before.find(name).orElse(null) instanceof Profile.ApiKey profile) {
            keys.get().write(profile.key(), key);
            return new Next(before, new Done(name, "profile " + name + " has the new key"));
          }
          return Next.refused(before, name, "there is no api-key profile " + name + ADD_ANOTHER);
        });
  }

  /**
   * Makes a profile the active one.
   *
   * @param name empty for none
   */
  public ProfileOutcome use(Optional<String> name) {
    String shown = name.orElse(Profile.DEFAULT);
    return changeRegistry(
        shown,
        before -> {
          if (name.isPresent() && before.find(name.get()).isEmpty()) {
            return Next.refused(before, shown, missing(shown));
          }
          String message =
              name.isPresent() ? "profile " + shown + " is active" : "no profile is active";
          return new Next(before.using(name), new Done(shown, message));
        });
  }

  /**
   * Removes a profile. Its directory or key stays, unless it is to be purged: then an own directory
   * is deleted with all that is in it, and the key forgotten, before the profile is. A directory
   * that was brought along is never deleted.
   *
   * @param force also the active one; none is active afterwards
   * @throws TokenStoreException if the key could not be forgotten; the profile is still there
   * @throws StoreException also if the directory could not be deleted; the profile is still there
   */
  public ProfileOutcome remove(String name, boolean force, boolean purge)
      throws TokenStoreException {
    return change(
        name,
        before -> {
          Optional<Profile> found = before.find(name);
          if (found.isEmpty()) {
            return Next.refused(before, name, missing(name));
          }
          if (before.active().equals(Optional.of(name)) && !force) {
            return Next.refused(
                before,
                name,
                "profile " + name + " is active; use another one first, or remove it by --force");
          }
          String left = purge ? purge(found.get()) : keep(found.get());
          return new Next(
              before.without(name), new Done(name, "removed profile " + name + "; " + left));
        });
  }

  private static String keep(Profile profile) {
    return profile instanceof Profile.OAuth oauth
        ? "its login stays in " + oauth.configDirectory()
        : "its key stays in the token store";
  }

  private String purge(Profile profile) throws TokenStoreException {
    if (profile instanceof Profile.ApiKey key) {
      keys.get().remove(key.key());
      return "its key is forgotten";
    }
    Path directory = ((Profile.OAuth) profile).configDirectory();
    if (!directories.owns(directory)) {
      return directory + " was brought along, and stays as it is";
    }
    directories.delete(directory);
    return directory + " is deleted";
  }

  /**
   * Gives a profile another name. Its directory stays where it is: programs may be running in it,
   * and on macOS the Keychain knows the login by the path.
   *
   * @throws TokenStoreException if the key could not be moved; the profile has its old name then,
   *     or, if only the old key could not be forgotten, its new one
   */
  public ProfileOutcome rename(String from, String to) throws TokenStoreException {
    ProfileOutcome outcome = change(from, before -> renamed(before, from, to));
    if (outcome instanceof Done && read().find(to).orElse(null) instanceof Profile.ApiKey) {
      keys.get().remove(Profile.keyOf(from));
    }
    return outcome;
  }

  private Next renamed(ProfileRegistry before, String from, String to) throws TokenStoreException {
    Optional<Profile> found = before.find(from);
    if (found.isEmpty()) {
      return Next.refused(before, from, missing(from));
    }
    Optional<String> problem = Profile.nameProblem(to);
    if (problem.isEmpty() && before.find(to).isPresent()) {
      problem = Optional.of("profile " + to + " exists already; choose another name");
    }
    if (problem.isPresent()) {
      return Next.refused(before, from, problem.get());
    }
    Profile after;
    if (found.get() instanceof Profile.ApiKey key) {
      Profile.ApiKey renamed = new Profile.ApiKey(to, key.baseUrl());
      Optional<String> left = left(renamed);
      if (left.isPresent()) {
        return Next.refused(before, from, left.get() + "; choose another name");
      }
      Optional<Secret> secret = keys.get().read(key.key());
      if (secret.isPresent()) {
        keys.get().write(renamed.key(), secret.get());
      }
      after = renamed;
    } else {
      after = new Profile.OAuth(to, ((Profile.OAuth) found.get()).configDirectory());
    }
    return new Next(
        before.renamed(from, after), new Done(to, "renamed profile " + from + " to " + to));
  }

  private static String missing(String name) {
    return Profile.nameProblem(name).orElse("there is no profile " + name + ADD_ANOTHER);
  }

  private record Next(ProfileRegistry registry, ProfileOutcome outcome) {
    static Next refused(ProfileRegistry before, String name, String message) {
      return new Next(before, new Refused(name, message));
    }
  }

  private interface Change {
    Next of(ProfileRegistry before) throws TokenStoreException;
  }

  /** As {@link #change}, for what has nothing to do with keys. */
  private ProfileOutcome changeRegistry(String name, Change change) {
    try {
      return change(name, change);
    } catch (TokenStoreException e) {
      throw new IllegalStateException("the token store was not to be asked", e);
    }
  }

  private ProfileOutcome change(String name, Change change) throws TokenStoreException {
    Carrier carrier = new Carrier();
    boolean locked =
        file.update(
            bytes -> {
              ProfileRegistry before = parsed(bytes);
              try {
                Next next = change.of(before);
                carrier.outcome = next.outcome();
                return next.registry().equals(before)
                    ? Optional.empty()
                    : Optional.of(ProfileFile.write(next.registry()));
              } catch (TokenStoreException e) {
                carrier.failure = e;
                return Optional.empty();
              }
            });
    if (carrier.failure != null) {
      throw carrier.failure;
    }
    return locked && carrier.outcome != null
        ? carrier.outcome
        : new Deferred(
            name, "deferred: another process is changing the profiles right now; try again");
  }

  /** What comes out of a change besides bytes. */
  private static final class Carrier {
    private @Nullable ProfileOutcome outcome;
    private @Nullable TokenStoreException failure;
  }

  private ProfileRegistry parsed(Optional<byte[]> bytes) {
    return bytes.map(read -> ProfileFile.read(read, file.path())).orElse(ProfileRegistry.EMPTY);
  }
}
