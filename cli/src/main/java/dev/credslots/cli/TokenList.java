package dev.credslots.cli;

import dev.credslots.Warning;
import dev.credslots.accounts.LongLivedToken;
import dev.credslots.accounts.TokenStoreException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** {@code slots token list}. */
record TokenList() implements Command.Request {
  @Override
  public Reply run(Session session) {
    Stores stores = new Stores(session);
    List<Listed> rows = new ArrayList<>();
    try {
      for (String key : stores.keys(LongLivedToken.keyOf(TokenCommand.CLAUDE))) {
        Optional<String> agent = LongLivedToken.agentOf(key);
        if (agent.isPresent()) {
          Listed row = row(session, stores, agent.get());
          if (!row.state().equals("missing")) {
            rows.add(row);
          }
        }
      }
    } catch (TokenStoreException e) {
      throw Stores.failure(e);
    }
    return new Rows(rows, stores.warnings());
  }

  /** A store that does not answer is a row of its own: the others are still worth showing. */
  private static Listed row(Session session, Stores stores, String agent) {
    String store = "";
    try {
      store = stores.nameFor(LongLivedToken.keyOf(agent));
      TokenLook looked = TokenLook.at(session, stores, agent);
      return new Listed(agent, store, looked.state(), looked.expiresAt(), Optional.empty());
    } catch (TokenStoreException e) {
      String state = e.kind() == TokenStoreException.Kind.LOCKED ? "locked" : "unknown";
      return new Listed(agent, store, state, Optional.empty(), Optional.of(Stores.failure(e)));
    }
  }

  private record Listed(
      String agent,
      String store,
      String state,
      Optional<Instant> expiresAt,
      Optional<Failure> failure) {}

  private record Rows(List<Listed> rows, List<Warning> warnings) implements Reply {
    @Override
    public ExitCode exit() {
      return complaint().isEmpty() ? ExitCode.DONE : ExitCode.FAILED;
    }

    @Override
    public void text(Page page) {
      List<List<Page.Cell>> table = new ArrayList<>();
      for (Listed row : rows) {
        table.add(
            List.of(
                Page.Cell.of(row.agent()),
                Page.Cell.of(row.state()),
                Page.Cell.of(row.expiresAt().map(TokenCommand::date).orElse("-")),
                Page.Cell.of(row.store())));
      }
      page.table(table);
    }

    @Override
    public String complaint() {
      for (Listed row : rows) {
        if (row.failure().isPresent()) {
          return row.failure().get().sentence();
        }
      }
      return "";
    }

    @Override
    public void json(Json json) {
      json.list("tokens");
      for (Listed row : rows) {
        json.object()
            .text("agent", row.agent())
            .text("store", row.store())
            .text("state", row.state())
            .time("expiresAt", row.expiresAt())
            .endObject();
      }
      json.endList().warnings(warnings);
    }
  }
}
