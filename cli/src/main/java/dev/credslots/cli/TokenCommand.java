package dev.credslots.cli;

import dev.credslots.SlotNames;
import dev.credslots.Warning;
import dev.credslots.accounts.LongLivedToken;
import dev.credslots.accounts.TokenIntake;
import dev.credslots.accounts.TokenStoreException;
import dev.credslots.credential.Secret;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;

/** {@code slots token}: long-lived tokens, each of an agent and apart from any slot. */
final class TokenCommand implements Command.Handler {
  private static final List<String> ACTIONS = List.of("store", "check", "get", "remove", "list");
  static final String CLAUDE = "claude";

  @Override
  public Command.Request parse(Words words) {
    String action = words.required(0);
    if (!ACTIONS.contains(action)) {
      throw Failure.usage(
          "token cannot " + Plain.quoted(action) + Nearest.hint(action, ACTIONS),
          "slots token store | check | get | remove | list");
    }
    String agent = words.value("agent").orElse(CLAUDE);
    Optional<String> problem = SlotNames.problem("agent", agent);
    if (problem.isPresent()) {
      throw Failure.usage(problem.get(), "");
    }
    Stores.check(words);
    Optional<Duration> within = words.duration("within");
    if (within.isPresent() && !action.equals("check")) {
      throw Failure.usage("--within is for token check", "see slots help token");
    }
    if (action.equals("list") && words.has("agent")) {
      throw Failure.usage("token list shows every agent's", "leave --agent out");
    }
    return switch (action) {
      case "store" -> new AskStore(agent);
      case "check" -> new TokenLook.AskCheck(agent, within);
      case "get" -> new TokenLook.AskGet(agent);
      case "remove" -> new AskRemove(agent);
      default -> new TokenList();
    };
  }

  /** Where a token comes from, as the sentence says that there is none. */
  static String source(String agent) {
    return agent.equals(CLAUDE)
        ? "claude setup-token | slots token store"
        : "slots token store --agent " + agent;
  }

  static String date(Instant time) {
    return LocalDate.ofInstant(time, ZoneOffset.UTC).toString();
  }

  private record AskStore(String agent) implements Command.Request {
    @Override
    public Reply run(Session session) {
      String instead = "pipe it in: " + source(agent);
      Secret given =
          new Input(session.surroundings())
              .secret("Token for " + agent + " (not shown): ", instead);
      return store(session, agent, given.reveal(), LongLivedToken.USUAL_LIFE, instead);
    }
  }

  /**
   * Stores what somebody gave.
   *
   * @param life how long it is good, where it does not say
   * @param instead what else to do where it is none
   * @throws Failure if it is no token, or the store does not take it
   */
  static Reply store(Session session, String agent, String given, Duration life, String instead) {
    Stores stores = new Stores(session);
    String key = LongLivedToken.keyOf(agent);
    TokenIntake intake = TokenIntake.of(agent, given, session.now(), life);
    if (intake instanceof TokenIntake.Refused refused) {
      throw Failure.refused(
          "not-a-token",
          "no token stored: " + refused.reason(),
          refused.remedy().isEmpty() ? instead : refused.remedy());
    }
    TokenIntake.Accepted accepted = (TokenIntake.Accepted) intake;
    try {
      stores.chosen().write(key, accepted.value());
      String name = stores.nameFor(key);
      Instant end = accepted.token().expiresAt().orElseThrow();
      boolean over = !end.isAfter(session.now());
      String sentence =
          "token stored for agent "
              + agent
              + (over ? " (expired " : " (expires ")
              + date(end)
              + ")";
      return new Done("stored", agent, name, Optional.of(end), sentence, stores.warnings());
    } catch (TokenStoreException e) {
      throw Stores.failure(e);
    }
  }

  private record AskRemove(String agent) implements Command.Request {
    @Override
    public Reply run(Session session) {
      Stores stores = new Stores(session);
      String key = LongLivedToken.keyOf(agent);
      try {
        String name = stores.nameFor(key);
        boolean there = stores.chosen().remove(key);
        String sentence =
            there ? "token removed for agent " + agent : "no token found for agent " + agent;
        return new Done(
            there ? "removed" : "unchanged",
            agent,
            name,
            Optional.empty(),
            sentence,
            stores.warnings());
      } catch (TokenStoreException e) {
        throw Stores.failure(e);
      }
    }
  }

  /** What was done to a token. */
  private record Done(
      String outcome,
      String agent,
      String store,
      Optional<Instant> expiresAt,
      String sentence,
      List<Warning> warnings)
      implements Reply {
    @Override
    public ExitCode exit() {
      return ExitCode.DONE;
    }

    @Override
    public void text(Page page) {
      page.line("slots: " + sentence);
    }

    @Override
    public void json(Json json) {
      json.text("outcome", outcome)
          .text("agent", agent)
          .text("store", store)
          .time("expiresAt", expiresAt)
          .text("message", sentence)
          .warnings(warnings);
    }
  }
}
