package dev.credslots.credential;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.credslots.credential.JsonOutline.Span;
import java.util.Arrays;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class IdentityBlockTest {
  private static final String ALICE =
      "{ \"accountUuid\":\"a-1\",\r\n\"emailAddress\": \"alice@example.com\", \"organizationUuid\""
          + ":\"o-1\", \"x\": 1e400, \"displayName\": \"Älice \\ud83d\\ude00\" }";
  private static final String BOB = "{\"accountUuid\":\"b-1\"}";

  @Test
  void the_account_is_read_and_the_text_kept_byte_for_byte() {
    IdentityBlock block =
        IdentityBlock.in(("{\"a\":1, \"oauthAccount\" : " + ALICE + "\n}\n").getBytes(UTF_8))
            .orElseThrow();

    assertEquals(ALICE, block.raw());
    assertEquals(
        new AccountId("a-1", Optional.of("o-1"), Optional.of("alice@example.com")),
        block.account());
    assertEquals(Optional.of(block), IdentityBlock.of("\n" + ALICE + " "));
    assertFalse(block.toString().contains("alice"), block.toString());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "null",
        "[]",
        "\"a-1\"",
        "{}",
        "{\"accountUuid\":1}",
        "{\"accountUuid\":null}",
        "{\"accountUuid\":\"\"}",
        "{\"accountUuid\":\" \"}",
        "{\"accountUuid\":{\"x\":\"a-1\"}}",
        "{\"x\":{\"accountUuid\":\"a-1\"}}",
        "{\"accountUuid\":\"a-1\",\"accountUuid\":2}"
      })
  void a_block_without_a_textual_account_is_none(String raw) {
    assertEquals(Optional.empty(), IdentityBlock.of(raw));
    assertEquals(
        Optional.empty(), IdentityBlock.in(("{\"oauthAccount\":" + raw + "}").getBytes(UTF_8)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{",
        "{}",
        "[]",
        "{\"x\":{\"oauthAccount\":{\"accountUuid\":\"a-1\"}}}",
        "\ufeff{\"oauthAccount\":{\"accountUuid\":\"a-1\"}}",
        "{\"oauthAccount\":{\"accountUuid\":\"a-1\"}}x",
        "{\"oauthAccount\":{\"accountUuid\":\"a-1\"},\"oauthAccount\":null}"
      })
  void a_file_without_a_block_has_none(String file) {
    assertEquals(Optional.empty(), IdentityBlock.in(file.getBytes(UTF_8)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{",
        "{\"accountUuid\":\"a-1\"}x",
        "\ufeff{\"accountUuid\":\"a-1\"}",
        "\u2003{\"accountUuid\":\"a-1\"}"
      })
  void a_record_that_is_not_json_is_none(String raw) {
    assertEquals(Optional.empty(), IdentityBlock.of(raw));
  }

  @Test
  void a_record_that_has_no_utf8_is_none() {
    assertEquals(
        Optional.empty(), IdentityBlock.of("{\"accountUuid\":\"a-1\",\"x\":\"" + '\ud800' + "\"}"));
  }

  @Test
  void a_block_names_the_account_in_it() {
    AccountId bob = IdentityBlock.of(BOB).orElseThrow().account();
    assertThrows(IllegalArgumentException.class, () -> new IdentityBlock(ALICE, bob));
    assertThrows(IllegalArgumentException.class, () -> new IdentityBlock("{}", bob));
  }

  @Test
  void an_account_is_its_uuid_and_organization() {
    AccountId known = new AccountId("a", Optional.of("o"), Optional.of("old@example.com"));

    assertTrue(known.sameAs(new AccountId("a", Optional.of("o"), Optional.empty())));
    assertFalse(known.sameAs(new AccountId("b", Optional.of("o"), known.emailAddress())));
    assertFalse(known.sameAs(new AccountId("a", Optional.of("p"), known.emailAddress())));
    assertFalse(known.sameAs(new AccountId("a", Optional.empty(), known.emailAddress())));
    assertThrows(
        IllegalArgumentException.class,
        () -> new AccountId(" ", Optional.empty(), Optional.empty()));
  }

  @Test
  void a_file_without_a_block_gets_one() throws Exception {
    IdentityBlock bob = IdentityBlock.of(BOB).orElseThrow();
    assertEquals(
        "{\n  \"numStartups\": 3,\n  \"oauthAccount\": " + BOB + "\n}\n",
        new String(bob.spliceInto("{\n  \"numStartups\": 3\n}\n".getBytes(UTF_8)), UTF_8));
    assertThrows(MalformedJsonException.class, () -> bob.spliceInto("{\"a\"".getBytes(UTF_8)));
  }

  @Test
  void five_megabytes_survive_a_hundred_switches() throws Exception {
    byte[] original = JsonSpliceTest.large(5 << 20, new Random(5));
    Span hole = JsonSplice.find(original, "oauthAccount").orElseThrow();
    byte[] head = Arrays.copyOf(original, hole.start());
    byte[] tail = new Span(hole.end(), original.length).of(original);
    IdentityBlock[] blocks = {
      IdentityBlock.of(ALICE).orElseThrow(), IdentityBlock.of(BOB).orElseThrow()
    };

    byte[] file = original;
    for (int i = 0; i < 100; i++) {
      IdentityBlock block = blocks[i % 2];
      file = block.spliceInto(file);
      byte[] raw = block.raw().getBytes(UTF_8);
      int end = head.length + raw.length;
      assertEquals(end + tail.length, file.length);
      assertTrue(Arrays.equals(head, Arrays.copyOf(file, head.length)));
      assertTrue(Arrays.equals(raw, new Span(head.length, end).of(file)));
      assertTrue(Arrays.equals(tail, new Span(end, file.length).of(file)));
      if (i % 10 == 0) {
        assertEquals(Optional.of(block), IdentityBlock.in(file));
      }
    }
    assertTrue(Arrays.equals(original, JsonSplice.put(file, "{}".getBytes(UTF_8), "oauthAccount")));
  }
}
