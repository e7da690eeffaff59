package dev.credslots.verdict;

import java.util.Optional;

/** What to do about the live path. Deciding it changes nothing; the store carries it out. */
public sealed interface Plan {

  /** The slot the file belongs to, where the plan says one. */
  default Optional<String> home() {
    return Optional.empty();
  }

  /** The slot the live link is turned to, where it is. */
  default Optional<String> turnsTo() {
    return Optional.empty();
  }

  /** Leave everything. */
  record Nothing() implements Plan {}

  /** Take {@code slot}'s current refresh token as its own. */
  record Capture(String slot) implements Plan {
    @Override
    public Optional<String> home() {
      return Optional.of(slot);
    }
  }

  /** The file is {@code slot}'s, byte for byte: turn the link to {@code active}. */
  record Relink(String slot, String active) implements Plan {
    @Override
    public Optional<String> home() {
      return Optional.of(slot);
    }

    @Override
    public Optional<String> turnsTo() {
      return Optional.of(active);
    }
  }

  /**
   * The file's bytes become {@code slot}'s, whose old ones are kept as a generation; then the link
   * goes to {@code active}.
   */
  record Absorb(String slot, String active) implements Plan {
    @Override
    public Optional<String> home() {
      return Optional.of(slot);
    }

    @Override
    public Optional<String> turnsTo() {
      return Optional.of(active);
    }
  }

  /** {@code slot} has the later bytes: keep the file's as a generation, link {@code active}. */
  record KeepAsGeneration(String slot, String active) implements Plan {
    @Override
    public Optional<String> home() {
      return Optional.of(slot);
    }

    @Override
    public Optional<String> turnsTo() {
      return Optional.of(active);
    }
  }

  /** The file is of no use: put it in the stash and link {@code active}. */
  record PutAside(String active) implements Plan {
    @Override
    public Optional<String> turnsTo() {
      return Optional.of(active);
    }
  }

  /** Keep a copy in the stash and leave the live file. */
  record Stash() implements Plan {}

  /**
   * Change nothing and say what would help.
   *
   * @param attention whether somebody should look (a changed identity), rather than a refusal
   * @param reason what stands in the way, as the rest of a sentence
   */
  record Refuse(boolean attention, String reason) implements Plan {}
}
