package dev.credslots;

import dev.credslots.credential.Fingerprint;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * When a slot's login is to be renewed. Immutable.
 *
 * @param ifWithin only if its access token ends within this time; empty: whenever it ends
 * @param ifStill only if the slot still has this generation ({@code Credential.generation()}), as
 *     after a server refused it
 * @param trouble is told, in a sentence, while a reply that has no second copy cannot be written
 *     anywhere; the call goes on trying meanwhile
 */
public record RefreshRequest(
    Optional<Duration> ifWithin, Optional<Fingerprint> ifStill, Consumer<String> trouble) {

  public RefreshRequest {
    ifWithin.ifPresent(time -> SlotManager.requireNotNegative("ifWithin", time));
    Objects.requireNonNull(ifStill, "ifStill");
    Objects.requireNonNull(trouble, "trouble");
  }

  /** Now, unless somebody else is renewing it meanwhile. */
  public static RefreshRequest now() {
    return new RefreshRequest(Optional.empty(), Optional.empty(), message -> {});
  }

  /** Only if the access token ends within {@code time}. */
  public static RefreshRequest ifWithin(Duration time) {
    return new RefreshRequest(Optional.of(time), Optional.empty(), message -> {});
  }

  /** Only if the slot still has that generation. */
  public static RefreshRequest ifStill(Fingerprint generation) {
    return new RefreshRequest(Optional.empty(), Optional.of(generation), message -> {});
  }

  /** With somebody to tell of trouble. */
  public RefreshRequest telling(Consumer<String> listener) {
    return new RefreshRequest(ifWithin, ifStill, listener);
  }
}
