package dev.credslots.cli;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.commons.cli.CommandLine;
import org.apache.commons.cli.DefaultParser;
import org.apache.commons.cli.MissingArgumentException;
import org.apache.commons.cli.Option;
import org.apache.commons.cli.Options;
import org.apache.commons.cli.ParseException;
import org.apache.commons.cli.UnrecognizedOptionException;

/** Takes a command line apart by a command's declaration. */
final class Parser {

  private Parser() {}

  /** The place of the command's name, behind global options; -1 if there is none. */
  static int commandAt(String[] args) {
    int place = 0;
    while (place < args.length) {
      String word = args[place];
      if (!word.startsWith("-") || word.equals("-")) {
        return place;
      }
      if (word.equals("--")) {
        return place + 1 < args.length ? place + 1 : -1;
      }
      place += takesNextWord(word) ? 2 : 1;
    }
    return -1;
  }

  private static boolean takesNextWord(String word) {
    for (Opt option : GlobalOptions.ALL) {
      if (option.takesValue() && word.equals("--" + option.name())) {
        return true;
      }
    }
    return false;
  }

  /** The words without the command's name at {@code place}. */
  static String[] without(String[] args, int place) {
    List<String> rest = new ArrayList<>();
    for (int i = 0; i < args.length; i++) {
      // What a "--" before the name protects is the name alone.
      boolean protection = i == place - 1 && args[i].equals("--");
      if (i != place && !protection) {
        rest.add(args[i]);
      }
    }
    return rest.toArray(new String[0]);
  }

  /**
   * Options and arguments of a command, and the program's words if it takes one.
   *
   * @throws Failure as the other
   */
  static Words parse(Command command, String[] args) {
    String help = "see slots help " + command.name();
    if (!command.takesProgram()) {
      return parse(command.options(), args, help);
    }
    Trailing trailing = Trailing.of(args);
    return parse(command.options(), trailing.own().toArray(new String[0]), help)
        .followedBy(trailing.program());
  }

  /**
   * Options and arguments by declaration.
   *
   * @param declared besides the global options
   * @param help where to look, for the sentence of a failure
   * @throws Failure naming the option that is wrong; never its value, which may be a secret
   */
  static Words parse(List<Opt> declared, String[] args, String help) {
    Options options = new Options();
    add(options, GlobalOptions.ALL);
    add(options, declared);
    CommandLine line;
    try {
      line = DefaultParser.builder().setAllowPartialMatching(false).get().parse(options, args);
    } catch (UnrecognizedOptionException e) {
      throw unrecognized(e, options, declared, help);
    } catch (MissingArgumentException e) {
      throw Failure.usage("option " + shown(e.getOption()) + " needs a value", help);
    } catch (ParseException e) {
      throw Failure.usage("the options cannot be understood", help);
    }
    Map<String, String> values = new HashMap<>();
    for (Option option : line.getOptions()) {
      String value = option.getValue();
      // Repeated: every occurrence is here, in order.
      values.put(option.getLongOpt(), value == null ? "" : value);
    }
    return new Words(line.getArgList(), values);
  }

  private static void add(Options options, List<Opt> declared) {
    for (Opt option : declared) {
      String letter = option.letter().isEmpty() ? null : option.letter();
      options.addOption(new Option(letter, option.name(), option.takesValue(), option.help()));
    }
  }

  private static String shown(Option option) {
    return "--" + option.getLongOpt();
  }

  private static Failure unrecognized(
      UnrecognizedOptionException e, Options options, List<Opt> declared, String help) {
    String word = String.valueOf(e.getOption());
    int equals = word.indexOf('=');
    String name = equals < 0 ? word : word.substring(0, equals);
    if (equals >= 0 && options.hasOption(name)) {
      return Failure.usage("option " + name + " takes no value", help);
    }
    List<String> known = new ArrayList<>();
    for (Opt option : declared) {
      known.add("--" + option.name());
    }
    for (Opt option : GlobalOptions.ALL) {
      known.add("--" + option.name());
    }
    if (meansSecret(name)) {
      return Failure.usage(
          "unknown option " + Plain.quoted(name) + "; keys and tokens never go on a command line",
          help);
    }
    String hint = name.startsWith("--") ? Nearest.hint(name, known) : "";
    return Failure.usage("unknown option " + Plain.quoted(name) + hint, help);
  }

  private static boolean meansSecret(String option) {
    String name = option.toLowerCase(Locale.ROOT);
    return name.contains("key") || name.contains("token") || name.contains("password");
  }

  /** Makes sure that there are as many arguments as declared. */
  static void checkArguments(Command command, Words words) {
    int count = words.arguments().size();
    String help = "see slots help " + command.name();
    if (command.needsProgram() && words.behindDashes().isEmpty()) {
      throw Failure.usage(
          command.name() + " needs a program after --",
          "such as: " + command.examples().get(0).line());
    }
    if (count < command.leastArguments()) {
      Command.Parameter missing = command.parameters().get(count);
      throw Failure.usage(command.name() + " needs " + missing.label(), help);
    }
    if (count > command.mostArguments()) {
      String extra = words.arguments().get(command.mostArguments());
      throw Failure.usage(command.name() + " has no use for " + Plain.quoted(extra), help);
    }
  }
}
