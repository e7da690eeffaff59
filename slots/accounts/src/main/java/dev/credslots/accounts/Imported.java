package dev.credslots.accounts;

import dev.credslots.credential.Secret;
import java.time.Instant;
import java.util.Optional;

/** An entry of a file of another program. Immutable; printing it shows no secret. */
public sealed interface Imported {

  /** What the file calls it, if that can be shown; else its place: {@code entry 3}. */
  String id();

  /** Whose it is: {@code claude}, {@code codex}, or as the file has it, aliases made one. */
  String provider();

  /** What it is, in JSON. */
  String kind();

  /**
   * A login that can be renewed.
   *
   * @param name for a slot, by the rule for slots' names
   * @param file a credential file, as the provider's client would have written it
   */
  record Login(String id, String provider, String name, Secret file) implements Imported {
    @Override
    public String kind() {
      return "login";
    }
  }

  /**
   * A token that cannot be renewed.
   *
   * @param name for an agent
   * @param expiresAt empty if the file does not say
   */
  record Token(String id, String provider, String name, Secret token, Optional<Instant> expiresAt)
      implements Imported {
    @Override
    public String kind() {
      return "token";
    }
  }

  /**
   * An API key.
   *
   * @param name for a profile
   * @param baseUrl where it is to be sent instead of Anthropic's API; not checked
   */
  record ApiKey(String id, String provider, String name, Secret key, Optional<String> baseUrl)
      implements Imported {
    @Override
    public String kind() {
      return "api-key";
    }
  }

  /**
   * A configuration directory with a login in it, which its owner goes on using.
   *
   * @param name for a profile
   * @param directory as the file has it
   */
  record Directory(String id, String provider, String name, String directory) implements Imported {
    @Override
    public String kind() {
      return "directory";
    }
  }

  /**
   * Nothing that could be imported.
   *
   * @param reason as the rest of a sentence, without a value of the file
   */
  record Broken(String id, String provider, String reason) implements Imported {
    @Override
    public String kind() {
      return "unknown";
    }
  }
}
