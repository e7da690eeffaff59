/** The offline engine behind credential slots: no socket, no process, no environment. */
@SuppressWarnings("module") // The command is built after the core that shares a package with it.
module dev.credslots.core {
  requires static transitive org.jspecify;
  requires com.fasterxml.jackson.core;
  requires org.apache.commons.codec;
  requires org.jnrproject.constants;
  requires org.jnrproject.jffi;
  requires org.slf4j;

  exports dev.credslots;
  exports dev.credslots.credential;
  exports dev.credslots.verdict;
  exports dev.credslots.internal.posix to
      dev.credslots.cli;
  exports dev.credslots.internal.text to
      dev.credslots.cli;
}
