package dev.credslots;

import dev.credslots.credential.Credential;
import dev.credslots.credential.SlotState;
import dev.credslots.internal.file.Layout;
import dev.credslots.verdict.Marker;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Warns of logins that end soon, parked ones too: once for each slot, login and number of days. A
 * slot's file is read again only when it changed. Confined to the watcher's thread.
 */
final class ExpiryWatch {
  /** Most first. */
  private static final List<Integer> DAYS = List.of(7, 3, 1);

  private static final Duration AT_LEAST_EVERY = Duration.ofHours(1);

  private final Settings settings;
  private final SlotDirectory directory;
  private final Announcements announcements;
  private final Map<String, Known> known = new HashMap<>();
  private Optional<Instant> swept = Optional.empty();

  ExpiryWatch(Settings settings, SlotDirectory directory, Announcements announcements) {
    this.settings = settings;
    this.directory = directory;
    this.announcements = announcements;
  }

  /**
   * A slot as it was read last.
   *
   * @param end of its login
   * @param warned of so many days; empty if not yet
   */
  private record Known(FileStamp stamp, Optional<Instant> end, Optional<Integer> warned) {}

  /** Whether an hour has passed since the last sweep by the clock, which may also be set back. */
  boolean due() {
    Instant now = settings.clock().instant();
    return swept.isEmpty()
        || now.isBefore(swept.get())
        || !now.isBefore(swept.get().plus(AT_LEAST_EVERY));
  }

  /** Looks at every slot. */
  void sweep() {
    Layout layout = settings.layout();
    Instant now = settings.clock().instant();
    swept = Optional.of(now);
    List<String> names = directory.names();
    known.keySet().retainAll(new HashSet<>(names));
    for (String name : names) {
      FileStamp stamp = FileStamp.of(layout.slot(name));
      Known before = known.get(name);
      Known read =
          before != null && before.stamp().equals(stamp) ? before : reread(name, stamp, before);
      known.put(name, warn(name, read, now));
    }
  }

  private Known reread(String name, FileStamp stamp, @Nullable Known before) {
    Optional<Instant> end = end(directory.read(name));
    return before == null || !sameLogin(before.end(), end)
        ? new Known(stamp, end, Optional.empty())
        : new Known(stamp, end, before.warned());
  }

  private static boolean sameLogin(Optional<Instant> one, Optional<Instant> other) {
    return one.isPresent()
        && other.isPresent()
        && Duration.between(one.get(), other.get()).abs().compareTo(Marker.SAME_LOGIN) <= 0;
  }

  /** Of the login, where it is still one; a refresh at times drops the mark of its end [thread]. */
  private static Optional<Instant> end(SlotReading slot) {
    if (!slot.state().sound() && slot.state() != SlotState.SUSPECT) {
      return Optional.empty();
    }
    Optional<Instant> told = slot.credential().flatMap(Credential::loginExpiresAt);
    return told.isPresent() ? told : slot.markers().stream().max(Instant::compareTo);
  }

  private Known warn(String name, Known slot, Instant now) {
    if (slot.end().isEmpty() || !slot.end().get().isAfter(now)) {
      return slot; // Over: nothing ends any more.
    }
    Instant end = slot.end().get();
    Optional<Integer> reached = Optional.empty();
    for (int days : DAYS) {
      if (Duration.between(now, end).compareTo(Duration.ofDays(days)) <= 0) {
        reached = Optional.of(days);
      }
    }
    if (reached.isEmpty() || reached.get() >= slot.warned().orElse(Integer.MAX_VALUE)) {
      return slot;
    }
    announcements.expiring(name, end, reached.get());
    return new Known(slot.stamp(), slot.end(), reached);
  }
}
