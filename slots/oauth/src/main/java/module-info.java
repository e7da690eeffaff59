/** Logs in, and renews logins, at their provider: the only module with a network. */
module dev.credslots.oauth {
  requires static org.jspecify;
  requires transitive dev.credslots.core;
  requires com.fasterxml.jackson.core;
  requires java.net.http;
  requires jdk.httpserver;
  requires org.slf4j;

  exports dev.credslots.oauth;
}
