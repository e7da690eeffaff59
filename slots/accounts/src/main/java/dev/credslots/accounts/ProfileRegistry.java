package dev.credslots.accounts;

import java.util.Collection;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The profiles there are, and which is active. Immutable: what changes it answers a new one.
 *
 * @param active the one that counts where none is named
 * @param profiles by name, sorted
 */
public record ProfileRegistry(Optional<String> active, SortedMap<String, Profile> profiles) {

  /** Nobody added one. */
  public static final ProfileRegistry EMPTY =
      new ProfileRegistry(Optional.empty(), Collections.emptySortedMap());

  /**
   * @throws IllegalArgumentException if the active one is not there, or one is called otherwise
   *     than it is listed
   */
  public ProfileRegistry {
    profiles = Collections.unmodifiableSortedMap(new TreeMap<>(profiles));
    for (Map.Entry<String, Profile> entry : profiles.entrySet()) {
      if (!entry.getKey().equals(entry.getValue().name())) {
        throw new IllegalArgumentException("a profile is listed by another name than its own");
      }
    }
    if (active.isPresent() && !profiles.containsKey(active.get())) {
      throw new IllegalArgumentException("the active profile is not there");
    }
  }

  /** Sorted by name. */
  public Collection<Profile> all() {
    return profiles.values();
  }

  /** The profile of that name. */
  public Optional<Profile> find(String name) {
    return Optional.ofNullable(profiles.get(name));
  }

  /** With {@code profile}; the first one becomes active, later ones do not. */
  ProfileRegistry with(Profile profile) {
    SortedMap<String, Profile> more = new TreeMap<>(profiles);
    more.put(profile.name(), profile);
    return new ProfileRegistry(profiles.isEmpty() ? Optional.of(profile.name()) : active, more);
  }

  /** Without {@code name}; none is active if that was. */
  ProfileRegistry without(String name) {
    SortedMap<String, Profile> fewer = new TreeMap<>(profiles);
    fewer.remove(name);
    return new ProfileRegistry(active.filter(one -> !one.equals(name)), fewer);
  }

  /** With another name for {@code from}, which stays active if it was. */
  ProfileRegistry renamed(String from, Profile to) {
    SortedMap<String, Profile> others = new TreeMap<>(profiles);
    others.remove(from);
    others.put(to.name(), to);
    return new ProfileRegistry(active.map(one -> one.equals(from) ? to.name() : one), others);
  }

  /** With another active one, or none. */
  ProfileRegistry using(Optional<String> name) {
    return new ProfileRegistry(name, profiles);
  }
}
