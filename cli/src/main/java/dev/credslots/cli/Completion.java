package dev.credslots.cli;

import dev.credslots.ExpiryPolicy;
import dev.credslots.accounts.Profile;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What could be written at the end of an unfinished command line. */
final class Completion {
  /** Bash makes a word of its own of this: {@code --if-expired = refuse}. */
  private static final String EQUALS = "=";

  private final Surroundings surroundings;
  private final List<String> before;
  private String last;

  private @Nullable Command command;
  private final Map<String, String> values = new HashMap<>();
  private int arguments;
  private @Nullable Opt open;
  private boolean optionsOver;

  /**
   * @param words what was written after {@code slots}; the last one is unfinished
   */
  Completion(Surroundings surroundings, List<String> words) {
    this.surroundings = surroundings;
    this.before = words.isEmpty() ? List.of() : words.subList(0, words.size() - 1);
    this.last = words.isEmpty() ? "" : words.get(words.size() - 1);
  }

  /** The candidates that begin like the last word, in no particular order. */
  List<String> candidates() {
    for (String word : before) {
      read(word);
    }
    if (open != null && last.equals(EQUALS)) {
      last = "";
    }
    List<String> matching = new ArrayList<>();
    for (String candidate : all()) {
      if (candidate.startsWith(last)) {
        matching.add(candidate);
      }
    }
    return matching;
  }

  private void read(String word) {
    if (open != null && word.equals(EQUALS)) {
      return;
    }
    if (open != null) {
      values.put(open.name(), word);
      open = null;
    } else if (!optionsOver && word.equals("--")) {
      optionsOver = true;
    } else if (!optionsOver && word.startsWith("-") && word.length() > 1) {
      int equals = word.indexOf('=');
      for (Opt option : options()) {
        if (word.equals("--" + option.name()) || word.equals("-" + option.letter())) {
          open = option.takesValue() ? option : null;
        } else if (equals > 0 && word.substring(0, equals).equals("--" + option.name())) {
          values.put(option.name(), word.substring(equals + 1));
        }
      }
    } else if (command == null && arguments == 0) {
      command = Commands.find(word);
      arguments = command == null ? 1 : 0;
    } else {
      arguments++;
    }
  }

  private List<Opt> options() {
    List<Opt> options = new ArrayList<>(GlobalOptions.ALL);
    if (command != null) {
      options.addAll(command.options());
    }
    return options;
  }

  private List<String> all() {
    if (open != null) {
      return switch (open.name()) {
        case "if-expired" -> policies();
        case "heal" -> List.of("auto", "report");
        case "if-active" -> slots();
        case "shell" -> EnvCommand.SHELLS;
        case "provider" -> providers();
        case "store" -> Stores.NAMES;
        case "as" -> ImportCommand.kinds();
        default -> List.of();
      };
    }
    if (last.startsWith("-") && !optionsOver) {
      List<String> names = new ArrayList<>();
      for (Opt option : options()) {
        names.add("--" + option.name());
      }
      return names;
    }
    if (command == null) {
      return arguments == 0 ? Commands.NAMES : List.of();
    }
    return switch (kind(command)) {
      case SLOT -> slots();
      case COMMAND -> Commands.NAMES;
      case SHELL -> CompletionCommand.SHELLS;
      case PROFILE -> profiles();
      case PROGRAM, WORD -> List.of();
    };
  }

  private Command.Kind kind(Command of) {
    List<Command.Parameter> parameters = of.parameters();
    if (arguments < parameters.size()) {
      return parameters.get(arguments).kind();
    }
    boolean more = !parameters.isEmpty() && parameters.get(parameters.size() - 1).repeated();
    return more ? parameters.get(parameters.size() - 1).kind() : Command.Kind.WORD;
  }

  private static List<String> policies() {
    List<String> words = new ArrayList<>();
    for (ExpiryPolicy policy : ExpiryPolicy.values()) {
      words.add(policy.word());
    }
    return words;
  }

  private List<String> providers() {
    try {
      Words words = new Words(List.of(), values);
      return OtherClient.providers(Setup.read(surroundings, words).config());
    } catch (RuntimeException e) {
      return OtherClient.KNOWN; // As below.
    }
  }

  private List<String> profiles() {
    try {
      Words words = new Words(List.of(), values);
      List<String> names = new ArrayList<>(ProfileSession.names(surroundings, words));
      names.add(Profile.DEFAULT);
      return names;
    } catch (RuntimeException e) {
      return List.of(); // As below.
    }
  }

  private List<String> slots() {
    try {
      return Setup.read(surroundings, new Words(List.of(), values)).manager().availableSlots();
    } catch (RuntimeException e) {
      // Whatever it is, a half-written command line is no place to say it.
      return List.of();
    }
  }
}
