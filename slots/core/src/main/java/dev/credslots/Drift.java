package dev.credslots;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The live file compared with every slot, by SHA-256 of their bytes.
 *
 * @param drift true when the live bytes equal no slot's, also for a broken link
 * @param matchingSlot the first slot with the same bytes
 * @param liveHash 64 hex digits; empty for a broken link and for what cannot be read
 * @param slotHashes 64 hex digits by name of every slot that can be read, in the manager's order
 */
public record Drift(
    boolean drift,
    Optional<String> matchingSlot,
    Optional<String> liveHash,
    Map<String, String> slotHashes) {

  public Drift {
    slotHashes = Collections.unmodifiableMap(new LinkedHashMap<>(slotHashes));
  }
}
