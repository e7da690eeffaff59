package dev.credslots.cli;

import dev.credslots.ChangeOutcome;
import dev.credslots.Kept;
import dev.credslots.SlotManager;
import dev.credslots.Warning;
import dev.credslots.cli.Page.Cell;
import dev.credslots.internal.text.Spans;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** {@code slots restore} and {@code stash}: what is kept. */
final class KeepingCommand {
  /** As much of a hash as people are shown, and need to give. */
  private static final int SHOWN = 16;

  private KeepingCommand() {}

  /** {@code slots restore}. */
  static final class Restore implements Command.Handler {
    @Override
    public Command.Request parse(Words words) {
      Optional<String> number = words.value("generation");
      try {
        return new AskRestore(words.required(0), number.map(Long::valueOf));
      } catch (NumberFormatException e) {
        throw Failure.usage(
            "--generation takes a number, not " + Plain.quoted(number.orElse("")),
            "slots restore SLOT shows them");
      }
    }
  }

  /** {@code slots stash}. */
  static final class Stash implements Command.Handler {
    @Override
    public Command.Request parse(Words words) {
      String action = words.required(0);
      Optional<String> subject = words.argument(1);
      Optional<String> entry = words.value("entry");
      boolean known = List.of("list", "claim", "drop").contains(action);
      if (!known || (!action.equals("list") && subject.isEmpty())) {
        throw Failure.usage(
            known
                ? "stash " + action + " needs to know which"
                : "stash cannot " + Plain.quoted(action),
            "slots stash list | claim SLOT [--entry HASH] | drop SLOT|HASH");
      }
      return new AskStash(action, subject.orElse(""), entry);
    }
  }

  private record AskRestore(String slot, Optional<Long> generation) implements Command.Request {
    @Override
    public Reply run(Session session) {
      SlotManager slots = session.slots();
      ChangeOutcome outcome = slots.restore(slot, generation);
      return new Told(
          "restored",
          Optional.of(outcome),
          slots.kept(Optional.of(slot)),
          session.surroundings().clock().instant());
    }
  }

  private record AskStash(String action, String subject, Optional<String> entry)
      implements Command.Request {
    @Override
    public Reply run(Session session) {
      SlotManager slots = session.slots();
      Instant now = session.surroundings().clock().instant();
      return switch (action) {
        case "claim" -> told("claimed", Optional.of(slots.claim(subject, entry)), slots, now);
        case "drop" -> told("dropped", Optional.of(slots.drop(subject)), slots, now);
        default -> told("listed", Optional.empty(), slots, now);
      };
    }

    private static Told told(
        String done, Optional<ChangeOutcome> outcome, SlotManager slots, Instant now) {
      return new Told(done, outcome, slots.kept(Optional.empty()), now);
    }
  }

  /**
   * What was done, and what is kept now.
   *
   * @param done what the outcome is called when it was done
   * @param outcome empty if nothing was to be done but listing
   */
  private record Told(String done, Optional<ChangeOutcome> outcome, Kept kept, Instant now)
      implements Reply {
    @Override
    public ExitCode exit() {
      return outcome.map(ChangeCommand::exit).orElse(ExitCode.DONE);
    }

    @Override
    public void text(Page page) {
      if (outcome.isPresent() && exit() == ExitCode.DONE) {
        page.sentence(outcome.get().message(), 2);
      }
      List<List<Cell>> rows = new ArrayList<>();
      for (Kept.Generation generation : kept.generations()) {
        rows.add(
            List.of(
                Cell.of(Long.toString(generation.number())),
                Cell.of(age(generation.keptAt())),
                Cell.of(generation.freshness().state().word()),
                Cell.of(generation.current() ? "now in the slot" : "")));
      }
      if (outcome.isEmpty()) {
        for (Kept.Stashed stashed : kept.stash()) {
          rows.add(
              List.of(
                  Cell.of(stashed.sha256().substring(0, SHOWN)),
                  Cell.of(age(stashed.keptAt())),
                  Cell.of(
                      stashed.freshness().map(fresh -> fresh.state().word()).orElse("no login")),
                  Cell.of(
                      stashed.suspects().isEmpty()
                          ? ""
                          : "perhaps " + String.join(", ", stashed.suspects()))));
        }
        if (kept.stash().isEmpty()) {
          page.line("the stash is empty");
        }
      }
      page.table(rows);
    }

    private String age(Instant at) {
      return Spans.text(Duration.between(at, now)) + " ago";
    }

    @Override
    public String complaint() {
      return exit() == ExitCode.DONE ? "" : outcome.map(ChangeOutcome::message).orElse("");
    }

    @Override
    public List<Warning> warnings() {
      return outcome.map(ChangeOutcome::warnings).orElse(List.of());
    }

    @Override
    public void json(Json json) {
      json.text("outcome", outcome.map(made -> ChangeCommand.word(made, done)).orElse(done))
          .text("message", outcome.map(ChangeOutcome::message));
      json.list("generations");
      for (Kept.Generation generation : kept.generations()) {
        json.object()
            .number("number", generation.number())
            .time("keptAt", Optional.of(generation.keptAt()))
            .text("sha256", generation.sha256())
            .flag("current", generation.current())
            .text("state", generation.freshness().state().word())
            .time("expiresAt", generation.freshness().expiresAt())
            .endObject();
      }
      json.endList().list("stash");
      for (Kept.Stashed stashed : kept.stash()) {
        json.object()
            .text("sha256", stashed.sha256())
            .time("keptAt", Optional.of(stashed.keptAt()))
            .number("bytes", stashed.bytes())
            .text("state", stashed.freshness().map(fresh -> fresh.state().word()))
            .texts("suspects", stashed.suspects())
            .endObject();
      }
      json.endList().warnings(warnings());
    }
  }
}
