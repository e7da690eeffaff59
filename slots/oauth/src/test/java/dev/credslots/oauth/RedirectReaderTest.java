package dev.credslots.oauth;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import dev.credslots.credential.Secret;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a person pastes, and what a browser brings. */
class RedirectReaderTest {
  private final RedirectReader reader = new RedirectReader("st-1");

  @ParameterizedTest
  @CsvSource(
      delimiter = ' ',
      value = {
        "http://localhost:53692/callback?code=c-1&state=st-1 c-1",
        "https://platform.claude.com/oauth/code/callback?state=st-1&code=c-1#fragment c-1",
        "http://localhost:1455/auth/callback?scope=a+b&code=c%2F1%3D&state=st-1 c/1=",
        "code=c-1&state=st-1 c-1",
        "?code=c-1&state=st-1 c-1",
        "state=st-1&code=c-1 c-1",
        "iss=x&state=st-1&code=c-1 c-1",
        "c-1#st-1 c-1",
        "c-1 c-1",
        "ac_9f/+=~. ac_9f/+=~."
      })
  void every_form_brings_its_code(String pasted, String code) {
    assertEquals(new Redirected.Code(Secret.of(code)), reader.pasted(pasted));
    assertEquals(new Redirected.Code(Secret.of(code)), reader.pasted("  " + pasted + "\r\n"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://localhost:53692/callback?code=c-1&state=other",
        "code=c-1&state=st-11",
        "code=c-1&state=",
        "c-1#other",
        "c-1#",
        "#",
        "http://localhost:53692/callback?code=c-1",
        "code=c-1",
        "?code=c-1",
        "http://localhost:53692/callback",
        "http://localhost:53692/callback?state=st-1",
        "state=st-1",
        "code=&state=st-1",
        "#st-1",
        "error=access_denied",
        "error=access_denied&state=other",
        "code=%zz&state=st-1",
        "",
        " ",
        "two words",
        "c\u00f6de",
        "c-1\u0000"
      })
  void anything_else_is_not_the_answer_to_this_attempt(String pasted) {
    Redirected.NotOurs no =
        assertInstanceOf(Redirected.NotOurs.class, reader.pasted(pasted), pasted);
    assertFalse(no.reason().contains("c-1"), no.reason());
  }

  @Test
  void a_refusal_is_told_by_its_word_and_nothing_else_of_it() {
    assertEquals(
        new Redirected.Denied(Optional.of("access_denied")),
        reader.pasted("error=access_denied&error_description=sk-ant-oat01-FAKE&state=st-1"));
    assertEquals(
        new Redirected.Denied(Optional.empty()),
        reader.pasted("http://localhost/?error=sk-ant-oat01-FAKE&state=st-1"));
  }

  @Test
  void a_code_is_never_shown() {
    assertFalse(reader.pasted("c-1#st-1").toString().contains("c-1"));
  }

  @Test
  void a_text_that_is_far_too_long_is_no_code() {
    assertInstanceOf(Redirected.NotOurs.class, reader.pasted("c".repeat(9000)));
  }
}
