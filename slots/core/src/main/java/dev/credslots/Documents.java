package dev.credslots;

import dev.credslots.credential.CredentialFormat;
import dev.credslots.internal.file.AtomicFile;
import dev.credslots.internal.file.Deadline;
import dev.credslots.internal.file.FileContent;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** Reads and changes what other modules keep beside the slots. */
final class Documents {
  private final Settings settings;
  private final Exclusive exclusive;

  Documents(Settings settings, Exclusive exclusive) {
    this.settings = settings;
    this.exclusive = exclusive;
  }

  Optional<byte[]> read(StateDocument document) {
    FileContent content = FileContent.of(path(document));
    if (content instanceof FileContent.Refused refused) {
      throw Failures.refused(
          path(document) + " is " + refused.reason(), "move it away to start afresh");
    }
    return content instanceof FileContent.Bytes read ? Optional.of(read.bytes()) : Optional.empty();
  }

  /** False if somebody else had the lock until the timeout. */
  boolean update(StateDocument document, UnaryOperator<Optional<byte[]>> change) {
    Notices notices = new Notices(settings);
    Optional<Boolean> done =
        exclusive.run(
            "writing " + document.fileName(),
            Exclusive.Scope.OURS,
            notices,
            Deadline.in(settings.lockTimeout()),
            (journal, locks) -> replace(document, change));
    notices.tell();
    return done.isPresent();
  }

  private boolean replace(StateDocument document, UnaryOperator<Optional<byte[]>> change)
      throws IOException {
    Optional<byte[]> before = read(document);
    Optional<byte[]> after = change.apply(before);
    if (after.isEmpty() || (before.isPresent() && Arrays.equals(before.get(), after.get()))) {
      return true;
    }
    if (after.get().length > CredentialFormat.MAX_BYTES) {
      throw new IOException(document.fileName() + " would be larger than 1 MiB");
    }
    AtomicFile.replace(path(document), after.get());
    return true;
  }

  private Path path(StateDocument document) {
    return settings.layout().own().resolve(document.fileName());
  }
}
