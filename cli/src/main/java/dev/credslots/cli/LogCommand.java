package dev.credslots.cli;

import dev.credslots.LogEntry;
import dev.credslots.SlotManager;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** {@code slots log}. */
final class LogCommand implements Command.Handler {
  private static final int USUAL_LINES = 20;
  private static final long LOOK_AGAIN_MILLIS = 250;

  @Override
  public Command.Request parse(Words words) {
    return new Ask(lines(words), words.has("follow"), words.has("json"));
  }

  private static int lines(Words words) {
    String text = words.value("lines").orElse(null);
    if (text == null) {
      return USUAL_LINES;
    }
    try {
      int lines = Integer.parseInt(text);
      if (lines > 0) {
        return lines;
      }
    } catch (NumberFormatException e) {
      // Said below, as for zero.
    }
    throw Failure.usage("--lines is not a number of lines", "write 1 or more");
  }

  private record Ask(int lines, boolean follow, boolean json) implements Command.Request {
    @Override
    public Reply run(Session session) {
      SlotManager slots = session.slots();
      List<LogEntry> entries = slots.log(lines);
      if (follow) {
        follow(slots, entries, session.output());
        return new Told(List.of(), true);
      }
      return new Told(entries, false);
    }

    /** Goes on until the reader or the user has had enough. */
    private void follow(SlotManager slots, List<LogEntry> entries, Output output) {
      Path journal = slots.directory().resolve(".slots").resolve("journal.jsonl");
      List<LogEntry> fresh = entries;
      List<LogEntry> known = entries;
      long seen = size(journal);
      while (output.out(text(fresh))) {
        try {
          TimeUnit.MILLISECONDS.sleep(LOOK_AGAIN_MILLIS);
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          return;
        }
        long size = size(journal);
        if (size == seen) {
          fresh = List.of();
          continue;
        }
        seen = size;
        List<LogEntry> all = slots.log(Integer.MAX_VALUE);
        fresh = after(known, all);
        known = all;
      }
    }

    /** What came since. The journal forgets its beginning when it is rotated. */
    private static List<LogEntry> after(List<LogEntry> known, List<LogEntry> all) {
      if (known.isEmpty()) {
        return all;
      }
      int last = all.lastIndexOf(known.get(known.size() - 1));
      return all.subList(last + 1, all.size());
    }

    private static long size(Path journal) {
      try {
        return Files.size(journal);
      } catch (IOException e) {
        return -1;
      }
    }

    private byte[] text(List<LogEntry> entries) {
      StringBuilder text = new StringBuilder();
      for (LogEntry entry : entries) {
        if (json) {
          Json object = new Json();
          fields(object, entry);
          text.append(new String(object.finish(), StandardCharsets.UTF_8));
        } else {
          text.append(Plain.text(line(entry))).append('\n');
        }
      }
      return text.toString().getBytes(StandardCharsets.UTF_8);
    }
  }

  private static String line(LogEntry entry) {
    StringBuilder line = new StringBuilder(entry.at().truncatedTo(ChronoUnit.SECONDS).toString());
    String what = entry.outcome().isEmpty() ? entry.operation() : entry.outcome();
    line.append("  ").append(what).append(" ".repeat(Math.max(2, 11 - what.length())));
    boolean turned = what.equals("switched") && entry.from().isPresent();
    if (turned && !entry.from().equals(entry.slot())) {
      line.append(entry.from().get()).append(" -> ");
    }
    line.append(entry.slot().orElse(""));
    return entry.reason().isEmpty()
        ? line.toString()
        : line.append("  (").append(entry.reason()).append(')').toString();
  }

  private static void fields(Json json, LogEntry entry) {
    json.text("at", entry.at().toString())
        .text("operation", entry.operation())
        .text("outcome", entry.outcome())
        .text("from", entry.from())
        .text("slot", entry.slot())
        .text("reason", entry.reason());
  }

  private record Told(List<LogEntry> entries, boolean streamed) implements Reply {
    @Override
    public ExitCode exit() {
      return ExitCode.DONE;
    }

    @Override
    public boolean spoken() {
      return streamed;
    }

    @Override
    public void text(Page page) {
      for (LogEntry entry : entries) {
        page.line(line(entry));
      }
    }

    @Override
    public void json(Json json) {
      json.list("events");
      for (LogEntry entry : entries) {
        json.object();
        fields(json, entry);
        json.endObject();
      }
      json.endList();
    }
  }
}
