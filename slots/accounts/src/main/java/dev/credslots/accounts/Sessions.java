package dev.credslots.accounts;

import dev.credslots.accounts.SessionPin.Kind;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Which session stays with which slot. Immutable: what changes it answers a new one. It knows names
 * only, and does not ask whether there are such slots.
 *
 * @param pins by session
 */
public record Sessions(Map<String, SessionPin> pins) {

  /** No session is pinned. */
  public static final Sessions EMPTY = new Sessions(Map.of());

  /** So many are remembered. */
  public static final int MOST = 1_000;

  /** An automatic pin that was not used for so long is dropped at the next change. */
  public static final Duration MEMORY = Duration.ofDays(30);

  private static final int LONGEST_ID = 128;

  public Sessions {
    pins = Map.copyOf(pins);
  }

  /** Whether {@code id} can be a session's: 1 to 128 printable ASCII characters, no spaces. */
  public static boolean isId(String id) {
    return !id.isEmpty()
        && id.length() <= LONGEST_ID
        && id.chars().allMatch(character -> character > ' ' && character < 0x7F);
  }

  /** The session's pin. */
  public Optional<SessionPin> pin(String session) {
    return Optional.ofNullable(pins.get(session));
  }

  /**
   * With {@code session} pinned, instead of as it was. What is not remembered for ever is dropped:
   * automatic pins that were not used for 30 days, and beyond 1,000 sessions those that were not
   * used for longest.
   *
   * @return empty if there are 1,000 others, none of which may be dropped
   */
  public Optional<Sessions> pinned(String session, String slot, Kind kind, Instant now) {
    Map<String, SessionPin> more = new TreeMap<>(pins);
    more.put(session, new SessionPin(slot, kind, now, now));
    return within(more, session, now);
  }

  private static Optional<Sessions> within(Map<String, SessionPin> pins, String keep, Instant now) {
    List<String> droppable = new ArrayList<>();
    pins.forEach(
        (session, pin) -> {
          if (pin.kind() == Kind.AUTO && !session.equals(keep)) {
            droppable.add(session);
          }
        });
    droppable.sort(
        Comparator.<String, Instant>comparing(session -> lastUse(pins, session))
            .thenComparing(Comparator.naturalOrder()));
    Instant old = now.minus(MEMORY);
    for (String session : droppable) {
      if (pins.size() > MOST || lastUse(pins, session).isBefore(old)) {
        pins.remove(session);
      }
    }
    return pins.size() > MOST ? Optional.empty() : Optional.of(new Sessions(pins));
  }

  private static Instant lastUse(Map<String, SessionPin> pins, String session) {
    SessionPin pin = pins.get(session);
    return pin == null ? Instant.MIN : pin.lastUsed();
  }

  /** After {@code session} asked for its slot; noted once a minute. */
  public Sessions used(String session, Instant now) {
    SessionPin pin = pins.get(session);
    if (pin == null || !pin.isDue(now)) {
      return this;
    }
    Map<String, SessionPin> more = new TreeMap<>(pins);
    more.put(session, pin.usedAt(now));
    return new Sessions(more);
  }

  /** Without the session's pin, whoever made it: the session is new, or over. */
  public Sessions without(String session) {
    Map<String, SessionPin> fewer = new TreeMap<>(pins);
    fewer.remove(session);
    return new Sessions(fewer);
  }

  /** After the session was compacted: an automatic pin is gone. */
  public Sessions compacted(String session) {
    return pin(session).filter(pin -> pin.kind() == Kind.AUTO).isPresent()
        ? without(session)
        : this;
  }

  /** With {@code from}'s sessions as {@code to}'s. */
  public Sessions renamed(String from, String to) {
    Map<String, SessionPin> changed = new TreeMap<>(pins);
    changed.replaceAll((session, pin) -> pin.slot().equals(from) ? pin.movedTo(to) : pin);
    return new Sessions(changed);
  }

  /** Without the automatic pins to {@code slot}; a user's never moves, and stays. */
  public Sessions forgetting(String slot) {
    Map<String, SessionPin> fewer = new TreeMap<>(pins);
    fewer.values().removeIf(pin -> pin.kind() == Kind.AUTO && pin.slot().equals(slot));
    return new Sessions(fewer);
  }

  /** Whether any session is pinned to {@code slot}. */
  public boolean mentions(String slot) {
    return pins.values().stream().anyMatch(pin -> pin.slot().equals(slot));
  }

  /** By session, so that equal ones are equal bytes on disk. */
  public Map<String, SessionPin> bySession() {
    return new TreeMap<>(pins);
  }
}
