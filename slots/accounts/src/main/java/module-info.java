/** Which slot is next: order, cooldowns and what is remembered of both. Offline. */
module dev.credslots.accounts {
  requires static org.jspecify;
  requires transitive dev.credslots.core;
  requires com.fasterxml.jackson.core;

  exports dev.credslots.accounts;
}
