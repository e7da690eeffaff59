package dev.credslots.accounts;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BaseUrlTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://gateway.example.test",
        "HTTPS://gateway.example.test:8443/v1/",
        "http://localhost:4000",
        "http://LOCALHOST",
        "http://127.0.0.1:4000/x",
        "http://127.1.2.3",
        "http://[::1]:4000"
      })
  void https_or_this_machine_is_a_base_url(String text) {
    assertEquals(Optional.empty(), BaseUrl.problem(text));
    assertEquals(text, new BaseUrl(text).text());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "secret",
        "//gateway.example.test",
        "ftp://gateway.example.test",
        "file:///secret",
        "https:secret",
        "https://",
        "https:///secret",
        "https://user:secret@gateway.example.test",
        "https://secret@gateway.example.test",
        "https://gateway.example.test?key=secret",
        "https://gateway.example.test/#secret",
        "https://gateway.example.test/\nsecret",
        "https://gate way/secret",
        "http://gateway.example.test/secret",
        "http://localhost.secret.test",
        "http://127.0.0.1.secret.test",
        "http://127.0.0.1@secret.test",
        "http://[::2]/secret",
        "http://10.0.0.1/secret"
      })
  void everything_else_is_none_and_is_not_repeated(String text) {
    String problem = BaseUrl.problem(text).orElseThrow();
    assertTrue(problem.startsWith("the base URL "), problem);
    assertFalse(problem.contains("secret"), problem);
    assertThrows(IllegalArgumentException.class, () -> new BaseUrl(text));
  }
}
