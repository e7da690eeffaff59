package dev.credslots.cli;

import dev.credslots.AlreadyWatchedException;
import dev.credslots.SlotManager;
import dev.credslots.SlotWatcher;
import java.time.Duration;

/** {@code slots watch}. */
final class WatchCommand implements Command.Handler {
  private static final Duration USUAL_POLL = Duration.ofSeconds(5);

  @Override
  public Command.Request parse(Words words) {
    Duration poll = words.duration("poll").orElse(USUAL_POLL);
    if (poll.isZero()) {
      throw Failure.usage("--poll is a time from 1s on", Durations.FORM);
    }
    return new Ask(policy(words), poll, words.has("json"));
  }

  private static SlotWatcher.Policy policy(Words words) {
    String text = words.value("heal").orElse("auto");
    return switch (text) {
      case "auto" -> SlotWatcher.Policy.AUTO;
      case "report" -> SlotWatcher.Policy.REPORT;
      default ->
          throw Failure.usage(
              "--heal is auto or report, not " + Plain.quoted(text), "see slots help watch");
    };
  }

  private record Ask(SlotWatcher.Policy policy, Duration poll, boolean json)
      implements Command.Request {
    @Override
    @SuppressWarnings("try") // Of the hook, that it is there is all.
    public Reply run(Session session) {
      // Not there yet is no fault: after a boot it may be mounted later than we are started.
      SlotManager slots = session.slotsOfAnyDirectory();
      WatchLines lines = new WatchLines(session.output(), json);
      try (SlotWatcher watcher =
          SlotWatcher.of(slots).policy(policy).poll(poll).onReport(lines).start()) {
        lines.onReaderGone(watcher::close);
        try (IfEnded ended = new IfEnded(() -> end(watcher))) {
          watcher.await();
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
        }
      } catch (AlreadyWatchedException e) {
        throw Failure.refused(
            "already-watched",
            String.valueOf(e.getMessage()),
            "leave it to that one, or end it first");
      }
      return new Ended();
    }

    /** A signal: what is being changed is finished; the JVM alone would end with 128 and more. */
    private static void end(SlotWatcher watcher) {
      watcher.close();
      Runtime.getRuntime().halt(ExitCode.DONE.number());
    }
  }

  /** Everything was said while it happened. */
  private record Ended() implements Reply {
    @Override
    public ExitCode exit() {
      return ExitCode.DONE;
    }

    @Override
    public boolean spoken() {
      return true;
    }

    @Override
    public void text(Page page) {}

    @Override
    public void json(Json json) {}
  }
}
