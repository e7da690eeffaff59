package dev.credslots;

import dev.credslots.credential.Fingerprint;
import dev.credslots.internal.file.JournalRecord;
import dev.credslots.internal.file.JournalRecord.Field;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

/** Builds what a line of the journal says. Confined to one call. */
final class Intent {
  /** A reason is a remark, not a document. */
  private static final int LONGEST_REASON = 1000;

  private final Map<Field, String> fields = new EnumMap<>(Field.class);

  private Intent() {}

  static Intent to(String operation) {
    return new Intent().with(Field.OPERATION, operation);
  }

  static Intent outcome(String outcome) {
    return new Intent().with(Field.OUTCOME, outcome);
  }

  Intent with(Field field, String value) {
    fields.put(field, field == Field.REASON ? remark(value) : value);
    return this;
  }

  /** A reason as it is kept. */
  static String remark(String reason) {
    return reason.length() > LONGEST_REASON ? reason.substring(0, LONGEST_REASON) : reason;
  }

  Intent with(Field field, Optional<String> value) {
    value.ifPresent(text -> with(field, text));
    return this;
  }

  Intent hash(Field field, Optional<Fingerprint> value) {
    return with(field, value.map(Fingerprint::sha256));
  }

  Map<Field, String> fields() {
    return fields;
  }

  /** What an operation is called, for its listeners and the log. */
  static String operation(JournalRecord record) {
    return record.get(Field.OPERATION).orElse("change");
  }
}
