package dev.credslots.accounts;

import dev.credslots.accounts.Next.Standing;
import dev.credslots.accounts.Next.State;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Decides which slot is next, from values alone.
 *
 * <p>An explicit order counts as given, then a configured one; without any, whoever was not used
 * for longest comes first, who was never used before all, and names decide between equals. The
 * first eligible one is chosen. A slot that cools is never chosen.
 *
 * @param candidates the slots there are, in the manager's order
 * @param configured whether that order is somebody's choice
 * @param rotation explicit order, cooldowns, what is disabled
 * @param lastUses by slot, besides those in the rotation
 * @param active the slot that is live
 * @param refusals why {@code switch} would refuse, by slot
 */
record Choosing(
    List<String> candidates,
    boolean configured,
    Rotation rotation,
    Map<String, Instant> lastUses,
    Optional<String> active,
    Map<String, String> refusals,
    Instant now) {

  Next next() {
    List<Standing> standings = standings();
    return standings.stream()
        .filter(standing -> standing.state() == State.ELIGIBLE)
        .findFirst()
        .<Next>map(first -> new Next.Chosen(first.slot(), why(first.slot()), standings))
        .orElseGet(() -> none(standings));
  }

  /** How a slot stands, live or not; empty if it is no candidate. */
  Optional<Standing> standingOf(String slot) {
    return candidates.contains(slot)
        ? Optional.of(asIfNoneWereActive().standing(slot))
        : Optional.empty();
  }

  /** The same, for who does not want to leave the slot that is live. */
  Choosing asIfNoneWereActive() {
    return new Choosing(
        candidates, configured, rotation, lastUses, Optional.empty(), refusals, now);
  }

  /** The same, for who names a slot: whether an order lists it does not matter. */
  Choosing withoutOrder() {
    return new Choosing(
        candidates, configured, rotation.orderCleared(), lastUses, active, refusals, now);
  }

  /** Those that cool come last, by soonest end; the others stay as they are. */
  private List<Standing> standings() {
    List<Standing> standings = new ArrayList<>();
    for (String slot : inOrder()) {
      standings.add(standing(slot));
    }
    standings.sort(Comparator.comparing(standing -> standing.until().orElse(Instant.MIN)));
    return standings;
  }

  private List<String> inOrder() {
    List<String> slots = new ArrayList<>(candidates);
    if (!rotation.order().isEmpty()) {
      slots.retainAll(rotation.order());
      slots.sort(Comparator.comparingInt(rotation.order()::indexOf));
      candidates.stream().filter(slot -> !rotation.order().contains(slot)).forEach(slots::add);
    } else if (!configured) {
      slots.sort(
          Comparator.<String, Instant>comparing(slot -> lastUse(slot).orElse(Instant.MIN))
              .thenComparing(Comparator.naturalOrder()));
    }
    return slots;
  }

  private Optional<Instant> lastUse(String slot) {
    return Usage.later(rotation.usageOf(slot).lastUsed(), Optional.ofNullable(lastUses.get(slot)));
  }

  private Standing standing(String slot) {
    if (active.equals(Optional.of(slot))) {
      return lasting(slot, State.ACTIVE, slot + " is active" + coolingToo(slot));
    }
    if (rotation.disabled().contains(slot)) {
      return lasting(
          slot, State.DISABLED, slot + " is disabled (slots enable " + slot + " takes it back)");
    }
    if (!rotation.order().isEmpty() && !rotation.order().contains(slot)) {
      return lasting(
          slot,
          State.UNLISTED,
          slot + " is not in the order that was set (slots order clear forgets it)");
    }
    String refusal = refusals.get(slot);
    if (refusal != null) {
      return lasting(slot, State.REFUSED, refusal);
    }
    Usage usage = rotation.usageOf(slot).clearedAt(now);
    return usage
        .unusableUntil(now)
        .map(until -> cooling(slot, usage, until))
        .orElseGet(() -> lasting(slot, State.ELIGIBLE, ""));
  }

  private static Standing lasting(String slot, State state, String sentence) {
    return new Standing(slot, state, Optional.empty(), sentence);
  }

  private Standing cooling(String slot, Usage usage, Instant until) {
    boolean unpaid = usage.isUnpaid(now);
    return new Standing(
        slot,
        unpaid ? State.BILLING : State.COOLING,
        Optional.of(until),
        slot + (unpaid ? " waits for its billing until " : " is cooling until ") + shown(until));
  }

  private String coolingToo(String slot) {
    return rotation
        .usageOf(slot)
        .unusableUntil(now)
        .map(until -> " (itself cooling until " + shown(until) + ")")
        .orElse("");
  }

  private String why(String slot) {
    if (!rotation.order().isEmpty()) {
      return slot + " is the first usable one in the order that was set";
    }
    if (configured) {
      return slot + " is the first usable one in the configured order";
    }
    return lastUse(slot)
        .map(used -> slot + " was not used for longest, since " + shown(used))
        .orElse(slot + " was never used");
  }

  private Next none(List<Standing> standings) {
    Optional<Standing> soonest =
        standings.stream().filter(standing -> standing.until().isPresent()).findFirst();
    String reasons = standings.stream().map(Standing::sentence).collect(Collectors.joining("; "));
    String advice =
        soonest
            .map(
                first ->
                    "the soonest is "
                        + first.slot()
                        + ", at "
                        + first.until().map(Choosing::shown).orElseThrow())
            .orElse("none becomes usable by waiting");
    String message =
        (active.isPresent() ? "no other slot" : "no slot")
            + " can be used now: "
            + (reasons.isEmpty() ? "there is none" : reasons);
    return new Next.None(soonest, message + "; " + advice, standings);
  }

  /** Whole seconds, rounded up: at the time that is shown it is over. */
  static String shown(Instant instant) {
    Instant whole = instant.truncatedTo(ChronoUnit.SECONDS);
    return (whole.equals(instant) ? whole : whole.plusSeconds(1)).toString();
  }
}
