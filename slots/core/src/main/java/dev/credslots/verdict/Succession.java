package dev.credslots.verdict;

import dev.credslots.credential.Credential;
import dev.credslots.credential.Fingerprint;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Which of two credentials of one login comes later. */
public enum Succession {
  /** The live file's token came later, or the slot has none. */
  LIVE_LATER,
  /** The slot's token came later, or it is the same one and ends no sooner. */
  SLOT_LATER;

  /**
   * Compares by the order in which the slot's tokens were seen; an ancestor never replaces a
   * successor. Equal tokens: the later {@code expiresAt} wins.
   *
   * @param lineage hashes of the slot's refresh tokens, oldest first; holds the live file's
   * @param live the live file's login
   * @param slot the slot's login, if it has one to read
   */
  public static Succession of(
      List<Fingerprint> lineage, Credential live, Optional<Credential> slot) {
    Optional<Fingerprint> liveToken = live.fingerprint();
    Optional<Fingerprint> slotToken = slot.flatMap(Credential::fingerprint);
    if (slotToken.isEmpty()) {
      return LIVE_LATER;
    }
    if (liveToken.equals(slotToken)) {
      Instant liveEnd = live.expiresAt().orElse(Instant.MIN);
      Instant slotEnd = slot.get().expiresAt().orElse(Instant.MIN);
      return liveEnd.isAfter(slotEnd) ? LIVE_LATER : SLOT_LATER;
    }
    int livePosition = liveToken.map(lineage::lastIndexOf).orElse(-1);
    int slotPosition = lineage.lastIndexOf(slotToken.get());
    // A slot token nobody has seen was written by someone else after the last one we know.
    return slotPosition >= 0 && livePosition > slotPosition ? LIVE_LATER : SLOT_LATER;
  }
}
