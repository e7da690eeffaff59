package dev.credslots.cli;

/**
 * An option, declared.
 *
 * @param letter its one-letter form without the dash, or empty
 * @param name its long form without the dashes
 * @param argument what its value is called in help, or empty if it takes none
 * @param help what it does, as help says it
 */
record Opt(String letter, String name, String argument, String help) {

  static Opt flag(String name, String help) {
    return new Opt("", name, "", help);
  }

  static Opt value(String name, String argument, String help) {
    return new Opt("", name, argument, help);
  }

  boolean takesValue() {
    return !argument.isEmpty();
  }

  /** As in help: {@code -n, --lines N}. */
  String shown() {
    String shown = letter.isEmpty() ? "--" + name : "-" + letter + ", --" + name;
    return takesValue() ? shown + " " + argument : shown;
  }
}
