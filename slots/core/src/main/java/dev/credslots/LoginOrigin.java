package dev.credslots;

import dev.credslots.internal.file.FileContent;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Optional;

/**
 * Where a login comes from that is not the live one.
 *
 * @param name for people, as a sentence begins
 */
record LoginOrigin(String name, FileContent content) {

  static LoginOrigin file(Path file) {
    return new LoginOrigin(file.toString(), FileContent.of(file));
  }

  static LoginOrigin bytes(String name, byte[] bytes) {
    return new LoginOrigin(name, new FileContent.Bytes(bytes, FileTime.fromMillis(0)));
  }

  /** Why what was read is not worth a slot, as a sentence; empty if it is. */
  static Optional<String> unsound(String name, SlotReading reading) {
    String problem = reading.problem().isEmpty() ? reading.state().word() : reading.problem();
    return reading.state().sound()
        ? Optional.empty()
        : Optional.of(name + " is " + problem + "; log in again first");
  }
}
