package dev.credslots;

import dev.credslots.internal.file.AtomicFile;
import dev.credslots.internal.file.Deadline;
import dev.credslots.internal.file.Layout;
import dev.credslots.internal.file.LeaseFile;
import dev.credslots.internal.file.LeaseNote;
import dev.credslots.internal.file.LeaseReader;
import dev.credslots.internal.file.LockFile;
import dev.credslots.internal.file.TempName;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ThreadLocalRandom;
import org.slf4j.LoggerFactory;

/**
 * Holds that last as long as a process: a file each in {@code .slots/holds/}, under a lock of the
 * operating system that ends with the process, {@code kill -9} included, and that is seen from
 * every container that shares the directory. The process id in it is for people only.
 *
 * <p>So that a busy fleet cannot starve a switch that waits for it, the wait leaves a mark of the
 * same kind there, and whoever wants to hold lets it go first, for at most {@link
 * #LONGEST_COURTESY}.
 *
 * <p>The lock is fcntl's. It survives {@code execve} on Linux since 5.11; before, a JVM that
 * becomes another program loses it. Immutable and thread-safe.
 */
public final class HoldLeases {
  /**
   * Long enough for the short jobs of a fleet to end and the switch to be made. A switch that waits
   * for a long job does not stop the others for as long: after this they go on.
   */
  public static final Duration LONGEST_COURTESY = Duration.ofSeconds(30);

  private static final Duration FIRST_PAUSE = Duration.ofMillis(20);
  private static final Duration LONGEST_PAUSE = Duration.ofMillis(250);

  private static final String SOURCE = "lease";
  private static final int RANDOM_DIGITS = 16;

  /** No hold's name begins with a dot. */
  private static final String WAITING = ".waiting";

  private final Layout layout;
  private final Clock clock;

  /**
   * @param credentialsDirectory as a {@link SlotManager}'s
   * @param clock tells when a hold began
   */
  public HoldLeases(Path credentialsDirectory, Clock clock) {
    this.layout = Layout.ofOwn(credentialsDirectory.toAbsolutePath().normalize());
    this.clock = Objects.requireNonNull(clock, "clock");
  }

  /**
   * Takes a hold. It begins before or after a change of the slots, never in the midst of one.
   *
   * @return empty if somebody was changing the slots until the lock timeout, or this thread was
   *     interrupted while waiting (its interrupt status is set then); nothing is held
   * @throws IllegalArgumentException if the name is not allowed
   * @throws StoreException if the directory is refused or cannot be written; nothing is held
   */
  public Optional<HoldLease> take(HoldRequest request) {
    SlotNames.problem("hold", request.name())
        .ifPresent(
            problem -> {
              throw new IllegalArgumentException(problem);
            });
    Ownership.check(layout);
    try {
      if (!isWithin(request.within())) {
        letGoFirst(request);
      }
      AtomicFile.privateDirectory(layout.own());
      Deadline deadline = Deadline.in(request.lockTimeout());
      // Not for the file's sake: whoever has this lock has seen that nobody is busy, and turns the
      // link on that.
      try (LockFile lock = LockFile.acquire(layout.lock(), deadline).orElse(null)) {
        return lock == null ? Optional.empty() : Optional.of(publish(request));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    } catch (IOException e) {
      throw Failures.failed("taking a hold", e);
    }
  }

  private HoldLease publish(HoldRequest request) throws IOException {
    LeaseNote note = note(request.name(), request.reason());
    return new HoldLease(LeaseFile.create(file(request.name()), note.bytes()), hold(note, SOURCE));
  }

  private LeaseNote note(String name, Optional<String> reason) {
    return new LeaseNote(
        name, OptionalLong.of(ProcessHandle.current().pid()), Optional.of(clock.instant()), reason);
  }

  private Path file(String name) {
    String random = HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong());
    return layout.holds().resolve(name + "." + random);
  }

  private static Hold hold(LeaseNote note, String source) {
    return new Hold(note.name(), note.pid(), note.since(), source, note.reason());
  }

  private boolean isWithin(List<String> ids) throws IOException {
    LeaseReader reader = new LeaseReader();
    for (String id : ids) {
      Optional<String> name = name(id);
      if (name.isPresent()
          && !name.get().equals(WAITING)
          && reader.read(layout.holds().resolve(id)).isPresent()) {
        return true;
      }
    }
    return false;
  }

  private void letGoFirst(HoldRequest request) throws InterruptedException {
    List<Hold> waiting = waiting();
    if (waiting.isEmpty()) {
      return;
    }
    request.waiting().accept(waiting);
    Deadline deadline = Deadline.in(LONGEST_COURTESY);
    Pause pause = new Pause(FIRST_PAUSE, LONGEST_PAUSE);
    while (!waiting.isEmpty() && deadline.remaining() > 0) {
      pause.sleep(deadline);
      waiting = waiting();
    }
  }

  /**
   * Everybody who holds now, the longest first. Files of dead processes are removed, and the
   * directory with the last of them, so that a directory without holds costs one failed call.
   *
   * @throws StoreException if nobody can tell
   */
  public List<Hold> live() {
    return all(false);
  }

  /** Who waits for a hold to end. */
  private List<Hold> waiting() {
    return all(true);
  }

  private List<Hold> all(boolean waiting) {
    List<Hold> found = new ArrayList<>();
    LeaseReader reader = new LeaseReader();
    boolean empty = true;
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(layout.holds())) {
      for (Path entry : entries) {
        String file = entry.getFileName().toString();
        String name = name(file).orElse(null);
        if (name == null && !TempName.isOurs(file)) {
          empty = false;
          continue;
        }
        Optional<byte[]> content = reader.read(entry);
        empty &= content.isEmpty() && remove(entry);
        if (content.isPresent() && name != null && name.equals(WAITING) == waiting) {
          found.add(hold(LeaseNote.of(content.get(), name), waiting ? "waiting" : SOURCE));
        }
      }
    } catch (NoSuchFileException | NotDirectoryException e) {
      return List.of(); // Nobody ever held, or the last was seen to be gone.
    } catch (DirectoryIteratorException e) {
      throw Failures.failed("looking for holds", Objects.requireNonNull(e.getCause()));
    } catch (IOException e) {
      throw Failures.failed("looking for holds", e);
    }
    if (empty) {
      remove(layout.holds());
    }
    found.sort(Comparator.comparing(hold -> hold.since().orElse(Instant.MAX)));
    return found;
  }

  /** The name before the random digits; empty if the file is no lease's. */
  private static Optional<String> name(String file) {
    int dot = file.length() - RANDOM_DIGITS - 1;
    if (dot < 1 || file.charAt(dot) != '.') {
      return Optional.empty();
    }
    for (int i = dot + 1; i < file.length(); i++) {
      if (Character.digit(file.charAt(i), 16) < 0) {
        return Optional.empty();
      }
    }
    String name = file.substring(0, dot);
    return name.equals(WAITING) || SlotNames.problem(name).isEmpty()
        ? Optional.of(name)
        : Optional.empty();
  }

  /** Removes what is a dead process's. It stays where it cannot be, or may be somebody else's. */
  private boolean remove(Path path) {
    try {
      return Files.isDirectory(layout.own(), LinkOption.NOFOLLOW_LINKS)
          && Files.isDirectory(layout.holds(), LinkOption.NOFOLLOW_LINKS)
          && Files.deleteIfExists(path);
    } catch (DirectoryNotEmptyException e) {
      return false; // Somebody has come meanwhile.
    } catch (IOException e) {
      LoggerFactory.getLogger(SlotManager.class).debug("a dead process's hold stays", e);
      return false;
    }
  }

  /**
   * Says that a switch waits for holds to end: until this is closed, or this process ends, whoever
   * wants to hold waits too, see {@link #take}.
   *
   * @throws StoreException if the directory is refused or cannot be written
   */
  public Closeable announce() {
    Ownership.check(layout);
    try {
      AtomicFile.privateDirectory(layout.own());
      LeaseFile mark = LeaseFile.create(file(WAITING), note("switch", Optional.empty()).bytes());
      return mark::close;
    } catch (IOException e) {
      throw Failures.failed("announcing a wait", e);
    }
  }
}
