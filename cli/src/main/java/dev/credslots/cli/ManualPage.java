package dev.credslots.cli;

import java.util.List;

/** The manual page slots(1), made of the declarations. */
final class ManualPage {
  private final StringBuilder roff = new StringBuilder();

  private ManualPage() {}

  static String text() {
    return new ManualPage().page();
  }

  private String page() {
    roff.append(".TH SLOTS 1 \"\" \"slots ").append(escaped(Help.version())).append("\"\n");
    section("NAME");
    paragraph("slots - turn one login of a coding agent into another, safely");
    section("SYNOPSIS");
    roff.append(".B slots\n.I COMMAND\n[options]\n");
    section("DESCRIPTION");
    paragraph(
        "A slot is a named credential file beside a live link that clients read. slots turns the"
            + " link from one slot to another without activating a known-bad credential, losing a"
            + " refresh token, or changing accounts under a running agent.");
    section("COMMANDS");
    for (String name : Commands.NAMES) {
      command(Help.declaration(name));
    }
    section("OPTIONS OF EVERY COMMAND");
    options(GlobalOptions.ALL);
    term("--version", "show the version");
    section("EXIT STATUS");
    for (ExitCode code : ExitCode.values()) {
      term(String.valueOf(code.number()), code.meaning());
    }
    section("FILES");
    term("$SLOTS_HOME/config.json", "the configuration, where SLOTS_HOME is set");
    term("${XDG_CONFIG_HOME:-~/.config}/slots/config.json", "the configuration, otherwise");
    return roff.toString();
  }

  private void command(Command command) {
    roff.append(".SS ").append(escaped(command.synopsis())).append('\n');
    paragraph(
        Character.toUpperCase(command.summary().charAt(0)) + command.summary().substring(1) + ".");
    for (String paragraph : command.details()) {
      roff.append(".PP\n");
      paragraph(paragraph);
    }
    options(command.options());
    for (Command.Example example : command.examples()) {
      roff.append(".PP\nExample (").append(escaped(example.meaning())).append("):\n.RS\n.nf\n");
      roff.append(escaped(example.line())).append("\n.fi\n.RE\n");
    }
    for (Command.Exit exit : Help.exits(command)) {
      term("exit " + exit.code().number(), exit.when());
    }
  }

  private void section(String title) {
    roff.append(".SH ").append(title).append('\n');
  }

  private void options(List<Opt> options) {
    for (Opt option : options) {
      term(option.shown(), option.help());
    }
  }

  private void term(String term, String meaning) {
    roff.append(".TP\n.B ").append(escaped(term)).append('\n');
    paragraph(meaning);
  }

  private void paragraph(String text) {
    String line = escaped(text);
    // A line that begins with one of these would be taken for a request.
    roff.append(line.startsWith(".") || line.startsWith("'") ? "\\&" : "")
        .append(line)
        .append('\n');
  }

  private static String escaped(String text) {
    return text.replace("\\", "\\e").replace("-", "\\-");
  }
}
