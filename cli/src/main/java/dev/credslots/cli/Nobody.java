package dev.credslots.cli;

import dev.credslots.credential.Secret;
import dev.credslots.internal.posix.Exec;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** A world in which there is no other program, and nobody at the terminal. */
final class Nobody implements Programs, Keyboard {
  @Override
  public Exec.Refusal become(Exec.Program program) {
    return new Exec.Refusal(Exec.Kind.NOT_FOUND, "there are no programs here");
  }

  @Override
  public Exec.Refusal standInFor(Exec.Program program) {
    return become(program);
  }

  @Override
  public int run(List<String> words, Map<String, String> set, Set<String> unset)
      throws IOException {
    throw new IOException("there are no programs here");
  }

  @Override
  public boolean present() {
    return false;
  }

  @Override
  public Optional<Secret> secret(String prompt) {
    return Optional.empty();
  }

  @Override
  public Optional<Boolean> yes(String question) {
    return Optional.empty();
  }
}
