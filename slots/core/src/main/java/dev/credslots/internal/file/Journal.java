package dev.credslots.internal.file;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;

/**
 * What was begun and what ended, one JSON object a line, append-only, forced at every line. An
 * operation that has begun and not ended was killed; recovery finishes or undoes it.
 *
 * <p>Every line carries the chosen slot, so that the last lines of the file tell the state however
 * long it is. Not thread-safe: used under the {@link LockFile}; {@link #history} needs no lock.
 */
public final class Journal implements AutoCloseable {
  /** Past this size a new file is begun and the old one kept beside it. */
  private static final long ROTATE_AT = 1 << 20;

  /** More than any two lines; the last whole one is all that the state needs. */
  private static final int TAIL = 16 << 10;

  private static final ChronoUnit MICROS = ChronoUnit.MICROS;

  /** What an end need not repeat. */
  private static final Set<JournalRecord.Field> ONLY_FOR_RECOVERY =
      EnumSet.of(
          JournalRecord.Field.CHOSEN,
          JournalRecord.Field.BASELINE,
          JournalRecord.Field.PENDING,
          JournalRecord.Field.LOCKED,
          JournalRecord.Field.LIVE,
          JournalRecord.Field.TARGET,
          JournalRecord.Field.HOME,
          JournalRecord.Field.VERDICT);

  private static final int NEWLINE = '\n';

  private final Layout layout;
  private FileChannel channel;
  private State state;
  private boolean torn;

  /** The modification time of the client's locks that this command holds. */
  private Optional<Instant> locked = Optional.empty();

  /**
   * What is known from one command to the next.
   *
   * @param chosen the slot an operator last chose
   * @param baseline the account in the identity file as the last change left it
   * @param pending the slot whose account is still to be put into the identity file
   */
  public record Known(
      Optional<String> chosen, Optional<String> baseline, Optional<String> pending) {
    /** Nothing. */
    public static final Known NOTHING =
        new Known(Optional.empty(), Optional.empty(), Optional.empty());

    /** With another chosen slot. */
    public Known choosing(Optional<String> slot) {
      return new Known(slot, baseline, pending);
    }

    /** With another slot whose account is still to be put into the identity file. */
    public Known pending(Optional<String> slot) {
      return new Known(chosen, baseline, slot);
    }

    private void into(Map<JournalRecord.Field, String> fields) {
      chosen.ifPresent(value -> fields.put(JournalRecord.Field.CHOSEN, value));
      baseline.ifPresent(value -> fields.put(JournalRecord.Field.BASELINE, value));
      pending.ifPresent(value -> fields.put(JournalRecord.Field.PENDING, value));
    }

    private static Known in(JournalRecord line) {
      return new Known(
          line.get(JournalRecord.Field.CHOSEN),
          line.get(JournalRecord.Field.BASELINE),
          line.get(JournalRecord.Field.PENDING));
    }
  }

  /**
   * What the journal says now.
   *
   * @param known from the last command
   * @param open the operation that began and did not end
   * @param locked the modification time of the client's locks that the last command took
   */
  public record State(Known known, Optional<JournalRecord> open, Optional<Instant> locked) {
    /** Of a directory where nothing was ever changed. */
    public static final State EMPTY = new State(Known.NOTHING, Optional.empty(), Optional.empty());

    /** Whether the next command that locks has something to end. */
    public boolean unfinished() {
      return open.isPresent() || known.pending().isPresent();
    }

    public Optional<String> chosen() {
      return known.chosen();
    }

    private static State of(JournalRecord last) {
      return new State(
          Known.in(last),
          Optional.of(last).filter(line -> line.type() == JournalRecord.Type.BEGIN),
          last.get(JournalRecord.Field.LOCKED).map(Journal::micros));
    }
  }

  private Journal(Layout layout, FileChannel channel) {
    this.layout = layout;
    this.channel = channel;
    this.state = State.EMPTY;
  }

  /** Opens the journal for writing, made if missing; the caller holds the lock. */
  public static Journal open(Layout layout) throws IOException {
    boolean fresh = !Files.exists(layout.journal(), LinkOption.NOFOLLOW_LINKS);
    Journal journal =
        new Journal(layout, AtomicFile.openPrivate(layout.journal(), StandardOpenOption.READ));
    try {
      if (fresh) {
        AtomicFile.syncDirectory(layout.journal());
      }
      journal.readTail();
      return journal;
    } catch (IOException | RuntimeException e) {
      journal.close();
      throw e;
    }
  }

  /** What the journal says, without opening it for writing. */
  public static State peek(Layout layout) throws IOException {
    // A stream, unlike a channel, is not closed by an interrupt: looking works in any thread.
    try (InputStream in =
        Files.newInputStream(
            layout.journal(), StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS)) {
      in.skip(Math.max(0, Files.size(layout.journal()) - TAIL));
      // What was appended since the size was taken is read too.
      return stateOf(in.readAllBytes());
    } catch (NoSuchFileException e) {
      return State.EMPTY;
    }
  }

  public State state() {
    return state;
  }

  /**
   * Writes that the client's locks are about to be taken, with the modification time they will
   * have. Not forced: it is for a kill, and a power loss leaves no process to be told apart.
   */
  public void locking(Instant at, Instant modified) throws IOException {
    locked = Optional.of(modified);
    if (state.locked().equals(locked)) {
      return; // A second try of the same command.
    }
    write(line(JournalRecord.Type.LOCKS, newId(), at, Map.of(), state.known()));
  }

  /** Writes that an operation begins, forced; from here on a crash is noticed. */
  public JournalRecord begin(Instant at, Map<JournalRecord.Field, String> fields)
      throws IOException {
    JournalRecord begin = line(JournalRecord.Type.BEGIN, newId(), at, fields, state.known());
    write(begin);
    channel.force(false);
    // Only now, with the intent on record: a crash in the rotation is cleaned up like any other.
    if (channel.size() > ROTATE_AT) {
      rotate(begin);
    }
    return begin;
  }

  /** Writes that the operation ended, and what is known from now on; forced. */
  public void end(
      JournalRecord begin, Instant at, Known known, Map<JournalRecord.Field, String> fields)
      throws IOException {
    Map<JournalRecord.Field, String> all = new EnumMap<>(JournalRecord.Field.class);
    all.putAll(begin.fields());
    all.keySet().removeAll(ONLY_FOR_RECOVERY);
    all.putAll(fields);
    write(line(JournalRecord.Type.END, begin.id(), at, all, known));
    channel.force(false);
  }

  /** Every operation that ended, oldest first, the last rotated part included. */
  public static List<JournalRecord> history(Layout layout) throws IOException {
    List<JournalRecord> ended = new ArrayList<>();
    for (Path part : parts(layout)) {
      byte[] bytes;
      try {
        bytes = Files.readAllBytes(part);
      } catch (NoSuchFileException e) {
        continue;
      }
      for (JournalRecord line : lines(bytes)) {
        if (line.type() == JournalRecord.Type.END) {
          ended.add(line);
        }
      }
    }
    return ended;
  }

  /** A rotation cut short leaves one file under both names. */
  private static List<Path> parts(Layout layout) throws IOException {
    return rotationCutShort(layout)
        ? List.of(layout.journal())
        : List.of(layout.rotatedJournal(), layout.journal());
  }

  private static boolean rotationCutShort(Layout layout) throws IOException {
    return Files.exists(layout.rotatedJournal(), LinkOption.NOFOLLOW_LINKS)
        && Files.exists(layout.journal(), LinkOption.NOFOLLOW_LINKS)
        && Files.isSameFile(layout.rotatedJournal(), layout.journal());
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }

  private JournalRecord line(
      JournalRecord.Type type,
      String id,
      Instant at,
      Map<JournalRecord.Field, String> fields,
      Known known) {
    Map<JournalRecord.Field, String> all = new EnumMap<>(JournalRecord.Field.class);
    all.putAll(fields);
    known.into(all);
    locked.ifPresent(
        time ->
            all.put(
                JournalRecord.Field.LOCKED, Long.toString(MICROS.between(Instant.EPOCH, time))));
    return new JournalRecord(type, id, at, all);
  }

  private static Instant micros(String text) {
    try {
      return Instant.EPOCH.plus(Long.parseLong(text), MICROS);
    } catch (NumberFormatException e) {
      return Instant.EPOCH; // No lock of ours has this time: nothing is removed.
    }
  }

  private static String newId() {
    return Long.toHexString(ThreadLocalRandom.current().nextLong());
  }

  private void write(JournalRecord line) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    if (torn) {
      bytes.write(NEWLINE);
    }
    bytes.writeBytes(line.toLine());
    // Positioned, not O_APPEND: one write call for one line, at the end we know under the lock.
    ByteBuffer buffer = ByteBuffer.wrap(bytes.toByteArray());
    long position = channel.size();
    torn = true;
    while (buffer.hasRemaining()) {
      position += channel.write(buffer, position);
    }
    torn = false;
    state = State.of(line);
  }

  private void readTail() throws IOException {
    long size = channel.size();
    int length = (int) Math.min(size, TAIL);
    ByteBuffer buffer = ByteBuffer.allocate(length);
    while (buffer.hasRemaining() && channel.read(buffer, size - length + buffer.position()) >= 0) {
      // The position moves with what was read.
    }
    byte[] tail = Arrays.copyOf(buffer.array(), buffer.position());
    torn = tail.length > 0 && tail[tail.length - 1] != NEWLINE;
    state = stateOf(tail);
  }

  private static State stateOf(byte[] tail) {
    return lastLine(tail).map(State::of).orElse(State.EMPTY);
  }

  /** The last line that is whole; a torn one after it was never acted on. */
  private static Optional<JournalRecord> lastLine(byte[] tail) {
    int end = lastNewline(tail, tail.length);
    while (end >= 0) {
      int start = lastNewline(tail, end) + 1;
      Optional<JournalRecord> line = JournalRecord.parse(tail, start, end - start);
      if (line.isPresent()) {
        return line;
      }
      end = start - 1;
    }
    return Optional.empty();
  }

  private static int lastNewline(byte[] bytes, int before) {
    int i = before - 1;
    while (i >= 0 && bytes[i] != NEWLINE) {
      i--;
    }
    return i;
  }

  private static List<JournalRecord> lines(byte[] bytes) {
    List<JournalRecord> lines = new ArrayList<>();
    int start = 0;
    for (int i = 0; i < bytes.length; i++) {
      if (bytes[i] == NEWLINE) {
        JournalRecord.parse(bytes, start, i - start).ifPresent(lines::add);
        start = i + 1;
      }
    }
    return lines;
  }

  /**
   * Starts a new file with the open operation, keeping the old one under another name. The old name
   * never lacks a journal: the copy is a second link, the new file is renamed over the first.
   */
  private void rotate(JournalRecord begin) throws IOException {
    // A rename between two names of one file does nothing, not even remove the first.
    if (!rotationCutShort(layout)) {
      Path kept = TempName.beside(layout.rotatedJournal());
      Files.createLink(kept, layout.journal());
      Files.move(kept, layout.rotatedJournal(), StandardCopyOption.ATOMIC_MOVE);
    }
    AtomicFile.replace(layout.journal(), begin.toLine());
    channel.close();
    channel = AtomicFile.openPrivate(layout.journal(), StandardOpenOption.READ);
  }
}
