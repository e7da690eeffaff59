package dev.credslots.cli;

import dev.credslots.Warning;
import dev.credslots.accounts.Profile;
import dev.credslots.accounts.ProfileOutcome;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** {@code slots profile}: understands what is asked for. */
final class ProfileCommand implements Command.Handler {
  static final List<String> ACTIONS =
      List.of("add", "list", "use", "show", "remove", "rename", "login", "resync");

  private static final String USAGE =
      "slots profile add|use|show|remove|login|resync NAME, rename NAME NEW-NAME, or list";

  /** Which actions an option is for. */
  private static final Map<String, List<String>> OPTIONS =
      Map.of(
          "api-key", List.of("add"),
          "base-url", List.of("add"),
          "config-dir", List.of("add"),
          "store", List.of("add", "login"),
          "force", List.of("remove"),
          "purge", List.of("remove"),
          "yes", List.of("add", "remove"));

  @Override
  public Command.Request parse(Words words) {
    String action = words.required(0);
    if (!ACTIONS.contains(action)) {
      throw Failure.usage(
          "profile cannot " + Plain.quoted(action) + Nearest.hint(action, ACTIONS), USAGE);
    }
    for (Map.Entry<String, List<String>> option : OPTIONS.entrySet()) {
      if (words.has(option.getKey()) && !option.getValue().contains(action)) {
        throw Failure.usage(
            "--" + option.getKey() + " is for profile " + String.join(" and ", option.getValue()),
            "see slots help profile");
      }
    }
    if (words.behindDashes().isPresent() && !action.equals("login")) {
      throw Failure.usage("only profile login takes a program", "slots run NAME -- starts one");
    }
    requireCount(action, words.arguments().size() - 1);
    Stores.check(words);
    return switch (action) {
      case "add" -> ProfileAdd.parse(words);
      case "list" -> new ProfileShow.AskList();
      case "use" -> new AskUse(words.required(1));
      case "show" -> new ProfileShow.AskShow(words.argument(1));
      case "remove" -> ProfileRemove.parse(words);
      case "rename" -> new AskRename(words.required(1), words.required(2));
      case "login" -> new ProfileLogin(words.required(1), words.behindDashes());
      default -> new ProfileResync(words.required(1));
    };
  }

  /** What is too much is not repeated: it may be a key. */
  private static void requireCount(String action, int count) {
    int least =
        switch (action) {
          case "list", "show" -> 0;
          case "rename" -> 2;
          default -> 1;
        };
    int most =
        switch (action) {
          case "list" -> 0;
          case "rename" -> 2;
          default -> 1;
        };
    if (count < least) {
      throw Failure.usage("profile " + action + " needs a name", USAGE);
    }
    if (count > most) {
      String secret =
          action.equals("add")
              ? "; a key is never given on the command line: set SLOTS_API_KEY"
              : "";
      throw Failure.usage("profile " + action + " was given too many words" + secret, USAGE);
    }
  }

  private record AskUse(String name) implements Command.Request {
    @Override
    public Reply run(Session session) {
      ProfileSession profiles = new ProfileSession(session);
      Optional<String> one = name.equals(Profile.DEFAULT) ? Optional.empty() : Optional.of(name);
      ProfileOutcome outcome = profiles.profiles().use(one);
      List<Warning> warnings = new ArrayList<>();
      ProfileShow.chosenOtherwise(session).ifPresent(warnings::add);
      return new Told("used", outcome, warnings);
    }
  }

  private record AskRename(String from, String to) implements Command.Request {
    @Override
    public Reply run(Session session) {
      ProfileSession profiles = new ProfileSession(session);
      return profiles.answer("renamed", () -> profiles.profiles().rename(from, to));
    }
  }

  /**
   * What became of it.
   *
   * @param done what the outcome is called when it was done
   */
  record Told(String done, ProfileOutcome outcome, List<Warning> warnings) implements OneSentence {
    @Override
    public ExitCode exit() {
      if (outcome instanceof ProfileOutcome.Done) {
        return ExitCode.DONE;
      }
      return outcome instanceof ProfileOutcome.Deferred ? ExitCode.DEFERRED : ExitCode.REFUSED;
    }

    @Override
    public String sentence() {
      return outcome.message();
    }

    @Override
    public void json(Json json) {
      String word =
          switch (exit()) {
            case DONE -> done;
            case DEFERRED -> "deferred";
            default -> "refused";
          };
      json.text("outcome", word)
          .text("profile", outcome.profile())
          .text("message", outcome.message())
          .warnings(warnings);
    }
  }
}
