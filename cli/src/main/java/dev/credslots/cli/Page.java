package dev.credslots.cli;

import java.util.ArrayList;
import java.util.List;

/** Lines for people. Text from outside becomes plain here and nowhere else. Fits 80 columns. */
final class Page {
  static final int WIDTH = 80;

  /** What a cell or word looks like on a terminal with colours. */
  enum Style {
    PLAIN(""),
    STRONG("1"),
    FAINT("2"),
    GOOD("32"),
    CAREFUL("33"),
    BAD("31");

    private final String code;

    Style(String code) {
      this.code = code;
    }
  }

  /** A cell of a table. */
  record Cell(String text, Style style) {
    static Cell of(String text) {
      return new Cell(text, Style.PLAIN);
    }
  }

  private final StringBuilder lines = new StringBuilder();
  private final boolean colour;

  Page(boolean colour) {
    this.colour = colour;
  }

  Page line(String text) {
    lines.append(Plain.text(text)).append('\n');
    return this;
  }

  /** Lines that are ours alone. */
  Page verbatim(String text) {
    lines.append(text);
    return this;
  }

  /** A sentence, broken at spaces, its later lines indented. */
  Page sentence(String text, int indent) {
    wrap(lines, Plain.text(text), 0, indent);
    return this;
  }

  /** As {@link #sentence}, with its first {@code label} in a style. */
  Page sentence(String label, Style style, String text) {
    int start = lines.length();
    wrap(lines, label + Plain.text(text), 0, 2);
    if (colour) {
      String styled = styled(label, style);
      lines.replace(start, start + label.length(), styled);
    }
    return this;
  }

  /** Columns as wide as they must be; of a first cell that is far too wide the row goes below. */
  Page table(List<List<Cell>> rows) {
    List<Integer> widths = new ArrayList<>();
    for (List<Cell> row : rows) {
      for (int i = 0; i < row.size(); i++) {
        int width = row.get(i).text().length();
        if (i == widths.size()) {
          widths.add(0);
        }
        if (i > 0 || width <= WIDTH / 2 - 4) {
          widths.set(i, Math.max(widths.get(i), width));
        }
      }
    }
    for (List<Cell> row : rows) {
      row(row, widths);
    }
    return this;
  }

  private void row(List<Cell> row, List<Integer> widths) {
    int padding = 0;
    for (int i = 0; i < row.size(); i++) {
      Cell cell = row.get(i);
      if (cell.text().isEmpty()) {
        padding += widths.get(i) + 2;
        continue;
      }
      lines.append(" ".repeat(padding)).append(styled(Plain.text(cell.text()), cell.style()));
      padding = widths.get(i) + 2 - cell.text().length();
      if (padding < 2) {
        lines.append('\n');
        padding = widths.get(i) + 2;
      }
    }
    lines.append('\n');
  }

  private String styled(String text, Style style) {
    return colour && !style.code.isEmpty()
        ? "\u001b[" + style.code + "m" + text + "\u001b[0m"
        : text;
  }

  /** Appends {@code text}, broken at spaces so that it fits. */
  static void wrap(StringBuilder to, String text, int firstIndent, int indent) {
    to.append(" ".repeat(firstIndent));
    int column = firstIndent;
    int from = 0;
    boolean first = true;
    while (from < text.length()) {
      int end = text.indexOf(' ', from);
      end = end < 0 ? text.length() : end;
      int word = end - from;
      if (!first && column + 1 + word > WIDTH) {
        to.append('\n').append(" ".repeat(indent));
        column = indent;
      } else if (!first) {
        to.append(' ');
        column++;
      }
      to.append(text, from, end);
      column += word;
      first = false;
      from = end + 1;
    }
    to.append('\n');
  }

  @Override
  public String toString() {
    return lines.toString();
  }
}
