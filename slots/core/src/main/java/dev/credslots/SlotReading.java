package dev.credslots;

import dev.credslots.credential.Credential;
import dev.credslots.credential.Fingerprint;
import dev.credslots.credential.SlotState;
import dev.credslots.internal.file.FileContent;
import java.nio.file.attribute.FileTime;
import java.util.Optional;

/**
 * A credential file, read once.
 *
 * @param content what was there
 * @param credential the login in it
 * @param state at the moment of reading
 * @param problem why it is {@code UNREADABLE}, as the rest of a sentence; empty otherwise
 */
record SlotReading(
    FileContent content, Optional<Credential> credential, SlotState state, String problem) {

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

  /** Of the refresh token. */
  Optional<Fingerprint> token() {
    return credential.flatMap(Credential::fingerprint);
  }
}
