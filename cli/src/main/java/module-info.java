/** The slots command: commands, the composition root, the launcher's entry point. */
module dev.credslots.cli {
  requires static org.jspecify;
  requires com.fasterxml.jackson.core;
  requires dev.credslots.accounts;
  requires dev.credslots.core;
  requires dev.credslots.hooks;
  requires dev.credslots.keychain;
  requires dev.credslots.oauth;
  requires org.apache.commons.cli;
}
