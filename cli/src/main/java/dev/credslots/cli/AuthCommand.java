package dev.credslots.cli;

import dev.credslots.Freshness;
import dev.credslots.RefreshOutcome;
import dev.credslots.RefreshRequest;
import dev.credslots.SlotManager;
import dev.credslots.Warning;
import dev.credslots.accounts.LongLivedToken;
import dev.credslots.credential.Credential;
import dev.credslots.credential.Secret;
import dev.credslots.oauth.TokenSource;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** {@code slots auth}: logging in, renewing a login, printing its token, how all of them are. */
final class AuthCommand implements Command.Handler {
  private static final List<String> ACTIONS =
      List.of("login", "setup-token", "paste-token", "refresh", "token", "source", "status");

  @Override
  public Command.Request parse(Words words) {
    String action = words.required(0);
    Optional<String> slot = words.argument(1);
    if (!ACTIONS.contains(action)) {
      throw Failure.usage(
          "auth cannot " + Plain.quoted(action) + Nearest.hint(action, ACTIONS),
          "slots auth login SLOT | setup-token | paste-token | refresh SLOT | token [SLOT] | source"
              + " | status");
    }
    only("refresh", "if-within", action, words);
    only("token", "no-refresh", action, words);
    only("login", "no-browser", action, words);
    only("login", "paste", action, words);
    only("login", "accept-account", action, words);
    only("login", "wait", action, words);
    only("status", "check", action, words);
    only("paste-token", "expires-in", action, words);
    if (words.has("store") && !action.equals("paste-token") && !action.equals("setup-token")) {
      throw Failure.usage("--store is for auth paste-token and setup-token", "see slots help auth");
    }
    Stores.check(words);
    return switch (action) {
      case "login" -> login(slot, words);
      case "refresh" ->
          new AskRefresh(
              slot.orElseThrow(
                  () ->
                      Failure.usage("auth refresh needs SLOT", "slots active names the live one")),
              words.duration("if-within"));
      case "token" -> new AskToken(slot, words.has("no-refresh"));
      case "setup-token" -> {
        withoutSlot(action, slot);
        yield new SetupToken();
      }
      case "paste-token" -> {
        withoutSlot(action, slot);
        yield new PasteToken(life(words));
      }
      case "status" -> {
        withoutSlot(action, slot);
        yield new AuthStatus(words.has("check"));
      }
      default -> {
        withoutSlot(action, slot);
        yield new AskSource();
      }
    };
  }

  private static Command.Request login(Optional<String> slot, Words words) {
    if (words.has("paste") && words.has("no-browser")) {
      throw Failure.usage(
          "--paste and --no-browser cannot both be", "--paste waits for no browser at all");
    }
    return new LogIn(
        slot.orElseThrow(
            () -> Failure.usage("auth login needs SLOT", "a new name makes a new slot")),
        words.has("no-browser"),
        words.has("paste"),
        words.has("accept-account"),
        words.duration("wait").orElse(LogIn.USUAL_PATIENCE));
  }

  private static Duration life(Words words) {
    return words
        .value("expires-in")
        .map(
            text ->
                Durations.lifetime(text)
                    .orElseThrow(
                        () ->
                            Failure.usage(
                                "--expires-in is not a lifetime", Durations.LIFETIME_FORM)))
        .orElse(LongLivedToken.USUAL_LIFE);
  }

  private static void withoutSlot(String action, Optional<String> slot) {
    if (slot.isPresent()) {
      throw Failure.usage("auth " + action + " takes no slot", "slots status shows them all");
    }
  }

  private static void only(String action, String option, String given, Words words) {
    if (words.has(option) && !given.equals(action)) {
      throw Failure.usage("--" + option + " is for auth " + action, "see slots help auth");
    }
  }

  private record AskRefresh(String slot, Optional<Duration> within) implements Command.Request {
    @Override
    public Reply run(Session session) {
      SlotManager slots = session.slots();
      RefreshRequest request = within.map(RefreshRequest::ifWithin).orElseGet(RefreshRequest::now);
      RefreshOutcome outcome = Renewals.of(session).refresh(slots, slot, request);
      String hint =
          slots.availableSlots().contains(slot) ? "" : Nearest.hint(slot, slots.availableSlots());
      return new Renewed(outcome, outcome.message() + hint, slots.expiry(slot));
    }
  }

  private record Renewed(RefreshOutcome outcome, String sentence, Optional<Instant> expiresAt)
      implements OneSentence {
    @Override
    public ExitCode exit() {
      return AuthCommand.exit(outcome);
    }

    @Override
    public List<Warning> warnings() {
      return outcome.warnings();
    }

    @Override
    public void json(Json json) {
      Optional<Instant> until =
          outcome instanceof RefreshOutcome.Deferred deferred ? deferred.until() : Optional.empty();
      json.text("outcome", word(outcome))
          .text("slot", outcome.slot())
          .time("expiresAt", expiresAt)
          .time("retryAt", until)
          .text("message", sentence)
          .warnings(outcome.warnings());
    }
  }

  /** How a command ends that was to renew a login. */
  static ExitCode exit(RefreshOutcome outcome) {
    if (outcome.ok()) {
      return ExitCode.DONE;
    }
    if (outcome instanceof RefreshOutcome.Refused) {
      return ExitCode.REFUSED;
    }
    if (outcome instanceof RefreshOutcome.Deferred) {
      return ExitCode.DEFERRED;
    }
    return outcome instanceof RefreshOutcome.Unknown ? ExitCode.ATTENTION : ExitCode.FAILED;
  }

  private static String word(RefreshOutcome outcome) {
    if (outcome instanceof RefreshOutcome.Refreshed) {
      return "refreshed";
    }
    if (outcome instanceof RefreshOutcome.Unchanged) {
      return "unchanged";
    }
    if (outcome instanceof RefreshOutcome.Refused) {
      return "refused";
    }
    if (outcome instanceof RefreshOutcome.Deferred) {
      return "deferred";
    }
    return outcome instanceof RefreshOutcome.Unknown ? "unknown" : "failed";
  }

  private record AskToken(Optional<String> named, boolean noRefresh) implements Command.Request {
    @Override
    public Reply run(Session session) {
      TokenSource source = source(session);
      // Who names a slot means that slot; a variable then is worth a word.
      if (source.token().isPresent() && named.isEmpty()) {
        return new Printed(source.token().get(), source.label(), Optional.empty(), session);
      }
      SlotManager slots = session.slots();
      String slot = named.orElseGet(() -> active(slots));
      List<Warning> warnings = new ArrayList<>();
      if (source.token().isPresent()) {
        warnings.add(
            new Warning(
                "overridden",
                source.label() + " is set: a client uses that, and not slot " + slot));
      }
      boolean attention = !noRefresh && !renewed(session, slots, slot, warnings);
      Freshness freshness = slots.freshness(slot);
      Secret token = token(slots, slot, freshness);
      if (noRefresh && !freshness.fresh()) {
        warnings.add(new Warning("not-fresh", "slot " + slot + ": " + freshness.reason()));
        attention = true;
      }
      return new Printed(
          token,
          source(session).token().isPresent() ? "slot" : source.label(),
          Optional.of(slot),
          session,
          freshness.expiresAt(),
          attention,
          warnings);
    }

    private static boolean renewed(
        Session session, SlotManager slots, String slot, List<Warning> warnings) {
      if (slots.freshness(slot).fresh() && !Renewals.wantsMoreThanGrace(session, slots, slot)) {
        return true; // Nothing of the network is even loaded.
      }
      RefreshOutcome outcome = Renewals.of(session).renew(slots, slot);
      warnings.addAll(outcome.warnings());
      if (!outcome.ok()) {
        warnings.add(new Warning("not-renewed", outcome.message()));
      }
      return outcome.ok();
    }

    private static String active(SlotManager slots) {
      return slots
          .activeSlot()
          .orElseThrow(
              () ->
                  Failure.refused(
                      "no-active-slot",
                      "no slot is active",
                      "name one, or run slots heal; slots status says what is live"));
    }

    private static Secret token(SlotManager slots, String slot, Freshness freshness) {
      return slots
          .credential(slot)
          .flatMap(Credential::accessToken)
          .filter(token -> !token.isEmpty())
          .orElseThrow(
              () ->
                  Failure.refused(
                      "no-token",
                      "slot " + Plain.quoted(slot) + " has no token: " + freshness.reason(),
                      "slots status shows what there is"));
    }
  }

  private static TokenSource source(Session session) {
    return TokenSource.of(
        session.setup().provider(),
        session.surroundings().environment(),
        System.getProperty("os.name", ""));
  }

  /** A token, on standard output and nowhere else; {@code --json} tells all but the token. */
  private record Printed(
      Secret token,
      String label,
      Optional<String> slot,
      Session session,
      Optional<Instant> expiresAt,
      boolean attention,
      List<Warning> warnings)
      implements Reply {

    Printed(Secret token, String label, Optional<String> slot, Session session) {
      this(token, label, slot, session, Optional.empty(), false, List.of());
    }

    @Override
    public ExitCode exit() {
      return attention ? ExitCode.ATTENTION : ExitCode.DONE;
    }

    @Override
    public void text(Page page) {
      page.verbatim(token.reveal());
      if (session.output().terminal()) {
        page.line("");
      }
    }

    @Override
    public void json(Json json) {
      json.text("source", label).text("slot", slot).time("expiresAt", expiresAt).warnings(warnings);
    }
  }

  private record AskSource() implements Command.Request {
    @Override
    public Reply run(Session session) {
      TokenSource source = source(session);
      if (source.token().isPresent()) {
        return new Named(source, Optional.empty(), Optional.empty());
      }
      SlotManager slots = session.slots();
      Optional<String> active = slots.activeSlot();
      return new Named(source, active, active.flatMap(slots::expiry));
    }
  }

  private record Named(TokenSource source, Optional<String> slot, Optional<Instant> expiresAt)
      implements Reply {
    @Override
    public ExitCode exit() {
      return ExitCode.DONE;
    }

    @Override
    public void text(Page page) {
      String where = slot.map(name -> source.label() + ", slot " + name).orElse(source.label());
      page.sentence(where + ": " + source.why(), 2);
    }

    @Override
    public void json(Json json) {
      json.text("source", source.label())
          .text("slot", slot)
          .text("why", source.why())
          .time("expiresAt", expiresAt);
    }
  }
}
