package dev.credslots;

import dev.credslots.internal.file.AtomicFile;
import dev.credslots.internal.file.Deadline;
import dev.credslots.internal.file.FileContent;
import dev.credslots.internal.file.Journal;
import dev.credslots.internal.file.Layout;
import dev.credslots.internal.file.LockFile;
import dev.credslots.internal.file.RecoveryFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** Begins logins: the slot's lease, and a place for the reply before the code is exchanged. */
final class LoggingIn {
  private final Settings settings;
  private final Layout layout;
  private final SlotDirectory directory;
  private final Exclusive exclusive;
  private final Adoption adoption;
  private final LoginHome home;
  private final Healing healing;

  LoggingIn(
      Settings settings,
      SlotDirectory directory,
      Exclusive exclusive,
      Adoption adoption,
      LoginHome home,
      Healing healing) {
    this.settings = settings;
    this.layout = settings.layout();
    this.directory = directory;
    this.exclusive = exclusive;
    this.adoption = adoption;
    this.home = home;
    this.healing = healing;
  }

  /** Why nobody can log in to a slot of that name. */
  Optional<String> refusal(String slot) {
    Optional<String> problem = SlotNames.problem(slot);
    if (problem.isEmpty() && !directory.mayCreate(slot)) {
      return Optional.of(Messages.mayNotExist(slot));
    }
    return problem.isPresent() ? problem : obstacle(slot);
  }

  private Optional<String> obstacle(String slot) {
    return directory.read(slot).content() instanceof FileContent.Refused refused
        ? Optional.of("slot " + slot + " is " + refused.reason())
        : Optional.empty();
  }

  LoginStart begin(String slot, Consumer<String> trouble) {
    Optional<String> refusal = refusal(slot);
    if (refusal.isPresent()) {
      return ended(new LoginOutcome.Refused(slot, Optional.empty(), refusal.get(), List.of()));
    }
    List<Warning> told = new ArrayList<>();
    Resources held = new Resources();
    boolean begun = false;
    try {
      makeDirectory();
      Ownership.check(layout);
      // An older login of the slot that a client wrote would replace the new one at the next heal.
      Optional<String> unhealed = directory.exists(slot) ? healing.first(told) : Optional.empty();
      if (unhealed.isPresent()) {
        return ended(deferred(slot, unhealed.get(), told));
      }
      AtomicFile.privateDirectory(layout.own());
      AtomicFile.privateDirectory(layout.leases());
      held.lease = LockFile.acquire(layout.lease(slot), Refreshing.forLease(settings)).orElse(null);
      if (held.lease == null) {
        return ended(deferred(slot, Messages.beingRenewed(slot), told));
      }
      Notices notices = new Notices(settings);
      told.forEach(notices::warn);
      Optional<RecoveryFile> place =
          exclusive.run(
              "preparing to log in to " + slot,
              Exclusive.Scope.OURS,
              Optional.of(slot),
              notices,
              Deadline.in(settings.lockTimeout()),
              (journal, locks) -> allocate(slot, journal, locks, notices));
      notices.tell();
      if (place.isEmpty()) {
        return ended(deferred(slot, notices.blocked(), notices.warnings()));
      }
      held.recovery = place.get();
      begun = true;
      return new LoginStart.Begun(
          new LoginTransaction(
              settings, slot, held, exclusive, adoption, home, trouble, notices.warnings()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return ended(deferred(slot, Messages.beingRenewed(slot), told));
    } catch (IOException e) {
      throw Failures.failed("preparing to log in to " + slot, e);
    } finally {
      if (!begun) {
        held.release(true);
      }
    }
  }

  /** A login may be the first thing a directory gets. */
  private void makeDirectory() throws IOException {
    Path own = layout.directory();
    if (!Files.exists(own)) {
      Path parent = own.getParent();
      if (parent != null) {
        Files.createDirectories(parent);
      }
      AtomicFile.privateDirectory(own);
    }
  }

  private RecoveryFile allocate(String slot, Journal journal, ClientLocks locks, Notices notices)
      throws IOException {
    adoption.settleOf(slot, journal, locks, notices);
    AtomicFile.privateDirectory(layout.recovery());
    Instant now = settings.clock().instant();
    return RecoveryFile.allocate(
        layout.recovery(slot), new RecoveryFile.Header(slot, Optional.empty(), now, now));
  }

  private static LoginStart ended(LoginOutcome outcome) {
    return new LoginStart.Ended(outcome);
  }

  private static LoginOutcome deferred(String slot, String message, List<Warning> told) {
    return new LoginOutcome.Deferred(slot, Optional.empty(), message, told);
  }
}
