package dev.credslots;

import dev.credslots.internal.file.Deadline;
import dev.credslots.internal.file.Journal;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** Runs what an operator says about single slots: under the locks, then tells the listeners. */
final class Changes {
  private final Settings settings;
  private final Exclusive exclusive;

  Changes(Settings settings, Exclusive exclusive) {
    this.settings = settings;
    this.exclusive = exclusive;
  }

  /** One change of one slot. */
  interface Change {
    Function<List<Warning>, ChangeOutcome> run(Journal journal, ClientLocks locks, Notices notices)
        throws IOException;
  }

  ChangeOutcome change(String doing, String slot, Exclusive.Scope scope, Change change) {
    Notices notices = new Notices(settings);
    Optional<Function<List<Warning>, ChangeOutcome>> outcome =
        exclusive.run(
            doing,
            scope,
            notices,
            Deadline.in(settings.lockTimeout()),
            (journal, locks) -> change.run(journal, locks, notices));
    notices.tell();
    return outcome
        .map(made -> made.apply(notices.warnings()))
        .orElseGet(
            () ->
                new ChangeOutcome.Deferred(slot, List.of(), notices.blocked(), notices.warnings()));
  }
}
