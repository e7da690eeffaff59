package dev.credslots.cli;

import dev.credslots.LiveLogin;
import dev.credslots.Warning;
import dev.credslots.accounts.ApiKeys;
import dev.credslots.accounts.BaseUrl;
import dev.credslots.accounts.Profile;
import dev.credslots.accounts.ProfileRegistry;
import dev.credslots.accounts.Resolution;
import dev.credslots.accounts.TokenStoreException;
import dev.credslots.cli.Page.Cell;
import dev.credslots.cli.Page.Style;
import dev.credslots.credential.AccountId;
import dev.credslots.credential.Secret;
import dev.credslots.credential.SlotState;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** {@code slots profile list} and {@code show}. */
final class ProfileShow {

  private ProfileShow() {}

  /** Whether a program started with the login can use it, perhaps after renewing it. */
  static boolean loggedIn(LiveLogin login) {
    return login.state().sound();
  }

  /** What people and programs are told of a login. */
  static String word(SlotState state) {
    return switch (state) {
      case FRESH, EXPIRING -> "logged-in";
      case REFRESHABLE -> "refreshable";
      case EXPIRED, REJECTED, WIPED -> "expired";
      case MISSING -> "not-logged-in";
      case SUSPECT, UNREADABLE -> state.word();
    };
  }

  /** That the variable counts before what the registry calls active, if it is set. */
  static Optional<Warning> chosenOtherwise(Session session) {
    String variable = session.surroundings().variable(ProfileSession.CHOICE);
    return variable.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new Warning(
                "chosen-by-variable",
                ProfileSession.CHOICE + " is set, and counts before the active profile"));
  }

  /**
   * One profile, looked at.
   *
   * @param type {@code oauth}, {@code api-key}; also of the built-in default
   * @param directory where its client keeps its login; none for a key
   * @param masked its key, as far as it may be shown
   */
  private record Row(
      String name,
      String type,
      boolean active,
      String state,
      Optional<Path> directory,
      Optional<String> baseUrl,
      Optional<String> masked,
      Optional<Instant> expiresAt,
      Optional<String> account) {

    static Row of(String name, boolean active, Path directory, LiveLogin login) {
      return new Row(
          name,
          "oauth",
          active,
          word(login.state()),
          Optional.of(directory),
          Optional.empty(),
          Optional.empty(),
          login.expiresAt(),
          login.account().map(ProfileShow::shown));
    }

    static Row of(Profile.ApiKey profile, boolean active, String state, Optional<String> masked) {
      return new Row(
          profile.name(),
          profile.type(),
          active,
          state,
          Optional.empty(),
          profile.baseUrl().map(BaseUrl::text),
          masked,
          Optional.empty(),
          Optional.empty());
    }

    void json(Json json) {
      json.text("name", name)
          .text("type", type)
          .flag("active", active)
          .text("state", state)
          .text("configDirectory", directory.map(Path::toString))
          .text("baseUrl", baseUrl)
          .text("key", masked)
          .time("expiresAt", expiresAt)
          .text("account", account);
    }
  }

  private static String shown(AccountId account) {
    return account.emailAddress().orElse(account.accountUuid());
  }

  /** Looks at profiles. */
  private record Looking(ProfileSession session, ProfileRegistry registry) {

    boolean active(String name) {
      return registry.active().map(name::equals).orElse(name.equals(Profile.DEFAULT));
    }

    Row row(Profile profile) {
      if (profile instanceof Profile.OAuth oauth) {
        return Row.of(
            profile.name(), active(profile.name()), oauth.configDirectory(), session.login(oauth));
      }
      Profile.ApiKey key = (Profile.ApiKey) profile;
      try {
        Optional<Secret> secret = session.profiles().key(key);
        return Row.of(
            key,
            active(key.name()),
            secret.isPresent() ? "logged-in" : "not-logged-in",
            secret.map(ApiKeys::masked));
      } catch (TokenStoreException e) {
        // Locked or missing: the others are worth seeing all the same.
        return Row.of(key, active(key.name()), "unknown", Optional.empty());
      }
    }

    Row withoutProfile() {
      var slots = session.withoutProfile();
      return Row.of(Profile.DEFAULT, active(Profile.DEFAULT), slots.directory(), slots.liveLogin());
    }
  }

  /** {@code slots profile list}. */
  record AskList() implements Command.Request {
    @Override
    public Reply run(Session session) {
      ProfileSession profiles = new ProfileSession(session);
      Looking looking = new Looking(profiles, profiles.registry());
      List<Row> rows = new ArrayList<>();
      rows.add(looking.withoutProfile());
      for (Profile profile : looking.registry().all()) {
        rows.add(looking.row(profile));
      }
      List<Warning> warnings = new ArrayList<>(profiles.warnings());
      chosenOtherwise(session).ifPresent(warnings::add);
      exposed(profiles).ifPresent(warnings::add);
      return new Listed(looking.registry().active(), rows, warnings);
    }
  }

  private static Optional<Warning> exposed(ProfileSession profiles) {
    return profiles.profiles().exposed()
        ? Optional.of(
            new Warning(
                "registry-open",
                "others can read "
                    + profiles.profiles().path()
                    + "; the next change of a profile ends that"))
        : Optional.empty();
  }

  private record Listed(Optional<String> active, List<Row> rows, List<Warning> warnings)
      implements Reply {
    @Override
    public ExitCode exit() {
      return ExitCode.DONE;
    }

    @Override
    public void text(Page page) {
      List<List<Cell>> cells = new ArrayList<>();
      for (Row row : rows) {
        cells.add(
            List.of(
                new Cell(
                    (row.active() ? "* " : "  ") + row.name(),
                    row.active() ? Style.STRONG : Style.PLAIN),
                Cell.of(row.type()),
                new Cell(words(row.state()), style(row.state())),
                Cell.of(row.account().or(row::masked).orElse(""))));
      }
      page.table(cells);
    }

    @Override
    public void json(Json json) {
      json.text("active", active).list("profiles");
      for (Row row : rows) {
        json.object();
        row.json(json);
        json.endObject();
      }
      json.endList().warnings(warnings);
    }
  }

  private static String words(String state) {
    return state.replace('-', ' ');
  }

  private static Style style(String state) {
    return switch (state) {
      case "logged-in" -> Style.GOOD;
      case "refreshable" -> Style.CAREFUL;
      default -> Style.BAD;
    };
  }

  /**
   * {@code slots profile show}.
   *
   * @param name empty for the one that would be run
   */
  record AskShow(Optional<String> name) implements Command.Request {
    @Override
    public Reply run(Session session) {
      ProfileSession profiles = new ProfileSession(session);
      Resolution resolution = profiles.resolution(name);
      Looking looking = new Looking(profiles, profiles.registry());
      Row row =
          resolution instanceof Resolution.Selected selected
              ? looking.row(selected.profile())
              : looking.withoutProfile();
      return new Shown(row, profiles.warnings());
    }
  }

  private record Shown(Row row, List<Warning> warnings) implements Reply {
    @Override
    public ExitCode exit() {
      return ExitCode.DONE;
    }

    @Override
    public void text(Page page) {
      List<List<Cell>> cells = new ArrayList<>();
      line(cells, "profile", Optional.of(row.name() + (row.active() ? " (active)" : "")));
      line(cells, "type", Optional.of(row.type()));
      line(cells, "state", Optional.of(words(row.state())));
      line(cells, "directory", row.directory().map(Path::toString));
      line(cells, "base URL", row.baseUrl());
      line(cells, "key", row.masked());
      line(cells, "expires", row.expiresAt().map(Instant::toString));
      line(cells, "account", row.account());
      page.table(cells);
    }

    private static void line(List<List<Cell>> cells, String label, Optional<String> value) {
      value.ifPresent(text -> cells.add(List.of(Cell.of(label), Cell.of(text))));
    }

    @Override
    public void json(Json json) {
      json.object("profile");
      row.json(json);
      json.endObject().warnings(warnings);
    }
  }
}
