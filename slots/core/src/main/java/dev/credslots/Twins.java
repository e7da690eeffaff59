package dev.credslots;

import dev.credslots.credential.AccountId;
import dev.credslots.credential.Credential;
import dev.credslots.credential.Fingerprint;
import dev.credslots.credential.IdentityBlock;
import java.util.Optional;

/** Finds the slot that has a login already: two slots of one login revoke each other. */
final class Twins {
  private final SlotDirectory directory;

  Twins(SlotDirectory directory) {
    this.directory = directory;
  }

  /** A slot that has, or had, the same refresh token, or is of the same account. */
  Optional<String> of(SlotReading source, Optional<IdentityBlock> account) {
    Optional<AccountId> inFile = source.credential().flatMap(Credential::account);
    Optional<AccountId> owner = inFile.isPresent() ? inFile : account.map(IdentityBlock::account);
    for (String name : directory.names()) {
      SlotReading slot = directory.read(name);
      boolean sameAccount = owner.map(one -> Identities.belongs(slot, one)).orElse(false);
      if (slot.hasHad(source) || sameAccount) {
        return Optional.of(name);
      }
    }
    return Optional.empty();
  }

  /** As {@link #of}, or that has the very token: there may be none to renew it with. */
  Optional<String> anyOf(SlotReading source) {
    Optional<String> twin = of(source, Optional.empty());
    Optional<Fingerprint> generation = source.credential().flatMap(Credential::generation);
    if (twin.isPresent() || generation.isEmpty()) {
      return twin;
    }
    for (String name : directory.names()) {
      Optional<Credential> login = directory.read(name).credential();
      if (login.flatMap(Credential::generation).equals(generation)) {
        return Optional.of(name);
      }
    }
    return Optional.empty();
  }
}
