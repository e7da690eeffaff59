package dev.credslots.cli;

import dev.credslots.ChangeOutcome;
import dev.credslots.accounts.SessionBook;
import dev.credslots.accounts.SessionPin;
import dev.credslots.accounts.Sessions;
import dev.credslots.cli.Page.Cell;
import dev.credslots.internal.text.Spans;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** {@code slots session}: which session stays with which slot. */
final class SessionCommand implements Command.Handler {
  private static final List<String> ACTIONS = List.of("pin", "reset", "end", "compacted", "list");

  @Override
  public Command.Request parse(Words words) {
    String action = words.required(0);
    if (!ACTIONS.contains(action)) {
      throw Failure.usage(
          "session cannot " + Plain.quoted(action) + Nearest.hint(action, ACTIONS),
          "slots session pin ID SLOT | reset ID | end ID | compacted ID | list");
    }
    int wanted = action.equals("list") ? 1 : action.equals("pin") ? 3 : 2;
    if (words.arguments().size() != wanted) {
      String form = wanted == 1 ? " takes no ID" : wanted == 2 ? " takes one ID" : " takes ID SLOT";
      throw Failure.usage("session " + action + form, "see slots help session");
    }
    return wanted == 1
        ? new AskList()
        : new AskChange(action, id(words.required(1)), words.argument(2).orElse(""));
  }

  /**
   * A session's id.
   *
   * @throws Failure if it can be none
   */
  static String id(String word) {
    if (!Sessions.isId(word)) {
      throw Failure.usage(
          Plain.quoted(word) + " cannot be a session's ID",
          "it is 1 to 128 printable ASCII characters without spaces");
    }
    return word;
  }

  private record AskChange(String action, String id, String slot) implements Command.Request {
    @Override
    public Reply run(Session session) {
      SessionBook book = Rotations.sessions(session);
      return switch (action) {
        case "pin" -> {
          ChangeOutcome outcome = book.pin(id, slot);
          yield new Told(
              "pinned", id, outcome, ChangeCommand.hinted(outcome, slot, session.slots()));
        }
        case "compacted" -> told("compacted", book.compacted(id));
        case "end" -> told("ended", book.forget(id));
        default -> told("reset", book.forget(id));
      };
    }

    private Told told(String done, ChangeOutcome outcome) {
      return new Told(done, id, outcome, outcome.message());
    }
  }

  /**
   * @param done what the outcome is called when it was done
   */
  private record Told(String done, String id, ChangeOutcome outcome, String sentence)
      implements OneSentence {
    @Override
    public ExitCode exit() {
      return ChangeCommand.exit(outcome);
    }

    @Override
    public void json(Json json) {
      json.text("outcome", ChangeCommand.word(outcome, done))
          .text("session", id)
          .text("slot", Optional.of(outcome.slot()).filter(slot -> !slot.isEmpty()))
          .text("message", sentence)
          .warnings(outcome.warnings());
    }
  }

  private record AskList() implements Command.Request {
    @Override
    public Reply run(Session session) {
      return new Listed(Rotations.sessions(session).read().bySession(), session.now());
    }
  }

  private record Listed(Map<String, SessionPin> pins, Instant now) implements Reply {
    @Override
    public ExitCode exit() {
      return ExitCode.DONE;
    }

    @Override
    public void text(Page page) {
      List<List<Cell>> rows = new ArrayList<>();
      pins.forEach(
          (session, pin) ->
              rows.add(
                  List.of(
                      Cell.of(session),
                      Cell.of(pin.slot()),
                      Cell.of(pin.kind() == SessionPin.Kind.USER ? "pinned by hand" : ""),
                      Cell.of(
                          "used " + Spans.text(Duration.between(pin.lastUsed(), now)) + " ago"))));
      page.table(rows);
    }

    @Override
    public void json(Json json) {
      json.list("sessions");
      pins.forEach(
          (session, pin) ->
              json.object()
                  .text("session", session)
                  .text("slot", pin.slot())
                  .text("kind", pin.kind().word())
                  .time("since", Optional.of(pin.since()))
                  .time("lastUsed", Optional.of(pin.lastUsed()))
                  .endObject());
      json.endList();
    }
  }
}
