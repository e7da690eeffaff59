package dev.credslots.cli;

import java.util.Arrays;
import java.util.List;

/** Commands for programs: the launcher, the shells, the packager. */
final class Hidden {
  private Hidden() {}

  static boolean knows(String name) {
    return name.startsWith("__")
        && (name.equals("__complete") || name.equals("__man") || name.equals("__train"));
  }

  static ExitCode run(String name, String[] rest, Surroundings surroundings, Output output) {
    switch (name) {
      case "__man" -> output.out(ManualPage.text());
      case "__train" -> Playground.train(surroundings, Arrays.asList(rest));
      default -> complete(rest, surroundings, output);
    }
    return ExitCode.DONE;
  }

  private static void complete(String[] rest, Surroundings surroundings, Output output) {
    List<String> words = Arrays.asList(rest);
    if (!words.isEmpty() && words.get(0).equals("--")) {
      words = words.subList(1, words.size());
    }
    StringBuilder lines = new StringBuilder();
    for (String candidate : new Completion(surroundings, words).candidates()) {
      lines.append(Plain.text(candidate)).append('\n');
    }
    output.out(lines.toString());
  }
}
