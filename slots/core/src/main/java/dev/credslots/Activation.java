package dev.credslots;

import java.util.Optional;

/**
 * Whether a slot may be made live: one answer for {@code switch} and {@code check}. A known-bad
 * credential never may, whatever is forced.
 */
final class Activation {

  private Activation() {}

  /**
   * Why not, as a sentence that says what to do; empty if it may.
   *
   * @param renewable whether somebody can renew it before
   */
  static Optional<String> refusal(
      String slot, Freshness freshness, ExpiryPolicy policy, boolean renewable, boolean force) {
    return switch (freshness.state()) {
      case FRESH -> Optional.empty();
      case EXPIRING, REFRESHABLE -> byPolicy(slot, freshness, policy, renewable);
      // Not known to be bad, only perhaps not its newest: the operator may insist.
      case SUSPECT ->
          force
              ? Optional.empty()
              : Optional.of("refusing to switch to " + slot + ": " + freshness.reason());
      case REJECTED, EXPIRED, WIPED, UNREADABLE, MISSING ->
          Optional.of("refusing to switch to " + slot + ": " + freshness.reason());
    };
  }

  private static Optional<String> byPolicy(
      String slot, Freshness freshness, ExpiryPolicy policy, boolean renewable) {
    String refusing = "refusing to switch to " + slot + ": " + freshness.reason();
    return switch (policy) {
      case ACTIVATE -> Optional.empty();
      case REFUSE ->
          Optional.of(
              refusing
                  + "; --if-expired activate trusts the client to renew it, --if-expired refresh"
                  + " renews it first");
      case REFRESH ->
          renewable
              ? Optional.empty()
              : Optional.of(
                  refusing
                      + "; nothing here can renew it: --if-expired activate trusts the client to,"
                      + " --if-expired refuse says no at once");
    };
  }
}
