package dev.credslots.cli;

import dev.credslots.ChangeOutcome;
import dev.credslots.ExpiryPolicy;
import dev.credslots.LiveLogin;
import dev.credslots.SlotManager;
import dev.credslots.SwitchOption;
import dev.credslots.SwitchOutcome;
import dev.credslots.Warning;
import dev.credslots.accounts.Profile;
import dev.credslots.accounts.ProfileOutcome;
import dev.credslots.accounts.ProfileOutcome.Deferred;
import dev.credslots.accounts.ProfileOutcome.Done;
import dev.credslots.accounts.ProfileOutcome.Refused;
import dev.credslots.credential.Credential;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * {@code slots profile resync}: copies the login that is used without a profile into a profile's
 * directory, where the same account's is over. The copy becomes a slot there and the live link is
 * turned to it, so what the profile had is kept like any slot's content.
 */
record ProfileResync(String name) implements Command.Request {

  @Override
  public Reply run(Session session) {
    ProfileSession profiles = new ProfileSession(session);
    Profile profile = profiles.profile(name);
    if (!(profile instanceof Profile.OAuth oauth)) {
      return told("refused", new Refused(name, "profile " + name + " has a key and no login"));
    }
    SlotManager slots = profiles.slots(oauth);
    LiveLogin source = profiles.withoutProfile().liveLogin();
    LiveLogin target = slots.liveLogin();
    Optional<String> obstacle = obstacle(source, target);
    if (obstacle.isPresent()) {
      return told(
          "refused", new Refused(name, "nothing was copied to " + name + ": " + obstacle.get()));
    }
    if (source.refreshToken().equals(target.refreshToken())) {
      return told(
          "unchanged", new Done(name, "profile " + name + " has the login already: nothing to do"));
    }
    List<Warning> warnings = new ArrayList<>();
    if (target.state().sound()) {
      // What cannot be put into a slot is stashed by the switch.
      new ProfileRenewal(session, slots, oauth, warnings).adopt();
    }
    Optional<String> before = slots.activeSlot();
    ProfileOutcome outcome = copied(slots, source, warnings);
    if (outcome instanceof Done) {
      before.ifPresent(slot -> forget(slots, slot, warnings));
      warnings.addAll(new Sharing(profiles).of(oauth, slots.liveLogin()));
    }
    return new ProfileCommand.Told("resynced", outcome, warnings);
  }

  private static Reply told(String done, ProfileOutcome outcome) {
    return new ProfileCommand.Told(done, outcome, List.of());
  }

  private static Optional<String> obstacle(LiveLogin source, LiveLogin target) {
    if (!source.state().sound() || source.refreshToken().isEmpty()) {
      return Optional.of("the login without a profile is of no use: " + source.reason());
    }
    if (source.account().isEmpty() || target.account().isEmpty()) {
      return Optional.of(
          "nobody knows whose the login "
              + (source.account().isEmpty() ? "without a profile" : "of the profile")
              + " is; slots profile login makes a new one");
    }
    return source.sameAccount(target)
        ? Optional.empty()
        : Optional.of("the login without a profile is another account's");
  }

  private ProfileOutcome copied(SlotManager slots, LiveLogin source, List<Warning> warnings) {
    Optional<String> there = slotWith(slots, source);
    String slot = there.orElseGet(() -> ProfileRenewal.freeName(slots));
    if (there.isEmpty()) {
      ChangeOutcome added = slots.addSlot(slot, source.file(), true);
      warnings.addAll(added.warnings());
      if (!added.ok()) {
        return added instanceof ChangeOutcome.Deferred
            ? new Deferred(name, added.message())
            : new Refused(name, added.message());
      }
    }
    // What can be renewed is good enough here: it is renewed when a program is started.
    SwitchOutcome switched =
        slots.switchTo(slot, "resync", SwitchOption.ifExpired(ExpiryPolicy.ACTIVATE));
    warnings.addAll(switched.warnings());
    if (switched.ok()) {
      return new Done(name, "profile " + name + " has the login that is used without a profile");
    }
    return switched instanceof SwitchOutcome.Deferred
        ? new Deferred(name, switched.message())
        : new Refused(name, switched.message());
  }

  private static Optional<String> slotWith(SlotManager slots, LiveLogin login) {
    for (String slot : slots.availableSlots()) {
      if (slots.credential(slot).flatMap(Credential::fingerprint).equals(login.refreshToken())) {
        return Optional.of(slot);
      }
    }
    return Optional.empty();
  }

  /** The login that was replaced goes to the stash, unless its owner gave its slot a name. */
  private static void forget(SlotManager slots, String slot, List<Warning> warnings) {
    if (ProfileRenewal.named(slot) && !slots.activeSlot().equals(Optional.of(slot))) {
      warnings.addAll(slots.removeSlot(slot).warnings());
    }
  }
}
