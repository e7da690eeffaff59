/** Tokens in the operating system's own stores, through the programs that it ships. */
module dev.credslots.keychain {
  requires static org.jspecify;
  requires transitive dev.credslots.accounts;

  exports dev.credslots.keychain;
}
