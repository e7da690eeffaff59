package dev.credslots.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Help, made of the declarations. */
final class Help {
  private static final int COLUMN = 24;

  private Help() {}

  /** For {@code slots} alone: the four commands that do the job. */
  static String brief() {
    StringBuilder text = new StringBuilder();
    text.append("slots turns one login of your coding agent into another, safely.\n\n");
    for (String name : Commands.NAMES.subList(0, 4)) {
      entry(text, "slots " + name, declaration(name).summary());
    }
    text.append("\nBegin with: slots add NAME      See it work: slots demo\n");
    text.append("Every command: slots help       One command:  slots help switch\n");
    return text.toString();
  }

  /** Every command and the global options. */
  static String all() {
    StringBuilder text = new StringBuilder("Usage: slots COMMAND [options]\n\nCommands:\n");
    for (String name : Commands.NAMES) {
      entry(text, name, declaration(name).summary());
    }
    text.append("\nOptions of every command, before or after its name:\n");
    options(text, GlobalOptions.ALL);
    entry(text, "--version", "show the version");
    text.append("\nExit codes:\n");
    for (ExitCode code : ExitCode.values()) {
      entry(text, String.valueOf(code.number()), code.meaning());
    }
    text.append("\nThe configuration is $SLOTS_HOME/config.json, or else\n");
    text.append("${XDG_CONFIG_HOME:-~/.config}/slots/config.json.\n");
    text.append("\nExample: slots switch alice --reason quota\n");
    return text.toString();
  }

  /** One command. */
  static String of(Command command) {
    StringBuilder text = new StringBuilder("Usage: ").append(command.synopsis()).append("\n\n");
    Page.wrap(text, sentence(command.summary()), 0, 0);
    for (String paragraph : command.details()) {
      text.append('\n');
      Page.wrap(text, paragraph, 0, 0);
    }
    if (!command.options().isEmpty()) {
      text.append("\nOptions:\n");
      options(text, command.options());
    }
    text.append("\nExamples:\n");
    for (Command.Example example : command.examples()) {
      text.append("  ").append(example.line()).append('\n');
      Page.wrap(text, example.meaning(), 6, 6);
    }
    text.append("\nExit codes, besides 1 (failed) and 2 (wrong usage):\n");
    for (Command.Exit exit : exits(command)) {
      entry(text, String.valueOf(exit.code().number()), exit.when());
    }
    text.append("\nOptions of every command: see slots help.\n");
    return text.toString();
  }

  /** A command's exit codes, that of success among them. */
  static List<Command.Exit> exits(Command command) {
    for (Command.Exit exit : command.exits()) {
      if (exit.code() == ExitCode.DONE) {
        return command.exits();
      }
    }
    List<Command.Exit> exits = new ArrayList<>();
    exits.add(new Command.Exit(ExitCode.DONE, "done"));
    exits.addAll(command.exits());
    return exits;
  }

  private static String sentence(String summary) {
    return Character.toUpperCase(summary.charAt(0)) + summary.substring(1) + ".";
  }

  private static void options(StringBuilder text, List<Opt> options) {
    for (Opt option : options) {
      entry(text, option.shown(), option.help());
    }
  }

  private static void entry(StringBuilder text, String term, String meaning) {
    text.append("  ").append(term);
    int width = 2 + term.length();
    if (width + 2 > COLUMN) {
      text.append('\n');
      width = 0;
    }
    StringBuilder wrapped = new StringBuilder();
    Page.wrap(wrapped, meaning, COLUMN, COLUMN);
    text.append(wrapped, width, wrapped.length());
  }

  static Command declaration(String name) {
    Command command = Commands.find(name);
    if (command == null) {
      throw new IllegalStateException("a command without a declaration: " + name);
    }
    return command;
  }

  /** The program's version, as the build wrote it down. */
  static String version() {
    try (InputStream in = Help.class.getResourceAsStream("version.txt")) {
      return in == null ? "unknown" : new String(in.readAllBytes(), StandardCharsets.UTF_8).strip();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
