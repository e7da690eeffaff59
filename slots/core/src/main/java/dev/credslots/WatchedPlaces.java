package dev.credslots;

import dev.credslots.internal.file.Deadline;
import dev.credslots.internal.file.Layout;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * The directories in which something about the live path can be seen to happen, and which of the
 * things that happen there matter. Our own temporary files, locks and {@code .slots} do not.
 *
 * <p>Facts about the JDK's service on Linux [seen]: a rename over a link is a CREATE in its
 * directory; a write through a link is seen only where its target lives; 20,000 changes at once are
 * one OVERFLOW and nothing else; a directory that is moved away gives no event, and its key stays
 * valid. Hence {@link #refresh}, which compares identities. Confined to the watcher's thread.
 */
final class WatchedPlaces implements AutoCloseable {
  private static final WatchEvent.Kind<?>[] KINDS = {
    StandardWatchEventKinds.ENTRY_CREATE,
    StandardWatchEventKinds.ENTRY_MODIFY,
    StandardWatchEventKinds.ENTRY_DELETE
  };

  /** What may have changed. */
  enum Change {
    /** The live path, or the slot behind it. */
    LIVE,
    /** A slot: made, changed or gone. */
    SLOT,
    /** The client's identity file. */
    IDENTITY,
    /** One of the watched directories came or went. */
    PLACE
  }

  private final Layout layout;
  private final Optional<Path> identityFile;
  private final SlotDirectory directory;
  private final @Nullable WatchService service;
  private final Map<Path, Registered> registered = new HashMap<>();
  private Optional<Path> target = Optional.empty();

  /**
   * @param identity of the directory, or its path where the file system has none
   */
  private record Registered(WatchKey key, Object identity) {}

  WatchedPlaces(Settings settings, SlotDirectory directory) {
    this.layout = settings.layout();
    this.identityFile = settings.identityFile();
    this.directory = directory;
    this.service = service(layout.directory());
  }

  /** None where the system has no more of them to give, or the file system none at all. */
  private static @Nullable WatchService service(Path directory) {
    try {
      return directory.getFileSystem().newWatchService();
    } catch (IOException | UnsupportedOperationException e) {
      return null;
    }
  }

  /** Whether changes are seen when they happen; otherwise only when somebody looks. */
  boolean listening() {
    return service != null && registered.containsKey(layout.directory());
  }

  /**
   * Watches every place that is there, and no other: one that was moved, replaced or deleted since
   * is let go.
   *
   * @return whether a place is watched that was not before: what happened there was not seen
   */
  boolean refresh() {
    target = behindTheLink();
    Set<Path> wanted = new HashSet<>();
    wanted.add(layout.directory());
    wanted.add(directory.slotsAppearIn());
    add(layout.directory().getParent(), wanted);
    identityFile.ifPresent(file -> add(file.getParent(), wanted));
    target.ifPresent(file -> add(file.getParent(), wanted));
    Iterator<Map.Entry<Path, Registered>> known = registered.entrySet().iterator();
    while (known.hasNext()) {
      Map.Entry<Path, Registered> place = known.next();
      Registered now = place.getValue();
      boolean still =
          wanted.contains(place.getKey())
              && now.key().isValid()
              && identity(place.getKey()).equals(Optional.of(now.identity()));
      if (!still) {
        known.remove();
        letGo(now.key());
      }
    }
    boolean fresh = false;
    for (Path place : wanted) {
      fresh |= !registered.containsKey(place) && register(place);
    }
    return fresh;
  }

  /** One directory under two names has one key. */
  private void letGo(WatchKey key) {
    for (Registered other : registered.values()) {
      if (other.key().equals(key)) {
        return;
      }
    }
    key.cancel();
  }

  private static void add(@Nullable Path place, Set<Path> wanted) {
    if (place != null) {
      wanted.add(place);
    }
  }

  private Optional<Path> behindTheLink() {
    try {
      return Optional.of(layout.live().toRealPath());
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private boolean register(Path place) {
    Optional<Object> identity = identity(place);
    if (service == null || identity.isEmpty()) {
      return false;
    }
    try {
      registered.put(place, new Registered(place.register(service, KINDS), identity.get()));
      return true;
    } catch (IOException e) {
      return false; // Gone again, or the user's limit is reached: the next look tries again.
    }
  }

  private static Optional<Object> identity(Path place) {
    try {
      Object key = Files.readAttributes(place, BasicFileAttributes.class).fileKey();
      return Optional.of(key == null ? place : key);
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /**
   * Waits until something that matters happens, and takes all that has happened by then.
   *
   * @return empty if nothing did for so long
   */
  Set<Change> await(long nanos) throws InterruptedException {
    Set<Change> seen = EnumSet.noneOf(Change.class);
    Deadline deadline = Deadline.inNanos(nanos);
    if (service == null) {
      TimeUnit.NANOSECONDS.sleep(nanos);
      return seen;
    }
    while (seen.isEmpty()) {
      WatchKey key = service.poll(deadline.remaining(), TimeUnit.NANOSECONDS);
      if (key == null) {
        return seen;
      }
      for (; key != null; key = service.poll()) {
        take(key, seen);
      }
    }
    return seen;
  }

  private void take(WatchKey key, Set<Change> seen) {
    for (WatchEvent<?> event : key.pollEvents()) {
      if (event.context() instanceof Path name) {
        // Not the key's own path: a directory that is reached by a link, too, has one key for both
        // names, which knows the name alone that it was registered by first.
        for (Map.Entry<Path, Registered> place : registered.entrySet()) {
          if (place.getValue().key().equals(key)) {
            meaning(place.getKey(), place.getKey().resolve(name)).ifPresent(seen::add);
          }
        }
      } else {
        // OVERFLOW: everything may have happened.
        seen.addAll(EnumSet.allOf(Change.class));
      }
    }
    if (!key.reset()) {
      seen.add(Change.PLACE);
    }
  }

  private Optional<Change> meaning(Path place, Path file) {
    if (file.equals(layout.live()) || target.equals(Optional.of(file))) {
      return Optional.of(Change.LIVE);
    }
    if (identityFile.equals(Optional.of(file))) {
      return Optional.of(Change.IDENTITY);
    }
    if (file.equals(layout.directory())) {
      return Optional.of(Change.PLACE);
    }
    boolean slot =
        place.equals(directory.slotsAppearIn())
            && directory.mayBeSlot(Objects.requireNonNull(file.getFileName()).toString());
    return slot ? Optional.of(Change.SLOT) : Optional.empty();
  }

  @Override
  public void close() {
    if (service != null) {
      try {
        service.close();
      } catch (IOException e) {
        LoggerFactory.getLogger(SlotWatcher.class).warn("closing a watch service failed", e);
      }
    }
  }
}
