package dev.credslots.cli;

import dev.credslots.cli.Command.Example;
import dev.credslots.cli.Command.Exit;
import dev.credslots.cli.Command.Kind;
import dev.credslots.cli.Command.Parameter;
import java.util.List;

/** What runs unattended, and what tells about the rest, declared. */
final class HouseCommands {
  private HouseCommands() {}

  static Command hold() {
    return new Command(
        "hold",
        "defer switches while a program runs",
        List.of(
            "Runs CMD and ends with its exit code. While it runs, switches and heals are deferred."
                + " Any number of programs may hold under one name.",
            "CMD takes the place of slots, so signals are its own, and the hold ends with it, however"
                + " it ends. Where a program cannot take another's place (Windows, Linux before"
                + " 5.11, no native code) slots stays as its parent: then the hold ends with"
                + " slots.",
            "While somebody waits with switch --wait, a new hold lets the switch go first, for at most"
                + " 30 seconds; one under another hold (SLOTS_HOLD) does not."),
        List.of(Parameter.one("NAME", Kind.WORD), new Parameter("CMD", Kind.PROGRAM, false, true)),
        List.of(Opt.value("reason", "TEXT", "why, for slots holds")),
        List.of(
            new Example("slots hold nightly -- ./run-agents.sh", "no switch meanwhile"),
            new Example("slots hold agent --reason refactoring -- claude -p hello", "say why")),
        List.of(
            new Exit(ExitCode.DONE, "whatever CMD ends with, 0 or another"),
            Commands.REFUSED,
            new Exit(ExitCode.DEFERRED, "a change of the slots did not end; CMD was not run"),
            new Exit(ExitCode.NOT_EXECUTABLE, "the program cannot be run"),
            new Exit(ExitCode.NOT_FOUND, "there is no such program")),
        new HoldCommand());
  }

  static Command holds() {
    return new Command(
        "holds",
        "say who is busy, since when and why",
        List.of("By holds, pid files and whatever else is asked before a switch."),
        List.of(),
        List.of(),
        List.of(new Example("slots holds", "whom a switch would wait for")),
        List.of(
            new Exit(ExitCode.DONE, "whoever is busy"),
            new Exit(ExitCode.REFUSED, "there is no credentials directory")),
        new HoldsCommand());
  }

  static Command log() {
    return new Command(
        "log",
        "show what happened, oldest first",
        List.of("With --follow it goes on; with --json, too, it is one object a line."),
        List.of(),
        List.of(
            new Opt("n", "lines", "N", "so many, the latest (default: 20)"),
            new Opt("f", "follow", "", "wait for more")),
        List.of(
            new Example("slots log -n 5", "the last five"),
            new Example("slots log --follow --json", "for a program that listens")),
        List.of(new Exit(ExitCode.REFUSED, "there is no credentials directory")),
        new LogCommand());
  }

  static Command hooks() {
    return new Command(
        "hooks",
        "list or try the executables that are asked and told",
        List.of(
            "Executables in hooks/EVENT.d/ beside the configuration are run in the order of their"
                + " names, each for at most hookTimeout (10s). They get the event as a JSON object"
                + " on standard input, PATH, HOME, LANG, and SLOTS_* variables: sample shows both.",
            "lock-guard: a line of output is a hold, and whoever fails counts as busy. pre-switch:"
                + " an exit code that is not 0 defers the switch. on-switch, on-heal, on-drift,"
                + " on-identity, on-expiring: are told, and change nothing.",
            "A file that others may write, that is not yours or not executable is not run. test"
                + " runs those of EVENT, or the one called NAME, with a made-up event."),
        List.of(
            Parameter.one("ACTION", Kind.WORD),
            Parameter.optional("EVENT", Kind.WORD),
            Parameter.optional("NAME", Kind.WORD)),
        List.of(),
        List.of(
            new Example("slots hooks list", "every one, and whether it would be run"),
            new Example("slots hooks test on-switch 10-log", "run it, as if"),
            new Example("slots hooks sample on-switch", "what it would be told")),
        List.of(
            new Exit(ExitCode.REFUSED, "there is none of that name"),
            new Exit(ExitCode.ATTENTION, "one is not run, or failed in the test")),
        new HooksCommand());
  }

  static Command watch() {
    return new Command(
        "watch",
        "heal within milliseconds of a client's write, and say what happens",
        List.of(
            "Goes on until it is ended (Ctrl-C), and prints a line for each event; with --json, an"
                + " object. What is proven to be a slot's goes home at once; what cannot be mended"
                + " is said once. Logins that end in 7, 3 and 1 days are warned of. A directory that"
                + " goes is waited for; it has one watcher. slots-watch.service is its systemd unit."),
        List.of(),
        List.of(
            Opt.value("heal", "POLICY", "auto, or report: say it and change nothing (auto)"),
            Opt.value("poll", "TIME", "look every so often though nothing is told (5s)")),
        List.of(
            new Example("slots watch", "in a terminal"),
            new Example("slots watch --heal report --json", "for a program that listens")),
        List.of(
            new Exit(ExitCode.DONE, "ended by a signal, or by a reader that had enough"),
            new Exit(ExitCode.REFUSED, "another watcher has the directory, or somebody else does")),
        new WatchCommand());
  }

  static Command doctor() {
    return new Command(
        "doctor",
        "find what is wrong, and mend it with --fix",
        List.of(
            "Looks for leftovers of killed commands, loose file modes, a broken live path, useless"
                + " slots, and variables that override the stored login."),
        List.of(),
        List.of(Opt.flag("fix", "mend what can be mended without a decision")),
        List.of(
            new Example("slots doctor", "reads only"), new Example("slots doctor --fix", "mends")),
        List.of(
            new Exit(ExitCode.DONE, "nothing but remarks"),
            Commands.DEFERRED,
            new Exit(ExitCode.ATTENTION, "something is wrong")),
        new DoctorCommand());
  }

  static Command demo() {
    return new Command(
        "demo",
        "show the job on made-up slots",
        List.of("Works in a directory of its own, which it removes; yours is not touched."),
        List.of(),
        List.of(),
        List.of(new Example("slots demo", "takes a second")),
        List.of(),
        new DemoCommand());
  }

  static Command completion() {
    return new Command(
        "completion",
        "print a completion script for a shell",
        List.of(),
        List.of(Parameter.one("SHELL", Kind.SHELL)),
        List.of(),
        List.of(
            new Example("eval \"$(slots completion bash)\"", "in ~/.bashrc"),
            new Example("eval \"$(slots completion zsh)\"", "in ~/.zshrc, after compinit"),
            new Example("slots completion fish | source", "in config.fish")),
        List.of(),
        new CompletionCommand());
  }

  static Command help() {
    return new Command(
        "help",
        "show help, also of one command",
        List.of(),
        List.of(Parameter.optional("COMMAND", Kind.COMMAND)),
        List.of(),
        List.of(new Example("slots help switch", "everything about switch")),
        List.of(),
        new HelpCommand());
  }
}
