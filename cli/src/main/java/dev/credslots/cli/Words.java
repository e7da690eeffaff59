package dev.credslots.cli;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A command line, taken apart.
 *
 * @param arguments what is no option, without the command's name
 * @param options by long name; flags have an empty value; of several the last counts
 * @param behindDashes of a command that takes another program, that one's words behind {@code --}
 */
record Words(
    List<String> arguments, Map<String, String> options, Optional<List<String>> behindDashes) {

  Words(List<String> arguments, Map<String, String> options) {
    this(arguments, options, Optional.empty());
  }

  Words followedBy(Optional<List<String>> words) {
    return new Words(arguments, options, words);
  }

  boolean has(String option) {
    return options.containsKey(option);
  }

  Optional<String> value(String option) {
    return Optional.ofNullable(options.get(option));
  }

  /** The argument at that place, if it was given. */
  Optional<String> argument(int place) {
    return place < arguments.size() ? Optional.of(arguments.get(place)) : Optional.empty();
  }

  /** The argument that the parser has made sure of. */
  String required(int place) {
    return arguments.get(place);
  }

  Optional<Duration> duration(String option) {
    String text = options.get(option);
    if (text == null) {
      return Optional.empty();
    }
    Optional<Duration> duration = Durations.parse(text);
    if (duration.isEmpty()) {
      throw Failure.usage("--" + option + " is not a duration", Durations.FORM);
    }
    return duration;
  }
}
