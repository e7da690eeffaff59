package dev.credslots.internal.file;

import java.nio.file.Path;

/**
 * Where everything is. Pure.
 *
 * @param directory the credentials directory, absolute
 * @param slotTemplate a relative path with {@code {slot}} in it
 * @param liveName the live file's name
 * @param fingerprintTemplate a relative path with {@code {slot}} in it
 */
public record Layout(
    Path directory, String slotTemplate, String liveName, String fingerprintTemplate) {

  /** What stands for the slot's name in a template. */
  public static final String PLACEHOLDER = "{slot}";

  /** Of a directory whose slots are of no concern: only what is in {@link #own()} may be asked. */
  public static Layout ofOwn(Path directory) {
    return new Layout(directory, PLACEHOLDER, "", PLACEHOLDER);
  }

  /** The live path. */
  public Path live() {
    return directory.resolve(liveName);
  }

  /** The slot's file. */
  public Path slot(String name) {
    return directory.resolve(slotTemplate.replace(PLACEHOLDER, name));
  }

  /**
   * What the live link says when it leads to the slot: relative, so that the directory can move.
   */
  public Path destination(String name) {
    return directory.getFileSystem().getPath(slotTemplate.replace(PLACEHOLDER, name));
  }

  /** The slot's captured fingerprint, where and as the Python {@code credential-slots} keeps it. */
  public Path sidecar(String name) {
    return directory.resolve(fingerprintTemplate.replace(PLACEHOLDER, name));
  }

  /** Our own directory. */
  public Path own() {
    return directory.resolve(".slots");
  }

  public Path lock() {
    return own().resolve("lock");
  }

  /** Whoever has this locked watches the directory. */
  public Path watch() {
    return own().resolve("watch");
  }

  public Path journal() {
    return own().resolve("journal.jsonl");
  }

  /** The part of the journal before the last rotation. */
  public Path rotatedJournal() {
    return own().resolve("journal.jsonl.1");
  }

  public Path records() {
    return own().resolve("slots");
  }

  public Path record(String name) {
    return records().resolve(name + ".json");
  }

  public Path allGenerations() {
    return own().resolve("generations");
  }

  public Path generations(String name) {
    return allGenerations().resolve(name);
  }

  public Path stash() {
    return own().resolve("stash");
  }

  public Path leases() {
    return own().resolve("leases");
  }

  /** Whoever has this locked is renewing the slot's login. */
  public Path lease(String name) {
    return leases().resolve(name);
  }

  /** Who is busy, a file each, and who waits for them. */
  public Path holds() {
    return own().resolve("holds");
  }

  /** Where replies are put before they are stored. */
  public Path recovery() {
    return own().resolve("recovery");
  }

  public Path recovery(String name) {
    return recovery().resolve(name);
  }
}
