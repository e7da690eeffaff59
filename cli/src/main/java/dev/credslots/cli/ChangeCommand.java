package dev.credslots.cli;

import dev.credslots.ChangeOutcome;
import dev.credslots.Hold;
import dev.credslots.SlotManager;
import dev.credslots.Warning;
import java.util.List;
import java.util.Optional;

/** {@code slots add}, {@code remove}, {@code rename} and {@code capture}. */
final class ChangeCommand {

  private ChangeCommand() {}

  /** {@code slots add}. */
  static final class Add implements Command.Handler {
    @Override
    public Command.Request parse(Words words) {
      return new AskAdd(words.required(0), words.value("from"), words.has("force"));
    }
  }

  /** {@code slots remove}. */
  static final class Remove implements Command.Handler {
    @Override
    public Command.Request parse(Words words) {
      return new AskRemove(words.required(0));
    }
  }

  /** {@code slots rename}. */
  static final class Rename implements Command.Handler {
    @Override
    public Command.Request parse(Words words) {
      return new AskRename(words.required(0), words.required(1));
    }
  }

  /** {@code slots capture}. */
  static final class Capture implements Command.Handler {
    @Override
    public Command.Request parse(Words words) {
      return new AskCapture(words.required(0));
    }
  }

  private record AskAdd(String name, Optional<String> from, boolean force)
      implements Command.Request {
    @Override
    public Reply run(Session session) {
      SlotManager slots = session.slots();
      ChangeOutcome outcome =
          from.isPresent()
              ? slots.addSlot(name, Setup.file(session.surroundings(), from.get(), "--from"), force)
              : slots.addSlot(name, force);
      return new Told("added", outcome, outcome.message());
    }
  }

  private record AskRemove(String name) implements Command.Request {
    @Override
    public Reply run(Session session) {
      SlotManager slots = session.slots();
      ChangeOutcome outcome = slots.removeSlot(name);
      return new Told("removed", outcome, hinted(outcome, name, slots));
    }
  }

  private record AskRename(String from, String to) implements Command.Request {
    @Override
    public Reply run(Session session) {
      SlotManager slots = session.slots();
      ChangeOutcome outcome = slots.renameSlot(from, to);
      return new Told("renamed", outcome, hinted(outcome, from, slots));
    }
  }

  private record AskCapture(String name) implements Command.Request {
    @Override
    public Reply run(Session session) {
      SlotManager slots = session.slots();
      ChangeOutcome outcome = slots.capture(name);
      return new Told("captured", outcome, hinted(outcome, name, slots));
    }
  }

  /** The outcome's sentence, with the nearest name if the slot is none. */
  static String hinted(ChangeOutcome outcome, String name, SlotManager slots) {
    if (outcome instanceof ChangeOutcome.Refused) {
      List<String> known = slots.availableSlots();
      return known.contains(name)
          ? outcome.message()
          : outcome.message() + Nearest.hint(name, known);
    }
    return outcome.message();
  }

  static ExitCode exit(ChangeOutcome outcome) {
    if (outcome instanceof ChangeOutcome.Refused) {
      return ExitCode.REFUSED;
    }
    return outcome instanceof ChangeOutcome.Deferred ? ExitCode.DEFERRED : ExitCode.DONE;
  }

  /**
   * What the outcome is called.
   *
   * @param done when it was done
   */
  static String word(ChangeOutcome outcome, String done) {
    if (outcome instanceof ChangeOutcome.Refused) {
      return "refused";
    }
    return outcome instanceof ChangeOutcome.Deferred ? "deferred" : done;
  }

  /**
   * @param done what the outcome is called when it was done
   */
  record Told(String done, ChangeOutcome outcome, String sentence) implements OneSentence {
    @Override
    public ExitCode exit() {
      return ChangeCommand.exit(outcome);
    }

    private List<Hold> holds() {
      return outcome instanceof ChangeOutcome.Deferred deferred ? deferred.holds() : List.of();
    }

    @Override
    public List<Warning> warnings() {
      return outcome.warnings();
    }

    @Override
    public void json(Json json) {
      json.text("outcome", word(outcome, done))
          .text("slot", outcome.slot())
          .text("message", sentence)
          .holds(holds())
          .warnings(outcome.warnings());
    }
  }
}
