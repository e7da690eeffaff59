/** Ready-made lock guards and listeners. */
module dev.credslots.hooks {
  requires static org.jspecify;
  requires transitive dev.credslots.core;
  requires com.fasterxml.jackson.core;

  exports dev.credslots.hooks;
}
