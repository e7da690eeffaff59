package dev.credslots;

import dev.credslots.credential.Credential;
import dev.credslots.credential.Fingerprint;
import dev.credslots.credential.SlotState;
import dev.credslots.internal.file.AtomicFile;
import dev.credslots.internal.file.Deadline;
import dev.credslots.internal.file.Journal;
import dev.credslots.internal.file.Layout;
import dev.credslots.internal.file.LockBusy;
import dev.credslots.internal.file.LockFile;
import dev.credslots.internal.file.Patience;
import dev.credslots.internal.file.RecoveryFile;
import dev.credslots.internal.file.VendorLock;
import dev.credslots.internal.text.Spans;
import dev.credslots.verdict.Facts;
import dev.credslots.verdict.Judge;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Begins renewals: the slot's lease, the place for the reply, the client's locks if the slot is
 * live, and at every step whether there is still something to renew.
 */
final class Refreshing {
  /** A request takes no longer; who waits for a lease waits for one. */
  private static final Duration LONGEST_REQUEST = Duration.ofSeconds(30);

  /** More often than this no client writes while one is waited for. */
  private static final int MOST_TRIES = 3;

  private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

  private final Settings settings;
  private final Layout layout;
  private final SlotDirectory directory;
  private final Exclusive exclusive;
  private final Adoption adoption;
  private final Captures captures;
  private final Identity identity;
  private final Healing healing;
  private final SlotFiles files;

  Refreshing(
      Settings settings,
      SlotDirectory directory,
      Exclusive exclusive,
      Adoption adoption,
      Captures captures,
      Identity identity,
      Healing healing) {
    this.settings = settings;
    this.healing = healing;
    this.layout = settings.layout();
    this.directory = directory;
    this.exclusive = exclusive;
    this.adoption = adoption;
    this.captures = captures;
    this.identity = identity;
    this.files = new SlotFiles(layout);
  }

  /** How long to wait for who has a slot's lease, and a request under way. */
  static Deadline forLease(Settings settings) {
    return Deadline.in(settings.lockTimeout().plus(LONGEST_REQUEST));
  }

  RefreshStart begin(String slot, RefreshRequest request) {
    Optional<String> problem = SlotNames.problem(slot);
    if (problem.isPresent() || !directory.knows(slot)) {
      return ended(
          new RefreshOutcome.Refused(
              slot,
              problem.orElseGet(() -> Messages.unknownSlot(slot, directory.names(), layout)),
              List.of()));
    }
    Ownership.check(layout);
    List<Warning> healed = new ArrayList<>();
    Optional<RefreshStart> start = Optional.empty();
    for (int tries = 0; start.isEmpty(); tries++) {
      Optional<RefreshOutcome> unhealed = heal(slot, healed);
      start =
          unhealed.isPresent()
              ? unhealed.map(RefreshStart.Ended::new)
              : tried(slot, request, healed, tries == MOST_TRIES);
    }
    return start.get();
  }

  /**
   * A live file that a client wrote is brought home first: it may be this slot's newer login, and
   * to post the older token would end both.
   */
  private Optional<RefreshOutcome> heal(String slot, List<Warning> told) {
    return healing
        .first(told)
        .map(deferred -> new RefreshOutcome.Deferred(slot, Optional.empty(), deferred, List.of()));
  }

  /** Empty if a client wrote a new live file meanwhile, and this is not the last try. */
  private Optional<RefreshStart> tried(
      String slot, RefreshRequest request, List<Warning> before, boolean last) {
    Notices notices = new Notices(settings);
    before.forEach(notices::warn);
    Opening opening = new Opening(slot, request, notices);
    try {
      RefreshStart start = opening.open();
      return opening.overtaken && !last ? Optional.empty() : Optional.of(start);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.of(ended(deferred(slot, Messages.beingRenewed(slot), notices)));
    } catch (IOException e) {
      throw Failures.failed("preparing to renew " + slot, e);
    } finally {
      opening.abandonUnlessBegun();
      notices.tell();
    }
  }

  private static RefreshStart ended(RefreshOutcome outcome) {
    return new RefreshStart.Ended(outcome);
  }

  private static RefreshOutcome deferred(String slot, String message, Notices notices) {
    return new RefreshOutcome.Deferred(slot, Optional.empty(), message, notices.warnings());
  }

  /** What a renewal starts from, decided under our lock. */
  private record Ready(Credential login, boolean live) {}

  /** Either an end, or where to go on from. */
  private record Look(Optional<RefreshOutcome> end, Optional<Ready> ready) {
    static Look end(RefreshOutcome outcome) {
      return new Look(Optional.of(outcome), Optional.empty());
    }
  }

  /** One try to begin. */
  private final class Opening {
    private final String slot;
    private final RefreshRequest request;
    private final Notices notices;
    private final Optional<Fingerprint> first;
    private final Instant dated = ClientLocks.date(settings);
    private final Resources held = new Resources();
    private boolean begun;
    private boolean overtaken;

    Opening(String slot, RefreshRequest request, Notices notices) {
      this.slot = slot;
      this.request = request;
      this.notices = notices;
      this.first = directory.read(slot).token();
    }

    RefreshStart open() throws IOException, InterruptedException {
      AtomicFile.privateDirectory(layout.own());
      AtomicFile.privateDirectory(layout.leases());
      Optional<LockFile> lease = LockFile.acquire(layout.lease(slot), forLease(settings));
      if (lease.isEmpty()) {
        return ended(deferred(slot, Messages.beingRenewed(slot), notices));
      }
      held.lease = lease.get();
      Optional<Look> look =
          exclusive.run(
              "preparing to renew " + slot,
              Exclusive.Scope.OURS,
              Optional.of(slot),
              notices,
              Deadline.in(settings.lockTimeout()),
              this::look);
      if (look.isEmpty()) {
        return ended(deferred(slot, notices.blocked(), notices));
      }
      if (look.get().end().isPresent()) {
        return ended(look.get().end().get());
      }
      Ready ready = look.get().ready().orElseThrow();
      Optional<LockBusy> busy = ready.live() ? waitForClient() : Optional.empty();
      if (busy.isPresent()) {
        return ended(deferred(slot, Messages.clientBusy(busy.get()), notices));
      }
      Fingerprint posted = ready.login().fingerprint().orElseThrow();
      if (ready.live() && !files.isLive(slot)) {
        // The client we waited for renamed its own refresh over the link.
        overtaken = true;
        return ended(deferred(slot, Messages.beingChanged(slot), notices));
      }
      if (!directory.read(slot).token().equals(Optional.of(posted))) {
        return ended(changedMeanwhile());
      }
      begun = true;
      return new RefreshStart.Begun(
          new RefreshTransaction(
              settings,
              slot,
              ready.login(),
              ready.live(),
              held,
              new RefreshTransaction.Parts(directory, exclusive, adoption, captures, files),
              request.trouble(),
              notices.warnings()));
    }

    private Look look(Journal journal, ClientLocks locks) throws IOException {
      adoption.settleOf(slot, journal, locks, notices);
      SlotReading reading = directory.read(slot);
      Optional<RefreshOutcome> end = nothingToDo(reading);
      if (end.isPresent()) {
        return Look.end(end.get());
      }
      // Before the live path is read: a client that renames over the link between the two leaves a
      // file that is in the way, or a link that has gone when its locks are ours.
      boolean linked = files.isLive(slot);
      LiveReading live = directory.readLive();
      Optional<String> inTheWay = inTheWay(live, journal);
      if (inTheWay.isPresent()) {
        overtaken = true;
        return Look.end(new RefreshOutcome.Refused(slot, inTheWay.get(), notices.warnings()));
      }
      Credential login = reading.credential().orElseThrow();
      AtomicFile.privateDirectory(layout.recovery());
      held.recovery =
          RecoveryFile.allocate(
              layout.recovery(slot),
              new RecoveryFile.Header(
                  slot, login.fingerprint(), settings.clock().instant(), dated));
      return new Look(Optional.empty(), Optional.of(new Ready(login, linked)));
    }

    private Optional<RefreshOutcome> nothingToDo(SlotReading reading) {
      Instant now = settings.clock().instant();
      Freshness fresh = directory.freshness(slot, reading, settings.grace(), now);
      Optional<String> refusal = refusal(reading, fresh);
      if (refusal.isPresent()) {
        return Optional.of(new RefreshOutcome.Refused(slot, refusal.get(), notices.warnings()));
      }
      boolean other = !reading.token().equals(first);
      boolean renewed =
          request
              .ifStill()
              .map(
                  one ->
                      !reading
                          .credential()
                          .flatMap(Credential::generation)
                          .equals(Optional.of(one)))
              .orElse(other && fresh.fresh());
      if (renewed) {
        return Optional.of(
            new RefreshOutcome.Unchanged(
                slot, slot + " has been renewed meanwhile", notices.warnings()));
      }
      boolean longEnough =
          fresh.state() != SlotState.REJECTED
              && request.ifWithin().isPresent()
              && fresh
                  .expiresAt()
                  .map(end -> end.isAfter(now.plus(request.ifWithin().get())))
                  .orElse(false);
      if (longEnough) {
        return Optional.of(
            new RefreshOutcome.Unchanged(
                slot, slot + " needs no renewal: " + fresh.reason(), notices.warnings()));
      }
      return reading
          .record()
          .retryAfter()
          .filter(until -> until.isAfter(now))
          .map(until -> asked(until, now));
    }

    private RefreshOutcome asked(Instant until, Instant now) {
      return new RefreshOutcome.Deferred(
          slot,
          Optional.of(until),
          "deferred: the token server asked to be left alone for "
              + Spans.text(Duration.between(now, until))
              + "; try again after "
              + until,
          notices.warnings());
    }

    private Optional<String> refusal(SlotReading reading, Freshness fresh) {
      String refusing = "cannot renew " + slot + ": ";
      boolean condemned =
          reading.token().map(token -> reading.record().condemned().contains(token)).orElse(false);
      if (condemned) {
        return Optional.of(refusing + "its server has refused this login; log in again");
      }
      return switch (fresh.state()) {
        case FRESH, EXPIRING, REFRESHABLE, REJECTED ->
            reading.token().isPresent()
                ? Optional.empty()
                : Optional.of(refusing + "it has no refresh token; log in again when it ends");
        case SUSPECT, EXPIRED, WIPED, UNREADABLE, MISSING -> Optional.of(refusing + fresh.reason());
      };
    }

    /**
     * A live file that a client wrote may be this slot's newer login: to post the older token would
     * end both.
     */
    private Optional<String> inTheWay(LiveReading live, Journal journal) {
      boolean mounted = live.kind() == Facts.Kind.MOUNT_POINT;
      boolean login =
          (mounted || live.kind() == Facts.Kind.FILE)
              && live.file().flatMap(SlotReading::token).isPresent();
      if (!login) {
        return Optional.empty();
      }
      Facts facts =
          new Gathering(directory)
              .facts(live.asFile(), Memory.of(journal.state(), identity), Facts.Request.PLAIN);
      Optional<String> home = Judge.decide(facts).plan().home();
      return home.isPresent() && !home.get().equals(slot)
          ? Optional.empty()
          : Optional.of(
              "cannot renew "
                  + slot
                  + ": "
                  + layout.live()
                  + " was written by a client and may be its newer login; "
                  + (mounted ? Messages.UNMOUNT : "slots heal says whose it is"));
    }

    /** Takes the client's locks; who has them, if that lasts until the deadline. */
    private Optional<LockBusy> waitForClient() throws IOException, InterruptedException {
      if (!settings.format().takesLocks()) {
        return Optional.empty();
      }
      Deadline deadline = Deadline.in(settings.lockTimeout());
      Patience patience = new Patience(settings.clock(), System::nanoTime);
      while (true) {
        VendorLock.Attempt attempt = VendorLock.tryAcquire(layout.directory(), dated, patience);
        if (attempt instanceof VendorLock.Acquired acquired) {
          held.client = acquired.lock();
          return Optional.empty();
        }
        if (deadline.remaining() == 0) {
          return Optional.of((LockBusy) attempt);
        }
        TimeUnit.NANOSECONDS.sleep(Math.min(PAUSE_NANOS, deadline.remaining()));
      }
    }

    private RefreshOutcome changedMeanwhile() {
      Freshness now =
          directory.freshness(
              slot, directory.read(slot), settings.grace(), settings.clock().instant());
      return now.fresh()
          ? new RefreshOutcome.Unchanged(
              slot, slot + " has been renewed meanwhile", notices.warnings())
          : deferred(slot, Messages.beingChanged(slot), notices);
    }

    void abandonUnlessBegun() {
      if (!begun) {
        held.release(true);
      }
    }
  }
}
