package dev.credslots.cli;

import dev.credslots.SlotEvent;
import dev.credslots.SlotEventListener;
import dev.credslots.SlotManager;
import dev.credslots.accounts.RotationBook;
import dev.credslots.accounts.SessionBook;
import java.time.Clock;
import org.jspecify.annotations.Nullable;

/**
 * Order, cooldowns and sessions, composed. They are read when somebody asks for them, and not
 * before; as a listener it lets what is remembered of a slot follow its name.
 */
final class Rotations implements SlotEventListener {
  private final Clock clock;
  private final boolean ordered;
  private @Nullable SlotManager slots;

  /**
   * @param ordered whether somebody named the slots, and so put them in an order
   */
  Rotations(Clock clock, boolean ordered) {
    this.clock = clock;
    this.ordered = ordered;
  }

  /** Of that manager, which tells its events to this. */
  void of(SlotManager manager) {
    slots = manager;
  }

  static RotationBook of(Session session) {
    return book(session.slots(), session.surroundings().clock(), session.setup().namesSlots());
  }

  static SessionBook sessions(Session session) {
    return new SessionBook(session.slots(), of(session), session.surroundings().clock());
  }

  private static RotationBook book(SlotManager manager, Clock clock, boolean ordered) {
    RotationBook book = new RotationBook(manager, clock);
    return ordered ? book.inConfiguredOrder() : book;
  }

  @Override
  public void onEvent(SlotEvent event) {
    SlotManager manager = slots;
    if (manager != null
        && (event instanceof SlotEvent.Renamed || event instanceof SlotEvent.Removed)) {
      RotationBook book = book(manager, clock, ordered);
      try {
        RotationBook.listener(() -> book).onEvent(event);
      } finally {
        new SessionBook(manager, book, clock).follow(event);
      }
    }
  }
}
