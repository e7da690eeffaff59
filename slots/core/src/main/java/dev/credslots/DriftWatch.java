package dev.credslots;

import dev.credslots.credential.Fingerprint;
import dev.credslots.verdict.Verdict;
import java.time.Duration;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Decides what becomes of the live path when it may have changed. What is proven is mended at once.
 * Anything else first gets a moment for the rest to arrive: a client writes the account it logged
 * in with after the login, and a file in place in pieces. Confined to the watcher's thread.
 */
final class DriftWatch {
  /** From {@link #look}: not until something happens. */
  static final long NEVER = Long.MAX_VALUE;

  /** That can be acted upon at once: nothing that arrives later speaks for another. */
  private static final Set<Verdict> PROVEN =
      EnumSet.of(
          Verdict.ROTATED,
          Verdict.OWN_BYTES,
          Verdict.OWN_LINEAGE,
          Verdict.SAME_ACCOUNT,
          Verdict.FOREIGN);

  private static final long FIRST_PAUSE_NANOS = Duration.ofMillis(250).toNanos();
  private static final long LONGEST_PAUSE_NANOS = Duration.ofSeconds(10).toNanos();

  /** A client that leaves ever new contents must not fill the memory. */
  private static final int MOST_SAID = 1_000;

  private final SlotManager manager;
  private final SlotDirectory directory;
  private final SlotWatcher.Policy policy;
  private final long moment;
  private final Announcements announcements;
  private final Settling settling;
  private final Set<String> said = new HashSet<>();

  private FileStamp seen = FileStamp.NOTHING;
  private boolean inOrder;
  private @Nullable Long unprovenSince;
  private @Nullable Long notBefore;
  private long pause = FIRST_PAUSE_NANOS;

  DriftWatch(
      SlotManager manager,
      SlotDirectory directory,
      SlotWatcher.Policy policy,
      Duration moment,
      Announcements announcements) {
    this.manager = manager;
    this.directory = directory;
    this.policy = policy;
    this.moment = moment.toNanos();
    this.announcements = announcements;
    this.settling = new Settling(manager.settings().layout().live());
  }

  /** Whether the live path was a link to a sound slot of its own when it was looked at last. */
  boolean inOrder() {
    return inOrder;
  }

  /** Whether the live path is another than when it was looked at last, as far as a glance tells. */
  boolean stale() {
    return !seen.equals(FileStamp.of(manager.settings().layout().live()));
  }

  /**
   * Looks, mends and tells.
   *
   * @return nanoseconds until it must be called again though nothing happens, or {@link #NEVER}
   */
  long look() throws InterruptedException {
    if (notBefore != null && notBefore - System.nanoTime() > 0) {
      return notBefore - System.nanoTime();
    }
    Settling.Settled live = settling.settle();
    seen = live.stamp();
    try {
      return decide(live, manager.heal(HealOption.DRY_RUN));
    } catch (StoreException e) {
      return failed(String.valueOf(e.getMessage()), e.remedy());
    }
  }

  private long decide(Settling.Settled live, HealOutcome would) {
    boolean rotated = would.verdict() == Verdict.ROTATED;
    if (would instanceof HealOutcome.NoDrift && !(rotated && policy == SlotWatcher.Policy.AUTO)) {
      return allIsWell();
    }
    inOrder = false;
    if (!PROVEN.contains(would.verdict())) {
      long left = momentLeft();
      if (left > 0) {
        return left;
      }
    }
    boolean decided = would instanceof HealOutcome.Refused;
    boolean stashed = would instanceof HealOutcome.Stashed && said.contains(key(live, would));
    if (policy == SlotWatcher.Policy.REPORT || decided || stashed) {
      return tell(live, would);
    }
    return heal(live);
  }

  private long heal(Settling.Settled live) {
    HealOutcome outcome = manager.heal();
    boolean recorded =
        outcome instanceof HealOutcome.NoDrift && outcome.verdict() == Verdict.ROTATED;
    if (outcome.ok() || recorded) {
      announcements.mended(outcome);
      return allIsWell();
    }
    if (outcome instanceof HealOutcome.NoDrift) {
      return allIsWell();
    }
    if (outcome instanceof HealOutcome.Deferred) {
      // An interrupt, too, ends a wait for locks: that is the watcher's own end.
      if (!Thread.currentThread().isInterrupted() && say("deferred")) {
        announcements.drifted(hash(live), outcome);
      }
      return backOff();
    }
    return tell(live, outcome);
  }

  private long allIsWell() {
    inOrder = true;
    said.clear();
    unprovenSince = null;
    notBefore = null;
    pause = FIRST_PAUSE_NANOS;
    return NEVER;
  }

  /**
   * What is left of the moment, which began when nothing was proven first: no client prolongs it.
   */
  private long momentLeft() {
    long now = System.nanoTime();
    if (unprovenSince == null) {
      unprovenSince = now;
    }
    return moment - (now - unprovenSince);
  }

  private long tell(Settling.Settled live, HealOutcome outcome) {
    if (stale()) {
      return 0; // A client came between: the outcome may be of other bytes than were read.
    }
    unprovenSince = null; // What comes next has a moment of its own.
    if (outcome instanceof HealOutcome.Refused refused && refused.attention()) {
      LiveReading reading = directory.readLive();
      Optional<Fingerprint> token = reading.file().flatMap(SlotReading::token);
      if (say("identity " + reading.linked() + token.map(Fingerprint::sha256))) {
        announcements.identityChanged(reading.linked(), outcome);
      }
    } else if (say(key(live, outcome))) {
      announcements.drifted(hash(live), outcome);
    }
    return NEVER;
  }

  private static String key(Settling.Settled live, HealOutcome outcome) {
    return outcome.verdict().word() + " " + hash(live) + live.stamp().destination();
  }

  private static Optional<String> hash(Settling.Settled live) {
    return live.hash().map(Fingerprint::sha256);
  }

  /** Whether this has not been said since all was well. */
  private boolean say(String what) {
    if (said.size() >= MOST_SAID) {
      said.clear();
    }
    return said.add(what);
  }

  /** Something failed, here or in the embedding program: it is said once and tried again. */
  long failed(String message, String remedy) {
    inOrder = false;
    if (say("failed " + message)) {
      announcements.failed(message, remedy);
    }
    return backOff();
  }

  private long backOff() {
    long now = pause;
    notBefore = System.nanoTime() + now;
    pause = Math.min(pause * 2, LONGEST_PAUSE_NANOS);
    return now;
  }
}
