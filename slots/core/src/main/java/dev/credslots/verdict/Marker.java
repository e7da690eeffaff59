package dev.credslots.verdict;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What the end of a login ({@code refreshTokenExpiresAt}) says about whose a file is. Claude Code
 * sets it once per login and leaves it nearly constant over refreshes [thread].
 */
public sealed interface Marker {
  /** Refreshes of one login stay within this of each other. */
  Duration SAME_LOGIN = Duration.ofSeconds(60);

  /** Logins further apart than this from all known ones are new. */
  Duration NEW_LOGIN = Duration.ofHours(1);

  /** The file continues a login of {@code slot}, and of no other. */
  record Same(String slot) implements Marker {}

  /** Somebody logged in: no slot has a login that ends near this one. */
  record NewLogin() implements Marker {}

  /** Nothing can be said. */
  record Silent() implements Marker {}

  /**
   * Compares one file's marker with every slot's.
   *
   * @param live of the file, if it has one
   * @param known by slot; an empty list for a slot without a known one
   */
  static Marker of(Optional<Instant> live, Map<String, List<Instant>> known) {
    if (live.isEmpty()) {
      return new Silent();
    }
    List<String> equal = new ArrayList<>();
    List<String> near = new ArrayList<>();
    boolean allFar = !known.isEmpty();
    for (Map.Entry<String, List<Instant>> slot : known.entrySet()) {
      Optional<Duration> distance = nearest(live.get(), slot.getValue());
      if (distance.isEmpty() || distance.get().compareTo(NEW_LOGIN) <= 0) {
        allFar = false;
      }
      if (distance.isPresent() && distance.get().isZero()) {
        equal.add(slot.getKey());
      }
      if (distance.isPresent() && distance.get().compareTo(SAME_LOGIN) <= 0) {
        near.add(slot.getKey());
      }
    }
    if (equal.size() == 1) {
      return new Same(equal.get(0));
    }
    if (equal.isEmpty() && near.size() == 1) {
      return new Same(near.get(0));
    }
    return allFar ? new NewLogin() : new Silent();
  }

  private static Optional<Duration> nearest(Instant live, List<Instant> markers) {
    Optional<Duration> nearest = Optional.empty();
    for (Instant marker : markers) {
      Duration distance = Duration.between(marker, live).abs();
      if (nearest.isEmpty() || distance.compareTo(nearest.get()) < 0) {
        nearest = Optional.of(distance);
      }
    }
    return nearest;
  }
}
