package dev.credslots.cli;

import dev.credslots.Warning;
import dev.credslots.accounts.LongLivedToken;
import dev.credslots.accounts.TokenStoreException;
import dev.credslots.credential.Secret;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What is known of an agent's token, and {@code slots token check} and {@code get}, which say it.
 *
 * @param store its name; empty if nobody is told
 * @param state {@code valid}, {@code expired}, {@code unusable} (no end), {@code unreadable} or
 *     {@code missing}
 * @param now when it was looked at
 */
record TokenLook(
    String agent,
    String store,
    String state,
    Optional<LongLivedToken> token,
    Instant now,
    List<Warning> warnings) {

  static TokenLook at(Session session, Stores stores, String agent) throws TokenStoreException {
    String key = LongLivedToken.keyOf(agent);
    Optional<Secret> value = stores.chosen().read(key);
    Optional<LongLivedToken> token = value.flatMap(LongLivedToken::stored);
    String state = value.isEmpty() ? "missing" : state(token, session.now());
    return new TokenLook(
        agent,
        // Asked for only by who is told.
        session.words().has("json") ? stores.nameFor(key) : "",
        state,
        token,
        session.now(),
        stores.warnings());
  }

  private static String state(Optional<LongLivedToken> token, Instant now) {
    if (token.isEmpty()) {
      return "unreadable";
    }
    return switch (token.get().state(now)) {
      case VALID -> "valid";
      case EXPIRED -> "expired";
      case ENDLESS -> "unusable";
    };
  }

  /** What to say of it. */
  String sentence() {
    String name = " for agent " + agent;
    String again = " — run: " + TokenCommand.source(agent);
    return switch (state) {
      case "valid" ->
          "token valid"
              + name
              + " (expires "
              + date()
              + ", "
              + daysRemaining()
              + " days remaining)";
      case "expired" -> "token expired" + name + " (expired " + date() + ")";
      case "unusable" -> "token" + name + " has no expiresAt that can be used" + again;
      case "unreadable" -> "what is stored" + name + " is no token" + again;
      default -> "no token found" + name + again;
    };
  }

  private String date() {
    return TokenCommand.date(expiresAt().orElseThrow());
  }

  /** Whole days, of a token that is valid. */
  private long daysRemaining() {
    return Duration.between(now, expiresAt().orElseThrow()).toDays();
  }

  boolean valid() {
    return state.equals("valid");
  }

  Optional<Instant> expiresAt() {
    return token.flatMap(LongLivedToken::expiresAt);
  }

  void json(Json json) {
    json.text("agent", agent)
        .text("store", store)
        .text("state", state)
        .time("expiresAt", expiresAt());
  }

  record AskCheck(String agent, Optional<Duration> within) implements Command.Request {
    @Override
    public Reply run(Session session) {
      try {
        return new Checked(TokenLook.at(session, new Stores(session), agent), within);
      } catch (TokenStoreException e) {
        throw Stores.failure(e);
      }
    }
  }

  private record Checked(TokenLook looked, Optional<Duration> within) implements Reply {
    @Override
    public ExitCode exit() {
      if (!looked.valid()) {
        return ExitCode.FAILED;
      }
      Instant end = looked.expiresAt().orElseThrow();
      boolean sooner = within.isPresent() && end.isBefore(looked.now().plus(within.get()));
      return sooner ? ExitCode.ATTENTION : ExitCode.DONE;
    }

    @Override
    public void text(Page page) {
      if (looked.valid()) {
        page.line("slots: " + looked.sentence());
      }
    }

    @Override
    public String complaint() {
      return looked.valid() ? "" : looked.sentence();
    }

    @Override
    public List<Warning> warnings() {
      return looked.warnings();
    }

    @Override
    public void json(Json json) {
      looked.json(json);
      if (looked.valid()) {
        json.number("daysRemaining", looked.daysRemaining());
      } else {
        json.nothing("daysRemaining");
      }
      json.text("message", looked.sentence()).warnings(warnings());
    }
  }

  record AskGet(String agent) implements Command.Request {
    @Override
    public Reply run(Session session) {
      try {
        return new Got(TokenLook.at(session, new Stores(session), agent), session);
      } catch (TokenStoreException e) {
        throw Stores.failure(e);
      }
    }
  }

  /** A token, on standard output and nowhere else; {@code --json} tells all but the token. */
  private record Got(TokenLook looked, Session session) implements Reply {
    @Override
    public ExitCode exit() {
      return looked.valid() ? ExitCode.DONE : ExitCode.FAILED;
    }

    @Override
    public void text(Page page) {
      if (looked.valid()) {
        page.verbatim(looked.token().orElseThrow().accessToken().reveal());
        if (session.output().terminal()) {
          page.line("");
        }
      }
    }

    @Override
    public String complaint() {
      return looked.valid() ? "" : looked.sentence();
    }

    @Override
    public List<Warning> warnings() {
      return looked.warnings();
    }

    @Override
    public void json(Json json) {
      looked.json(json);
      json.warnings(warnings());
    }
  }
}
