package dev.credslots.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What of a program's output may be shown, and the token in it. */
class TokenCatchTest {
  private static final String TOKEN = "sk-ant-oat01-FAKE-" + "x".repeat(80) + "_-AA";

  private static String shown(TokenCatch caught, String text, int atOnce) {
    StringBuilder shown = new StringBuilder();
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    for (int from = 0; from < bytes.length; from += atOnce) {
      int count = Math.min(atOnce, bytes.length - from);
      byte[] piece = new byte[count];
      System.arraycopy(bytes, from, piece, 0, count);
      shown.append(caught.take(piece, count));
    }
    return shown.append(caught.rest()).toString();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 7, 64, 10_000})
  void nothing_is_shown_from_where_a_token_begins(int atOnce) {
    TokenCatch caught = new TokenCatch();
    String shown =
        shown(caught, "Open https://claude.ai/x\r\nYour token:\r\n" + TOKEN + "\r\nBye", atOnce);
    assertEquals("Open https://claude.ai/x\r\nYour token:\r\n", shown);
    assertTrue(caught.caught());
    assertEquals(TOKEN, caught.token().orElseThrow().reveal());
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3, 10_000})
  void what_only_begins_like_one_is_shown(int atOnce) {
    TokenCatch caught = new TokenCatch();
    String text = "sk s sk- ask-an sk-an\u001b[33mt sk-anthropic sk-ant";
    assertEquals(text, shown(caught, text, atOnce));
    assertFalse(caught.caught());
    assertEquals(Optional.empty(), caught.token());
  }

  @Test
  void of_several_the_longest_is_the_token() {
    TokenCatch caught = new TokenCatch();
    String drawnTwice = TOKEN.substring(0, 90) + "\u001b[1A\r" + TOKEN + "\u001b[39m";
    shown(caught, drawnTwice + TOKEN.substring(0, 85), 10_000);
    assertEquals(TOKEN, caught.token().orElseThrow().reveal());
  }

  @Test
  void one_that_is_broken_by_a_narrow_terminal_is_none_and_is_not_shown_either() {
    TokenCatch caught = new TokenCatch();
    String broken = TOKEN.substring(0, 70) + "\r\n" + TOKEN.substring(70);
    assertEquals("", shown(caught, broken, 5));
    assertTrue(caught.caught());
    assertEquals(Optional.empty(), caught.token());
  }

  @Test
  void another_kind_of_key_is_no_token() {
    TokenCatch caught = new TokenCatch();
    assertEquals("key: ", shown(caught, "key: sk-ant-api03-" + "x".repeat(100), 4));
    assertEquals(Optional.empty(), caught.token());
  }

  @Test
  void every_system_gets_the_terminal_it_knows() {
    List<String> words = List.of("claude", "it's");
    assertEquals(
        List.of(
            "script", "-qec", "stty cols 512 2>/dev/null; exec 'claude' 'it'\\''s'", "/dev/null"),
        SetupToken.onTerminal(words, "Linux"));
    assertEquals("/dev/null", SetupToken.onTerminal(words, "Mac OS X").get(2));
  }
}
