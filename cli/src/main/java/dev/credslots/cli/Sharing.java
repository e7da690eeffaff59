package dev.credslots.cli;

import dev.credslots.LiveLogin;
import dev.credslots.SlotManager;
import dev.credslots.Warning;
import dev.credslots.accounts.Profile;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Whether a profile's login is somebody else's too: another profile's, or a slot's that is used
 * without one. Only reads, and what cannot be read shares nothing.
 */
final class Sharing {
  private static final String SO =
      ": they share its limits, and one login in both ends for both when either renews it";

  private final ProfileSession session;

  Sharing(ProfileSession session) {
    this.session = session;
  }

  /** A warning for each other one. */
  List<Warning> of(Profile.OAuth profile, LiveLogin login) {
    List<Warning> warnings = new ArrayList<>();
    if (login.refreshToken().isEmpty() && login.account().isEmpty()) {
      return warnings;
    }
    for (Profile other : session.registry().all()) {
      if (other instanceof Profile.OAuth oauth && !other.name().equals(profile.name())) {
        SlotManager slots = session.slots(oauth);
        if (login.sharesWith(slots.liveLogin()) || slots.slotSharing(login).isPresent()) {
          warnings.add(warning(profile, "profile " + other.name()));
        }
      }
    }
    SlotManager without = session.withoutProfile();
    if (Files.isDirectory(without.directory())) {
      Optional<String> slot = without.slotSharing(login);
      if (slot.isPresent()) {
        warnings.add(warning(profile, "slot " + slot.get() + " of " + without.directory()));
      } else if (login.sharesWith(without.liveLogin())) {
        warnings.add(warning(profile, "the login in " + without.directory()));
      }
    }
    return warnings;
  }

  private static Warning warning(Profile profile, String other) {
    return new Warning(
        "shared-account",
        "profile " + profile.name() + " and " + other + " are of one account" + SO);
  }
}
