package dev.credslots.accounts;

import dev.credslots.PrivateFile;
import dev.credslots.StoreException;
import dev.credslots.credential.Secret;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Secrets in one file of their owner's alone (0600, in a directory that is 0700 if it was made for
 * it): the store that needs nothing. Changes are atomic, durable and one at a time over all
 * processes. A file that is not understood is refused and never overwritten. Thread-safe.
 */
public final class FileTokenStore implements TokenStore {
  /** For people and {@code --store}. */
  public static final String NAME = "file";

  private final PrivateFile file;
  private final Consumer<String> notices;

  /**
   * Touches nothing.
   *
   * @param file absolute; neither it nor its directories need exist
   * @param lockTimeout how long a change waits for another process's
   * @param notices told, in a sentence, when others could read the file, which is ended at once
   */
  public FileTokenStore(Path file, Duration lockTimeout, Consumer<String> notices) {
    this.file = new PrivateFile(file, lockTimeout);
    this.notices = notices;
  }

  /** One that waits up to nine seconds for another process and tells nobody anything. */
  public FileTokenStore(Path file) {
    this(file, Duration.ofSeconds(9), notice -> {});
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Optional<Secret> read(String key) throws TokenStoreException {
    return Optional.ofNullable(content().secrets().get(key));
  }

  @Override
  public void write(String key, Secret value) throws TokenStoreException {
    TokenStore.requireOneLine(value);
    change(content -> content.with(key, value));
  }

  @Override
  public boolean remove(String key) throws TokenStoreException {
    boolean there = read(key).isPresent();
    if (there) {
      change(content -> content.without(key));
    }
    return there;
  }

  @Override
  public List<String> list(List<String> candidates) throws TokenStoreException {
    return new ArrayList<>(content().secrets().keySet());
  }

  /** What there is, here and noted. */
  TokensFile content() throws TokenStoreException {
    try {
      tighten();
      return understood(file.read());
    } catch (StoreException e) {
      throw failed(e);
    }
  }

  /** Notes that a key's secret is in another store now, and forgets one that was here. */
  void note(String key, String store) throws TokenStoreException {
    change(content -> content.withNote(key, store));
  }

  /** Forgets whatever is known of a key. */
  void forget(String key) throws TokenStoreException {
    change(content -> content.without(key));
  }

  /** What a change makes of the content. */
  private interface Change {
    TokensFile of(TokensFile content);
  }

  private void change(Change change) throws TokenStoreException {
    boolean done;
    try {
      tighten();
      done = file.update(before -> Optional.of(change.of(understood(before)).bytes()));
    } catch (StoreException e) {
      throw failed(e);
    }
    if (!done) {
      throw new TokenStoreException(
          TokenStoreException.Kind.FAILED,
          "another process is changing " + file.path(),
          "try again later",
          null);
    }
  }

  private TokensFile understood(Optional<byte[]> bytes) {
    return bytes.isPresent() ? TokensFile.read(bytes.get(), file.path()) : TokensFile.empty();
  }

  private void tighten() {
    if (file.exposed() && file.update(before -> Optional.empty())) {
      notices.accept(
          file.path()
              + " could be read by others; it cannot any more, but its tokens may be known");
    }
  }

  private static TokenStoreException failed(StoreException e) {
    // Its message and its cause are of paths and of the operating system.
    return new TokenStoreException(
        TokenStoreException.Kind.FAILED, String.valueOf(e.getMessage()), e.remedy(), e);
  }
}
