package dev.credslots.cli;

import dev.credslots.Hold;
import dev.credslots.cli.Page.Cell;
import dev.credslots.cli.Page.Style;
import dev.credslots.hooks.Hook;
import dev.credslots.hooks.HookEvent;
import dev.credslots.hooks.HookInput;
import dev.credslots.hooks.HookRun;
import dev.credslots.hooks.Hooks;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** {@code slots hooks}. */
final class HooksCommand implements Command.Handler {
  private static final String FORMS = "slots hooks list | test EVENT [NAME] | sample EVENT";
  private static final int SHOWN_LINES = 3;

  @Override
  public Command.Request parse(Words words) {
    String action = words.required(0);
    int most =
        switch (action) {
          case "list" -> 1;
          case "sample" -> 2;
          case "test" -> 3;
          default ->
              throw Failure.usage(
                  "hooks cannot "
                      + Plain.quoted(action)
                      + Nearest.hint(action, List.of("list", "test", "sample")),
                  FORMS);
        };
    boolean named = words.arguments().size() > 1;
    if (words.arguments().size() > most || named == action.equals("list")) {
      throw Failure.usage(
          named
              ? "hooks " + action + " has no use for " + Plain.quoted(words.required(most))
              : "hooks " + action + " needs an EVENT",
          FORMS);
    }
    Optional<HookEvent> event = words.argument(1).map(HooksCommand::event);
    return switch (action) {
      case "test" -> new AskTest(event.orElseThrow(), words.argument(2));
      case "sample" -> new AskSample(event.orElseThrow());
      default -> new AskList();
    };
  }

  private static HookEvent event(String word) {
    List<String> known = new ArrayList<>();
    for (HookEvent event : HookEvent.values()) {
      known.add(event.word());
    }
    return HookEvent.of(word)
        .orElseThrow(
            () ->
                Failure.usage(
                    "there is no event " + Plain.quoted(word) + Nearest.hint(word, known),
                    "they are " + String.join(", ", known)));
  }

  private record AskList() implements Command.Request {
    @Override
    public Reply run(Session session) {
      session.slotsOfAnyDirectory();
      Hooks hooks = session.setup().hooks();
      List<Hook> all = new ArrayList<>();
      for (HookEvent event : HookEvent.values()) {
        all.addAll(hooks.list(event));
      }
      return new Listed(all, hooks.root().toString());
    }
  }

  private record AskTest(HookEvent event, Optional<String> name) implements Command.Request {
    @Override
    public Reply run(Session session) {
      Hooks hooks = session.setup().hooks();
      HookInput input =
          HookInput.sample(event, session.slotsOfAnyDirectory().directory(), session.now());
      List<HookRun> runs = new ArrayList<>();
      List<String> names = new ArrayList<>();
      for (Hook hook : hooks.list(event)) {
        names.add(hook.name());
        if (name.isEmpty() || name.get().equals(hook.name())) {
          runs.add(hooks.run(hook, input));
        }
      }
      if (name.isPresent() && runs.isEmpty()) {
        throw Failure.refused(
            "no-hook",
            "there is no "
                + Plain.quoted(event.directory() + "/" + name.get())
                + Nearest.hint(name.get(), names),
            "slots hooks list shows them");
      }
      return new Tested(event, runs);
    }
  }

  private record AskSample(HookEvent event) implements Command.Request {
    @Override
    public Reply run(Session session) {
      HookInput input =
          HookInput.sample(event, session.slotsOfAnyDirectory().directory(), session.now());
      return new Sampled(
          event,
          new String(input.json(), StandardCharsets.UTF_8).strip(),
          session.setup().hooks().environment(),
          input.variables());
    }
  }

  private record Listed(List<Hook> hooks, String root) implements Reply {
    @Override
    public ExitCode exit() {
      for (Hook hook : hooks) {
        if (hook.problem().isPresent()) {
          return ExitCode.ATTENTION;
        }
      }
      return ExitCode.DONE;
    }

    @Override
    public void text(Page page) {
      if (hooks.isEmpty()) {
        page.sentence("no hooks; slots help hooks says what goes into " + root, 2);
      }
      List<List<Cell>> rows = new ArrayList<>();
      for (Hook hook : hooks) {
        boolean ok = hook.problem().isEmpty();
        rows.add(
            List.of(
                Cell.of(hook.event().word()),
                Cell.of(hook.name()),
                new Cell(ok ? "ok" : "not run", ok ? Style.GOOD : Style.BAD)));
      }
      page.table(rows);
      for (Hook hook : hooks) {
        hook.problem().ifPresent(why -> page.sentence("! ", Style.BAD, hook.shown() + ": " + why));
      }
    }

    @Override
    public void json(Json json) {
      json.text("root", root).list("hooks");
      for (Hook hook : hooks) {
        json.object();
        fields(json, hook);
        json.flag("ok", hook.problem().isEmpty()).text("reason", hook.problem()).endObject();
      }
      json.endList();
    }
  }

  private static void fields(Json json, Hook hook) {
    json.text("event", hook.event().word())
        .text("name", hook.name())
        .text("path", hook.path().toString());
  }

  private record Tested(HookEvent event, List<HookRun> runs) implements Reply {
    @Override
    public ExitCode exit() {
      for (HookRun run : runs) {
        if (run.problem().isPresent()) {
          return ExitCode.ATTENTION;
        }
      }
      return ExitCode.DONE;
    }

    @Override
    public void text(Page page) {
      if (runs.isEmpty()) {
        page.line("no hooks for " + event.word());
      }
      for (HookRun run : runs) {
        boolean ok = run.problem().isEmpty();
        page.sentence(
            ok ? "ok  " : "no  ",
            ok ? Style.GOOD : Style.BAD,
            run.hook().shown()
                + " "
                + run.problem().orElse("exited 0")
                + " ("
                + run.took().toMillis()
                + " ms)");
        for (Hold hold : run.holds()) {
          page.sentence("      busy: " + hold.name(), 8);
        }
        lines(page, "out", run.out());
        lines(page, "err", run.err());
      }
    }

    private static void lines(Page page, String stream, String text) {
      int shown = 0;
      for (String line : text.split("\n", -1)) {
        if (!line.isEmpty() && shown++ < SHOWN_LINES) {
          page.sentence("      " + stream + ": " + line, 8);
        }
      }
    }

    @Override
    public void json(Json json) {
      json.text("event", event.word()).flag("ok", exit() == ExitCode.DONE).list("hooks");
      for (HookRun run : runs) {
        json.object();
        fields(json, run.hook());
        json.flag("ok", run.problem().isEmpty()).text("reason", run.problem());
        if (run.exitCode().isPresent()) {
          json.number("exitCode", run.exitCode().getAsInt());
        } else {
          json.nothing("exitCode");
        }
        json.number("milliseconds", run.took().toMillis())
            .holds(run.holds())
            .text("out", run.out())
            .text("err", run.err())
            .endObject();
      }
      json.endList();
    }
  }

  private record Sampled(
      HookEvent event, String stdin, Map<String, String> always, Map<String, String> variables)
      implements Reply {
    @Override
    public ExitCode exit() {
      return ExitCode.DONE;
    }

    /** The object first, so that a pipe can hand it to a hook; then what is in the environment. */
    @Override
    public void text(Page page) {
      page.line(stdin).line("");
      always.forEach((name, value) -> page.line(name + "=" + value));
      variables.forEach((name, value) -> page.line(name + "=" + value));
    }

    @Override
    public void json(Json json) {
      json.text("event", event.word()).text("stdin", stdin).object("variables");
      always.forEach(json::text);
      variables.forEach(json::text);
      json.endObject();
    }
  }
}
