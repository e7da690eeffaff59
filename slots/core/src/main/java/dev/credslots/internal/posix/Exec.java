package dev.credslots.internal.posix;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.charset.UnsupportedCharsetException;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Turns this process into another program: {@code execvp(3)}. Process id, terminal, working
 * directory and parent stay, so signals and the exit code need nobody to pass them on.
 *
 * <p>What the JVM has changed of the process is put back first: every descriptor above 2 is closed
 * in the new program (some 18 of the JVM's would be left open, a lock file's among them; close-on-
 * exec, so that nothing is lost if the program cannot be started), and {@code SIGQUIT} is
 * unblocked, which the JVM blocks for its thread dumps. A limit on descriptors that the JVM raised
 * stays raised unless it was started with {@code -XX:-MaxFDLimit}.
 *
 * <p>Linux and macOS. Environment and words keep the very bytes they came with where they are not
 * changed, whatever the JVM's character set.
 */
public final class Exec {
  private Exec() {}

  /**
   * What to become.
   *
   * @param words the program, searched for on the {@code PATH} of {@code set} or else of this
   *     process, and its arguments; if they are the last words of this process's own command line,
   *     their bytes are taken from there
   * @param set variables to set
   * @param unset variables to remove; one that is in both is set
   * @param keep descriptors above 2 that stay open
   */
  public record Program(
      List<String> words, Map<String, String> set, Set<String> unset, Set<Integer> keep) {
    public Program {
      if (words.isEmpty()) {
        throw new IllegalArgumentException("there is no program to become");
      }
      words = List.copyOf(words);
      set = Map.copyOf(set);
      unset = Set.copyOf(unset);
      keep = Set.copyOf(keep);
    }

    /** Holds what may be secret. */
    @Override
    public String toString() {
      return "Program[" + words.get(0) + ", …]";
    }
  }

  /** Why this process is still the JVM. */
  public enum Kind {
    /** No native code, or not on this system: nothing was changed, run it as a child. */
    UNSUPPORTED,
    /** There is no such program. */
    NOT_FOUND,
    /** There is one that may not be run. */
    NOT_EXECUTABLE,
    /** Anything else. */
    FAILED
  }

  /**
   * Why, and in which words.
   *
   * @param reason the system's words; empty for {@link Kind#UNSUPPORTED}
   */
  public record Refusal(Kind kind, String reason) {}

  /**
   * Becomes {@code program}; returns only if that failed. Then, but for {@link Kind#UNSUPPORTED},
   * the environment that children of this process inherit may be changed and descriptors be close-
   * on-exec; the JVM itself notices nothing of either.
   *
   * <p>Not thread-safe: the environment is the process's, and other threads end without notice.
   * Shutdown hooks do not run and buffers are not written.
   */
  public static Refusal replace(Program program) {
    if (java.io.File.separatorChar == '\\') {
      return new Refusal(Kind.UNSUPPORTED, "");
    }
    try {
      return NativeExec.replace(program);
    } catch (LinkageError e) {
      return new Refusal(Kind.UNSUPPORTED, ""); // As in Exchange.
    }
  }

  /** As the JVM would hand the text to the system. */
  static byte[] encoded(String text) {
    return text.getBytes(systemCharset());
  }

  static Charset systemCharset() {
    String name = System.getProperty("sun.jnu.encoding", "");
    try {
      return name.isEmpty() ? StandardCharsets.UTF_8 : Charset.forName(name);
    } catch (UnsupportedCharsetException e) {
      return StandardCharsets.UTF_8;
    }
  }
}
