package dev.credslots.accounts;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.credslots.StoreException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ProfileFileTest {
  private static final Path FILE = Path.of("/data/profiles.json");

  private static ProfileRegistry read(String json) {
    return ProfileFile.read(json.getBytes(StandardCharsets.UTF_8), FILE);
  }

  @Test
  void what_is_written_is_read_back() {
    ProfileRegistry registry =
        ProfileRegistry.EMPTY
            .with(new Profile.OAuth("work", Path.of("/home/me/a b/wörk")))
            .with(new Profile.ApiKey("ci", Optional.of(new BaseUrl("https://gateway.test"))))
            .with(new Profile.ApiKey("lab", Optional.empty()));
    assertEquals(registry, ProfileFile.read(ProfileFile.write(registry), FILE));
    ProfileRegistry none = registry.using(Optional.empty());
    assertEquals(none, ProfileFile.read(ProfileFile.write(none), FILE));
  }

  @Test
  void a_registry_written_by_hand_is_read() {
    ProfileRegistry registry =
        read(
            "{\"version\":1,\"profiles\":{\"work\":{\"type\":\"oauth\","
                + "\"configDirectory\":\"/w/../work\"}},\"active\":\"work\"}");
    assertEquals(Optional.of(new Profile.OAuth("work", Path.of("/work"))), registry.find("work"));
    assertEquals(Optional.of("work"), registry.active());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "sk-FAKE",
        "{\"version\":1,\"profiles\":{",
        "[]",
        "null",
        "{}",
        "{\"profiles\":{}}",
        "{\"version\":0,\"profiles\":{}}",
        "{\"version\":2,\"profiles\":{}}",
        "{\"version\":99999999999,\"profiles\":{}}",
        "{\"version\":\"1\",\"profiles\":{}}",
        "{\"version\":1,\"version\":1,\"profiles\":{}}",
        "{\"version\":1,\"profiles\":[]}",
        "{\"version\":1,\"profiles\":{}} {}",
        "{\"version\":1,\"sk-FAKE\":{}}",
        "{\"version\":1,\"active\":\"sk-FAKE\",\"profiles\":{}}",
        "{\"version\":1,\"active\":7,\"profiles\":{}}",
        "{\"version\":1,\"profiles\":{\"work\\n\":{\"type\":\"api-key\"}}}",
        "{\"version\":1,\"profiles\":{\"../sk-FAKE\":{\"type\":\"api-key\"}}}",
        "{\"version\":1,\"profiles\":{\"default\":{\"type\":\"api-key\"}}}",
        "{\"version\":1,\"profiles\":{\"a\":{\"type\":\"api-key\"},\"a\":{\"type\":\"api-key\"}}}",
        "{\"version\":1,\"profiles\":{\"a\":7}}",
        "{\"version\":1,\"profiles\":{\"a\":{}}}",
        "{\"version\":1,\"profiles\":{\"a\":{\"type\":\"sk-FAKE\"}}}",
        "{\"version\":1,\"profiles\":{\"a\":{\"type\":\"oauth\"}}}",
        "{\"version\":1,\"profiles\":{\"a\":{\"type\":\"oauth\",\"configDirectory\":\"sk-FAKE\"}}}",
        "{\"version\":1,\"profiles\":{\"a\":{\"type\":\"oauth\",\"configDirectory\":\"/\\u0000\"}}}",
        "{\"version\":1,\"profiles\":{\"a\":{\"type\":\"api-key\",\"apiKey\":\"sk-FAKE\"}}}",
        "{\"version\":1,\"profiles\":{\"a\":{\"type\":\"api-key\",\"configDirectory\":\"/a\"}}}",
        "{\"version\":1,\"profiles\":{\"a\":{\"type\":\"api-key\",\"baseUrl\":\"http://sk-FAKE\"}}}",
        "{\"version\":1,\"profiles\":{\"a\":{\"type\":\"api-key\",\"baseUrl\":[\"sk-FAKE\"]}}}",
      })
  void anything_else_is_refused_without_repeating_it(String json) {
    StoreException refused = assertThrows(StoreException.class, () -> read(json));
    assertEquals(StoreException.Kind.REFUSED, refused.kind());
    assertFalse(String.valueOf(refused.getMessage()).contains("FAKE"), refused.getMessage());
    assertNull(refused.getCause());
  }

  @Test
  void what_is_wrong_is_found_by_its_line() {
    StoreException refused =
        assertThrows(
            StoreException.class,
            () -> read("{\"version\": 1,\n\"profiles\": {\n\"a\": {\"type\": \"oauth\"}\n}}"));
    assertEquals(
        FILE
            + ":3: a profile must have the type oauth and a configDirectory, or the type api-key"
            + " and perhaps a baseUrl",
        refused.getMessage());
  }
}
