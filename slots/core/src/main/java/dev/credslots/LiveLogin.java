package dev.credslots;

import dev.credslots.credential.AccountId;
import dev.credslots.credential.Fingerprint;
import dev.credslots.credential.IdentityBlock;
import dev.credslots.credential.SlotState;
import dev.credslots.verdict.Facts;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;

/**
 * The login that a client started on a directory finds, whether slots are kept there or not. Holds
 * no secret.
 *
 * @param file the live path
 * @param state what its file and the clock say; {@code MISSING} without one
 * @param slot the slot it is in, if the live link leads to one
 * @param expiresAt end of the access token, if the file has a usable one
 * @param refreshToken its fingerprint, if there is one to use
 * @param account whom the client's identity file names, which a client believes and no server said
 * @param reason a sentence for people, as in {@link Freshness}
 */
public record LiveLogin(
    Path file,
    SlotState state,
    Optional<String> slot,
    Optional<Instant> expiresAt,
    Optional<Fingerprint> refreshToken,
    Optional<AccountId> account,
    String reason) {

  /** Whether both can be seen to be one login, or logins of one account. */
  public boolean sharesWith(LiveLogin other) {
    boolean token = refreshToken.isPresent() && refreshToken.equals(other.refreshToken);
    return token || sameAccount(other);
  }

  /** Whether both accounts are known, and are one. */
  public boolean sameAccount(LiveLogin other) {
    return account.isPresent()
        && other.account.isPresent()
        && account.get().sameAs(other.account.get());
  }

  static LiveLogin read(Settings settings, SlotDirectory directory, Identity identity) {
    LiveReading live = directory.readLive();
    SlotReading reading =
        live.kind() == Facts.Kind.FOREIGN_LINK
            ? directory.readThrough()
            : live.file().orElseGet(directory::nothing);
    Freshness fresh =
        directory.freshness(
            live.linked().orElse(""), reading, settings.grace(), settings.clock().instant());
    return new LiveLogin(
        settings.layout().live(),
        fresh.state(),
        live.linked(),
        fresh.expiresAt(),
        reading.token(),
        identity.block().map(IdentityBlock::account),
        reason(fresh, reading));
  }

  private static String reason(Freshness fresh, SlotReading reading) {
    return switch (fresh.state()) {
      case MISSING -> "there is no login";
      case UNREADABLE -> "the credential file is " + reading.problem();
      default -> fresh.reason();
    };
  }

  /** The slot that has or had this login, or is on record as its account's. */
  Optional<String> slotIn(SlotDirectory directory) {
    for (String name : directory.names()) {
      SlotReading slot = directory.read(name);
      boolean token =
          refreshToken
              .map(one -> slot.token().equals(refreshToken) || slot.lineage().contains(one))
              .orElse(false);
      if (token || account.map(one -> Identities.belongs(slot, one)).orElse(false)) {
        return Optional.of(name);
      }
    }
    return Optional.empty();
  }
}
