package dev.credslots;

import dev.credslots.credential.AccountId;
import dev.credslots.credential.Credential;
import dev.credslots.credential.Fingerprint;
import dev.credslots.verdict.IdentityState;
import dev.credslots.verdict.Marker;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** Compares a slot's refresh token with the captured one. Reads only. */
final class Identities {
  private final SlotDirectory directory;

  Identities(SlotDirectory directory) {
    this.directory = directory;
  }

  /**
   * Compares; other slots are read only when the token is not the captured one.
   *
   * @param loggedIn who has logged in since our last change, asked only for a slot that is live
   */
  IdentityDrift of(String slot, SlotReading reading, Supplier<Optional<AccountId>> loggedIn) {
    Optional<Fingerprint> stored = reading.captured();
    Optional<Fingerprint> current = reading.token();
    Comparison compared = new Comparison(slot, stored, current);
    if (stored.isEmpty()) {
      return compared.is(
          IdentityState.NO_BASELINE,
          current.isPresent()
              ? "no fingerprint captured yet; run: slots capture " + slot
              : "no fingerprint captured, and no refresh token to capture");
    }
    if (current.isEmpty()) {
      return compared.is(
          IdentityState.UNVERIFIED,
          "a fingerprint is captured, but the slot is missing or has no refresh token");
    }
    return stored.equals(current)
        ? compared.is(IdentityState.MATCH, "the captured refresh token")
        : changed(slot, reading, current.get(), loggedIn.get(), compared);
  }

  private IdentityDrift changed(
      String slot,
      SlotReading reading,
      Fingerprint token,
      Optional<AccountId> loggedIn,
      Comparison compared) {
    boolean own = reading.lineage().contains(token);
    Optional<String> other = Optional.empty();
    Optional<AccountId> inFile = reading.credential().flatMap(Credential::account);
    Optional<AccountId> account = inFile.isPresent() ? inFile : loggedIn;
    Map<String, List<Instant>> markers = new HashMap<>();
    markers.put(slot, reading.markers());
    Optional<String> accountOf = Optional.empty();
    for (String name : directory.names()) {
      SlotReading one = name.equals(slot) ? reading : directory.read(name);
      if (account.isPresent() && belongs(one, account.get())) {
        accountOf = Optional.of(name);
      }
      if (name.equals(slot)) {
        continue;
      }
      markers.put(name, one.markers());
      if (other.isEmpty() && one.lineage().contains(token)) {
        other = Optional.of(name);
      }
    }
    Marker marker = Marker.of(reading.credential().flatMap(Credential::loginExpiresAt), markers);
    if (marker instanceof Marker.Same same) {
      own |= same.slot().equals(slot);
      other = other.or(() -> Optional.of(same.slot()).filter(name -> !name.equals(slot)));
    } else if (loggedIn.isPresent()) {
      // Who logged in counts only where the file is not a refresh of a login we know.
      own |= accountOf.equals(Optional.of(slot));
      Optional<String> whose = accountOf;
      other =
          other.or(
              () ->
                  whose.isEmpty()
                      ? Optional.of("an account that no slot has")
                      : whose.filter(name -> !name.equals(slot)));
    }
    if (inFile.isPresent()) {
      Optional<AccountId> before = reading.accountId();
      if (before.isPresent() && before.get().sameAs(inFile.get())) {
        own = true; // Also where another slot is of that account, too.
      } else if (other.isEmpty() && accountOf.isPresent()) {
        other = accountOf;
      } else if (other.isEmpty() && before.isPresent() && before.get().differsFrom(inFile.get())) {
        other = Optional.of("an account that no slot has");
      }
    }
    if (other.isPresent()) {
      return compared.is(IdentityState.CHANGED, "the login is known as another's: " + other.get());
    }
    return own
        ? compared.is(IdentityState.ROTATED, "another refresh token of the same login")
        : compared.is(
            IdentityState.UNVERIFIED,
            "refresh token changed since the last capture; the login may be another's");
  }

  static boolean belongs(SlotReading slot, AccountId account) {
    return slot.accountId().map(account::sameAs).orElse(false);
  }

  /** The two tokens, to which a state is given. */
  private record Comparison(
      String slot, Optional<Fingerprint> stored, Optional<Fingerprint> current) {
    IdentityDrift is(IdentityState state, String reason) {
      boolean drift = state == IdentityState.CHANGED || state == IdentityState.UNVERIFIED;
      return new IdentityDrift(
          slot,
          state,
          drift,
          stored.map(Fingerprint::sha256),
          current.map(Fingerprint::sha256),
          reason);
    }
  }
}
