package dev.credslots.cli;

import dev.credslots.cli.Command.Exit;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Every command, by name. Each is declared once, and a declaration is made when it is asked for,
 * and its class loaded: starts are frequent.
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
          "session",
          "auth",
          "token",
          "profile",
          "run",
          "env",
          "import",
          "export",
          "hold",
          "holds",
          "log",
          "hooks",
          "watch",
          "doctor",
          "demo",
          "completion",
          "help");

  static final Opt DRY_RUN = Opt.flag("dry-run", "say what would be done, change nothing");
  static final Opt IF_EXPIRED =
      Opt.value(
          "if-expired", "POLICY", "for a token to be renewed: refuse, refresh or activate it");
  static final Exit REFUSED = new Exit(ExitCode.REFUSED, "refused; nothing was changed");
  static final Exit DEFERRED = new Exit(ExitCode.DEFERRED, "somebody is busy; nothing was changed");

  private Commands() {}

  /** The command of that name, or null. */
  static @Nullable Command find(String name) {
    return switch (name) {
      case "switch" -> SlotCommands.switching();
      case "status" -> SlotCommands.status();
      case "heal" -> SlotCommands.heal();
      case "add" -> SlotCommands.add();
      case "list" -> SlotCommands.list();
      case "active" -> SlotCommands.active();
      case "check" -> SlotCommands.check();
      case "drift" -> SlotCommands.drift();
      case "identity" -> SlotCommands.identity();
      case "capture" -> SlotCommands.capture();
      case "rename" -> SlotCommands.rename();
      case "remove" -> SlotCommands.remove();
      case "restore" -> SlotCommands.restore();
      case "stash" -> SlotCommands.stash();
      case "report" -> SlotCommands.report();
      case "order" -> AccountCommands.order();
      case "disable" -> AccountCommands.disable();
      case "enable" -> AccountCommands.enable();
      case "session" -> AccountCommands.session();
      case "auth" -> AccountCommands.auth();
      case "token" -> AccountCommands.token();
      case "profile" -> AccountCommands.profile();
      case "run" -> AccountCommands.run();
      case "env" -> AccountCommands.env();
      case "import" -> AccountCommands.importing();
      case "export" -> AccountCommands.exporting();
      case "hold" -> HouseCommands.hold();
      case "holds" -> HouseCommands.holds();
      case "log" -> HouseCommands.log();
      case "hooks" -> HouseCommands.hooks();
      case "watch" -> HouseCommands.watch();
      case "doctor" -> HouseCommands.doctor();
      case "demo" -> HouseCommands.demo();
      case "completion" -> HouseCommands.completion();
      case "help" -> HouseCommands.help();
      default -> null;
    };
  }
}
