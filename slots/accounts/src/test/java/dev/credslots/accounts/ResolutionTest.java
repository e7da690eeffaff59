package dev.credslots.accounts;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ResolutionTest {
  private static final ProfileRegistry TWO =
      ProfileRegistry.EMPTY
          .with(new Profile.OAuth("work", Path.of("/profiles/work")))
          .with(new Profile.ApiKey("ci", Optional.empty()));

  private static String shown(Resolution resolution) {
    if (resolution instanceof Resolution.Selected selected) {
      return selected.profile().name() + " by " + selected.source();
    }
    if (resolution instanceof Resolution.Default none) {
      return "default by " + none.source();
    }
    return resolution instanceof Resolution.Missing missing
        ? missing.name() + " missing"
        : "ambient";
  }

  @ParameterizedTest
  @CsvSource(
      nullValues = "-",
      value = {
        // argument, SLOTS_PROFILE, active, expected
        "ci, work, work, ci by ARGUMENT",
        "ci, -, -, ci by ARGUMENT",
        "-, ci, work, ci by VARIABLE",
        "-, '', work, work by ACTIVE",
        "-, -, work, work by ACTIVE",
        "-, -, -, ambient",
        "-, '', -, ambient",
        "default, ci, work, default by ARGUMENT",
        "-, default, work, default by VARIABLE",
        "gone, ci, work, gone missing",
        "-, gone, work, gone missing",
        "'', ci, work, ' missing'",
        "Work, ci, work, Work missing",
      })
  void the_argument_counts_before_the_variable_before_the_active_one(
      String argument, String variable, String active, String expected) {
    ProfileRegistry registry = TWO.using(Optional.ofNullable(active));
    Resolution resolution =
        Resolution.of(Optional.ofNullable(argument), Optional.ofNullable(variable), registry);
    assertEquals(expected, shown(resolution));
  }

  @ParameterizedTest
  @ValueSource(strings = {"gone", "work\n", "../work", "wоrk"})
  void what_is_missing_is_named_with_where_it_was_named(String name) {
    Resolution byVariable = Resolution.of(Optional.empty(), Optional.of(name), TWO);
    String sentence = ((Resolution.Missing) byVariable).sentence();
    assertTrue(sentence.startsWith("SLOTS_PROFILE"), sentence);
    assertTrue(sentence.chars().noneMatch(Character::isISOControl), sentence);
  }

  @Test
  void an_empty_registry_selects_nothing() {
    assertEquals(
        new Resolution.Ambient(),
        Resolution.of(Optional.empty(), Optional.empty(), ProfileRegistry.EMPTY));
  }
}
