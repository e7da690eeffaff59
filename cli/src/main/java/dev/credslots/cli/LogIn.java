package dev.credslots.cli;

import dev.credslots.LoginOutcome;
import dev.credslots.SlotManager;
import dev.credslots.Warning;
import dev.credslots.internal.text.Spans;
import dev.credslots.oauth.Headless;
import dev.credslots.oauth.LoginAttempt;
import dev.credslots.oauth.LoginFlow;
import dev.credslots.oauth.Redirected;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeoutException;

/**
 * {@code slots auth login}: by a browser that is waited for, or by what it shows and a person
 * pastes.
 *
 * @param noBrowser open none, but wait for one
 * @param paste wait for none
 * @param accept take the login whosever it is
 * @param patience how long the person may take
 */
record LogIn(String slot, boolean noBrowser, boolean paste, boolean accept, Duration patience)
    implements Command.Request {
  /** Here and not asked of the oauth room, which is not loaded before it is needed. */
  static final Duration USUAL_PATIENCE = Duration.ofMinutes(5);

  private static final String PROMPT = "Paste what the browser shows (it is not shown here): ";

  @Override
  public Reply run(Session session) {
    SlotManager slots = session.slotsOfAnyDirectory();
    Optional<String> refusal = slots.loginRefusal(slot);
    if (refusal.isPresent()) {
      throw Failure.refused("refused", refusal.get(), "slots status shows what there is");
    }
    LoginFlow flow = Logins.flow(session);
    try (LoginAttempt attempt = flow.begin()) {
      Redirected answer = answer(session, attempt);
      if (answer instanceof Redirected.Code code) {
        return new Told(flow.finish(slots, slot, attempt, code, accept));
      }
      return new Told(notGiven(answer));
    } catch (TimeoutException e) {
      return new Told(
          new LoginOutcome.Deferred(
              slot,
              Optional.empty(),
              "deferred: nobody logged in within " + Spans.text(patience) + "; try again",
              List.of()));
    }
  }

  private LoginOutcome notGiven(Redirected answer) {
    String why =
        answer instanceof Redirected.Denied denied
            ? "the server said no" + denied.error().map(word -> " (" + word + ")").orElse("")
            : ((Redirected.NotOurs) answer).reason();
    return new LoginOutcome.Refused(
        slot, Optional.empty(), "not logged in to " + slot + ": " + why, List.of());
  }

  private Redirected answer(Session session, LoginAttempt attempt) throws TimeoutException {
    Output output = session.output();
    Optional<String> headless = headless(session);
    Optional<String> pasting =
        paste
            ? Optional.of("")
            : (noBrowser ? Optional.<String>empty() : headless).or(attempt::listen);
    if (pasting.isPresent()) {
      String because =
          pasting.get().isEmpty() ? "" : "slots: no browser is waited for: " + pasting.get() + "\n";
      output.err(
          because
              + "slots: log in as the person of slot "
              + slot
              + " at this address:\n\n"
              + attempt.url()
              + "\n\nslots: then paste the address that the browser ends at, or the code it"
              + " shows.\n");
      return pasted(session, attempt);
    }
    boolean opened =
        !noBrowser
            && output.terminal()
            && new WebBrowser(session.surroundings().environment(), operatingSystem())
                .open(attempt.url());
    output.err(
        "slots: log in as the person of slot "
            + slot
            + (opened ? " in the browser; it is at" : " at")
            + " this address:\n\n"
            + attempt.url()
            + "\n\nslots: waiting for the browser to come back; with --paste what it shows can be"
            + " pasted.\n");
    return waited(attempt);
  }

  private Optional<String> headless(Session session) {
    return Headless.reason(
        session.surroundings().environment(),
        operatingSystem(),
        file -> Files.exists(Path.of(file)));
  }

  private static String operatingSystem() {
    return System.getProperty("os.name", "");
  }

  private Redirected waited(LoginAttempt attempt) throws TimeoutException {
    try {
      return attempt.await(patience).orElseThrow(TimeoutException::new);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new TimeoutException();
    }
  }

  /** The first that belongs to this attempt; the last one if none does. */
  private Redirected pasted(Session session, LoginAttempt attempt) throws TimeoutException {
    Pasting pasting = new Pasting(session.surroundings(), PROMPT, "pipe in what the browser shows");
    long deadline = System.nanoTime() + patience.toNanos();
    Redirected answer = new Redirected.NotOurs("nothing was pasted");
    while (true) {
      Optional<String> line =
          pasting.line(Duration.ofNanos(Math.max(1, deadline - System.nanoTime())));
      if (line.isEmpty()) {
        return answer;
      }
      answer = attempt.pasted(line.get());
      if (!(answer instanceof Redirected.NotOurs not)) {
        return answer;
      }
      session.output().err("slots: " + not.reason() + "\n");
    }
  }

  /** What became of it. */
  private record Told(LoginOutcome outcome) implements OneSentence {
    @Override
    public ExitCode exit() {
      if (outcome instanceof LoginOutcome.LoggedIn) {
        return ExitCode.DONE;
      }
      if (outcome instanceof LoginOutcome.Refused) {
        return ExitCode.REFUSED;
      }
      return outcome instanceof LoginOutcome.Deferred ? ExitCode.DEFERRED : ExitCode.FAILED;
    }

    @Override
    public String sentence() {
      return outcome.message();
    }

    @Override
    public List<Warning> warnings() {
      return outcome.warnings();
    }

    @Override
    public void json(Json json) {
      Optional<LoginOutcome.LoggedIn> done =
          outcome instanceof LoginOutcome.LoggedIn loggedIn
              ? Optional.of(loggedIn)
              : Optional.empty();
      json.text("outcome", word())
          .text("slot", outcome.slot())
          .flag("added", done.map(LoginOutcome.LoggedIn::added).orElse(false))
          .text("account", done.flatMap(LoginOutcome.LoggedIn::account))
          .time("expiresAt", done.map(LoginOutcome.LoggedIn::expiresAt))
          .text("stashed", outcome.stashed())
          .text("message", outcome.message())
          .warnings(outcome.warnings());
    }

    private String word() {
      return switch (exit()) {
        case DONE -> "logged-in";
        case REFUSED -> "refused";
        case DEFERRED -> "deferred";
        default -> "failed";
      };
    }
  }
}
