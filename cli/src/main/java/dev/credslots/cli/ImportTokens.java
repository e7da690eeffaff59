package dev.credslots.cli;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import dev.credslots.SlotNames;
import dev.credslots.accounts.Imported;
import dev.credslots.accounts.LongLivedToken;
import dev.credslots.accounts.TokenIntake;
import dev.credslots.accounts.TokenStore;
import dev.credslots.accounts.TokenStoreException;
import dev.credslots.cli.Importing.Naming;
import dev.credslots.cli.Importing.Taken;
import dev.credslots.credential.Secret;
import java.time.Instant;
import java.util.Optional;

/** Stores tokens, each for an agent that has none. */
final class ImportTokens {
  private final Session session;
  private final TokenStore store;
  private final Naming naming;
  private final boolean dryRun;

  ImportTokens(Session session, Stores stores, Naming naming, boolean dryRun) {
    this.session = session;
    this.store = stores.chosen();
    this.naming = naming;
    this.dryRun = dryRun;
  }

  Taken take(Imported.Token token) throws TokenStoreException {
    if (token.expiresAt().filter(end -> !end.isAfter(session.now())).isPresent()) {
      return Taken.skipped(token, "its end is past");
    }
    // Its own token takes no name away from it.
    String agent =
        naming.name(token.name(), one -> !has(one, token) && store.read(key(one)).isPresent());
    if (has(agent, token)) {
      return Taken.present(token, agent, "the token of agent " + agent + " is it already");
    }
    if (store.read(key(agent)).isPresent()) {
      return Taken.skipped(token, "agent " + agent + " has another token");
    }
    Optional<String> problem = SlotNames.problem("agent", agent);
    if (problem.isPresent()) {
      return Taken.skipped(token, problem.get());
    }
    TokenIntake intake = TokenIntake.of(agent, json(token), session.now());
    if (intake instanceof TokenIntake.Refused refused) {
      return Taken.skipped(token, refused.reason());
    }
    if (dryRun) {
      return Taken.imported(token, agent, "would store the token for agent " + agent);
    }
    store.write(key(agent), ((TokenIntake.Accepted) intake).value());
    return Taken.imported(token, agent, "stored the token for agent " + agent);
  }

  private boolean has(String agent, Imported.Token token) throws TokenStoreException {
    Optional<Secret> stored = store.read(key(agent));
    return stored
        .flatMap(LongLivedToken::stored)
        .map(LongLivedToken::accessToken)
        .equals(Optional.of(token.token()));
  }

  private static String key(String agent) {
    return LongLivedToken.keyOf(agent);
  }

  private static String json(Imported.Token token) {
    String text = new String(JsonStringEncoder.getInstance().quoteAsString(token.token().reveal()));
    String end =
        token.expiresAt().map(Instant::toEpochMilli).map(at -> ",\"expiresAt\":" + at).orElse("");
    return "{\"accessToken\":\"" + text + "\"" + end + "}";
  }
}
