package dev.credslots.cli;

import dev.credslots.HealOption;
import dev.credslots.HealOutcome;
import dev.credslots.Hold;
import dev.credslots.SlotManager;
import dev.credslots.Warning;
import dev.credslots.verdict.Evidence;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** {@code slots heal}. */
final class HealCommand implements Command.Handler {

  @Override
  public Command.Request parse(Words words) {
    List<HealOption> options = new ArrayList<>();
    if (words.has("force")) {
      options.add(HealOption.FORCE);
    }
    if (words.has("relink")) {
      options.add(HealOption.RELINK);
    }
    if (words.has("dry-run")) {
      options.add(HealOption.DRY_RUN);
    }
    return new Ask(words.argument(0), List.copyOf(options));
  }

  private record Ask(Optional<String> slot, List<HealOption> options) implements Command.Request {
    @Override
    public Reply run(Session session) {
      SlotManager slots = session.slots();
      HealOption[] chosen = options.toArray(new HealOption[0]);
      HealOutcome outcome =
          slot.isPresent() ? slots.healDriftTo(slot.get(), chosen) : slots.heal(chosen);
      List<String> known = slots.slots();
      boolean unknown =
          outcome instanceof HealOutcome.Refused && slot.isPresent() && !known.contains(slot.get());
      String sentence =
          unknown ? outcome.message() + Nearest.hint(slot.get(), known) : outcome.message();
      return new Told(outcome, slots.activeSlot(), sentence, options.contains(HealOption.DRY_RUN));
    }
  }

  private record Told(HealOutcome outcome, Optional<String> active, String sentence, boolean dryRun)
      implements OneSentence {
    @Override
    public ExitCode exit() {
      if (outcome instanceof HealOutcome.Stashed) {
        return ExitCode.ATTENTION;
      }
      if (outcome instanceof HealOutcome.Refused refused) {
        return refused.attention() ? ExitCode.ATTENTION : ExitCode.REFUSED;
      }
      return outcome instanceof HealOutcome.Deferred ? ExitCode.DEFERRED : ExitCode.DONE;
    }

    private String word() {
      if (outcome instanceof HealOutcome.Healed) {
        return "healed";
      }
      if (outcome instanceof HealOutcome.Relinked) {
        return "relinked";
      }
      if (outcome instanceof HealOutcome.NoDrift) {
        return "no-drift";
      }
      if (outcome instanceof HealOutcome.Stashed) {
        return "stashed";
      }
      return outcome instanceof HealOutcome.Refused ? "refused" : "deferred";
    }

    /** The slot it was about: whose the live login is. */
    private Optional<String> slot() {
      if (outcome instanceof HealOutcome.Healed healed) {
        return Optional.of(healed.slot());
      }
      if (outcome instanceof HealOutcome.Relinked relinked) {
        return relinked.slot();
      }
      return outcome instanceof HealOutcome.NoDrift noDrift ? noDrift.active() : Optional.empty();
    }

    /** The slot that is live now, or would be. */
    private Optional<String> live() {
      if (outcome instanceof HealOutcome.Healed healed) {
        return Optional.of(healed.active());
      }
      return outcome instanceof HealOutcome.Relinked relinked
          ? Optional.of(relinked.active())
          : active;
    }

    private List<Hold> holds() {
      return outcome instanceof HealOutcome.Deferred deferred ? deferred.holds() : List.of();
    }

    /** Also where it sufficed for nothing: a person has to decide. */
    private boolean showsEvidence() {
      return dryRun || outcome instanceof HealOutcome.Stashed;
    }

    @Override
    public void text(Page page) {
      if (exit() == ExitCode.DONE) {
        page.line(sentence);
      }
      if (showsEvidence()) {
        for (Evidence piece : outcome.evidence()) {
          page.sentence(
              "  " + piece.rank().word() + " says " + piece.slot() + ": " + piece.detail(), 4);
        }
      }
    }

    @Override
    public List<Warning> warnings() {
      return outcome.warnings();
    }

    @Override
    public void json(Json json) {
      json.text("outcome", word())
          .text("verdict", outcome.verdict().word())
          .text("slot", slot())
          .text("active", live())
          .text("message", sentence)
          .flag("dryRun", dryRun)
          .holds(holds())
          .warnings(outcome.warnings());
      if (outcome instanceof HealOutcome.Stashed stashed) {
        json.text("sha256", stashed.sha256());
      }
      if (showsEvidence()) {
        json.list("evidence");
        for (Evidence piece : outcome.evidence()) {
          json.object()
              .text("rank", piece.rank().word())
              .text("slot", piece.slot())
              .text("detail", piece.detail())
              .endObject();
        }
        json.endList();
      }
    }
  }
}
