package dev.credslots;

import dev.credslots.credential.AccountId;
import dev.credslots.credential.Fingerprint;
import dev.credslots.credential.IdentityBlock;
import dev.credslots.internal.file.IdentityFile;
import dev.credslots.internal.file.Journal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** The client's identity file: who it believes to be logged in as. Reads; a splice is elsewhere. */
final class Identity {
  /** What a baseline says when there was no account to be seen. */
  static final String NOBODY = "nobody";

  private final Optional<Path> file;

  /**
   * @param file empty for a client that has none: then nobody ever logs in, as far as this says
   */
  Identity(Optional<Path> file) {
    this.file = file;
  }

  Optional<Path> file() {
    return file;
  }

  /** The block that is there now. */
  Optional<IdentityBlock> block() {
    return file.isEmpty()
        ? Optional.empty()
        : IdentityFile.read(file.get()).flatMap(IdentityBlock::in);
  }

  /** The account, if it is another than the baseline; silent without a baseline. */
  Optional<AccountId> loggedInSince(Optional<String> baseline) {
    if (baseline.isEmpty()) {
      return Optional.empty(); // Nobody looked before: a difference proves nothing.
    }
    Optional<AccountId> now = block().map(IdentityBlock::account);
    return now.filter(account -> !baseline.get().equals(name(account)));
  }

  /**
   * The block, if it can be of the login that is live now: nobody has seen the file before, or it
   * names another account than our last change left there. One that was there already is the
   * previous slot's until somebody logs in.
   */
  Optional<IdentityBlock> fresh(Journal.Known known) {
    Optional<IdentityBlock> now = block();
    boolean stale =
        now.isPresent() && known.baseline().equals(Optional.of(name(now.get().account())));
    return stale ? Optional.empty() : now;
  }

  /**
   * What the next command will compare with; empty if the file is there and nobody can say whom it
   * names, as while a client writes it: what it names later was perhaps named before.
   */
  Optional<String> baseline() {
    if (file.isEmpty()) {
      return Optional.empty();
    }
    Optional<byte[]> bytes = IdentityFile.read(file.get());
    Optional<IdentityBlock> block = bytes.flatMap(IdentityBlock::in);
    if (block.isPresent()) {
      return Optional.of(name(block.get().account()));
    }
    boolean nobody = bytes.map(IdentityBlock::mayBeIn).orElse(!Files.exists(file.get()));
    return nobody ? Optional.of(NOBODY) : Optional.empty();
  }

  /** A hash: the journal holds no account ids. */
  static String name(AccountId account) {
    String id = account.accountUuid() + "\n" + account.organizationUuid().orElse("");
    return Fingerprint.ofBytes(id.getBytes(StandardCharsets.UTF_8)).sha256();
  }
}
