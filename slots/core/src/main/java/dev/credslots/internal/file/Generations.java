package dev.credslots.internal.file;

import dev.credslots.credential.Fingerprint;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Earlier bytes of a slot, kept before they can change: copies, never hard links, because a client
 * that writes in place changes every link of a file. Named {@code <number>-<token hash>-<bytes
 * hash>.json}, so that one directory listing answers whether a token is kept.
 */
public final class Generations {
  /** At least, so that names sort. */
  private static final int DIGITS = 6;

  private static final Pattern NAME =
      Pattern.compile("(\\d{" + DIGITS + ",})-([0-9a-f]{16})-([0-9a-f]{16})\\.json");
  private static final String NO_TOKEN = "0".repeat(16);

  private final Layout layout;

  public Generations(Layout layout) {
    this.layout = layout;
  }

  /**
   * One kept generation.
   *
   * @param number rises with each one kept
   * @param token first 16 digits of the refresh token's hash, zeros without one
   * @param bytes first 16 digits of the bytes' hash
   * @param file where it is
   */
  public record Generation(long number, String token, String bytes, Path file) {}

  /** Every generation of a slot, oldest first. */
  public List<Generation> of(String slot) throws IOException {
    List<Generation> kept = new ArrayList<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(layout.generations(slot))) {
      for (Path file : files) {
        Matcher name = NAME.matcher(file.getFileName().toString());
        if (name.matches()) {
          kept.add(
              new Generation(Long.parseLong(name.group(1)), name.group(2), name.group(3), file));
        }
      }
    } catch (NoSuchFileException | NotDirectoryException e) {
      return List.of();
    }
    // Not Comparator.comparingLong, which is serializable and so in no class-data archive.
    kept.sort((one, other) -> Long.compare(one.number(), other.number()));
    return kept;
  }

  /** Keeps a slot's bytes unless its refresh token is kept already. */
  public void keepToken(String slot, byte[] bytes, Optional<Fingerprint> token) throws IOException {
    String hash = token.map(Fingerprint::abbreviated).orElse(NO_TOKEN);
    if (token.isEmpty() || of(slot).stream().noneMatch(kept -> kept.token().equals(hash))) {
      keepBytes(slot, bytes, token);
    }
  }

  /** Keeps these very bytes unless they are kept already. */
  public void keepBytes(String slot, byte[] bytes, Optional<Fingerprint> token) throws IOException {
    String hash = Fingerprint.ofBytes(bytes).abbreviated();
    List<Generation> kept = of(slot);
    if (kept.stream().anyMatch(generation -> generation.bytes().equals(hash))) {
      return;
    }
    long number = kept.isEmpty() ? 1 : kept.get(kept.size() - 1).number() + 1;
    AtomicFile.privateDirectory(layout.allGenerations());
    AtomicFile.privateDirectory(layout.generations(slot));
    String digits = Long.toString(number);
    String name =
        "0".repeat(Math.max(0, DIGITS - digits.length()))
            + digits
            + "-"
            + token.map(Fingerprint::abbreviated).orElse(NO_TOKEN)
            + "-"
            + hash
            + ".json";
    AtomicFile.create(layout.generations(slot).resolve(name), bytes);
  }

  /**
   * Removes the oldest beyond {@code limit}, and of those only ancestors of the slot's stored
   * successor: tokens seen in its lineage before {@code current}, each followed by one of the same
   * login. Anything else stays, however old.
   */
  public void evict(String slot, int limit, SlotRecord record, Fingerprint current)
      throws IOException {
    List<Generation> kept = of(slot);
    int position = record.lineage().lastIndexOf(current);
    List<String> ancestors =
        record.lineage().subList(0, Math.max(0, position)).stream()
            .filter(token -> !record.forks().contains(token))
            .map(Fingerprint::abbreviated)
            .toList();
    int surplus = kept.size() - limit;
    for (Generation generation : kept) {
      if (surplus > 0 && ancestors.contains(generation.token())) {
        Files.deleteIfExists(generation.file());
        surplus--;
      }
    }
  }
}
