package dev.credslots;

import dev.credslots.internal.file.Deadline;
import dev.credslots.internal.file.DirectoryLock;
import dev.credslots.internal.file.Journal;
import dev.credslots.internal.file.Layout;
import dev.credslots.verdict.Facts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** Looks for what is wrong in the directory, and mends what can be mended without a decision. */
final class Diagnosis {
  private static final Set<PosixFilePermission> OWNER_FILE =
      PosixFilePermissions.fromString("rw-------");
  private static final Set<PosixFilePermission> OWNER_DIRECTORY =
      PosixFilePermissions.fromString("rwx------");

  private final Settings settings;
  private final Layout layout;
  private final SlotDirectory directory;
  private final Exclusive exclusive;
  private final Adoption adoption;
  private final Leftovers leftovers;
  private final SlotInspection inspection;

  Diagnosis(Settings settings, SlotDirectory directory, Exclusive exclusive, Adoption adoption) {
    this.settings = settings;
    this.layout = settings.layout();
    this.directory = directory;
    this.exclusive = exclusive;
    this.adoption = adoption;
    this.leftovers = new Leftovers(layout);
    this.inspection = new SlotInspection(layout, directory);
  }

  List<Finding> diagnose() {
    List<Finding> findings = new ArrayList<>();
    try {
      Ownership.check(layout);
    } catch (StoreException e) {
      findings.add(error("directory", String.valueOf(e.getMessage()), e.remedy()));
      return findings;
    }
    try {
      directoryMode(findings);
      openIntent(findings);
      pendingIdentity(findings);
      renewals(findings);
      temporaryFiles(findings);
      modes(findings);
      findings.addAll(new LockInspection(settings).findings());
      findings.addAll(inspection.findings());
    } catch (IOException e) {
      findings.add(
          error(
              "unreadable-directory",
              layout.directory() + " cannot be read: " + e.getMessage(),
              "make it readable for its owner"));
    }
    livePath(findings);
    return findings;
  }

  /** Mends every finding that says so. */
  RepairOutcome repair() {
    Notices notices = new Notices(settings);
    Optional<Boolean> done =
        exclusive.run(
            "mending",
            Exclusive.Scope.CLIENT,
            notices,
            Deadline.in(settings.lockTimeout()),
            (journal, locks) -> {
              // Taking the locks has already ended what a killed operation left, removed what a
              // client left of its own, and done what a busy one had kept from being done.
              leftovers.removeOurs(directory);
              for (Path sidecar : inspection.orphanedSidecars()) {
                Files.deleteIfExists(sidecar);
              }
              Optional<Path> identity = settings.identityFile();
              if (identity.isPresent() && Files.exists(identity.get())) {
                Optional<DirectoryLock> lock = locks.tryIdentity(identity.get());
                if (lock.isPresent()) {
                  lock.get().release();
                }
              }
              for (Path loose : looseModes()) {
                Files.setPosixFilePermissions(
                    loose, Files.isDirectory(loose) ? OWNER_DIRECTORY : OWNER_FILE);
              }
              return true;
            });
    notices.tell();
    return done.isPresent()
        ? new RepairOutcome.Done(notices.warnings())
        : new RepairOutcome.Deferred(notices.blocked(), notices.warnings());
  }

  private void directoryMode(List<Finding> findings) {
    if (Ownership.writableByOthers(layout.directory())) {
      findings.add(
          warning(
              "directory-writable",
              layout.directory() + " is writable by other users, who could swap a credential",
              "chmod go-w " + layout.directory()));
    }
  }

  private void openIntent(List<Finding> findings) throws IOException {
    Journal.peek(layout)
        .open()
        .ifPresent(
            begun ->
                findings.add(
                    new Finding(
                        "open-intent",
                        Finding.Severity.WARNING,
                        "a " + Intent.operation(begun) + " begun " + begun.at() + " did not end",
                        "slots doctor --fix, or any command that changes something, ends it",
                        true)));
  }

  private void pendingIdentity(List<Finding> findings) throws IOException {
    Journal.peek(layout)
        .known()
        .pending()
        .ifPresent(
            slot ->
                findings.add(
                    new Finding(
                        "identity-pending",
                        Finding.Severity.WARNING,
                        settings.identityFile().map(Path::toString).orElse("the identity file")
                            + " does not name slot "
                            + slot
                            + "'s account yet",
                        "slots doctor --fix, or any command that changes something, does it",
                        true)));
  }

  private void renewals(List<Finding> findings) throws IOException {
    for (Path file : adoption.waiting()) {
      findings.add(
          new Finding(
              "renewal",
              Finding.Severity.WARNING,
              "slot " + file.getFileName() + " is being renewed, or a renewal was cut short",
              "slots doctor --fix, or any command that changes something, ends it",
              true));
    }
  }

  private void temporaryFiles(List<Finding> findings) throws IOException {
    for (Path file : leftovers.ours()) {
      findings.add(
          new Finding(
              "temp-file",
              Finding.Severity.INFO,
              file + " was left by a command that was killed",
              "slots doctor --fix removes it",
              true));
    }
    for (Path file : leftovers.others()) {
      findings.add(
          warning(
              "foreign-temp-file",
              file + " was left by a client or peer, and may hold the only copy of a token",
              "slots add NAME --from " + file + " if it is a login, or remove it"));
    }
  }

  private void modes(List<Finding> findings) throws IOException {
    for (Path loose : looseModes()) {
      findings.add(
          new Finding(
              "mode",
              Finding.Severity.WARNING,
              loose + " can be read or written by other users",
              "slots doctor --fix, or: chmod "
                  + (Files.isDirectory(loose) ? "700 " : "600 ")
                  + loose,
              true));
    }
  }

  private List<Path> looseModes() throws IOException {
    List<Path> loose = new ArrayList<>();
    for (String name : directory.names()) {
      for (Path file : List.of(layout.slot(name), layout.sidecar(name))) {
        if (Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS) && isLoose(file)) {
          loose.add(file);
        }
      }
    }
    // A directory there is none of ours; that it is one, another finding says.
    if (Files.isRegularFile(layout.live(), LinkOption.NOFOLLOW_LINKS) && isLoose(layout.live())) {
      loose.add(layout.live());
    }
    if (Files.isDirectory(layout.own(), LinkOption.NOFOLLOW_LINKS)) {
      try (Stream<Path> tree = Files.walk(layout.own())) {
        tree.filter(Diagnosis::isLoose).forEach(loose::add);
      }
    }
    return loose;
  }

  /** A regular file or directory, links left out, that anybody but its owner may use. */
  private static boolean isLoose(Path path) {
    return Ownership.attributes(path, LinkOption.NOFOLLOW_LINKS)
        .filter(attributes -> attributes.isRegularFile() || attributes.isDirectory())
        .map(
            attributes ->
                !(attributes.isDirectory() ? OWNER_DIRECTORY : OWNER_FILE)
                    .containsAll(attributes.permissions()))
        .orElse(false);
  }

  private void livePath(List<Finding> findings) {
    LiveReading live = directory.readLive();
    if (live.kind() == Facts.Kind.FILE) {
      findings.add(
          warning(
              "detached", layout.live() + " is a file a client wrote, not a link", "slots heal"));
    } else if (live.kind() == Facts.Kind.ABSENT
        && directory.names().stream().anyMatch(directory::exists)) {
      findings.add(
          warning(
              "no-live",
              "there is nothing at " + layout.live() + ": clients find no login",
              "slots switch SLOT"));
    } else if (live.kind() == Facts.Kind.BROKEN || live.kind() == Facts.Kind.FOREIGN_LINK) {
      findings.add(
          error(
              live.kind() == Facts.Kind.BROKEN ? "broken-link" : "foreign-link",
              layout.live() + " leads to " + live.destination().orElse("nothing"),
              "slots switch SLOT"));
    } else if (live.kind() == Facts.Kind.NOT_A_FILE) {
      findings.add(
          error(
              "not-a-file",
              layout.live() + " is neither a file nor a link",
              "move it away, then: slots switch SLOT"));
    } else if (live.kind() == Facts.Kind.MOUNT_POINT) {
      findings.add(
          error(
              "mount-point",
              layout.live() + " is a mount point, and nothing can be renamed over it",
              "unmount it, or mount the directory instead of the file"));
    }
  }

  private static Finding warning(String code, String message, String remedy) {
    return new Finding(code, Finding.Severity.WARNING, message, remedy, false);
  }

  private static Finding error(String code, String message, String remedy) {
    return new Finding(code, Finding.Severity.ERROR, message, remedy, false);
  }
}
