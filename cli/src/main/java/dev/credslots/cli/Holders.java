package dev.credslots.cli;

import dev.credslots.Hold;
import dev.credslots.internal.text.Spans;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** Who is busy, in words. */
final class Holders {
  private Holders() {}

  /** Who, how long and why. */
  static String text(Hold hold, Instant now) {
    StringBuilder text = new StringBuilder(name(hold));
    if (hold.since().isPresent()) {
      text.append(", for ").append(Spans.text(Duration.between(hold.since().get(), now)));
    }
    return hold.reason().map(why -> text + ": " + why).orElse(text.toString());
  }

  /** Their names alone. */
  static String names(List<Hold> holds) {
    StringBuilder text = new StringBuilder();
    for (Hold hold : holds) {
      text.append(text.isEmpty() ? "" : ", ").append(name(hold));
    }
    return text.toString();
  }

  private static String name(Hold hold) {
    return hold.pid().isPresent()
        ? hold.name() + " (pid " + hold.pid().getAsLong() + ")"
        : hold.name();
  }
}
