package dev.credslots.acceptance;

import dev.credslots.credential.ClaudeFormat;
import dev.credslots.credential.CodexFormat;
import dev.credslots.credential.CredentialFormat;
import dev.credslots.testkit.FakeClient;

/** The engine's formats of the clients that there are fixtures of. */
final class Formats {
  private Formats() {}

  static CredentialFormat of(FakeClient client) {
    return client == FakeClient.CODEX ? new CodexFormat() : new ClaudeFormat();
  }
}
