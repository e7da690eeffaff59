package dev.credslots.cli;

import dev.credslots.ChangeOutcome;
import dev.credslots.Warning;
import dev.credslots.accounts.Next;
import dev.credslots.accounts.Rotation;
import dev.credslots.accounts.RotationBook;
import dev.credslots.cli.Page.Cell;
import dev.credslots.internal.text.Spans;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** {@code slots order}, {@code disable} and {@code enable}: which slot is next. */
final class RotationCommand {

  private RotationCommand() {}

  /** {@code slots order}. */
  static final class Order implements Command.Handler {
    private static final List<String> ACTIONS = List.of("get", "set", "clear");

    @Override
    public Command.Request parse(Words words) {
      String action = words.argument(0).orElse("get");
      List<String> rest =
          words.arguments().isEmpty()
              ? List.of()
              : words.arguments().subList(1, words.arguments().size());
      boolean sensible = ACTIONS.contains(action) && action.equals("set") != rest.isEmpty();
      if (!sensible) {
        throw Failure.usage(
            ACTIONS.contains(action)
                ? "order " + action + (rest.isEmpty() ? " needs slots" : " takes no slots")
                : "order cannot " + Plain.quoted(action) + Nearest.hint(action, ACTIONS),
            "slots order get | set SLOT... | clear");
      }
      return new AskOrder(action, rest);
    }
  }

  /** {@code slots disable}. */
  static final class Disable implements Command.Handler {
    @Override
    public Command.Request parse(Words words) {
      return new AskAble(words.required(0), false);
    }
  }

  /** {@code slots enable}. */
  static final class Enable implements Command.Handler {
    @Override
    public Command.Request parse(Words words) {
      return new AskAble(words.required(0), true);
    }
  }

  private record AskOrder(String action, List<String> names) implements Command.Request {
    @Override
    public Reply run(Session session) {
      RotationBook book = Rotations.of(session);
      return switch (action) {
        case "set" -> new Ordered("set", Optional.of(book.order(names)), book, session.now());
        case "clear" -> new Ordered("cleared", Optional.of(book.clearOrder()), book, session.now());
        default -> new Ordered("listed", Optional.empty(), book, session.now());
      };
    }
  }

  private record AskAble(String slot, boolean enable) implements Command.Request {
    @Override
    public Reply run(Session session) {
      RotationBook book = Rotations.of(session);
      ChangeOutcome outcome = enable ? book.enable(slot) : book.disable(slot);
      return new ChangeCommand.Told(
          enable ? "enabled" : "disabled",
          outcome,
          ChangeCommand.hinted(outcome, slot, session.slots()));
    }
  }

  /** What was done, and how every slot stands now. */
  private record Ordered(
      String done, Optional<ChangeOutcome> outcome, Rotation rotation, Next next, Instant now)
      implements Reply {

    Ordered(String done, Optional<ChangeOutcome> outcome, RotationBook book, Instant now) {
      this(done, outcome, book.read(), book.next(), now);
    }

    @Override
    public ExitCode exit() {
      return outcome.map(ChangeCommand::exit).orElse(ExitCode.DONE);
    }

    @Override
    public void text(Page page) {
      if (exit() != ExitCode.DONE) {
        return;
      }
      outcome.ifPresent(made -> page.sentence(made.message(), 2));
      List<List<Cell>> rows = new ArrayList<>();
      for (Next.Standing standing : next.standings()) {
        rows.add(
            List.of(
                Cell.of(standing.slot()),
                Cell.of(standing.state().word()),
                Cell.of(standing.until().map(this::left).orElse(""))));
      }
      page.table(rows);
      if (next instanceof Next.Chosen chosen) {
        page.sentence("next: " + chosen.slot(), 2);
      } else {
        page.sentence(next.message(), 2);
      }
    }

    private String left(Instant until) {
      return "for " + Spans.text(Duration.between(now, until));
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
          .text("message", outcome.map(ChangeOutcome::message).orElse(next.message()))
          .texts("order", rotation.order())
          .text(
              "next",
              next instanceof Next.Chosen chosen ? Optional.of(chosen.slot()) : Optional.empty())
          .list("slots");
      for (Next.Standing standing : next.standings()) {
        json.object()
            .text("name", standing.slot())
            .text("state", standing.state().word())
            .time("until", standing.until())
            .text("reason", standing.sentence())
            .endObject();
      }
      json.endList().warnings(warnings());
    }
  }
}
