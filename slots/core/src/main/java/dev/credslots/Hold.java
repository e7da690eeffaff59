package dev.credslots;

import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A reason why the live credential must not change right now, such as a running agent.
 *
 * @param name who holds, as shown to people
 * @param pid process id of the holder, for display only
 * @param since when it began, if known
 * @param source which guard says so, for example {@code pid-file} or {@code guard}
 * @param reason why, in the holder's words, if it gave any
 */
public record Hold(
    String name,
    OptionalLong pid,
    Optional<Instant> since,
    String source,
    Optional<String> reason) {

  public Hold {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(pid, "pid");
    Objects.requireNonNull(since, "since");
    Objects.requireNonNull(source, "source");
    Objects.requireNonNull(reason, "reason");
  }

  /** A hold without a reason. */
  public Hold(String name, OptionalLong pid, Optional<Instant> since, String source) {
    this(name, pid, since, source, Optional.empty());
  }

  /** The same hold, as another guard's. */
  public Hold from(String guard) {
    return new Hold(name, pid, since, guard, reason);
  }

  /** A hold known by its name alone. */
  public static Hold named(String name) {
    return new Hold(name, OptionalLong.empty(), Optional.empty(), "guard");
  }
}
