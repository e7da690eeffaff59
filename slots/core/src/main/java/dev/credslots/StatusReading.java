package dev.credslots;

import dev.credslots.credential.AccountId;
import dev.credslots.credential.Fingerprint;
import dev.credslots.internal.file.Journal;
import dev.credslots.verdict.Facts;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads the whole directory at one moment, without a lock: status and drift. */
final class StatusReading {
  private final Settings settings;
  private final SlotDirectory directory;
  private final Identity identity;

  StatusReading(Settings settings, SlotDirectory directory, Identity identity) {
    this.settings = settings;
    this.directory = directory;
    this.identity = identity;
  }

  Status status() {
    LiveReading live = directory.readLive();
    Optional<Fingerprint> liveHash = live.file().flatMap(SlotReading::hash);
    Optional<String> matches = live.linked();
    Identities identities = new Identities(directory);
    Instant now = settings.clock().instant();
    List<Status.Slot> slots = new ArrayList<>();
    for (String name : directory.names()) {
      boolean active = live.linked().equals(Optional.of(name));
      // The active slot was read through the link: one read a file.
      SlotReading reading = active ? live.file().orElseThrow() : directory.read(name);
      if (matches.isEmpty() && liveHash.isPresent() && liveHash.equals(reading.hash())) {
        matches = Optional.of(name);
      }
      slots.add(
          new Status.Slot(
              name,
              active,
              directory.freshness(name, reading, settings.grace(), now),
              identities.of(name, reading, () -> active ? loggedIn() : Optional.empty()),
              reading.accountId().map(StatusReading::shown)));
    }
    return new Status(
        live.linked(),
        new Status.Live(state(live), matches, liveHash.map(Fingerprint::sha256)),
        slots,
        new Holds(settings.guards()).now(),
        warnings(live));
  }

  private Optional<AccountId> loggedIn() {
    try {
      return Memory.of(Journal.peek(settings.layout()), identity).loggedIn();
    } catch (IOException e) {
      return Optional.empty(); // The warnings say that the journal cannot be read.
    }
  }

  private static String shown(AccountId account) {
    return account.emailAddress().orElse(account.accountUuid());
  }

  private static Status.LiveState state(LiveReading live) {
    return switch (live.kind()) {
      case LINK -> Status.LiveState.LINKED;
      case FILE -> Status.LiveState.DETACHED;
      case BROKEN -> Status.LiveState.BROKEN;
      case ABSENT -> Status.LiveState.ABSENT;
      case FOREIGN_LINK, NOT_A_FILE, MOUNT_POINT -> Status.LiveState.FOREIGN;
    };
  }

  private List<Warning> warnings(LiveReading live) {
    List<Warning> warnings = new ArrayList<>();
    if (!Files.isDirectory(settings.layout().directory())) {
      warnings.add(
          new Warning(
              "no-directory",
              "there is no credentials directory "
                  + settings.layout().directory()
                  + "; log in with your client first, or name it with --dir"));
    }
    if (Ownership.writableByOthers(settings.layout().directory())) {
      warnings.add(new Warning("directory-writable", Messages.writableByOthers(settings.layout())));
    }
    switch (live.kind()) {
      case FILE ->
          warnings.add(
              new Warning(
                  "detached",
                  "the live path is a file a client wrote, not a link; slots heal brings it home"));
      case BROKEN ->
          warnings.add(
              new Warning(
                  "broken-link",
                  "the live link leads to nothing ("
                      + live.destination().orElse("")
                      + "); slots switch SLOT mends it"));
      case FOREIGN_LINK ->
          warnings.add(
              new Warning(
                  "foreign-link",
                  "the live link leads to no slot: " + live.destination().orElse("")));
      case NOT_A_FILE ->
          warnings.add(new Warning("not-a-file", "the live path is neither a file nor a link"));
      case MOUNT_POINT ->
          warnings.add(
              new Warning(
                  "mount-point",
                  "the live path is a mount point, and nothing can be renamed over it; "
                      + Messages.UNMOUNT));
      case LINK, ABSENT -> {}
    }
    intentLeftOpen().ifPresent(warnings::add);
    return warnings;
  }

  /** A killed operation, unless it is one that runs this very moment: either way worth saying. */
  private Optional<Warning> intentLeftOpen() {
    try {
      return Journal.peek(settings.layout())
          .open()
          .map(
              begun ->
                  new Warning(
                      "open-intent",
                      "a "
                          + Intent.operation(begun)
                          + " begun "
                          + begun.at()
                          + " has not ended; if none is running, the next command that changes"
                          + " something ends it"));
    } catch (IOException e) {
      return Optional.of(new Warning("journal-unreadable", "the journal cannot be read: " + e));
    }
  }

  Optional<Drift> drift() {
    LiveReading live = directory.readLive();
    if (live.kind() == Facts.Kind.ABSENT) {
      return Optional.empty();
    }
    Optional<Fingerprint> liveHash =
        live.kind() == Facts.Kind.FOREIGN_LINK
            ? directory.readThrough().hash()
            : live.file().flatMap(SlotReading::hash);
    Map<String, String> hashes = new LinkedHashMap<>();
    for (String name : directory.names()) {
      Optional<Fingerprint> hash =
          live.linked().equals(Optional.of(name)) ? liveHash : directory.hash(name);
      hash.ifPresent(value -> hashes.put(name, value.sha256()));
    }
    Optional<String> hash = liveHash.map(Fingerprint::sha256);
    Optional<String> matching =
        hashes.entrySet().stream()
            .filter(entry -> hash.equals(Optional.of(entry.getValue())))
            .map(Map.Entry::getKey)
            .findFirst();
    // A link to a slot that cannot be read is damage, not drift.
    matching = matching.or(live::linked);
    return Optional.of(new Drift(matching.isEmpty(), matching, hash, hashes));
  }
}
