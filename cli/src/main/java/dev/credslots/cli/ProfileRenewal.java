package dev.credslots.cli;

import dev.credslots.ChangeOutcome;
import dev.credslots.ExpiryPolicy;
import dev.credslots.HealOutcome;
import dev.credslots.LiveLogin;
import dev.credslots.RefreshOutcome;
import dev.credslots.SlotManager;
import dev.credslots.Warning;
import dev.credslots.accounts.Profile;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Sees to a profile's login before a program is started with it: renewed if it is over, as a switch
 * renews a slot's; and one that is known to be bad starts nothing.
 *
 * <p>Only slots are renewed, since only they have a lease, a lineage and a place where an answer is
 * safe. So the login in a profile's directory becomes a slot when it first needs renewal, and what
 * its client read stays where it was: the path is a link from then on. A file that the client
 * renames over it later is brought home, or, if it is another login, becomes a slot of its own.
 */
final class ProfileRenewal {
  /** Of the slots in a profile's directory; not the profile's name, which may change. */
  private static final String SLOT = "login";

  private static final int MOST_SLOTS = 1000;

  private final Session session;
  private final SlotManager slots;
  private final Profile.OAuth profile;
  private final List<Warning> warnings;

  /**
   * @param warnings what people should hear of is added to them
   */
  ProfileRenewal(
      Session session, SlotManager slots, Profile.OAuth profile, List<Warning> warnings) {
    this.session = session;
    this.slots = slots;
    this.profile = profile;
    this.warnings = warnings;
  }

  /** Why nothing may be started: how the command ends. */
  record Refusal(ExitCode exit, String message) {}

  /** Makes the login usable; empty if a program may be started with it. */
  Optional<Refusal> ready(LiveLogin login) {
    return switch (login.state()) {
      case MISSING -> {
        warn(
            "not-logged-in",
            "profile "
                + profile.name()
                + " is not logged in; slots profile login "
                + profile.name());
        yield Optional.empty();
      }
      case FRESH -> {
        if (wantsMore(login)) {
          renewed().ifPresent(this::warnUnlessRenewed);
        }
        yield Optional.empty();
      }
      case EXPIRING, REFRESHABLE -> ending(login);
      case EXPIRED, REJECTED, UNREADABLE, WIPED ->
          refusal(ExitCode.REFUSED, login.reason(), "slots profile login " + profile.name());
      case SUSPECT ->
          refusal(ExitCode.REFUSED, login.reason(), "both with --dir " + slots.directory());
    };
  }

  private boolean wantsMore(LiveLogin login) {
    Instant enough = session.now().plus(Renewals.buffer(session.surroundings()).time());
    return session.setup().policy() == ExpiryPolicy.REFRESH
        && login.expiresAt().map(end -> !end.isAfter(enough)).orElse(false);
  }

  private Optional<Refusal> ending(LiveLogin login) {
    return switch (session.setup().policy()) {
      case ACTIVATE -> Optional.empty();
      case REFUSE ->
          refusal(
              ExitCode.REFUSED,
              login.reason(),
              "--if-expired refresh renews it first, activate leaves that to the program");
      case REFRESH -> {
        Optional<RefreshOutcome> outcome = renewed();
        if (outcome.isEmpty() || outcome.get().ok()) {
          yield Optional.empty();
        }
        boolean stillGood =
            !(outcome.get() instanceof RefreshOutcome.Refused)
                && login.expiresAt().map(end -> end.isAfter(session.now())).orElse(false);
        if (stillGood) {
          warnUnlessRenewed(outcome.get());
          yield Optional.empty();
        }
        yield refusal(
            AuthCommand.exit(outcome.get()),
            outcome.get().message(),
            outcome.get() instanceof RefreshOutcome.Refused
                ? "slots profile login " + profile.name()
                : "--if-expired activate leaves it to the program");
      }
    };
  }

  private Optional<Refusal> refusal(ExitCode exit, String reason, String remedy) {
    return Optional.of(
        new Refusal(
            exit, "nothing was started as " + profile.name() + ": " + reason + "; " + remedy));
  }

  /** What became of renewing it; empty if it was left to the client, which was warned of. */
  private Optional<RefreshOutcome> renewed() {
    Adoption adoption = adopt();
    if (adoption instanceof Adoption.Busy busy) {
      return Optional.of(
          new RefreshOutcome.Deferred(SLOT, Optional.empty(), busy.message(), List.of()));
    }
    if (adoption instanceof Adoption.Impossible impossible) {
      warn("left-to-client", "its client has to renew the login itself: " + impossible.message());
      return Optional.empty();
    }
    RefreshOutcome outcome = Renewals.of(session).renew(slots, ((Adoption.Slot) adoption).name());
    warnings.addAll(outcome.warnings());
    return Optional.of(outcome);
  }

  private void warnUnlessRenewed(RefreshOutcome outcome) {
    if (!outcome.ok()) {
      warn("not-renewed", outcome.message());
    }
  }

  /** Whether the login at the live path is in a slot. */
  sealed interface Adoption {
    /** It is, and the live path leads there. */
    record Slot(String name) implements Adoption {}

    /** Somebody else is at it. */
    record Busy(String message) implements Adoption {}

    /** It can't be put into one. */
    record Impossible(String message) implements Adoption {}
  }

  /** Sees to it that the login is in a slot. */
  Adoption adopt() {
    Optional<String> active = slots.activeSlot();
    if (active.isEmpty() && !slots.slots().isEmpty()) {
      HealOutcome healed = slots.heal();
      warnings.addAll(healed.warnings());
      active = slots.activeSlot();
    }
    if (active.isPresent()) {
      return new Adoption.Slot(active.get());
    }
    ChangeOutcome added = slots.addSlot(freeName(slots), false);
    // Where it wasn't added, another process may have done it.
    Optional<String> adopted = added.ok() ? Optional.of(added.slot()) : slots.activeSlot();
    if (adopted.isPresent()) {
      return new Adoption.Slot(adopted.get());
    }
    return added instanceof ChangeOutcome.Deferred
        ? new Adoption.Busy(added.message())
        : new Adoption.Impossible(added.message());
  }

  /** A name for another slot in a profile's directory. */
  static String freeName(SlotManager slots) {
    List<String> taken = slots.slots();
    String name = SLOT;
    for (int i = 2; taken.contains(name) && i < MOST_SLOTS; i++) {
      name = SLOT + "-" + i;
    }
    return name;
  }

  /** Whether a slot was named by {@link #freeName}, and not by its owner. */
  static boolean named(String slot) {
    return slot.equals(SLOT) || slot.startsWith(SLOT + "-");
  }

  private void warn(String code, String message) {
    warnings.add(new Warning(code, message));
  }
}
