/** Which slot is next, and where secrets are kept that belong to no slot. Offline. */
module dev.credslots.accounts {
  requires static org.jspecify;
  requires transitive dev.credslots.core;
  requires com.fasterxml.jackson.core;

  exports dev.credslots.accounts;
}
