package dev.credslots.acceptance;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Somebody at a terminal of his own, who answers once. */
final class Terminal {
  private Terminal() {}

  /**
   * A Python program that runs the command behind its first argument on a new terminal, types that
   * argument when it is asked, and prints what the terminal showed.
   *
   * @param question what the answer is waited for with, without quotes
   */
  static Path answering(Path script, String question) throws IOException {
    String program =
        """
        import os, pty, sys
        pid, master = pty.fork()
        if pid == 0:
            os.execvp(sys.argv[2], sys.argv[2:])
        seen = b""
        typed = False
        while True:
            try:
                some = os.read(master, 4096)
            except OSError:
                break
            if not some:
                break
            seen += some
            if not typed and b"%s" in seen:
                os.write(master, sys.argv[1].encode() + b"\\n")
                typed = True
        sys.stdout.write(seen.decode())
        sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
        """;
    return Files.writeString(script, program.replace("%s", question));
  }
}
