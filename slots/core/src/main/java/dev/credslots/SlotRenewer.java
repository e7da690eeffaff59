package dev.credslots;

/**
 * Renews a slot's login before a switch to it, for {@link ExpiryPolicy#REFRESH}. The core has no
 * network and hence no renewer; the oauth module has one. Called without any lock held, by several
 * threads at once.
 */
@FunctionalInterface
public interface SlotRenewer {
  /**
   * Renews the login unless its access token is good for long enough.
   *
   * @param slots the manager that is about to switch
   * @param slot one of its slots
   */
  RefreshOutcome renew(SlotManager slots, String slot);
}
