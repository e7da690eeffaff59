package dev.credslots.cli;

import dev.credslots.credential.Secret;
import java.time.Duration;

/**
 * {@code slots auth paste-token}: keeps a token that a person pastes, in however many lines a
 * terminal broke it.
 *
 * @param life from now on
 */
record PasteToken(Duration life) implements Command.Request {
  private static final String INSTEAD = "pipe it in";

  @Override
  public Reply run(Session session) {
    Secret given =
        new Input(session.surroundings())
            .secret("Token for " + TokenCommand.CLAUDE + " (not shown): ", INSTEAD);
    String token = given.reveal().replace("\r", "").replace("\n", "");
    return TokenCommand.store(session, TokenCommand.CLAUDE, token, life, INSTEAD);
  }
}
