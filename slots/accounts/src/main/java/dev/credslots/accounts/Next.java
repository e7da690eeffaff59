package dev.credslots.accounts;

import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Which slot to switch to next, or why none. Says the order with either. */
public sealed interface Next {

  /** Every slot in the order they come in, with those that cool last, by soonest end. */
  List<Standing> standings();

  /** One sentence for people. */
  String message();

  /**
   * This one.
   *
   * @param slot the next
   * @param message why it
   */
  record Chosen(String slot, String message, List<Standing> standings) implements Next {
    public Chosen {
      standings = List.copyOf(standings);
    }
  }

  /**
   * None may be used now.
   *
   * @param soonest what cools and could be used once that ends, with the end; empty if there is no
   *     such slot and a person has to do something
   * @param message why not, slot by slot, with the soonest
   */
  record None(Optional<Standing> soonest, String message, List<Standing> standings)
      implements Next {
    public None {
      standings = List.copyOf(standings);
    }
  }

  /**
   * One slot's place in the rotation.
   *
   * @param until when the state ends by itself; present for {@code COOLING} and {@code BILLING}
   * @param sentence about the slot, for people; empty for {@code ELIGIBLE}
   */
  record Standing(String slot, State state, Optional<Instant> until, String sentence) {}

  /** Whether a slot can be the next, and why not. The first that applies. */
  enum State {
    /** It is live now. */
    ACTIVE,
    /** An operator took it out. */
    DISABLED,
    /** An explicit order leaves it out. */
    UNLISTED,
    /** {@code switch} would refuse it. */
    REFUSED,
    /** Nobody paid for it a while ago. */
    BILLING,
    /** It failed a while ago. */
    COOLING,
    /** It can. */
    ELIGIBLE;

    /** The word in JSON, for example {@code cooling}. */
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }
}
