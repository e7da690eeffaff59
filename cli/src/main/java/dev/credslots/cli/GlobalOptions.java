package dev.credslots.cli;

import java.util.List;

/** The options that every command takes, before or after its name. */
final class GlobalOptions {
  static final List<Opt> ALL =
      List.of(
          Opt.value("dir", "DIR", "the credentials directory (SLOTS_DIR; default: the client's)"),
          Opt.value("provider", "NAME", "whose they are: claude, codex or a configured one"),
          Opt.value("slots", "A,B", "the slots, in order (SLOTS_NAMES; default: all there are)"),
          Opt.value("slot-template", "PATH", "where slots lie, with {slot} for the name"),
          Opt.value("live-name", "NAME", "the file that clients read"),
          Opt.value("grace", "TIME", "how long before its end a token is ending (300s)"),
          Opt.value("lock-timeout", "TIME", "how long to wait for other processes (9s)"),
          Opt.value("config", "FILE", "the configuration file"),
          Opt.flag("json", "one JSON object on standard output"),
          new Opt("q", "quiet", "", "say nothing on success"),
          Opt.flag("no-color", "no colours (NO_COLOR)"),
          new Opt("v", "verbose", "", "show where a failure came from"),
          new Opt("h", "help", "", "show help"));

  private GlobalOptions() {}
}
