package dev.credslots.accounts;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.credslots.credential.Secret;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ProfileEnvironmentTest {
  private static final Profile.OAuth WORK = new Profile.OAuth("work", Path.of("/p/work"));
  private static final Secret KEY = Secret.of("sk-ant-api03-FAKE-key-of-ci");

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ANTHROPIC_API_KEY",
        "ANTHROPIC_AUTH_TOKEN",
        "ANTHROPIC_BASE_URL",
        "ANTHROPIC_BEDROCK_BASE_URL",
        "ANTHROPIC_VERTEX_PROJECT_ID",
        "ANTHROPIC_FOUNDRY_API_KEY",
        "ANTHROPIC_CUSTOM_HEADERS",
        "ANTHROPIC_UNIX_SOCKET",
        "ANTHROPIC_MODEL_API_KEY",
        "ANTHROPIC_SOMETHING_NEW",
        "CLAUDE_CODE_OAUTH_TOKEN",
        "CLAUDE_CODE_OAUTH_TOKEN_FILE_DESCRIPTOR",
        "CLAUDE_CODE_OAUTH_REFRESH_TOKEN",
        "CLAUDE_CODE_API_KEY_FILE_DESCRIPTOR",
        "CLAUDE_CODE_API_BASE_URL",
        "CLAUDE_CODE_WEBSOCKET_AUTH_FILE_DESCRIPTOR",
        "CLAUDE_CODE_USE_BEDROCK",
        "CLAUDE_CODE_USE_VERTEX",
        "CLAUDE_CODE_SKIP_BEDROCK_AUTH",
        "CLAUDE_TRUSTED_DEVICE_TOKEN",
        "CLAUDE_CONFIG_DIR",
        "CLAUDE_SECURESTORAGE_CONFIG_DIR",
        "SLOTS_API_KEY",
        "SLOTS_DIR",
        "SLOTS_NAMES",
        "SLOTS_PROFILE"
      })
  void what_says_as_whom_to_speak_is_removed(String name) {
    assertTrue(ProfileEnvironment.removes(name));
    assertTrue(ProfileEnvironment.ofDefault(List.of(name)).unset().contains(name));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "PATH",
        "HOME",
        "SLOTS_HOME",
        "ANTHROPIC_MODEL",
        "ANTHROPIC_DEFAULT_OPUS_MODEL",
        "ANTHROPIC_SMALL_FAST_MODEL",
        "ANTHROPIC_LOG",
        "ANTHROPIC_BETAS",
        "CLAUDE_CODE_MAX_OUTPUT_TOKENS",
        "CLAUDE_CODE_DISABLE_TERMINAL_TITLE",
        "CLAUDE_OAUTH_TOKEN_URL",
        "CLAUDE_OAUTH_CLIENT_ID",
        "CLAUDE_TOKEN_REFRESH_BUFFER_SECONDS",
        "MY_ANTHROPIC_API_KEY",
        "OPENAI_API_KEY"
      })
  void everything_else_stays(String name) {
    assertFalse(ProfileEnvironment.removes(name));
    assertFalse(ProfileEnvironment.of(WORK, List.of(name)).unset().contains(name));
  }

  @Test
  void an_oauth_profile_is_its_directory() {
    ProfileEnvironment environment =
        ProfileEnvironment.of(WORK, List.of("PATH", "ANTHROPIC_FOUNDRY_API_KEY"));
    assertEquals(
        Map.of("CLAUDE_CONFIG_DIR", "/p/work", "SLOTS_DIR", "/p/work", "SLOTS_PROFILE", "work"),
        environment.set());
    assertTrue(environment.unset().contains("ANTHROPIC_FOUNDRY_API_KEY"));
    assertTrue(environment.unset().contains("CLAUDE_SECURESTORAGE_CONFIG_DIR"));
    assertTrue(environment.unset().stream().noneMatch(environment.set()::containsKey));
  }

  @Test
  void an_api_key_profile_is_its_key_and_address() {
    var plain = new Profile.ApiKey("ci", Optional.empty());
    ProfileEnvironment environment = ProfileEnvironment.of(plain, KEY, List.of());
    assertEquals(
        Map.of("ANTHROPIC_API_KEY", KEY.reveal(), "SLOTS_PROFILE", "ci"), environment.set());
    assertTrue(environment.unset().contains("ANTHROPIC_BASE_URL"));

    var gateway = new Profile.ApiKey("ci", Optional.of(new BaseUrl("https://gateway.test/v1")));
    environment = ProfileEnvironment.of(gateway, KEY, List.of("ANTHROPIC_BASE_URL"));
    assertEquals("https://gateway.test/v1", environment.set().get("ANTHROPIC_BASE_URL"));
    assertFalse(environment.unset().contains("ANTHROPIC_BASE_URL"));
  }

  @Test
  void printing_it_shows_no_key() {
    var profile = new Profile.ApiKey("ci", Optional.empty());
    assertFalse(ProfileEnvironment.of(profile, KEY, List.of()).toString().contains("FAKE"));
  }
}
