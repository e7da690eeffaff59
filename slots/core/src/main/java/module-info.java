/** The offline engine behind credential slots: no socket, no process, no environment. */
module dev.credslots.core {
  requires static org.jspecify;
  requires com.fasterxml.jackson.core;
  requires org.apache.commons.codec;
  requires org.slf4j;

  exports dev.credslots;
  exports dev.credslots.credential;
  exports dev.credslots.verdict;
}
