package dev.credslots.cli;

import dev.credslots.ExpiryPolicy;
import dev.credslots.Freshness;
import dev.credslots.SlotManager;
import dev.credslots.cli.Page.Style;
import dev.credslots.credential.SlotState;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** {@code slots check}. */
final class CheckCommand implements Command.Handler {

  @Override
  public Command.Request parse(Words words) {
    return new Ask(words.arguments(), SwitchCommand.policy(words));
  }

  private record Ask(List<String> named, Optional<ExpiryPolicy> policy) implements Command.Request {
    @Override
    public Reply run(Session session) {
      SlotManager slots = session.slots();
      List<String> known = slots.slots();
      List<Answer> answers = new ArrayList<>();
      for (String slot : named.isEmpty() ? known : named) {
        answers.add(answer(slots, slot, known));
      }
      return new Told(answers);
    }

    private Answer answer(SlotManager slots, String slot, List<String> known) {
      Freshness freshness = slots.freshness(slot);
      if (!known.contains(slot)) {
        String hint = freshness.state() == SlotState.MISSING ? Nearest.hint(slot, known) : "";
        return new Answer(
            slot, SlotState.MISSING, false, "there is no slot " + Plain.quoted(slot) + hint);
      }
      Optional<String> refusal =
          policy.isPresent() ? slots.refusal(slot, policy.get()) : slots.refusal(slot);
      return new Answer(
          slot, freshness.state(), refusal.isEmpty(), refusal.orElse(freshness.reason()));
    }
  }

  private record Answer(String slot, SlotState state, boolean ok, String reason) {}

  private record Told(List<Answer> answers) implements Reply {
    @Override
    public ExitCode exit() {
      for (Answer answer : answers) {
        if (!answer.ok()) {
          return ExitCode.ATTENTION;
        }
      }
      return ExitCode.DONE;
    }

    @Override
    public void text(Page page) {
      for (Answer answer : answers) {
        page.sentence(
            answer.ok() ? "ok  " : "no  ",
            answer.ok() ? Style.GOOD : Style.BAD,
            answer.slot() + ": " + answer.reason());
      }
    }

    @Override
    public void json(Json json) {
      json.list("slots");
      for (Answer answer : answers) {
        json.object()
            .text("name", answer.slot())
            .text("state", answer.state().word())
            .flag("ok", answer.ok())
            .text("reason", answer.reason())
            .endObject();
      }
      json.endList();
    }
  }
}
