package dev.credslots;

import dev.credslots.credential.AccountId;
import dev.credslots.credential.Credential;
import dev.credslots.credential.Fingerprint;
import dev.credslots.credential.IdentityBlock;
import dev.credslots.credential.SlotState;
import dev.credslots.internal.file.FileContent;
import dev.credslots.internal.file.SlotRecord;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A credential file, read once, with what is remembered of its slot.
 *
 * @param content what was there
 * @param credential the login in it
 * @param state at the moment of reading
 * @param problem why it is {@code UNREADABLE}, as the rest of a sentence; empty otherwise
 * @param record what is remembered of the slot; empty for a file that is no slot
 * @param captured the captured fingerprint of the slot
 */
record SlotReading(
    FileContent content,
    Optional<Credential> credential,
    SlotState state,
    String problem,
    SlotRecord record,
    Optional<Fingerprint> captured) {

  Optional<byte[]> bytes() {
    return content instanceof FileContent.Bytes read ? Optional.of(read.bytes()) : Optional.empty();
  }

  Optional<FileTime> modified() {
    return content instanceof FileContent.Bytes read
        ? Optional.of(read.modified())
        : Optional.empty();
  }

  /** Of the bytes. */
  Optional<Fingerprint> hash() {
    return bytes().map(Fingerprint::ofBytes);
  }

  /** The hashes of every refresh token seen in the slot, the Python peer's capture among them. */
  List<Fingerprint> lineage() {
    if (captured.isEmpty() || record.lineage().contains(captured.get())) {
      return record.lineage();
    }
    List<Fingerprint> longer = new ArrayList<>(record.lineage());
    longer.add(captured.get());
    return longer;
  }

  /** Whether the slot has, or had, the other's refresh token. */
  boolean hasHad(SlotReading login) {
    return login
        .token()
        .map(token -> token().equals(Optional.of(token)) || lineage().contains(token))
        .orElse(false);
  }

  /** The ends of the slot's known logins; that of a token nobody has vouched for is not one. */
  List<Instant> markers() {
    List<Instant> markers = new ArrayList<>(record.markers());
    // A slot nothing was ever captured for is its operator's word.
    if (lineage().isEmpty() || token().map(lineage()::contains).orElse(false)) {
      credential.flatMap(Credential::loginExpiresAt).ifPresent(markers::add);
    }
    return markers;
  }

  /** Whose login the slot is on record as. */
  Optional<IdentityBlock> account() {
    return record.account().flatMap(IdentityBlock::of);
  }

  /**
   * Whose login the slot is: on record or, where the file itself says it and nobody can have put
   * another's there, by that.
   */
  Optional<AccountId> accountId() {
    Optional<IdentityBlock> known = account();
    if (known.isPresent()) {
      return Optional.of(known.get().account());
    }
    // As with markers: a slot nothing was ever captured for is its operator's word.
    return lineage().isEmpty() || token().map(lineage()::contains).orElse(false)
        ? credential.flatMap(Credential::account)
        : Optional.empty();
  }

  /** Of the refresh token. */
  Optional<Fingerprint> token() {
    return credential.flatMap(Credential::fingerprint);
  }
}
