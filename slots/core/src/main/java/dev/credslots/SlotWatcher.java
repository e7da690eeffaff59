package dev.credslots;

import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/**
 * Watches a credentials directory and mends the live path within milliseconds after a client wrote
 * over it, while the evidence whose login that is is fresh.
 *
 * <pre>{@code
 * try (SlotWatcher watcher = SlotWatcher.of(slots).onReport(System.out::println).start()) {
 *   watcher.await();
 * }
 * }</pre>
 *
 * <p>One thread of its own, a daemon, waits for what the operating system tells and besides looks
 * from time to time, as not every file system tells. What is proven to be a slot's goes home at
 * once, as {@link SlotManager#heal} does it; an old session that writes back after a switch does
 * not move the link from the chosen slot. What nothing proves is left alone for two seconds first,
 * in which a client that logs in writes the account; what cannot be mended is said once for each
 * content. Somebody busy is asked again, less and less often, until he is done.
 *
 * <p>It outlives its directory: deleted, moved or unmounted, it is waited for. A directory has one
 * watcher, of all processes; it holds {@code .slots/watch} open and locked, so that a file system
 * that is to be unmounted under it is busy until it is closed, or has to be detached.
 *
 * <p>It speaks to no network and starts no process, unless a guard or listener of its manager does.
 * Thread-safe.
 */
public final class SlotWatcher implements AutoCloseable {
  /** Longer than a change of slots takes; what a listener is doing may be longer. */
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final WatchLoop loop;
  private final Thread thread;

  private SlotWatcher(WatchLoop loop, Thread thread) {
    this.loop = loop;
    this.thread = thread;
  }

  /** What to do about drift. */
  public enum Policy {
    /** Heal, as {@link SlotManager#heal} would, and record what was rotated through the link. */
    AUTO,
    /** Say so, and change nothing but {@code .slots/watch}. */
    REPORT
  }

  /** Begins a watcher of the manager's directory; its guards are asked, its listeners told. */
  public static Builder of(SlotManager manager) {
    return new Builder(manager);
  }

  /** Builds a watcher. Not thread-safe; may be used for several. */
  public static final class Builder {
    private final SlotManager manager;
    private Policy policy = Policy.AUTO;
    private Duration poll = Duration.ofSeconds(5);
    private Duration moment = Duration.ofSeconds(2);
    private Consumer<WatchReport> listener = report -> {};

    private Builder(SlotManager manager) {
      this.manager = Objects.requireNonNull(manager, "manager");
    }

    /** {@link Policy#AUTO} unless set. */
    public Builder policy(Policy policy) {
      this.policy = Objects.requireNonNull(policy, "policy");
      return this;
    }

    /** How often to look although nothing was told; 5 s unless set. */
    public Builder poll(Duration poll) {
      this.poll = positive("a poll", poll);
      return this;
    }

    /** How long to leave alone what nothing proves. */
    Builder moment(Duration moment) {
      this.moment = positive("a moment", moment);
      return this;
    }

    /**
     * Hears of everything, in the watcher's thread and with no lock held but that of the watcher.
     * While it is busy nothing is watched. What it throws is logged and changes nothing. It may
     * close the watcher.
     */
    public Builder onReport(Consumer<WatchReport> listener) {
      this.listener = Objects.requireNonNull(listener, "listener");
      return this;
    }

    private static Duration positive(String what, Duration value) {
      if (value.isNegative() || value.isZero()) {
        throw new IllegalArgumentException(what + " is a positive time: " + value);
      }
      return value;
    }

    /**
     * Starts it. When this returns, it watches; or, if there is no directory or nothing in it yet,
     * waits for that.
     *
     * @throws AlreadyWatchedException if another watcher has the directory
     * @throws StoreException if the directory is somebody else's or cannot be written
     */
    public SlotWatcher start() {
      WatchLoop loop = new WatchLoop(manager, new WatchOptions(policy, poll, moment, listener));
      Thread thread = new Thread(loop, "slots-watch " + manager.directory());
      thread.setDaemon(true);
      thread.start();
      try {
        loop.started().join();
      } catch (CompletionException e) {
        throw rethrown(e);
      }
      return new SlotWatcher(loop, thread);
    }
  }

  /**
   * Waits until the watcher is closed and its lock released.
   *
   * @throws StoreException if it ended by itself: the directory is there again and cannot be
   *     written
   * @throws InterruptedException if this thread is interrupted; the watcher goes on
   */
  public void await() throws InterruptedException {
    try {
      loop.ended().get();
    } catch (ExecutionException e) {
      throw rethrown(e);
    }
  }

  /**
   * Stops watching. What is being changed at the moment is finished or undone first; then the lock
   * is released and the thread ends. May be called again, from a shutdown hook and from a listener:
   * from the watcher's own thread it returns at once. A listener that does not return is waited for
   * ten seconds, and an interrupt ends that wait.
   */
  @Override
  public void close() {
    loop.stop();
    if (Thread.currentThread().equals(thread)) {
      return; // A listener: the thread ends when it returns.
    }
    thread.interrupt();
    try {
      loop.ended().get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException | TimeoutException e) {
      // Ended all the same, or as good as: a daemon keeps nobody.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static RuntimeException rethrown(Exception e) {
    Throwable cause = e.getCause();
    if (cause instanceof Error error) {
      throw error;
    }
    return cause instanceof RuntimeException why ? why : new IllegalStateException(e);
  }
}
