package dev.credslots;

import dev.credslots.credential.IdentityBlock;
import dev.credslots.credential.MalformedJsonException;
import dev.credslots.internal.file.DirectoryLock;
import dev.credslots.internal.file.IdentityFile;
import dev.credslots.internal.file.Journal;
import dev.credslots.internal.file.JournalRecord;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;

/**
 * Puts a slot's account into the client's identity file, byte for byte what the client wrote there
 * when that account logged in. Whatever stands in the way, the switch goes on and says so.
 */
final class Splicing {
  private final Settings settings;
  private final Identity identity;

  Splicing(Settings settings, Identity identity) {
    this.settings = settings;
    this.identity = identity;
  }

  /** What became of it. */
  enum Outcome {
    /** The file names the slot's account now, or there is nothing to name. */
    DONE,
    /** The client is writing the file: the next command does it. */
    BUSY,
    /** It will not be done. */
    LEFT
  }

  /** Puts the account of the slot that is live now into the file; what is known from then on. */
  Journal.Known afterTurn(
      String slot, SlotReading reading, Journal.Known known, ClientLocks locks, Notices notices) {
    Outcome outcome = splice(slot, reading.account(), locks, notices);
    return new Journal.Known(
        Optional.of(slot),
        identity.baseline(),
        outcome == Outcome.BUSY ? Optional.of(slot) : Optional.empty());
  }

  /** Does what a busy client kept an earlier command from. */
  void retry(Journal journal, SlotDirectory directory, ClientLocks locks, Notices notices)
      throws IOException {
    Optional<String> pending = journal.state().known().pending();
    if (pending.isEmpty() || !directory.active().equals(pending)) {
      return;
    }
    String slot = pending.get();
    JournalRecord begun =
        journal.begin(
            settings.clock().instant(),
            Intent.to("identity").with(JournalRecord.Field.SLOT, slot).fields());
    SlotReading reading = directory.read(slot);
    Journal.Known before = journal.state().known();
    // Somebody logged in meanwhile: that account stays, and stays evidence.
    boolean another =
        identity
            .loggedInSince(before.baseline())
            .map(account -> !Identities.belongs(reading, account))
            .orElse(false);
    Journal.Known known =
        another
            ? before.pending(Optional.empty())
            : afterTurn(slot, reading, before, locks, notices);
    journal.end(
        begun,
        settings.clock().instant(),
        known.choosing(journal.state().chosen()),
        Intent.outcome(known.pending().isEmpty() ? "done" : "busy").fields());
  }

  /** Puts {@code slot}'s account into the file. */
  private Outcome splice(
      String slot, Optional<IdentityBlock> block, ClientLocks locks, Notices notices) {
    if (identity.file().isEmpty() || settings.identityPolicy() == IdentityPolicy.LEAVE) {
      return Outcome.LEFT;
    }
    Path path = identity.file().get();
    Optional<byte[]> file = IdentityFile.read(path);
    if (file.isEmpty()) {
      // Where nobody was ever seen there is nothing to miss.
      String why =
          IdentityFile.tooLarge(path)
              ? "is larger than 64 MiB, and nothing is put into it"
              : "is absent or cannot be read";
      return block.isPresent() ? left(slot, path, why, notices) : Outcome.LEFT;
    }
    if (block.isEmpty()) {
      if (IdentityBlock.in(file.get()).isPresent()) {
        notices.warn(
            "identity-unknown",
            "whose login slot "
                + slot
                + " is has not been recorded: the client may show another account; after its next"
                + " login run: slots capture "
                + slot);
      }
      return Outcome.LEFT;
    }
    try {
      byte[] spliced = block.get().spliceInto(file.get());
      return Arrays.equals(spliced, file.get())
          ? Outcome.DONE
          : write(slot, path, block.get(), locks, notices);
    } catch (MalformedJsonException e) {
      return left(slot, path, "is not JSON", notices);
    }
  }

  private Outcome write(
      String slot, Path file, IdentityBlock block, ClientLocks locks, Notices notices) {
    try {
      Optional<DirectoryLock> lock = locks.tryIdentity(file);
      if (lock.isEmpty()) {
        return busy(slot, file, notices);
      }
      try {
        // Under the lock: what was read before it may have been written since.
        byte[] before = IdentityFile.read(file).orElse(new byte[0]);
        return IdentityFile.replace(file, before, block.spliceInto(before))
            ? Outcome.DONE
            : busy(slot, file, notices);
      } finally {
        lock.get().release();
      }
    } catch (MalformedJsonException e) {
      return left(slot, file, "is not JSON", notices);
    } catch (IOException e) {
      return left(slot, file, "could not be written (" + e.getMessage() + ")", notices);
    }
  }

  private Outcome busy(String slot, Path file, Notices notices) {
    notices.warn(
        "identity-busy",
        "the client is writing "
            + file
            + ": the account of slot "
            + slot
            + " is put into it by the next command");
    return Outcome.BUSY;
  }

  private Outcome left(String slot, Path file, String why, Notices notices) {
    notices.warn(
        "identity-left",
        file + " " + why + ": the client may show another account than slot " + slot + "'s");
    return Outcome.LEFT;
  }
}
