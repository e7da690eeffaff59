/** Fixtures, a client simulator and a fault shim for tests: nothing here ships, nothing here needs the engine. */
module dev.credslots.testkit {
  exports dev.credslots.testkit;
}
