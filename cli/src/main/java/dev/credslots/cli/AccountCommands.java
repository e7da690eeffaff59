package dev.credslots.cli;

import dev.credslots.cli.Command.Example;
import dev.credslots.cli.Command.Exit;
import dev.credslots.cli.Command.Kind;
import dev.credslots.cli.Command.Parameter;
import java.util.List;

/** Who is next, logins, tokens and profiles, declared. */
final class AccountCommands {
  private static final Opt STORE =
      Opt.value("store", "STORE", "auto, keychain, secret-service or file");

  private AccountCommands() {}

  static Command order() {
    return new Command(
        "order",
        "show or set the order of the slots, and which is next",
        List.of(
            "The order that was set counts, else that of the configuration's slots, else who was not"
                + " used for longest is next. Slots that an order leaves out are passed over."),
        List.of(Parameter.optional("ACTION", Kind.WORD), Parameter.any("SLOT", Kind.SLOT)),
        List.of(),
        List.of(
            new Example("slots order", "who is next, and why not the others"),
            new Example("slots order set alice bob", "alice first"),
            new Example("slots order clear", "as if none had been set")),
        List.of(Commands.REFUSED, Commands.DEFERRED),
        new RotationCommand.Order());
  }

  static Command disable() {
    return new Command(
        "disable",
        "pass a slot over when asked for the next",
        List.of("Slots switch SLOT still takes it."),
        List.of(Parameter.one("SLOT", Kind.SLOT)),
        List.of(),
        List.of(new Example("slots disable erik", "not while he needs it himself")),
        List.of(Commands.REFUSED, Commands.DEFERRED),
        new RotationCommand.Disable());
  }

  static Command enable() {
    return new Command(
        "enable",
        "take a disabled slot into the order again",
        List.of(),
        List.of(Parameter.one("SLOT", Kind.SLOT)),
        List.of(),
        List.of(new Example("slots enable erik", "he is done")),
        List.of(Commands.REFUSED, Commands.DEFERRED),
        new RotationCommand.Enable());
  }

  static Command session() {
    return new Command(
        "session",
        "keep a session of a client with its slot",
        List.of(
            "slots switch --next --session ID pins a session to the slot it chooses, until the session"
                + " is reset or compacted, or the slot cools or cannot be used. A pin by hand never"
                + " moves: when its slot fails, the switch says so and what to do.",
            "reset and end forget a pin of either kind, compacted one that was not made by hand."),
        List.of(
            Parameter.one("ACTION", Kind.WORD),
            Parameter.optional("ID", Kind.WORD),
            Parameter.optional("SLOT", Kind.SLOT)),
        List.of(),
        List.of(
            new Example("slots session pin 5f1c alice", "that session stays with alice"),
            new Example("slots session compacted 5f1c", "the next switch may choose anew"),
            new Example("slots session list", "which session is with which slot")),
        List.of(Commands.REFUSED, Commands.DEFERRED),
        new SessionCommand());
  }

  static Command auth() {
    return new Command(
        "auth",
        "log in, renew a login, print its token, see how all are",
        List.of(
            "login makes a new login for SLOT, which may be new: you agree in a browser, which is"
                + " opened if this is a desktop. Where none can be waited for, as over SSH, you"
                + " paste what it shows. The login is stored if it is of the account that the slot"
                + " is on record as, else it goes to the stash; the one before is kept.",
            "setup-token runs claude setup-token and keeps the token it prints, which is not shown;"
                + " paste-token keeps one that you paste or pipe in. Both are claude's, as slots"
                + " token has them.",
            "refresh renews SLOT at its provider, whenever its token ends or, with --if-within, only"
                + " if it ends soon. However many ask at once, one request is made, and the answer"
                + " is on the disk before anything else is done with it.",
            "token prints an access token and nothing else, renewed if it is about to end: SLOT's,"
                + " or the one a client would use: ANTHROPIC_AUTH_TOKEN, CLAUDE_CODE_OAUTH_TOKEN, the"
                + " live slot's. --json leaves the token out. source says which, and why.",
            "status shows every login of every provider, or those that --provider or --dir is about:"
                + " how long it lasts, and why it cannot be used. With --check it ends with 1 if one"
                + " is over or missing, with 2 if one ends within 24 h and cannot be renewed then,"
                + " else with 0."),
        List.of(Parameter.one("ACTION", Kind.WORD), Parameter.optional("SLOT", Kind.SLOT)),
        List.of(
            Opt.value("if-within", "TIME", "refresh: only if the token ends within it, such as 5m"),
            Opt.flag("no-refresh", "token: print it as it is"),
            Opt.flag("no-browser", "login: open none, but wait for one"),
            Opt.flag("paste", "login: wait for no browser, paste what it shows"),
            Opt.flag("accept-account", "login: take it, whoever's it is"),
            Opt.value("wait", "TIME", "login: how long you may take (default: 5m)"),
            Opt.value("expires-in", "TIME", "paste-token: good for so long (default: 365d)"),
            Opt.value("store", "STORE", "setup-token, paste-token: as slots token store has it"),
            Opt.flag("check", "status: say it by the exit code")),
        List.of(
            new Example("slots auth login alice", "alice logs in, in a browser"),
            new Example("slots auth setup-token", "a token for a year, for machines"),
            new Example("slots auth refresh alice --if-within 30m", "before it is needed"),
            new Example("slots auth token alice", "for a program that asks itself"),
            new Example("slots auth source", "who am I?"),
            new Example("slots auth status --check", "for a monitor")),
        List.of(
            new Exit(ExitCode.FAILED, "not renewed or logged in; the login is as it was"),
            new Exit(
                ExitCode.REFUSED,
                "nothing to renew with, its server refused, or another account logged in"),
            new Exit(
                ExitCode.DEFERRED,
                "somebody is busy, nobody logged in in time, or the server asked to be left alone"),
            new Exit(
                ExitCode.ATTENTION,
                "the answer never came, or an old token was printed because it was not renewed")),
        new AuthCommand());
  }

  static Command token() {
    return new Command(
        "token",
        "keep a long-lived token of an agent",
        List.of(
            "Such a token is good for a year and apart from any slot: claude setup-token prints one."
                + " store reads it from standard input, or asks for it on a terminal without showing"
                + " it: bare, or as JSON with accessToken and expiresAt. check says how long it is"
                + " good, get prints it and nothing else, remove forgets it, list shows all.",
            "It is kept in the keychain of macOS, in the Secret Service of a Linux desktop if one"
                + " answers, or in a file of yours alone. auto remembers which, and leaves it there;"
                + " a store that is named takes it over."),
        List.of(Parameter.one("ACTION", Kind.WORD)),
        List.of(
            Opt.value("agent", "NAME", "whose token (default: claude)"),
            STORE,
            Opt.value("within", "TIME", "check: end with 5 if it ends sooner, such as in 30d")),
        List.of(
            new Example("claude setup-token | slots token store", "once a year"),
            new Example("slots token check --within 30d", "from a timer"),
            new Example("CLAUDE_CODE_OAUTH_TOKEN=$(slots token get) claude", "use it")),
        List.of(
            new Exit(ExitCode.DONE, "done; check, get: there is one, and it is good"),
            new Exit(ExitCode.FAILED, "no token, it is over, or its store is locked or missing"),
            new Exit(ExitCode.REFUSED, "that is no token; nothing was stored"),
            new Exit(ExitCode.ATTENTION, "check --within: it ends sooner")),
        new TokenCommand());
  }

  static Command profile() {
    return new Command(
        "profile",
        "keep profiles: as whom programs run",
        List.of(
            "A profile is a configuration directory of its own with the login in it, or, with"
                + " --api-key, an API key. The first one is active until use names another one; use"
                + " default, and none is. list marks it, show tells about one.",
            "add makes the directory, or takes an existing one with --config-dir; login runs the"
                + " client's own login in it (claude auth login, the configuration's login, or what"
                + " follows --) and sees to it that the login landed there. A key is asked for, or"
                + " taken from SLOTS_API_KEY, and never from the command line; it is kept where slots"
                + " token keeps its own, and login replaces it.",
            "remove keeps the login unless --purge; rename leaves the directory where it is. resync"
                + " copies the login that is used without a profile into the profile, if both are"
                + " surely of one account."),
        List.of(
            Parameter.one("ACTION", Kind.WORD),
            Parameter.any("NAME", Kind.PROFILE),
            new Parameter("PROGRAM", Kind.PROGRAM, true, true)),
        List.of(
            Opt.flag("api-key", "add: a profile with a key"),
            Opt.value("base-url", "URL", "add: where the key is sent; https, or this machine"),
            Opt.value("config-dir", "DIR", "add: a directory that exists, of yours"),
            Opt.value("store", "STORE", "add, login: where the key is kept, as for slots token"),
            Opt.flag("force", "remove: also the active one"),
            Opt.flag("purge", "remove: with its directory or key"),
            Opt.flag("yes", "add, remove: do not ask")),
        List.of(
            new Example("slots profile add work", "with a directory of its own"),
            new Example("slots profile login work", "log in there"),
            new Example("slots profile add ci --api-key", "asks for the key"),
            new Example("slots profile use default", "none is active")),
        List.of(
            Commands.REFUSED,
            Commands.DEFERRED,
            new Exit(ExitCode.ATTENTION, "login: the login landed in another directory")),
        new ProfileCommand());
  }

  static Command run() {
    return new Command(
        "run",
        "run a program as a profile",
        List.of(
            "PROFILE, else SLOTS_PROFILE, else the active profile, else the environment as it is; for"
                + " default, the login without a profile. The program has the profile's directory or"
                + " key and no other variable that says who it is: ANTHROPIC_ ones but those of"
                + " models, CLAUDE_ ones of tokens, keys, addresses and directories. SLOTS_PROFILE"
                + " and SLOTS_RUN name the profile to it.",
            "A login that is over is renewed first, as switch does. Slots is replaced by the"
                + " program: process id, signals, terminal and exit code are the program's."),
        List.of(
            Parameter.optional("PROFILE", Kind.PROFILE),
            new Parameter("PROGRAM", Kind.PROGRAM, false, true)),
        List.of(
            Commands.IF_EXPIRED,
            Opt.flag("nested", "also from within a program that runs as a profile")),
        List.of(
            new Example("slots run work -- claude", "as work"),
            new Example("slots run -- claude -p hello", "as the active profile")),
        List.of(
            new Exit(ExitCode.REFUSED, "no such profile, or its login is useless"),
            new Exit(ExitCode.DEFERRED, "somebody else is renewing the login"),
            new Exit(ExitCode.ATTENTION, "nobody knows what came of renewing the login"),
            new Exit(ExitCode.NOT_EXECUTABLE, "the program cannot be run"),
            new Exit(ExitCode.NOT_FOUND, "there is no such program")),
        new RunCommand());
  }

  static Command env() {
    return new Command(
        "env",
        "print a profile's environment for a shell",
        List.of(
            "Lines that unset and export what run would; PROFILE as there. They hold the key of a"
                + " profile that has one, for that is what they are for. If there is no such profile"
                + " the line is false, so that the shell does not go on as somebody else. Nothing is"
                + " renewed."),
        List.of(Parameter.optional("PROFILE", Kind.PROFILE)),
        List.of(Opt.value("shell", "SHELL", "sh (the default; also for bash and zsh) or fish")),
        List.of(
            new Example("eval \"$(slots env work)\"", "in sh, bash and zsh"),
            new Example("slots env work --shell fish | source", "in fish")),
        List.of(new Exit(ExitCode.REFUSED, "no such profile")),
        new EnvCommand());
  }

  static Command importing() {
    return new Command(
        "import",
        "take over logins, tokens and keys of other programs",
        List.of(
            "Reads Claude Code's .credentials.json, Codex's auth.json, auth-profiles.json of version"
                + " 1, the older oauth.json, and claudetm's profiles.json. A login becomes a slot"
                + " of its provider, a token goes to the token store, an API key or a directory"
                + " becomes a profile. What is there already stays; nothing is overwritten, and"
                + " FILE, or - for standard input, is only read.",
            "An entry that cannot be imported is named and skipped. Order and cooldowns come along"
                + " where nothing is known here. Use each login in one place only from then on:"
                + " when one of two copies is renewed the other ends."),
        List.of(Parameter.one("FILE", Kind.WORD)),
        List.of(
            Opt.value("as", "KIND", "what it is: claude, codex, auth-profiles, oauth, claudetm"),
            Opt.value("name", "NAME", "for a file with one entry: what to call it"),
            STORE,
            Commands.DRY_RUN),
        List.of(
            new Example("slots import auth-profiles.json --dry-run", "what would be done"),
            new Example("slots import backup.json --name alice", "one login, as alice")),
        List.of(
            new Exit(ExitCode.DONE, "everything is here now, or was"),
            new Exit(ExitCode.REFUSED, "it is no file that can be imported from"),
            new Exit(ExitCode.DEFERRED, "somebody was busy: import it again for the rest"),
            new Exit(ExitCode.ATTENTION, "something was skipped, and says why")),
        new ImportCommand());
  }

  static Command exporting() {
    return new Command(
        "export",
        "print the login of a slot",
        List.of(
            "The login is a secret: who has it is you. It is printed after a yes, or with -o put"
                + " into a new file that only you can read. What belongs to the machine, such as"
                + " logins to MCP servers, stays.",
            "Two copies of one login end each other when both are renewed: use one of them."),
        List.of(Parameter.one("SLOT", Kind.SLOT)),
        List.of(
            new Opt("o", "output", "FILE", "to this file, which must not exist"),
            Opt.flag("yes", "do not ask")),
        List.of(
            new Example("slots export bob -o bob.json", "to take it to another machine"),
            new Example("slots export bob --yes | ssh host slots import -", "at once")),
        List.of(new Exit(ExitCode.REFUSED, "nobody said yes, or there is no login in it")),
        new ExportCommand());
  }
}
