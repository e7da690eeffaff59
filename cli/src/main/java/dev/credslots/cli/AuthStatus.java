package dev.credslots.cli;

import dev.credslots.Freshness;
import dev.credslots.LiveLogin;
import dev.credslots.SlotManager;
import dev.credslots.Warning;
import dev.credslots.accounts.LoginHealth;
import dev.credslots.accounts.LoginHealth.Status;
import dev.credslots.accounts.LoginHealth.Unusable;
import dev.credslots.accounts.LongLivedToken;
import dev.credslots.accounts.Profile;
import dev.credslots.accounts.Rotation;
import dev.credslots.accounts.TokenStoreException;
import dev.credslots.cli.Page.Cell;
import dev.credslots.cli.Page.Style;
import dev.credslots.credential.Credential;
import dev.credslots.credential.Secret;
import dev.credslots.internal.text.Spans;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * {@code slots auth status}: every login there is, how long it lasts, and why it cannot be used: of
 * every provider, unless the run says which one or which directory it is about.
 *
 * @param check whether the exit code says what was found
 */
record AuthStatus(boolean check) implements Command.Request {
  private static final String CLAUDE = "claude";

  @Override
  public Reply run(Session session) {
    Path directory = session.slotsOfAnyDirectory().directory();
    List<LoginHealth> logins = new ArrayList<>();
    List<LoginHealth> active = new ArrayList<>();
    for (Session each : providers(session)) {
      addSlots(each, logins, active);
    }
    List<Warning> warnings = new ArrayList<>();
    Optional<String> one = session.words().value("provider");
    addTokens(session, one, logins, warnings);
    if (one.isEmpty() || one.get().equals(CLAUDE)) {
      addProfiles(session, logins, warnings);
    }
    return new Told(directory, logins, active, session.now(), check, warnings);
  }

  private static List<Session> providers(Session session) {
    List<Session> all = new ArrayList<>(List.of(session));
    if (session.setup().isAboutOne()) {
      return all;
    }
    Config config = session.setup().config();
    for (String provider : OtherClient.providers(config)) {
      boolean own = provider.equals(session.setup().provider());
      if (!own && OtherClient.hasDirectory(provider, config)) {
        all.add(session.about(provider));
      }
    }
    return all;
  }

  private static void addSlots(
      Session session, List<LoginHealth> logins, List<LoginHealth> active) {
    SlotManager slots = session.slotsOfAnyDirectory();
    Rotation rotation =
        Files.isDirectory(slots.directory()) ? Rotations.of(session).read() : Rotation.EMPTY;
    Optional<String> live = slots.activeSlot();
    for (String slot : slots.slots()) {
      Optional<Credential> login = slots.credential(slot);
      LoginHealth health =
          LoginHealth.ofSlot(
              session.setup().provider(),
              slots.freshness(slot),
              login.flatMap(Credential::usableRefreshToken).isPresent(),
              rotation,
              session.now());
      if (login.map(Credential::endless).orElse(false)) {
        health = health.asKey();
      }
      logins.add(health);
      if (live.equals(Optional.of(slot))) {
        active.add(health);
      }
    }
  }

  /**
   * Those that are there; a store that does not answer is no reason to hide what others have.
   *
   * @param one the only agent to be told of
   */
  private static void addTokens(
      Session session, Optional<String> one, List<LoginHealth> logins, List<Warning> warnings) {
    Stores stores = new Stores(session);
    try {
      for (String key : stores.keys(LongLivedToken.keyOf(TokenCommand.CLAUDE))) {
        Optional<String> agent =
            LongLivedToken.agentOf(key).filter(name -> one.map(name::equals).orElse(true));
        Optional<Secret> value = agent.isPresent() ? stores.chosen().read(key) : Optional.empty();
        if (value.isPresent()) {
          Optional<Instant> end =
              LongLivedToken.stored(value.get()).flatMap(LongLivedToken::expiresAt);
          logins.add(LoginHealth.ofToken(agent.orElseThrow(), key, end, session.now()));
        }
      }
    } catch (TokenStoreException e) {
      warnings.add(new Warning("store", "tokens are left out: " + Stores.failure(e).sentence()));
    }
    warnings.addAll(stores.warnings());
  }

  /** Under the names of their keys: a slot may be called like a profile. */
  private static void addProfiles(
      Session session, List<LoginHealth> logins, List<Warning> warnings) {
    ProfileSession profiles = new ProfileSession(session);
    for (Profile profile : profiles.registry().all()) {
      String name = Profile.keyOf(profile.name());
      if (profile instanceof Profile.OAuth oauth) {
        LiveLogin login = profiles.login(oauth);
        logins.add(
            LoginHealth.ofSlot(
                CLAUDE,
                new Freshness(
                    name, login.state(), login.expiresAt(), Optional.empty(), login.reason()),
                login.refreshToken().isPresent(),
                Rotation.EMPTY,
                session.now()));
      } else if (profile instanceof Profile.ApiKey key) {
        try {
          logins.add(LoginHealth.ofApiKey(CLAUDE, name, profiles.profiles().key(key).isPresent()));
        } catch (TokenStoreException e) {
          warnings.add(new Warning("store", name + ": " + Stores.failure(e).sentence()));
        }
      }
    }
    warnings.addAll(profiles.warnings());
  }

  private record Told(
      Path directory,
      List<LoginHealth> logins,
      List<LoginHealth> active,
      Instant now,
      boolean check,
      List<Warning> warnings)
      implements Reply {

    /** Its own codes, which {@code --check} had before there were any others. */
    @Override
    public ExitCode exit() {
      if (!check) {
        return ExitCode.DONE;
      }
      return switch (LoginHealth.worst(logins)) {
        case OK, STATIC -> ExitCode.DONE;
        case EXPIRING -> ExitCode.USAGE;
        case EXPIRED, MISSING -> ExitCode.FAILED;
      };
    }

    @Override
    public void text(Page page) {
      if (logins.isEmpty()) {
        page.sentence("no login in " + directory + "; slots auth login SLOT makes one", 2);
        return;
      }
      for (Map.Entry<String, List<LoginHealth>> provider : byProvider().entrySet()) {
        page.line(provider.getKey());
        List<List<Cell>> rows = new ArrayList<>();
        provider.getValue().forEach(login -> rows.add(row(login)));
        page.table(rows);
      }
    }

    private Map<String, List<LoginHealth>> byProvider() {
      Map<String, List<LoginHealth>> providers = new LinkedHashMap<>();
      for (LoginHealth login : logins) {
        providers.computeIfAbsent(login.provider(), any -> new ArrayList<>()).add(login);
      }
      return providers;
    }

    private List<Cell> row(LoginHealth login) {
      boolean live = active.contains(login);
      return List.of(
          new Cell((live ? "* " : "  ") + login.name(), live ? Style.STRONG : Style.PLAIN),
          Cell.of(login.kind().word()),
          new Cell(login.status().word(), style(login.status())),
          Cell.of(login.expiresAt().map(this::span).orElse("")),
          Cell.of(login.loginEndsAt().map(end -> "login " + span(end)).orElse("")),
          new Cell(remark(login), Style.CAREFUL));
    }

    private static Style style(Status status) {
      return switch (status) {
        case OK, STATIC -> Style.GOOD;
        case EXPIRING -> Style.CAREFUL;
        case EXPIRED, MISSING -> Style.BAD;
      };
    }

    private String span(Instant end) {
      String span = Spans.text(Duration.between(now, end));
      return end.isAfter(now) ? "in " + span : span + " ago";
    }

    /** Why it cannot be used, unless its status says so. */
    private String remark(LoginHealth login) {
      Optional<Unusable> unusable =
          login.unusable().filter(why -> !why.reason().equals(login.status().word()));
      return unusable.map(Unusable::reason).orElse("")
          + unusable
              .flatMap(Unusable::until)
              .map(end -> " for " + Spans.text(Duration.between(now, end)))
              .orElse("");
    }

    @Override
    public void json(Json json) {
      json.object("auth").text("storePath", directory.toString()).list("providers");
      for (Map.Entry<String, List<LoginHealth>> provider : byProvider().entrySet()) {
        List<LoginHealth> all = provider.getValue();
        json.object()
            .text("provider", provider.getKey())
            .text("status", LoginHealth.best(all).word())
            .number("logins", all.size())
            .number("usable", all.stream().filter(login -> login.unusable().isEmpty()).count())
            .endObject();
      }
      json.endList().list("unusableProfiles");
      for (LoginHealth login : logins) {
        login.unusable().ifPresent(unusable -> unusable(json, login, unusable));
      }
      json.endList()
          .object("oauth")
          .number("warnAfterMs", LoginHealth.WARNING.toMillis())
          .list("profiles");
      logins.forEach(login -> profile(json, login));
      json.endList().list("providers");
      for (Map.Entry<String, List<LoginHealth>> provider : byProvider().entrySet()) {
        json.object()
            .text("provider", provider.getKey())
            .text("status", LoginHealth.worst(provider.getValue()).word())
            .texts("profiles", provider.getValue().stream().map(LoginHealth::id).toList())
            .endObject();
      }
      json.endList().endObject().endObject().warnings(warnings);
    }

    private void unusable(Json json, LoginHealth login, Unusable unusable) {
      json.object()
          .text("profileId", login.id())
          .text("provider", login.provider())
          .text("kind", login.kind().word())
          .text("reason", unusable.reason())
          .time("until", unusable.until());
      remaining(json, unusable.until()).endObject();
    }

    private void profile(Json json, LoginHealth login) {
      json.object()
          .text("profileId", login.id())
          .text("provider", login.provider())
          .text("name", login.name())
          .text("kind", login.kind().word())
          .text("status", login.status().word())
          .flag("active", active.contains(login))
          .time("expiresAt", login.expiresAt());
      remaining(json, login.expiresAt()).time("loginExpiresAt", login.loginEndsAt()).endObject();
    }

    private Json remaining(Json json, Optional<Instant> until) {
      return until.isPresent()
          ? json.number("remainingMs", Duration.between(now, until.get()).toMillis())
          : json.nothing("remainingMs");
    }
  }
}
