package dev.credslots.cli;

import dev.credslots.cli.Command.Example;
import dev.credslots.cli.Command.Exit;
import dev.credslots.cli.Command.Kind;
import dev.credslots.cli.Command.Parameter;
import java.util.List;

/** What is done with slots, declared. */
final class SlotCommands {
  private SlotCommands() {}

  static Command switching() {
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
            Opt.value("session", "ID", "with --next: to the slot that session is pinned to"),
            Opt.value("if-active", "SLOT", "only if that slot is active now"),
            Commands.IF_EXPIRED,
            Opt.flag("force", "do not ask who is busy"),
            Opt.value("wait", "TIME", "wait so long for who is busy, such as 10m"),
            Commands.DRY_RUN),
        List.of(
            new Example("slots switch alice --reason quota", "go on as alice"),
            new Example("slots switch -", "and back"),
            new Example("slots switch --next --if-active bob", "bob's quota is used up"),
            new Example("slots switch bob --wait 10m", "when the running job is done")),
        List.of(
            new Exit(ExitCode.DONE, "switched, or nothing to do"),
            new Exit(ExitCode.REFUSED, "the slot may not be activated; nothing was changed"),
            Commands.DEFERRED),
        new SwitchCommand());
  }

  static Command status() {
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

  static Command heal() {
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
            Commands.DRY_RUN),
        List.of(
            new Example("slots heal", "after a login or refresh"),
            new Example("slots heal --dry-run", "what would be done, and why"),
            new Example("slots heal alice", "it is alice's")),
        List.of(
            new Exit(ExitCode.DONE, "healed, linked again, or no drift"),
            new Exit(ExitCode.REFUSED, "the live path cannot be healed; nothing was changed"),
            Commands.DEFERRED,
            new Exit(ExitCode.ATTENTION, "stashed, or a changed identity: decide yourself")),
        new HealCommand());
  }

  static Command add() {
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
        List.of(Commands.REFUSED, Commands.DEFERRED),
        new ChangeCommand.Add());
  }

  static Command list() {
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

  static Command active() {
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

  static Command check() {
    return new Command(
        "check",
        "say whether slots may be switched to",
        List.of("Answers what switch would do, who is busy left out."),
        List.of(Parameter.any("SLOT", Kind.SLOT)),
        List.of(Commands.IF_EXPIRED),
        List.of(
            new Example("slots check", "every slot"),
            new Example("slots check alice && slots switch alice", "in a script")),
        List.of(new Exit(ExitCode.ATTENTION, "not every one may be")),
        new CheckCommand());
  }

  static Command drift() {
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

  static Command identity() {
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

  static Command capture() {
    return new Command(
        "capture",
        "accept a slot's login as its own",
        List.of(),
        List.of(Parameter.one("NAME", Kind.SLOT)),
        List.of(),
        List.of(new Example("slots capture bob", "after a login that was meant")),
        List.of(Commands.REFUSED, Commands.DEFERRED),
        new ChangeCommand.Capture());
  }

  static Command rename() {
    return new Command(
        "rename",
        "give a slot another name",
        List.of("The live link follows."),
        List.of(Parameter.one("SLOT", Kind.SLOT), Parameter.one("NAME", Kind.WORD)),
        List.of(),
        List.of(new Example("slots rename bob work", "bob is called work from now on")),
        List.of(Commands.REFUSED, Commands.DEFERRED),
        new ChangeCommand.Rename());
  }

  static Command remove() {
    return new Command(
        "remove",
        "remove a slot that is not live",
        List.of("Its last content is kept in the stash."),
        List.of(Parameter.one("NAME", Kind.SLOT)),
        List.of(),
        List.of(new Example("slots remove erik", "erik's login is over")),
        List.of(Commands.REFUSED, Commands.DEFERRED),
        new ChangeCommand.Remove());
  }

  static Command restore() {
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
        List.of(Commands.REFUSED, Commands.DEFERRED),
        new KeepingCommand.Restore());
  }

  static Command stash() {
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
        List.of(Commands.REFUSED, Commands.DEFERRED),
        new KeepingCommand.Stash());
  }

  static Command report() {
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
        List.of(Commands.REFUSED, Commands.DEFERRED),
        new ReportCommand());
  }
}
