package dev.credslots;

import dev.credslots.WatchedPlaces.Change;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/** What a watcher's thread does: wait, look, tell, until it is stopped. */
final class WatchLoop implements Runnable {
  private final SlotManager manager;
  private final Optional<Path> identityFile;
  private final Duration poll;
  private final Presence presence;
  private final WatchedPlaces places;
  private final DriftWatch drift;
  private final ExpiryWatch expiry;
  private final Announcements announcements;
  private final CompletableFuture<Void> started = new CompletableFuture<>();
  private final CompletableFuture<Void> ended = new CompletableFuture<>();

  private volatile boolean stopped;
  private FileStamp identity = FileStamp.NOTHING;
  private boolean begun;
  private boolean there;
  private boolean slotsChanged;
  private @Nullable Long lookAgain;
  private @Nullable Long swept;
  private String absent = "";

  WatchLoop(SlotManager manager, WatchOptions options) {
    this.manager = manager;
    this.poll = options.poll();
    Settings settings = manager.settings();
    this.identityFile = settings.identityFile();
    SlotDirectory directory = new SlotDirectory(settings);
    this.announcements = new Announcements(settings, options.listener());
    this.presence = new Presence(settings.layout(), options.poll());
    this.places = new WatchedPlaces(settings, directory);
    this.drift =
        new DriftWatch(manager, directory, options.policy(), options.moment(), announcements);
    this.expiry = new ExpiryWatch(settings, directory, announcements);
  }

  /** Done when everything is being watched; or why it is not. */
  CompletableFuture<Void> started() {
    return started;
  }

  /** Done when the lock is released; with what went wrong, if that was the reason. */
  CompletableFuture<Void> ended() {
    return ended;
  }

  /** From any thread: no further round begins. */
  void stop() {
    stopped = true;
  }

  @Override
  public void run() {
    Throwable why = null;
    try {
      Set<Change> changes = EnumSet.noneOf(Change.class);
      while (!stopped) {
        changes = places.await(Math.min(poll.toNanos(), round(changes)));
      }
    } catch (InterruptedException e) {
      // Whoever stops us; the thread ends here.
    } catch (RuntimeException | Error e) {
      why = e;
    }
    places.close();
    presence.close(); // Before anybody hears of the end: the next watcher may begin.
    complete(started, why);
    complete(ended, why);
  }

  private static void complete(CompletableFuture<Void> future, @Nullable Throwable why) {
    if (why == null) {
      future.complete(null);
    } else {
      future.completeExceptionally(why);
    }
  }

  /** Looks at what there is reason to look at; answers when to do so though nothing happens. */
  private long round(Set<Change> changes) throws InterruptedException {
    boolean back = !there;
    there = isThere();
    // Before anything is looked at: what happens from here on is heard of.
    boolean fresh = places.refresh();
    if (there && back) {
      announce();
    }
    started.complete(null);
    if (!there) {
      return DriftWatch.NEVER;
    }
    slotsChanged |= back || fresh || changes.contains(Change.SLOT) || changes.contains(Change.LIVE);
    try {
      boolean hourly = expiry.due();
      if (back || fresh || hourly || mayHaveDrifted(changes)) {
        long pause = drift.look();
        lookAgain = pause == DriftWatch.NEVER ? null : System.nanoTime() + pause;
      }
      if (hourly || (slotsChanged && sweptLongAgo())) {
        slotsChanged = false;
        swept = System.nanoTime();
        expiry.sweep();
      }
    } catch (RuntimeException e) {
      // A fault of ours or of a listener's program; a watcher that is silently dead helps nobody.
      LoggerFactory.getLogger(SlotWatcher.class).warn("a round of a watcher failed", e);
      String what = "looking at the slots failed: " + e.getClass().getSimpleName();
      lookAgain = System.nanoTime() + drift.failed(what, "it is tried again; its log says more");
    }
    return lookAgain == null ? DriftWatch.NEVER : Math.max(0, lookAgain - System.nanoTime());
  }

  private boolean mayHaveDrifted(Set<Change> changes) {
    if (lookAgain != null && lookAgain - System.nanoTime() <= 0) {
      return true;
    }
    FileStamp before = identity;
    // The client rewrites it all day; it is evidence only where something is to be decided.
    identity =
        drift.inOrder()
            ? FileStamp.NOTHING
            : identityFile.map(FileStamp::of).orElse(FileStamp.NOTHING);
    return changes.contains(Change.LIVE)
        || changes.contains(Change.SLOT)
        || (!drift.inOrder() && !identity.equals(before))
        || drift.stale();
  }

  /** Many changes in a row are one sweep. */
  private boolean sweptLongAgo() {
    return swept == null || System.nanoTime() - swept >= poll.toNanos();
  }

  private void announce() {
    Optional<String> active = manager.activeSlot();
    if (begun) {
      announcements.returned(active);
    } else {
      begun = true;
      announcements.started(active, places.listening());
    }
  }

  /**
   * Whether the directory is there and ours, and says once if it is not.
   *
   * @throws AlreadyWatchedException at the start
   * @throws StoreException at the start; later only if nothing can ever be written there
   */
  private boolean isThere() {
    String why;
    try {
      why = presence.absence().orElse("");
    } catch (AlreadyWatchedException e) {
      why = later(e, true);
    } catch (StoreException e) {
      boolean hope =
          e.kind() == StoreException.Kind.REFUSED || Files.isWritable(manager.directory());
      why = later(e, hope);
    }
    if (!why.isEmpty() && !why.equals(absent)) {
      announcements.gone(why);
    }
    absent = why;
    return why.isEmpty();
  }

  /** What to say of it, if it is worth waiting for better times. */
  private String later(RuntimeException e, boolean hope) {
    if (!hope || !started.isDone()) {
      throw e;
    }
    return String.valueOf(e.getMessage());
  }
}
