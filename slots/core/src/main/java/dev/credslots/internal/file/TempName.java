package dev.credslots.internal.file;

import java.nio.file.Path;
import java.util.HexFormat;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Pattern;

/**
 * Names of temporary files: beside their target, so that a rename never crosses a file system, and
 * recognisable as ours, so that recovery removes no other program's. They are created exclusively;
 * the randomness only makes a second try unlikely.
 */
public final class TempName {
  private static final String MARK = ".tmp.slots-";
  private static final Pattern OURS = Pattern.compile(".*\\.tmp\\.slots-[0-9a-f]{16}");

  private TempName() {}

  public static Path beside(Path target) {
    String random = HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong());
    return target.resolveSibling(target.getFileName() + MARK + random);
  }

  /** Whether a program of ours left this file behind. */
  public static boolean isOurs(String fileName) {
    return OURS.matcher(fileName).matches();
  }
}
