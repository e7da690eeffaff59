/** Fixtures that build credentials directories from plain files. */
module dev.credslots.testkit {
  requires com.fasterxml.jackson.databind;
  requires static org.jspecify;

  exports dev.credslots.testkit;
}
