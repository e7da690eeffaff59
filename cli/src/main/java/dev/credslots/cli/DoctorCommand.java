package dev.credslots.cli;

import dev.credslots.Finding;
import dev.credslots.RepairOutcome;
import dev.credslots.SlotManager;
import dev.credslots.Warning;
import dev.credslots.cli.Page.Style;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** {@code slots doctor}. */
final class DoctorCommand implements Command.Handler {
  /** Codex takes the first two instead of the stored login [source], and older ones the third. */
  private static final List<String> SHADOWING_CODEX =
      List.of("CODEX_API_KEY", "CODEX_ACCESS_TOKEN", "OPENAI_API_KEY");

  /** Claude Code takes each of these instead of the stored login. */
  private static final List<String> SHADOWING =
      List.of(
          "ANTHROPIC_API_KEY",
          "ANTHROPIC_AUTH_TOKEN",
          "CLAUDE_CODE_OAUTH_TOKEN",
          "CLAUDE_CODE_OAUTH_TOKEN_FILE_DESCRIPTOR",
          "CLAUDE_CODE_API_KEY_FILE_DESCRIPTOR");

  @Override
  public Command.Request parse(Words words) {
    return new Ask(words.has("fix"));
  }

  private record Ask(boolean fix) implements Command.Request {
    @Override
    public Reply run(Session session) {
      SlotManager slots = session.slotsOfAnyDirectory();
      List<Finding> findings = slots.diagnose();
      Optional<RepairOutcome> repair = Optional.empty();
      if (fix && fixable(findings)) {
        repair = Optional.of(slots.repair());
        findings = slots.diagnose();
      }
      List<Finding> all = new ArrayList<>(findings);
      for (String variable : shadowing(session.setup().provider())) {
        // Its name only: its value is a secret.
        if (!session.surroundings().variable(variable).isEmpty()) {
          all.add(
              new Finding(
                  "shadowing-variable",
                  Finding.Severity.WARNING,
                  variable + " is set: clients started with it do not use the stored login",
                  "unset " + variable + " where the client is started",
                  false));
        }
      }
      return new Told(all, repair);
    }

    private static List<String> shadowing(String provider) {
      return switch (provider) {
        case "claude" -> SHADOWING;
        case "codex" -> SHADOWING_CODEX;
        default -> List.of();
      };
    }

    private static boolean fixable(List<Finding> findings) {
      for (Finding finding : findings) {
        if (finding.fixable()) {
          return true;
        }
      }
      return false;
    }
  }

  private record Told(List<Finding> findings, Optional<RepairOutcome> repair) implements Reply {
    @Override
    public ExitCode exit() {
      if (repair.orElse(null) instanceof RepairOutcome.Deferred) {
        return ExitCode.DEFERRED;
      }
      for (Finding finding : findings) {
        if (finding.severity() != Finding.Severity.INFO) {
          return ExitCode.ATTENTION;
        }
      }
      return ExitCode.DONE;
    }

    @Override
    public String complaint() {
      return repair.orElse(null) instanceof RepairOutcome.Deferred deferred
          ? deferred.message()
          : "";
    }

    @Override
    public List<Warning> warnings() {
      return repair.map(RepairOutcome::warnings).orElse(List.of());
    }

    @Override
    public void text(Page page) {
      if (findings.isEmpty()) {
        page.line("nothing is wrong");
      }
      for (Finding finding : findings) {
        Style style =
            switch (finding.severity()) {
              case INFO -> Style.FAINT;
              case WARNING -> Style.CAREFUL;
              case ERROR -> Style.BAD;
            };
        page.sentence(
            finding.severity().word() + ": ",
            style,
            finding.remedy().isEmpty()
                ? finding.message()
                : finding.message() + "; to mend it: " + finding.remedy());
      }
    }

    @Override
    public void json(Json json) {
      json.list("findings");
      for (Finding finding : findings) {
        json.object()
            .text("code", finding.code())
            .text("severity", finding.severity().word())
            .text("message", finding.message())
            .text("remedy", finding.remedy())
            .flag("fixable", finding.fixable())
            .endObject();
      }
      json.endList();
      if (!warnings().isEmpty()) {
        json.warnings(warnings());
      }
    }
  }
}
