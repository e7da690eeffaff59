package dev.credslots;

import dev.credslots.internal.file.DirectoryLock;
import dev.credslots.internal.file.Layout;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Looks for locks of the client that nobody holds any more. */
final class LockInspection {
  private static final Duration STALE = Duration.ofSeconds(60);
  private static final Duration IDENTITY_STALE = Duration.ofSeconds(10);

  private final Settings settings;
  private final Layout layout;

  LockInspection(Settings settings) {
    this.settings = settings;
    this.layout = settings.layout();
  }

  List<Finding> findings() throws IOException {
    List<Finding> findings = new ArrayList<>();
    if (!settings.format().takesLocks()) {
      return findings;
    }
    lock(layout.directory().resolve(".oauth_refresh.lock"), STALE, findings);
    lock(DirectoryLock.of(layout.directory()), STALE, findings);
    Optional<Path> identity = settings.identityFile();
    if (identity.isPresent() && Files.exists(identity.get())) {
      lock(DirectoryLock.of(identity.get()), IDENTITY_STALE, findings);
    }
    return findings;
  }

  private void lock(Path lock, Duration staleAfter, List<Finding> findings) throws IOException {
    if (!Files.isDirectory(lock, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    Instant touched = Files.getLastModifiedTime(lock, LinkOption.NOFOLLOW_LINKS).toInstant();
    Duration age = Duration.between(touched, settings.clock().instant());
    boolean future = age.plus(STALE).isNegative();
    if (future || age.compareTo(staleAfter) > 0) {
      findings.add(
          new Finding(
              future ? "future-lock" : "stale-lock",
              Finding.Severity.WARNING,
              lock
                  + (future ? " is dated in the future" : " was left by a client that is gone")
                  + " ("
                  + touched
                  + ") and keeps clients from refreshing",
              "slots doctor --fix, or: rmdir " + lock,
              true));
    }
  }
}
