package dev.credslots.hooks;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.credslots.SlotEvent;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * What a hook is told: one JSON object on its standard input, and each field of it that has a value
 * as a variable, {@code loginEndsAt} as {@code SLOTS_LOGIN_ENDS_AT}. Names, hashes and sentences;
 * never a secret. Immutable.
 */
public final class HookInput {
  /** As the journal cuts it. */
  private static final int LONGEST_TEXT = 1000;

  private static final String PREFIX = "SLOTS_";

  /** A field; an empty value is null in JSON and no variable. Bare values are not quoted. */
  private record Field(String name, Optional<String> value, boolean bare) {}

  private final HookEvent event;
  private final List<Field> fields = new ArrayList<>();

  private HookInput(HookEvent event, String word, Instant at, Path directory) {
    this.event = event;
    with("event", word);
    with("at", at.toString());
    // As it is: a part of a path is another path.
    fields.add(new Field("dir", Optional.of(directory.toString()), false));
  }

  /** Who is busy? */
  static HookInput lockGuard(Instant at, Path directory) {
    return new HookInput(HookEvent.LOCK_GUARD, "lock-guard", at, directory);
  }

  /** May it be switched? */
  static HookInput preSwitch(
      Instant at, Path directory, Optional<String> from, String to, String reason) {
    return new HookInput(HookEvent.PRE_SWITCH, "pre-switch", at, directory)
        .with("from", from)
        .with("to", to)
        .with("reason", reason);
  }

  /** The table of what happened and who hears of it; empty if no hook does. */
  static Optional<HookInput> of(SlotEvent happened, Path directory) {
    Instant at = happened.at();
    HookInput input = null;
    if (happened instanceof SlotEvent.Switched it) {
      input = new HookInput(HookEvent.ON_SWITCH, "switched", at, directory);
      input.with("from", it.from()).with("to", it.to()).with("reason", it.reason());
    } else if (happened instanceof SlotEvent.Healed it) {
      input = new HookInput(HookEvent.ON_HEAL, "healed", at, directory);
      input.with("slot", it.slot()).with("active", it.active());
    } else if (happened instanceof SlotEvent.Relinked it) {
      input = new HookInput(HookEvent.ON_HEAL, "relinked", at, directory);
      input.with("slot", it.slot()).with("active", it.active());
    } else if (happened instanceof SlotEvent.Stashed it) {
      input = new HookInput(HookEvent.ON_HEAL, "stashed", at, directory);
      input.with("sha256", it.sha256()).with("reason", it.reason());
    } else if (happened instanceof SlotEvent.Drifted it) {
      input = new HookInput(HookEvent.ON_DRIFT, "drifted", at, directory);
      input.with("sha256", it.sha256()).with("reason", it.reason());
    } else if (happened instanceof SlotEvent.IdentityChanged it) {
      input = new HookInput(HookEvent.ON_IDENTITY, "identity-changed", at, directory);
      input.with("slot", it.slot()).with("reason", it.reason());
    } else if (happened instanceof SlotEvent.Expiring it) {
      input = new HookInput(HookEvent.ON_EXPIRING, "expiring", at, directory);
      input.with("slot", it.slot()).with("loginEndsAt", it.loginEndsAt().toString());
      input.bare("days", String.valueOf(it.days()));
    }
    return Optional.ofNullable(input);
  }

  /**
   * A made-up one, for trying a hook out; it has a field {@code test}, which real ones have not.
   *
   * @param directory the credentials directory
   */
  public static HookInput sample(HookEvent event, Path directory, Instant at) {
    Optional<String> bob = Optional.of("bob");
    String hash = "0".repeat(64);
    HookInput input =
        switch (event) {
          case LOCK_GUARD -> lockGuard(at, directory);
          case PRE_SWITCH -> preSwitch(at, directory, bob, "alice", "quota");
          case ON_SWITCH -> made(new SlotEvent.Switched(at, bob, "alice", "quota"), directory);
          case ON_HEAL -> made(new SlotEvent.Healed(at, "bob", "bob"), directory);
          case ON_DRIFT ->
              made(
                  new SlotEvent.Drifted(at, Optional.of(hash), "a client wrote a new file"),
                  directory);
          case ON_IDENTITY ->
              made(new SlotEvent.IdentityChanged(at, "bob", "another login"), directory);
          case ON_EXPIRING ->
              made(new SlotEvent.Expiring(at, "bob", at.plus(Duration.ofDays(3)), 3), directory);
        };
    return input.bare("test", "true");
  }

  private static HookInput made(SlotEvent event, Path directory) {
    return of(event, directory).orElseThrow();
  }

  private HookInput with(String name, String value) {
    return with(name, Optional.of(value));
  }

  /** NUL and other control characters would not fit into a variable, nor a long text. */
  private HookInput with(String name, Optional<String> value) {
    Optional<String> plain =
        value.isPresent() ? Optional.of(Text.plain(value.get(), LONGEST_TEXT)) : value;
    fields.add(new Field(name, plain, false));
    return this;
  }

  private HookInput bare(String name, String value) {
    fields.add(new Field(name, Optional.of(value), true));
    return this;
  }

  /** Whose directory it is for. */
  public HookEvent event() {
    return event;
  }

  /** The object that arrives on standard input, in UTF-8, with a line feed. */
  public byte[] json() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (JsonGenerator json = new JsonFactory().createGenerator(bytes)) {
      json.writeStartObject();
      json.writeNumberField("schemaVersion", 1);
      for (Field field : fields) {
        json.writeFieldName(field.name());
        if (field.value().isEmpty()) {
          json.writeNull();
        } else if (field.bare()) {
          json.writeRawValue(field.value().get());
        } else {
          json.writeString(field.value().get());
        }
      }
      json.writeEndObject();
      json.writeRaw('\n');
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  /** The variables it gives, in order. */
  public Map<String, String> variables() {
    Map<String, String> variables = new LinkedHashMap<>();
    for (Field field : fields) {
      if (field.value().isPresent()) {
        variables.put(PREFIX + variable(field.name()), field.value().get());
      }
    }
    return variables;
  }

  private static String variable(String camelCase) {
    StringBuilder name = new StringBuilder();
    for (int i = 0; i < camelCase.length(); i++) {
      char c = camelCase.charAt(i);
      if (c >= 'A' && c <= 'Z') {
        name.append('_');
      }
      name.append(c);
    }
    return name.toString().toUpperCase(Locale.ROOT);
  }
}
