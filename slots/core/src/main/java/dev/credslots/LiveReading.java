package dev.credslots;

import dev.credslots.credential.SlotState;
import dev.credslots.verdict.Facts;
import java.util.Optional;

/**
 * The live path, read once.
 *
 * @param kind what is there
 * @param linked the slot it links to
 * @param destination where a link leads, as it says
 * @param file what is read through it: the file, or the slot it links to
 */
record LiveReading(
    Facts.Kind kind,
    Optional<String> linked,
    Optional<String> destination,
    Optional<SlotReading> file) {

  /** A mounted file as what it holds, whether anything can be renamed over it or not. */
  LiveReading asFile() {
    return new LiveReading(Facts.Kind.FILE, linked, destination, file);
  }

  SlotState state() {
    return file.map(SlotReading::state).orElse(SlotState.MISSING);
  }
}
