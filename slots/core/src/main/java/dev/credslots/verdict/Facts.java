package dev.credslots.verdict;

import dev.credslots.credential.SlotState;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Everything {@link Judge} looks at: one moment of the directory and what was asked.
 *
 * @param kind what is at the live path
 * @param state of the file, or of the slot it links to; {@code MISSING} if there is neither
 * @param linked the slot it links to
 * @param identity that slot's refresh token against the captured one
 * @param evidence whose the file is, gathered apart
 * @param succession by slot named in evidence of lineage: which of the two comes later
 * @param newcomer what proves that the file is a login of no slot: then the journal is silent
 * @param chosen the slot an operator last chose
 * @param states of every slot
 * @param request what was asked
 */
public record Facts(
    Kind kind,
    SlotState state,
    Optional<String> linked,
    Optional<IdentityState> identity,
    List<Evidence> evidence,
    Map<String, Succession> succession,
    Newcomer newcomer,
    Optional<String> chosen,
    Map<String, SlotState> states,
    Request request) {

  public Facts {
    evidence = List.copyOf(evidence);
    succession = Map.copyOf(succession);
    states = Map.copyOf(states);
  }

  /** What is at the live path. */
  public enum Kind {
    LINK,
    BROKEN,
    FOREIGN_LINK,
    NOT_A_FILE,
    /** A file that is mounted on the path: nothing can be renamed over it. */
    MOUNT_POINT,
    ABSENT,
    FILE
  }

  /** Whether the file is known to be a login that no slot has had. */
  public enum Newcomer {
    /** Nothing says so. */
    NO,
    /** Its end is far from every slot's: somebody logged in, nobody knows as whom. */
    LOGIN,
    /** Somebody logged in with an account that no slot has. */
    ACCOUNT
  }

  /**
   * What was asked of a heal.
   *
   * @param told the slot the caller names
   * @param force take that word against evidence
   * @param relink put a useless file aside
   */
  public record Request(Optional<String> told, boolean force, boolean relink) {
    /** Nothing but: whose is it? */
    public static final Request PLAIN = new Request(Optional.empty(), false, false);
  }
}
