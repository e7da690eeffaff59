package dev.credslots.cli;

import dev.credslots.cli.Command.Example;
import dev.credslots.cli.Command.Exit;
import dev.credslots.cli.Command.Kind;
import dev.credslots.cli.Command.Parameter;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Every command, declared once. A declaration is made when it is asked for: starts are frequent.
 */
final class Commands {
  /** In the order of help. */
  static final List<String> NAMES =
      List.of(
          "switch",
          "status",
          "heal",
          "add",
          "list",
          "active",
          "check",
          "drift",
          "identity",
          "capture",
          "rename",
          "remove",
          "restore",
          "stash",
          "report",
          "order",
          "disable",
          "enable",
          "auth",
          "token",
          "profile",
          "run",
          "env",
          "hold",
          "holds",
          "log",
          "hooks",
          "watch",
          "doctor",
          "demo",
          "completion",
          "help");

  private static final Opt DRY_RUN = Opt.flag("dry-run", "say what would be done, change nothing");
  private static final Opt IF_EXPIRED =
      Opt.value(
          "if-expired", "POLICY", "for a token to be renewed: refuse, refresh or activate it");
  private static final Exit REFUSED = new Exit(ExitCode.REFUSED, "refused; nothing was changed");
  private static final Exit DEFERRED =
      new Exit(ExitCode.DEFERRED, "somebody is busy; nothing was changed");

  private Commands() {}

  /** The command of that name, or null. */
  static @Nullable Command find(String name) {
    return switch (name) {
      case "switch" -> switching();
      case "status" -> status();
      case "heal" -> heal();
      case "add" -> add();
      case "list" -> list();
      case "active" -> active();
      case "check" -> check();
      case "drift" -> drift();
      case "identity" -> identity();
      case "capture" -> capture();
      case "rename" -> rename();
      case "remove" -> remove();
      case "restore" -> restore();
      case "stash" -> stash();
      case "report" -> report();
      case "order" -> order();
      case "disable" -> disable();
      case "enable" -> enable();
      case "auth" -> auth();
      case "token" -> token();
      case "profile" -> profile();
      case "run" -> run();
      case "env" -> env();
      case "hold" -> hold();
      case "holds" -> holds();
      case "log" -> log();
      case "hooks" -> hooks();
      case "watch" -> watch();
      case "doctor" -> doctor();
      case "demo" -> demo();
      case "completion" -> completion();
      case "help" -> help();
      default -> null;
    };
  }

  private static Command switching() {
    return new Command(
        "switch",
        "make another slot live",
        List.of(
            "Turns the live link to SLOT in one rename. What was live is brought home first. A"
                + " slot that is known to be bad is refused, forced or not.",
            "SLOT may be -, for the slot that was live before the present one. --next takes the slot"
                + " that is next in the order (see slots order) and is not cooling: of many that"
                + " ask at once with --if-active, one switches."),
        List.of(Parameter.optional("SLOT", Kind.SLOT)),
        List.of(
            Opt.value("reason", "TEXT", "why, for the log (default: manual)"),
            Opt.flag("next", "to the slot that is next"),
            Opt.value("if-active", "SLOT", "only if that slot is active now"),
            IF_EXPIRED,
            Opt.flag("force", "do not ask who is busy"),
            Opt.value("wait", "TIME", "wait so long for who is busy, such as 10m"),
            DRY_RUN),
        List.of(
            new Example("slots switch alice --reason quota", "go on as alice"),
            new Example("slots switch -", "and back"),
            new Example("slots switch --next --if-active bob", "bob's quota is used up"),
            new Example("slots switch bob --wait 10m", "when the running job is done")),
        List.of(
            new Exit(ExitCode.DONE, "switched, or nothing to do"),
            new Exit(ExitCode.REFUSED, "the slot may not be activated; nothing was changed"),
            DEFERRED),
        new SwitchCommand());
  }

  private static Command status() {
    return new Command(
        "status",
        "show every slot, and what is wrong",
        List.of(
            "One line for each slot; * marks the one that is live. Beneath, who is busy and what"
                + " should be looked at. It reads only, and ends with 0 whatever it finds."),
        List.of(),
        List.of(),
        List.of(
            new Example("slots status", "for people"),
            new Example("slots status --json", "for programs")),
        List.of(new Exit(ExitCode.REFUSED, "there is no credentials directory")),
        new StatusCommand());
  }

  private static Command heal() {
    return new Command(
        "heal",
        "bring a credential home that a client wrote over the link",
        List.of(
            "A client that refreshes its login renames a new file over the live link. This stores"
                + " the file in the slot it belongs to and puts the link back. If nobody can say"
                + " whose it is, a copy goes to the stash and the file stays.",
            "With SLOT, it is that slot's on your word."),
        List.of(Parameter.optional("SLOT", Kind.SLOT)),
        List.of(
            Opt.flag("force", "do not ask who is busy; your word counts more than evidence"),
            Opt.flag("relink", "put a useless live file aside and link the slot chosen last"),
            DRY_RUN),
        List.of(
            new Example("slots heal", "after a login or refresh"),
            new Example("slots heal --dry-run", "what would be done, and why"),
            new Example("slots heal alice", "it is alice's")),
        List.of(
            new Exit(ExitCode.DONE, "healed, linked again, or no drift"),
            new Exit(ExitCode.REFUSED, "the live path cannot be healed; nothing was changed"),
            DEFERRED,
            new Exit(ExitCode.ATTENTION, "stashed, or a changed identity: decide yourself")),
        new HealCommand());
  }

  private static Command add() {
    return new Command(
        "add",
        "make the login at the live path, or in a file, a slot",
        List.of(
            "Without --from the live file becomes the slot and the live path a link to it. Never"
                + " log out in a client before: that revokes the login in every copy."),
        List.of(Parameter.one("NAME", Kind.WORD)),
        List.of(
            Opt.value("from", "FILE", "copy this credential file; the live path stays"),
            Opt.flag("force", "also if another slot has the same login")),
        List.of(
            new Example("slots add bob", "after the first login"),
            new Example("slots add alice --from backup.json", "from a file")),
        List.of(REFUSED, DEFERRED),
        new ChangeCommand.Add());
  }

  private static Command list() {
    return new Command(
        "list",
        "name the slots that exist",
        List.of(),
        List.of(),
        List.of(),
        List.of(new Example("slots list", "one name a line")),
        List.of(new Exit(ExitCode.REFUSED, "there is no credentials directory")),
        new ListCommand());
  }

  private static Command active() {
    return new Command(
        "active",
        "name the slot that is live",
        List.of("Nothing on standard output if no slot is."),
        List.of(),
        List.of(),
        List.of(new Example("slots active", "bob, for example")),
        List.of(new Exit(ExitCode.REFUSED, "there is no credentials directory")),
        new ActiveCommand());
  }

  private static Command check() {
    return new Command(
        "check",
        "say whether slots may be switched to",
        List.of("Answers what switch would do, who is busy left out."),
        List.of(Parameter.any("SLOT", Kind.SLOT)),
        List.of(IF_EXPIRED),
        List.of(
            new Example("slots check", "every slot"),
            new Example("slots check alice && slots switch alice", "in a script")),
        List.of(new Exit(ExitCode.ATTENTION, "not every one may be")),
        new CheckCommand());
  }

  private static Command drift() {
    return new Command(
        "drift",
        "compare the live bytes with every slot's",
        List.of("Drift means that the live path holds what no slot holds: see slots heal."),
        List.of(),
        List.of(),
        List.of(new Example("slots drift || slots heal", "in a script")),
        List.of(new Exit(ExitCode.ATTENTION, "drift")),
        new DriftCommand());
  }

  private static Command identity() {
    return new Command(
        "identity",
        "compare refresh tokens with those captured",
        List.of(
            "Sees logins that were written through the link, which drift cannot. Slots capture"
                + " accepts one."),
        List.of(Parameter.any("SLOT", Kind.SLOT)),
        List.of(),
        List.of(new Example("slots identity bob", "is bob still bob?")),
        List.of(
            new Exit(ExitCode.REFUSED, "there is no such slot"),
            new Exit(ExitCode.ATTENTION, "a refresh token that nothing vouches for")),
        new IdentityCommand());
  }

  private static Command capture() {
    return new Command(
        "capture",
        "accept a slot's login as its own",
        List.of(),
        List.of(Parameter.one("NAME", Kind.SLOT)),
        List.of(),
        List.of(new Example("slots capture bob", "after a login that was meant")),
        List.of(REFUSED, DEFERRED),
        new ChangeCommand.Capture());
  }

  private static Command rename() {
    return new Command(
        "rename",
        "give a slot another name",
        List.of("The live link follows."),
        List.of(Parameter.one("SLOT", Kind.SLOT), Parameter.one("NAME", Kind.WORD)),
        List.of(),
        List.of(new Example("slots rename bob work", "bob is called work from now on")),
        List.of(REFUSED, DEFERRED),
        new ChangeCommand.Rename());
  }

  private static Command remove() {
    return new Command(
        "remove",
        "remove a slot that is not live",
        List.of("Its last content is kept in the stash."),
        List.of(Parameter.one("NAME", Kind.SLOT)),
        List.of(),
        List.of(new Example("slots remove erik", "erik's login is over")),
        List.of(REFUSED, DEFERRED),
        new ChangeCommand.Remove());
  }

  private static Command restore() {
    return new Command(
        "restore",
        "put an earlier login back into a slot",
        List.of(
            "Without --generation the captured login, if the slot has another one now, else the"
                + " latest that differs. What the slot has now is kept, so this can be undone the"
                + " same way. Lists what is kept."),
        List.of(Parameter.one("SLOT", Kind.SLOT)),
        List.of(Opt.value("generation", "N", "that one")),
        List.of(new Example("slots restore bob", "undo a login that went into the wrong slot")),
        List.of(REFUSED, DEFERRED),
        new KeepingCommand.Restore());
  }

  private static Command stash() {
    return new Command(
        "stash",
        "list, claim or drop what belongs to no slot",
        List.of(
            "A live file that nobody can place goes to the stash, and the slot it may be of is"
                + " suspect. claim puts it into SLOT, whose old content is kept; drop deletes it for"
                + " good."),
        List.of(Parameter.one("ACTION", Kind.WORD), Parameter.optional("SLOT", Kind.SLOT)),
        List.of(Opt.value("entry", "HASH", "that one, by the beginning of its hash")),
        List.of(
            new Example("slots stash list", "what there is"),
            new Example("slots stash claim bob", "it is bob's"),
            new Example("slots stash drop 3f2a91bc", "it is nobody's")),
        List.of(REFUSED, DEFERRED),
        new KeepingCommand.Stash());
  }

  private static Command report() {
    return new Command(
        "report",
        "say how a call with a slot's login ended",
        List.of(
            "401 or 403: a token can be dead although its end is far. The slot is rejected, and not"
                + " switched to, until its login is renewed or replaced.",
            "Other failures let the slot cool: switch --next passes it over for 1, 5, 25 and then 60"
                + " minutes, after billing failures for 5, 10, 20 and then 24 hours, or until the"
                + " time its server gave. ok ends that."),
        List.of(Parameter.one("SLOT", Kind.SLOT)),
        List.of(
            Opt.value("status", "CODE", "the HTTP status: 401, 403, 402, 408, 429 or 5xx"),
            Opt.value("outcome", "WORD", "ok, rate_limit, billing, auth or timeout"),
            Opt.value("retry-after", "TIME", "how long its server says to wait"),
            Opt.value("resets-at", "WHEN", "when its server says the quota is back")),
        List.of(
            new Example("slots report bob --status 401", "from an agent's runner"),
            new Example("slots report bob --outcome rate_limit --retry-after 2h", "its quota")),
        List.of(REFUSED, DEFERRED),
        new ReportCommand());
  }

  private static Command order() {
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
        List.of(REFUSED, DEFERRED),
        new RotationCommand.Order());
  }

  private static Command disable() {
    return new Command(
        "disable",
        "pass a slot over when asked for the next",
        List.of("Slots switch SLOT still takes it."),
        List.of(Parameter.one("SLOT", Kind.SLOT)),
        List.of(),
        List.of(new Example("slots disable erik", "not while he needs it himself")),
        List.of(REFUSED, DEFERRED),
        new RotationCommand.Disable());
  }

  private static Command enable() {
    return new Command(
        "enable",
        "take a disabled slot into the order again",
        List.of(),
        List.of(Parameter.one("SLOT", Kind.SLOT)),
        List.of(),
        List.of(new Example("slots enable erik", "he is done")),
        List.of(REFUSED, DEFERRED),
        new RotationCommand.Enable());
  }

  private static Command auth() {
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
            "status shows every login: how long it lasts, and why it cannot be used. With --check it"
                + " ends with 1 if one is over or missing, with 2 if one ends within 24 h and"
                + " cannot be renewed then, else with 0."),
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

  private static Command token() {
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
            Opt.value("store", "STORE", "auto, keychain, secret-service or file"),
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

  private static Command profile() {
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
            REFUSED,
            DEFERRED,
            new Exit(ExitCode.ATTENTION, "login: the login landed in another directory")),
        new ProfileCommand());
  }

  private static Command run() {
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
            IF_EXPIRED, Opt.flag("nested", "also from within a program that runs as a profile")),
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

  private static Command env() {
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

  private static Command hold() {
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
            REFUSED,
            new Exit(ExitCode.DEFERRED, "a change of the slots did not end; CMD was not run"),
            new Exit(ExitCode.NOT_EXECUTABLE, "the program cannot be run"),
            new Exit(ExitCode.NOT_FOUND, "there is no such program")),
        new HoldCommand());
  }

  private static Command holds() {
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

  private static Command log() {
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

  private static Command hooks() {
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

  private static Command watch() {
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

  private static Command doctor() {
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
            DEFERRED,
            new Exit(ExitCode.ATTENTION, "something is wrong")),
        new DoctorCommand());
  }

  private static Command demo() {
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

  private static Command completion() {
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

  private static Command help() {
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
