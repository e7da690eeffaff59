package dev.credslots.cli;

import dev.credslots.ExpiryPolicy;
import dev.credslots.Hold;
import dev.credslots.LogEntry;
import dev.credslots.SlotManager;
import dev.credslots.SwitchOption;
import dev.credslots.SwitchOutcome;
import dev.credslots.Warning;
import dev.credslots.credential.SlotState;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** {@code slots switch}. */
final class SwitchCommand implements Command.Handler {
  private static final String PREVIOUS = "-";

  @Override
  public Command.Request parse(Words words) {
    List<SwitchOption> options = new ArrayList<>();
    if (words.has("force")) {
      options.add(SwitchOption.FORCE);
    }
    if (words.has("dry-run")) {
      options.add(SwitchOption.DRY_RUN);
    }
    words.value("if-active").ifPresent(slot -> options.add(SwitchOption.ifActive(slot)));
    words.duration("wait").ifPresent(limit -> options.add(SwitchOption.waitUpTo(limit)));
    policy(words).ifPresent(policy -> options.add(SwitchOption.ifExpired(policy)));
    boolean next = words.has("next");
    Optional<String> slot = words.argument(0);
    if (next == slot.isPresent()) {
      throw Failure.usage(
          next ? "switch takes a slot or --next, not both" : "switch needs SLOT or --next",
          "see slots help switch");
    }
    Optional<String> session = words.value("session");
    if (session.isPresent()) {
      if (!next) {
        throw Failure.usage(
            "--session goes with --next", "slots session pin ID SLOT pins a session to a slot");
      }
      SessionCommand.id(session.get());
    }
    return new Ask(
        slot,
        session,
        words.value("reason").orElse("manual"),
        options.toArray(new SwitchOption[0]),
        words.has("dry-run"));
  }

  /** The value of {@code --if-expired}. */
  static Optional<ExpiryPolicy> policy(Words words) {
    Optional<String> word = words.value("if-expired");
    if (word.isEmpty()) {
      return Optional.empty();
    }
    Optional<ExpiryPolicy> policy = ExpiryPolicy.of(word.get());
    if (policy.isEmpty()) {
      throw Failure.usage(
          "--if-expired cannot be " + Plain.quoted(word.get()),
          "it is refuse, refresh or activate");
    }
    return policy;
  }

  private static final class Ask implements Command.Request {
    private final Optional<String> to;
    private final Optional<String> conversation;
    private final String reason;
    private final SwitchOption[] asked;
    private final boolean dryRun;

    Ask(
        Optional<String> to,
        Optional<String> conversation,
        String reason,
        SwitchOption[] asked,
        boolean dryRun) {
      this.to = to;
      this.conversation = conversation;
      this.reason = reason;
      this.asked = asked;
      this.dryRun = dryRun;
    }

    @Override
    public Reply run(Session session) {
      SlotManager slots = session.slots();
      SwitchOption[] options = options(session);
      if (to.isEmpty()) {
        SwitchOutcome outcome =
            conversation.isPresent()
                ? Rotations.sessions(session).switchNext(conversation.get(), reason, options)
                : Rotations.of(session).switchNext(reason, options);
        return new Told(outcome, from(outcome, slots), reason, outcome.message(), dryRun);
      }
      String target = to.get();
      if (target.equals(PREVIOUS)) {
        Optional<String> previous = previous(slots);
        if (previous.isEmpty()) {
          SwitchOutcome nothing =
              new SwitchOutcome.Refused(
                  PREVIOUS,
                  Optional.empty(),
                  "the log knows no slot before the present one; name the slot",
                  List.of());
          return new Told(nothing, slots.activeSlot(), reason, nothing.message(), dryRun);
        }
        target = previous.get();
      }
      SwitchOutcome outcome = slots.switchTo(target, reason, options);
      return new Told(outcome, from(outcome, slots), reason, sentence(outcome, slots), dryRun);
    }

    /** What was asked for, and to say whom it waits for. */
    private SwitchOption[] options(Session session) {
      if (!session.words().has("wait") || session.words().has("quiet")) {
        return asked;
      }
      SwitchOption[] all = Arrays.copyOf(asked, asked.length + 1);
      all[asked.length] =
          SwitchOption.whileWaiting(
              holds -> session.output().note("waiting for " + Holders.names(holds)));
      return all;
    }

    private static Optional<String> from(SwitchOutcome outcome, SlotManager slots) {
      if (outcome instanceof SwitchOutcome.Switched switched) {
        return switched.from();
      }
      return outcome instanceof SwitchOutcome.Unchanged unchanged
          ? unchanged.active()
          : slots.activeSlot();
    }

    private static String sentence(SwitchOutcome outcome, SlotManager slots) {
      boolean missing =
          outcome instanceof SwitchOutcome.Refused refused
              && refused.state().equals(Optional.of(SlotState.MISSING));
      return missing
          ? outcome.message()
              + Nearest.hint(((SwitchOutcome.Refused) outcome).to(), slots.availableSlots())
          : outcome.message();
    }

    /** The slot that was live before the present one, by the log. */
    private static Optional<String> previous(SlotManager slots) {
      Optional<String> present = slots.activeSlot();
      if (present.isEmpty()) {
        present = slots.chosenSlot();
      }
      List<LogEntry> entries = slots.log(Integer.MAX_VALUE);
      for (int i = entries.size() - 1; i >= 0; i--) {
        LogEntry entry = entries.get(i);
        boolean turned =
            switch (entry.outcome()) {
              case "switched", "healed", "relinked", "added" -> true;
              default -> false;
            };
        if (turned && entry.from().isPresent() && !entry.from().equals(present)) {
          return entry.from();
        }
      }
      return Optional.empty();
    }
  }

  private record Told(
      SwitchOutcome outcome, Optional<String> from, String reason, String sentence, boolean dryRun)
      implements OneSentence {
    @Override
    public ExitCode exit() {
      if (outcome instanceof SwitchOutcome.Refused) {
        return ExitCode.REFUSED;
      }
      return outcome instanceof SwitchOutcome.Deferred ? ExitCode.DEFERRED : ExitCode.DONE;
    }

    private String word() {
      if (outcome instanceof SwitchOutcome.Switched) {
        return "switched";
      }
      if (outcome instanceof SwitchOutcome.Unchanged) {
        return "unchanged";
      }
      return outcome instanceof SwitchOutcome.Refused ? "refused" : "deferred";
    }

    private String to() {
      if (outcome instanceof SwitchOutcome.Switched switched) {
        return switched.to();
      }
      if (outcome instanceof SwitchOutcome.Unchanged unchanged) {
        return unchanged.to();
      }
      return outcome instanceof SwitchOutcome.Refused refused
          ? refused.to()
          : ((SwitchOutcome.Deferred) outcome).to();
    }

    private List<Hold> holds() {
      return outcome instanceof SwitchOutcome.Deferred deferred ? deferred.holds() : List.of();
    }

    @Override
    public List<Warning> warnings() {
      return outcome.warnings();
    }

    @Override
    public void json(Json json) {
      json.text("outcome", word())
          .text("from", from)
          .text("to", Optional.of(to()).filter(slot -> !slot.isEmpty()))
          .text("reason", reason)
          .text("message", sentence)
          .flag("dryRun", dryRun)
          .holds(holds())
          .warnings(outcome.warnings());
    }
  }
}
