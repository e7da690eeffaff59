package dev.credslots;

import dev.credslots.credential.Credential;
import dev.credslots.credential.CredentialFormat.Reading;
import dev.credslots.credential.Fingerprint;
import dev.credslots.credential.SlotState;
import dev.credslots.internal.file.FileContent;
import dev.credslots.internal.file.Layout;
import dev.credslots.internal.file.MountPoint;
import dev.credslots.internal.file.Sidecar;
import dev.credslots.internal.file.SlotRecord;
import dev.credslots.internal.text.Spans;
import dev.credslots.verdict.Facts;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotLinkException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/** Reads the credentials directory. Takes no lock, writes nothing, keeps nothing between calls. */
final class SlotDirectory {
  private final Settings settings;
  private final Layout layout;

  SlotDirectory(Settings settings) {
    this.settings = settings;
    this.layout = settings.layout();
  }

  Layout layout() {
    return layout;
  }

  /** The slots this manager cares for, whether their files exist or not. */
  List<String> names() {
    return settings.names().orElseGet(() -> discover().names());
  }

  boolean knows(String name) {
    return settings.names().isPresent()
        ? settings.known().contains(name)
        : discoverable(name) && exists(name);
  }

  /** Whether a slot of that name, once it exists, is one of this manager's. */
  boolean mayCreate(String name) {
    return settings.names().isPresent() ? settings.known().contains(name) : discoverable(name);
  }

  private boolean discoverable(String name) {
    return SlotNames.problem(name).isEmpty()
        && !SlotNames.looksLikeCopy(name)
        && !Templates.collides(layout, name);
  }

  boolean exists(String name) {
    return Files.exists(layout.slot(name));
  }

  /**
   * What lies where slots lie.
   *
   * @param names slots, sorted
   * @param copies names such as {@code bak} that are reported and left alone
   */
  record Discovery(List<String> names, List<String> copies) {}

  /**
   * The part of the template that has the name in it.
   *
   * @param parent the directory that is listed for slots
   * @param nested whether a slot is a directory there, with its file inside
   */
  private record Place(Path parent, String prefix, String suffix, boolean nested) {
    /** The name that a file here says, whether it can be a slot's or not; empty if it says none. */
    Optional<String> name(String file) {
      return file.length() > prefix.length() + suffix.length()
              && file.startsWith(prefix)
              && file.endsWith(suffix)
          ? Optional.of(file.substring(prefix.length(), file.length() - suffix.length()))
          : Optional.empty();
    }
  }

  private Place place() {
    String template = layout.slotTemplate();
    int at = template.indexOf(Layout.PLACEHOLDER);
    int segment = template.lastIndexOf('/', at) + 1;
    int end = template.indexOf('/', at);
    return new Place(
        segment == 0
            ? layout.directory()
            : layout.directory().resolve(template.substring(0, segment - 1)),
        template.substring(segment, at),
        template.substring(at + Layout.PLACEHOLDER.length(), end < 0 ? template.length() : end),
        end >= 0);
  }

  /** Where a slot appears when it is made. */
  Path slotsAppearIn() {
    return place().parent();
  }

  /** Whether what is called so, where slots appear, may be a slot. */
  boolean mayBeSlot(String file) {
    return place().name(file).map(name -> SlotNames.problem(name).isEmpty()).orElse(false);
  }

  Discovery discover() {
    Place place = place();
    TreeSet<String> names = new TreeSet<>();
    List<String> copies = new ArrayList<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(place.parent())) {
      for (Path entry : entries) {
        String file = entry.getFileName().toString();
        String name = place.name(file).orElse("");
        if (name.isEmpty()
            || SlotNames.problem(name).isPresent()
            || (place.nested() && !exists(name))) {
          continue;
        }
        if (SlotNames.looksLikeCopy(name)) {
          copies.add(file);
        } else if (discoverable(name)) {
          names.add(name);
        }
      }
    } catch (IOException e) {
      // No directory, no slots: the commands that need it say so.
      return new Discovery(List.of(), List.of());
    }
    return new Discovery(List.copyOf(names), List.copyOf(copies));
  }

  /** A slot with what is remembered of it: each file read once. */
  SlotReading read(String name) {
    Path file = layout.slot(name);
    FileContent content =
        leadsOutside(file)
            .<FileContent>map(reason -> new FileContent.Refused(reason, false))
            .orElseGet(() -> FileContent.of(file));
    SlotReading reading = reading(content, settings.clock().instant());
    SlotRecord record = SlotRecord.read(layout.record(name));
    return new SlotReading(
        content,
        reading.credential(),
        reading
            .credential()
            .map(login -> judged(reading.state(), login, record))
            .orElse(reading.state()),
        reading.problem(),
        record,
        Sidecar.read(layout.sidecar(name)));
  }

  /** A sound credential that is nevertheless not to be used. */
  private static SlotState judged(SlotState state, Credential login, SlotRecord record) {
    if (!state.sound()) {
      return state;
    }
    if (login.generation().map(record.condemned()::contains).orElse(false)) {
      return SlotState.REJECTED;
    }
    return record.suspect().isPresent() ? SlotState.SUSPECT : state;
  }

  /** A slot that is a link out of the directory would be severed, or written, by the first heal. */
  private Optional<String> leadsOutside(Path file) {
    if (!Files.isSymbolicLink(file)) {
      return Optional.empty();
    }
    try {
      boolean inside = file.toRealPath().startsWith(layout.directory().toRealPath());
      return inside
          ? Optional.empty()
          : Optional.of("a link out of the credentials directory; put a copy in its place");
    } catch (IOException e) {
      return Optional.empty(); // A link to nothing: read() says missing.
    }
  }

  /** A file that is no slot, or not known to be one. */
  SlotReading reading(FileContent content, Instant now) {
    if (content instanceof FileContent.Missing) {
      return noLogin(content, SlotState.MISSING, "");
    }
    if (content instanceof FileContent.Refused refused) {
      return noLogin(content, SlotState.UNREADABLE, refused.reason());
    }
    byte[] bytes = ((FileContent.Bytes) content).bytes();
    Reading reading = settings.format().read(bytes);
    if (reading instanceof Reading.NoLogin none) {
      return noLogin(content, SlotState.UNREADABLE, none.reason());
    }
    Credential credential = ((Reading.Login) reading).credential();
    return new SlotReading(
        content,
        Optional.of(credential),
        SlotState.of(credential, now, settings.grace()),
        "",
        SlotRecord.EMPTY,
        Optional.empty());
  }

  private static SlotReading noLogin(FileContent content, SlotState state, String problem) {
    return new SlotReading(
        content, Optional.empty(), state, problem, SlotRecord.EMPTY, Optional.empty());
  }

  /** The slot the live link leads to, by resolved paths. */
  Optional<String> active() {
    Path target;
    try {
      target = Files.readSymbolicLink(layout.live());
    } catch (IOException | UnsupportedOperationException e) {
      return Optional.empty(); // A regular file, nothing, or no links here at all.
    }
    return slotAt(target);
  }

  private Optional<String> slotAt(Path target) {
    Path inside =
        target.isAbsolute() && target.startsWith(layout.directory())
            ? layout.directory().relativize(target)
            : target;
    Optional<String> named = nameOf(inside.toString()).filter(this::knows).filter(this::exists);
    if (named.isPresent()) {
      return named; // The link as we write it: no slot need be looked at but this one.
    }
    try {
      Path real = layout.live().toRealPath();
      for (String name : names()) {
        Path slot = layout.slot(name);
        if (Files.exists(slot) && real.equals(slot.toRealPath())) {
          return Optional.of(name);
        }
      }
    } catch (IOException e) {
      return Optional.empty(); // A link to nothing.
    }
    return Optional.empty();
  }

  private Optional<String> nameOf(String path) {
    String template = layout.slotTemplate();
    int at = template.indexOf(Layout.PLACEHOLDER);
    String prefix = template.substring(0, at);
    String suffix = template.substring(at + Layout.PLACEHOLDER.length());
    if (path.length() <= prefix.length() + suffix.length()
        || !path.startsWith(prefix)
        || !path.endsWith(suffix)) {
      return Optional.empty();
    }
    String name = path.substring(prefix.length(), path.length() - suffix.length());
    return layout.destination(name).toString().equals(path) ? Optional.of(name) : Optional.empty();
  }

  /** What is read through a live link that leads to no slot. */
  SlotReading readThrough() {
    return reading(FileContent.of(layout.live()), settings.clock().instant());
  }

  /** What reading a live path gives at which there is nothing. */
  SlotReading nothing() {
    return noLogin(new FileContent.Missing(), SlotState.MISSING, "");
  }

  /** Of a slot's bytes, without parsing them; empty if they cannot be read. */
  Optional<Fingerprint> hash(String name) {
    return FileContent.of(layout.slot(name)) instanceof FileContent.Bytes content
        ? Optional.of(Fingerprint.ofBytes(content.bytes()))
        : Optional.empty();
  }

  LiveReading readLive() {
    Path live = layout.live();
    BasicFileAttributes attributes;
    try {
      attributes = Files.readAttributes(live, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    } catch (NoSuchFileException e) {
      return live(Facts.Kind.ABSENT);
    } catch (IOException e) {
      return live(Facts.Kind.NOT_A_FILE);
    }
    if (attributes.isSymbolicLink()) {
      return readLink(live);
    }
    if (!attributes.isRegularFile()) {
      return live(Facts.Kind.NOT_A_FILE);
    }
    SlotReading file = reading(FileContent.of(live), settings.clock().instant());
    if (file.state() == SlotState.MISSING) {
      return readLive(); // A client renamed over it between the two looks.
    }
    Facts.Kind kind = MountPoint.at(live) ? Facts.Kind.MOUNT_POINT : Facts.Kind.FILE;
    return new LiveReading(kind, Optional.empty(), Optional.empty(), Optional.of(file));
  }

  private LiveReading readLink(Path live) {
    Path target;
    try {
      target = Files.readSymbolicLink(live);
    } catch (NotLinkException | NoSuchFileException e) {
      return readLive(); // A client renamed over it between the two looks.
    } catch (IOException e) {
      return live(Facts.Kind.NOT_A_FILE);
    }
    Optional<String> slot = slotAt(target);
    Facts.Kind kind =
        slot.isPresent()
            ? Facts.Kind.LINK
            : Files.exists(live) ? Facts.Kind.FOREIGN_LINK : Facts.Kind.BROKEN;
    return new LiveReading(kind, slot, Optional.of(target.toString()), slot.map(this::read));
  }

  private static LiveReading live(Facts.Kind kind) {
    return new LiveReading(kind, Optional.empty(), Optional.empty(), Optional.empty());
  }

  Freshness freshness(String name, SlotReading reading, Duration grace, Instant now) {
    SlotState state =
        reading
            .credential()
            .map(login -> judged(SlotState.of(login, now, grace), login, reading.record()))
            .orElse(reading.state());
    return new Freshness(
        name,
        state,
        reading.credential().flatMap(Credential::expiresAt),
        reading.credential().flatMap(Credential::loginExpiresAt),
        reason(name, reading, state, now));
  }

  private String reason(String name, SlotReading reading, SlotState state, Instant now) {
    if (state == SlotState.MISSING) {
      return "slot missing: there is no file " + layout.slot(name);
    }
    if (state == SlotState.UNREADABLE) {
      return "unreadable: " + layout.slot(name).getFileName() + " is " + reading.problem();
    }
    if (state == SlotState.REJECTED) {
      return "rejected: a server refused this token; log in again, or let its client renew it";
    }
    if (state == SlotState.SUSPECT) {
      return "suspect: a newer token that may be this slot's is in the stash; slots stash claim "
          + name
          + " takes it, slots stash drop "
          + name
          + " forgets it";
    }
    if (state == SlotState.WIPED) {
      return "wiped: a client left empty tokens after a failed refresh; log in again";
    }
    Optional<Instant> loginEnd =
        reading.credential().flatMap(Credential::loginExpiresAt).filter(end -> !end.isAfter(now));
    if (state == SlotState.EXPIRED && loginEnd.isPresent()) {
      return "the login ended " + span(loginEnd.get(), now) + "; log in again";
    }
    String token =
        reading
            .credential()
            .flatMap(Credential::expiresAt)
            .map(
                end ->
                    switch (state) {
                      case FRESH -> "valid, " + span(end, now);
                      case EXPIRING -> "expires within grace, " + span(end, now);
                      default -> "expired " + span(end, now);
                    })
            .orElse(state == SlotState.FRESH ? "valid, without an end" : "no usable expiresAt");
    return switch (state) {
      case REFRESHABLE -> token + ", renewable";
      case EXPIRED -> token + ", without a refresh token; log in again";
      default -> token;
    };
  }

  private static String span(Instant end, Instant now) {
    Duration left = Duration.between(now, end);
    return left.isNegative() || left.isZero()
        ? Spans.text(left) + " ago (at " + end + ")"
        : Spans.text(left) + " left (until " + end + ")";
  }
}
