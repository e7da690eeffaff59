package dev.credslots.cli;

import dev.credslots.accounts.LongLivedToken;
import dev.credslots.credential.Secret;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * {@code slots auth setup-token}: runs {@code claude setup-token} on a terminal that is so wide
 * that no token is broken, and keeps the token it prints, which nobody sees. The JDK has no
 * terminals: {@code script} makes one, as util-linux and the BSDs have it.
 */
record SetupToken() implements Command.Request {
  private static final List<String> USUAL = List.of("claude", "setup-token");

  /** A token has 108 characters; a program that draws frames needs more. */
  private static final String WIDE = "stty cols 512 2>/dev/null; exec";

  /** script gives its program two before it kills it. */
  private static final int LAST_WORDS_SECONDS = 5;

  private static final String REMEDY =
      "run it yourself, then give its token to: slots auth paste-token";

  @Override
  public Reply run(Session session) {
    List<String> configured = session.setup().config().setupTokenCommand;
    List<String> words = configured == null ? USUAL : configured;
    TokenCatch caught = new TokenCatch();
    int exit = run(session, words, caught);
    Optional<Secret> token = caught.token();
    if (token.isEmpty()) {
      String name = Plain.quoted(String.join(" ", words));
      throw Failure.failed(
          "no-token",
          caught.caught()
              ? name + " printed a token that is too short to be whole"
              : name + " ended with " + exit + " and printed no token",
          REMEDY,
          null);
    }
    return TokenCommand.store(
        session, TokenCommand.CLAUDE, token.get().reveal(), LongLivedToken.USUAL_LIFE, REMEDY);
  }

  @SuppressWarnings("try") // Of the hook, that it is there is all.
  private static int run(Session session, List<String> words, TokenCatch caught) {
    Surroundings surroundings = session.surroundings();
    ProcessBuilder builder = new ProcessBuilder(onTerminal(words, System.getProperty("os.name")));
    builder.environment().clear();
    builder.environment().putAll(surroundings.environment());
    builder.environment().put("SHELL", "/bin/sh"); // Which script starts, and which we write for.
    builder.redirectInput(Redirect.INHERIT);
    builder.redirectErrorStream(true);
    try {
      Process process = builder.start();
      try (IfEnded ended = new IfEnded(() -> end(process))) {
        show(process.getInputStream(), surroundings.err(), caught);
        return process.waitFor();
      }
    } catch (IOException e) {
      throw Failure.failed(
          "no-terminal", "no terminal can be made for it: script cannot be run", REMEDY, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw Failure.failed("interrupted", "interrupted", REMEDY, e);
    }
  }

  /** A signal to us alone: script ends what it runs, and the terminal is as it was before. */
  private static void end(Process script) {
    // Not the process's own method, which closes its output: script would die of that, not tidy up.
    script.toHandle().destroy();
    try {
      script.waitFor(LAST_WORDS_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void show(InputStream from, OutputStream to, TokenCatch caught)
      throws IOException {
    byte[] buffer = new byte[8192];
    boolean told = false;
    for (int count = from.read(buffer); count >= 0; count = from.read(buffer)) {
      to.write(caught.take(buffer, count).getBytes(StandardCharsets.ISO_8859_1));
      if (caught.caught() && !told) {
        told = true;
        to.write(
            "\r\nslots: the token has come, and nothing is shown any more\r\n"
                .getBytes(StandardCharsets.UTF_8));
      }
      to.flush();
    }
    to.write(caught.rest().getBytes(StandardCharsets.ISO_8859_1));
  }

  static List<String> onTerminal(List<String> words, String operatingSystem) {
    StringBuilder line = new StringBuilder(WIDE);
    for (String word : words) {
      line.append(" '").append(word.replace("'", "'\\''")).append('\'');
    }
    return operatingSystem.startsWith("Linux")
        ? List.of("script", "-qec", line.toString(), "/dev/null")
        : List.of("script", "-q", "/dev/null", "/bin/sh", "-c", line.toString());
  }
}
