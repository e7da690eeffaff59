package dev.credslots.accounts;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What is remembered of order and cooldowns. Immutable: what changes it answers a new one. It knows
 * names only, and does not ask whether there are such slots.
 *
 * @param order the slots as an operator put them, each once; empty if nobody did
 * @param usage how slots fared, by name; a slot nobody reported on is not in it
 * @param disabled the slots an operator took out
 */
public record Rotation(List<String> order, Map<String, Usage> usage, Set<String> disabled) {

  /** Nothing was ever said. */
  public static final Rotation EMPTY = new Rotation(List.of(), Map.of(), Set.of());

  /**
   * @throws IllegalArgumentException if the order names a slot twice
   */
  public Rotation {
    order = List.copyOf(order);
    usage = Map.copyOf(usage);
    disabled = Set.copyOf(disabled);
    if (Set.copyOf(order).size() < order.size()) {
      throw new IllegalArgumentException("a slot is named twice in " + order);
    }
  }

  /** How {@code slot} fared. */
  public Usage usageOf(String slot) {
    return usage.getOrDefault(slot, Usage.NONE);
  }

  /** Whether anything is remembered of {@code slot}. */
  public boolean mentions(String slot) {
    return order.contains(slot) || usage.containsKey(slot) || disabled.contains(slot);
  }

  /**
   * After a call with {@code slot}.
   *
   * <p>A success sets its last use and clears all else. A failure spares it for 1, 5, 25 and then
   * 60 minutes, by failures in a row; {@link Outcome#BILLING} for 5, 10, 20 and then 24 hours, by
   * billing failures in a row. Every report counts, also one that comes while the slot cools.
   *
   * @param resetsAt when the provider says the slot is good again: beats the reckoning, sooner or
   *     later, unless it is past or more than 8 days ahead; a later failure without one does not
   *     shorten it
   */
  public Rotation reported(String slot, Outcome outcome, Optional<Instant> resetsAt, Instant now) {
    Usage before = usageOf(slot);
    return with(
        slot,
        outcome == Outcome.OK ? before.succeeded(now) : before.failed(outcome, resetsAt, now));
  }

  /**
   * With an explicit order; slots it leaves out are out of the rotation.
   *
   * @throws IllegalArgumentException if a slot is named twice
   */
  public Rotation ordered(List<String> slots) {
    return new Rotation(slots, usage, disabled);
  }

  /** Without an explicit order. */
  public Rotation orderCleared() {
    return new Rotation(List.of(), usage, disabled);
  }

  /** With {@code slot} taken out by hand, until {@link #enabled}. */
  public Rotation disabled(String slot) {
    Set<String> more = new LinkedHashSet<>(disabled);
    more.add(slot);
    return new Rotation(order, usage, more);
  }

  /** With {@code slot} in again; its cooldowns stay. */
  public Rotation enabled(String slot) {
    Set<String> fewer = new LinkedHashSet<>(disabled);
    fewer.remove(slot);
    return new Rotation(order, usage, fewer);
  }

  /** With all that is remembered of {@code from} as {@code to}'s, in its place in the order. */
  public Rotation renamed(String from, String to) {
    if (!mentions(from)) {
      return this;
    }
    // What an earlier slot of the new name left would be mixed in.
    Rotation base = from.equals(to) ? this : forgetting(to);
    List<String> names = new ArrayList<>(base.order);
    names.replaceAll(name -> name.equals(from) ? to : name);
    Map<String, Usage> usages = new LinkedHashMap<>();
    base.usage.forEach((name, value) -> usages.put(name.equals(from) ? to : name, value));
    Set<String> out = new LinkedHashSet<>();
    base.disabled.forEach(name -> out.add(name.equals(from) ? to : name));
    return new Rotation(names, usages, out);
  }

  /**
   * With what another program remembered, where nothing is remembered here.
   *
   * @param theirOrder counts if none was set; empty for none
   * @param theirs by slot; counts for slots of which nothing is known. What is to end absurdly far
   *     ahead is left out
   */
  Rotation adopting(List<String> theirOrder, Map<String, Usage> theirs, Instant now) {
    Map<String, Usage> more = new LinkedHashMap<>(usage);
    theirs.forEach((slot, value) -> more.putIfAbsent(slot, value.believedAt(now)));
    return new Rotation(order.isEmpty() ? theirOrder : order, more, disabled);
  }

  /** With nothing of {@code slot}. */
  public Rotation forgetting(String slot) {
    Map<String, Usage> fewer = new LinkedHashMap<>(usage);
    fewer.remove(slot);
    List<String> names = order.stream().filter(name -> !name.equals(slot)).toList();
    return new Rotation(names, fewer, enabled(slot).disabled);
  }

  /** With a last use, unless it was used later still. */
  Rotation usedAt(String slot, Instant when) {
    return with(slot, usageOf(slot).usedAt(when));
  }

  private Rotation with(String slot, Usage value) {
    Map<String, Usage> more = new LinkedHashMap<>(usage);
    more.put(slot, value);
    return new Rotation(order, more, disabled);
  }

  /** By name, so that equal rotations are equal bytes on disk. */
  Map<String, Usage> usageByName() {
    return new TreeMap<>(usage);
  }

  /** By name. */
  Set<String> disabledByName() {
    return new TreeSet<>(disabled);
  }
}
