package dev.credslots;

import dev.credslots.credential.Fingerprint;
import dev.credslots.internal.file.Sidecar;
import dev.credslots.verdict.IdentityState;
import java.util.Optional;

/** Compares a slot's refresh token with the captured one. Reads only. */
final class Identities {
  private final SlotDirectory directory;

  Identities(SlotDirectory directory) {
    this.directory = directory;
  }

  IdentityDrift of(String slot, SlotReading reading) {
    Optional<Fingerprint> stored = Sidecar.read(directory.layout().sidecar(slot));
    Optional<Fingerprint> current = reading.token();
    if (stored.isEmpty()) {
      String reason =
          current.isPresent()
              ? "no fingerprint captured yet; run: slots capture " + slot
              : "no fingerprint captured, and no refresh token to capture";
      return drift(slot, IdentityState.NO_BASELINE, false, stored, current, reason);
    }
    if (current.isEmpty()) {
      return drift(
          slot,
          IdentityState.UNVERIFIED,
          true,
          stored,
          current,
          "a fingerprint is captured, but the slot is missing or has no refresh token");
    }
    if (stored.equals(current)) {
      return drift(slot, IdentityState.MATCH, false, stored, current, "the captured refresh token");
    }
    boolean own = directory.lineage(slot).contains(current.get());
    Optional<String> other =
        directory.names().stream()
            .filter(name -> !name.equals(slot) && directory.lineage(name).contains(current.get()))
            .findFirst();
    if (own && other.isEmpty()) {
      return drift(
          slot,
          IdentityState.ROTATED,
          false,
          stored,
          current,
          "another refresh token of the same login");
    }
    if (other.isPresent()) {
      return drift(
          slot,
          IdentityState.CHANGED,
          true,
          stored,
          current,
          "the refresh token is known as slot " + other.get() + "'s");
    }
    return drift(
        slot,
        IdentityState.UNVERIFIED,
        true,
        stored,
        current,
        "refresh token changed since the last capture; the login may be another's");
  }

  private static IdentityDrift drift(
      String slot,
      IdentityState state,
      boolean drift,
      Optional<Fingerprint> stored,
      Optional<Fingerprint> current,
      String reason) {
    return new IdentityDrift(
        slot,
        state,
        drift,
        stored.map(Fingerprint::sha256),
        current.map(Fingerprint::sha256),
        reason);
  }
}
