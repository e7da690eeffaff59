package dev.credslots.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** {@code slots demo}. */
final class DemoCommand implements Command.Handler {

  @Override
  public Command.Request parse(Words words) {
    return Demo::new;
  }

  /** One showing. */
  private static final class Demo implements Reply {
    private final StringBuilder shown = new StringBuilder();
    private String wrong = "";
    private int steps;

    Demo(Session session) {
      try (Playground playground = Playground.open(session.surroundings().clock())) {
        show(playground);
      } catch (IOException e) {
        throw Failure.failed(
            "failed",
            "the demo could not write its files: " + e.getMessage(),
            "see that the temporary directory is writable",
            e);
      }
    }

    private void show(Playground playground) throws IOException {
      say("Three made-up logins; the live link leads to bob's. " + playground.directory());
      step(playground, ExitCode.DONE, "status");
      say("Bob's quota is used up: go on as alice.");
      step(playground, ExitCode.DONE, "switch", "alice", "--reason", "quota");
      say("Erik's login is over. A credential known to be bad is never activated:");
      step(playground, ExitCode.REFUSED, "switch", "erik");
      say("While a job runs, accounts do not change under it (a pid file says that it runs):");
      Path pidFile = playground.beBusy();
      step(playground, ExitCode.DEFERRED, "switch", "bob");
      Files.delete(pidFile);
      say(
          "The client refreshes alice's access token: it writes a new file and renames it over the"
              + " link, which is a link no more. The refresh token is still alice's.");
      playground.refresh("ALICE-2", "ALICE-1");
      step(playground, ExitCode.ATTENTION, "drift");
      step(playground, ExitCode.DONE, "heal");
      step(playground, ExitCode.DONE, "drift");
      say(
          "Somebody logs in with another account, and the client writes it through the link, into"
              + " alice's slot. The bytes match, the login does not:");
      playground.writeThrough("SOMEBODY-1", "SOMEBODY-1");
      step(playground, ExitCode.DONE, "drift");
      step(playground, ExitCode.ATTENTION, "identity", "alice");
      step(playground, ExitCode.ATTENTION, "heal");
      say("It was meant, so it is accepted:");
      step(playground, ExitCode.DONE, "capture", "alice");
      step(playground, ExitCode.DONE, "switch", "-");
      step(playground, ExitCode.DONE, "log");
      step(playground, ExitCode.DONE, "status");
    }

    private void say(String text) {
      shown.append('\n');
      Page.wrap(shown, "# " + text, 0, 2);
    }

    private void step(Playground playground, ExitCode expected, String... args) {
      steps++;
      shown.append("$ slots ").append(String.join(" ", args)).append('\n');
      Playground.Told told = playground.run(args);
      for (String line : told.text().split("\n", -1)) {
        if (line.length() > Page.WIDTH) {
          Page.wrap(shown, line, 0, 4);
        } else if (!line.isEmpty()) {
          shown.append(line).append('\n');
        }
      }
      if (told.exit() != ExitCode.DONE.number()) {
        shown.append("(exit code ").append(told.exit()).append(")\n");
      }
      if (told.exit() != expected.number() && wrong.isEmpty()) {
        wrong =
            "slots "
                + String.join(" ", args)
                + " ended with "
                + told.exit()
                + " instead of "
                + expected.number();
      }
    }

    @Override
    public ExitCode exit() {
      return wrong.isEmpty() ? ExitCode.DONE : ExitCode.FAILED;
    }

    @Override
    public String complaint() {
      return wrong.isEmpty() ? "" : "the demo did not go as it should: " + wrong;
    }

    @Override
    public void text(Page page) {
      page.verbatim(shown.substring(1));
      page.verbatim("\nThe directory is gone again. Begin with your own: slots add NAME\n");
    }

    @Override
    public void json(Json json) {
      json.number("steps", steps).text("text", shown.toString());
    }
  }
}
