package dev.credslots.cli;

import dev.credslots.ChangeOutcome;
import dev.credslots.SlotManager;
import dev.credslots.Warning;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** {@code slots export}: a slot's login, given away on its owner's word. */
final class ExportCommand implements Command.Handler {
  private static final Warning SECRET =
      new Warning(
          "secret",
          "this is a secret: who has it is you; and when one of two copies of a login is renewed"
              + " the other ends, so use one of them");

  @Override
  public Command.Request parse(Words words) {
    if (words.has("json")) {
      throw Failure.usage(
          "export has no --json: what it prints is the client's own file", "leave --json out");
    }
    return new Ask(words.required(0), words.value("output"), words.has("yes"));
  }

  private record Ask(String slot, Optional<String> file, boolean yes) implements Command.Request {
    @Override
    public Reply run(Session session) {
      SlotManager slots = session.slots();
      session.requireYes(
          yes,
          (file.isPresent() ? "Put" : "Print")
              + " the login of "
              + Plain.quoted(slot)
              + ", which is a secret");
      if (file.isPresent()) {
        ChangeOutcome outcome =
            slots.exportSlot(slot, Setup.file(session.surroundings(), file.get(), "--output"));
        return new Told(outcome, ChangeCommand.hinted(outcome, slot, slots), false);
      }
      ByteArrayOutputStream login = new ByteArrayOutputStream();
      ChangeOutcome outcome = slots.exportSlot(slot, login);
      session.output().out(login.toByteArray());
      return new Told(outcome, ChangeCommand.hinted(outcome, slot, slots), outcome.ok());
    }
  }

  /**
   * @param spoken whether standard output has the login
   */
  private record Told(ChangeOutcome outcome, String sentence, boolean spoken)
      implements OneSentence {
    @Override
    public ExitCode exit() {
      return ChangeCommand.exit(outcome);
    }

    @Override
    public List<Warning> warnings() {
      List<Warning> warnings = new ArrayList<>(outcome.warnings());
      if (outcome.ok()) {
        warnings.add(SECRET);
      }
      return warnings;
    }

    @Override
    public void json(Json json) {
      throw new IllegalStateException("a login is not told as JSON");
    }
  }
}
