package dev.credslots.cli;

import dev.credslots.ChangeOutcome;
import dev.credslots.SlotManager;
import dev.credslots.accounts.Outcome;
import dev.credslots.accounts.RotationBook;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** {@code slots report}: how a call with a slot's login ended. */
final class ReportCommand implements Command.Handler {
  /** Below this a number is in seconds: 1e12 ms is the year 2001. */
  private static final long MILLISECONDS_FROM = 1_000_000_000_000L;

  @Override
  public Command.Request parse(Words words) {
    String slot = words.required(0);
    Optional<String> status = words.value("status");
    if (status.isPresent() == words.value("outcome").isPresent()) {
      throw Failure.usage("report needs either --status or --outcome", "see slots help report");
    }
    Optional<Duration> retryAfter = words.duration("retry-after");
    Optional<Instant> resetsAt = words.value("resets-at").map(ReportCommand::instant);
    if (retryAfter.isPresent() && resetsAt.isPresent()) {
      throw Failure.usage("--retry-after and --resets-at say the same", "give one of them");
    }
    boolean dead = status.filter(code -> code.equals("401") || code.equals("403")).isPresent();
    if (dead && (retryAfter.isPresent() || resetsAt.isPresent())) {
      throw Failure.usage(
          "a refused token does not come back by itself",
          "leave --retry-after and --resets-at out");
    }
    return dead
        ? new AskReject(slot)
        : new AskReport(slot, outcome(words, status), retryAfter, resetsAt);
  }

  private static Outcome outcome(Words words, Optional<String> status) {
    if (status.isPresent()) {
      Outcome outcome = byStatus(status.get());
      if (outcome == null) {
        throw Failure.usage(
            "--status " + Plain.quoted(status.get()) + " says nothing of a login",
            "it is 401 or 403 for a refused token, 402, 408, 429 or 5xx");
      }
      return outcome;
    }
    return Outcome.of(words.value("outcome").orElse(""))
        .orElseThrow(
            () ->
                Failure.usage(
                    "--outcome cannot be " + Plain.quoted(words.value("outcome").orElse("")),
                    "it is ok, rate_limit, billing, auth or timeout"));
  }

  private static @Nullable Outcome byStatus(String status) {
    return switch (status) {
      case "402" -> Outcome.BILLING;
      case "429" -> Outcome.RATE_LIMIT;
      case "408" -> Outcome.TIMEOUT;
      default -> status.matches("5[0-9][0-9]") ? Outcome.TIMEOUT : null;
    };
  }

  /** As servers write it: ISO-8601, or a number of seconds or milliseconds since 1970. */
  private static Instant instant(String text) {
    try {
      if (text.matches("[0-9]{1,15}")) {
        long number = Long.parseLong(text);
        return number > MILLISECONDS_FROM
            ? Instant.ofEpochMilli(number)
            : Instant.ofEpochSecond(number);
      }
      return OffsetDateTime.parse(text).toInstant();
    } catch (DateTimeException e) {
      throw Failure.usage(
          "--resets-at is not a time", "write 2026-11-24T21:00:00Z, or seconds since 1970");
    }
  }

  private record AskReject(String slot) implements Command.Request {
    @Override
    public Reply run(Session session) {
      SlotManager slots = session.slots();
      ChangeOutcome outcome = slots.reject(slot);
      return new ChangeCommand.Told(
          "rejected", outcome, ChangeCommand.hinted(outcome, slot, slots));
    }
  }

  private record AskReport(
      String slot, Outcome how, Optional<Duration> retryAfter, Optional<Instant> resetsAt)
      implements Command.Request {
    @Override
    public Reply run(Session session) {
      ChangeOutcome outcome = report(Rotations.of(session));
      return new ChangeCommand.Told(
          "reported", outcome, ChangeCommand.hinted(outcome, slot, session.slots()));
    }

    private ChangeOutcome report(RotationBook book) {
      if (retryAfter.isPresent()) {
        return book.report(slot, how, retryAfter.get());
      }
      return resetsAt.isPresent() ? book.report(slot, how, resetsAt.get()) : book.report(slot, how);
    }
  }
}
