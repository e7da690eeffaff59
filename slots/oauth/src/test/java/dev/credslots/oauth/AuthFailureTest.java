package dev.credslots.oauth;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.NoSuchElementException;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AuthFailureTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "HTTP/1.1 401",
        "HTTP/1.1 401 Unauthorized",
        "HTTP/2 401",
        "HTTP/2 401 \r\nwww-authenticate: Bearer",
        "HTTP 401",
        "HTTP 401.",
        "HTTP Error 401: Unauthorized",
        "Server returned HTTP response code: 401 for URL: https://api.example/",
        "401 Unauthorized",
        "401 UNAUTHORIZED",
        "401 unauthorized",
        "401 Unauthorized from GET https://api.example/v1",
        "401 Client Error: Unauthorized for url: https://api.example/",
        "Request failed with status code 401",
        "failed with status 401",
        "status: 401",
        "{\"status\":401}",
        "{\"status\": \"401\"}",
        "statusCode=401",
        "API Error: 401",
        "API Error: 401 ",
        "API Error: 401 {\"type\":\"error\",\"error\":{\"type\":\"authentication_error\","
            + "\"message\":\"OAuth token has expired\"}}",
        "OAuth token has expired",
        "OAuth token has expired. Please obtain a new token.",
        "{\"type\":\"error\",\"error\":{\"type\":\"authentication_error\",\"message\":\"\"}}",
        "{ \"error\" : { \"type\" : \"authentication_error\" } }",
        "\"{\\\"type\\\":\\\"authentication_error\\\"}\"",
        "401",
        " 401\n",
      })
  void message_of_a_refused_token(String text) {
    assertTrue(AuthFailure.of(text).isPresent());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "AuthorNotFoundError",
        "Author not found",
        "authentication_error",
        "HTTP 4012",
        "HTTP/1.1 4012",
        "HTTP/1.1 200 401",
        "HTTP 403",
        "HTTP/1.1 403 Forbidden",
        "processed 401 records",
        "line 401",
        "line 401: unauthorized access to the field",
        "error in file 401.txt",
        "took 401 ms",
        "took 401ms",
        "401 tests passed",
        "4401 Unauthorized",
        "1,401 Unauthorized",
        "API Error: 4012",
        "API Error: 401.5",
        "API Error: 500 after 401 ms",
        "API Error: 403 {\"type\":\"error\",\"error\":{\"type\":\"permission_error\"}}",
        "API Error: 529 {\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\"}}",
        "set the status 401 times",
        "status code 4012",
        "\"status\": 4010",
        "exit status 1",
        "OAuth token has expirations",
        "port 401 is closed",
        "0401",
        "-401",
        "401.0",
      })
  void message_of_something_else(String text) {
    assertFalse(AuthFailure.of(text).isPresent());
  }

  @ParameterizedTest
  @CsvSource({"401, true", "403, false", "400, false", "200, false", "4012, false", "-401, false"})
  void status(int status, boolean refused) {
    assertEquals(refused, AuthFailure.of(status).isPresent());
  }

  @Test
  void attribute_of_the_failure_is_enough() {
    assertTrue(AuthFailure.of(new StatusCodeException(401)).isPresent());
    assertTrue(AuthFailure.of(new GetStatusException("401")).isPresent());
    assertTrue(AuthFailure.of(new CodeException(401)).isPresent());
    assertTrue(AuthFailure.of(new InheritingException()).isPresent());
  }

  @Test
  void attribute_decides_against_the_message() {
    assertFalse(AuthFailure.of(new StatusCodeException(500)).isPresent());
    assertFalse(AuthFailure.of(new GetStatusException("403")).isPresent());
  }

  @Test
  void attribute_that_is_no_http_status_says_nothing() {
    assertTrue(AuthFailure.of(new CodeException(16)).isPresent());
    assertTrue(AuthFailure.of(new GetStatusException("UNAUTHENTICATED")).isPresent());
    assertTrue(AuthFailure.of(new ThrowingException()).isPresent());
    assertTrue(AuthFailure.of(new SideEffectException()).isPresent());
  }

  @Test
  void cause_is_looked_at_too() {
    assertTrue(
        AuthFailure.of(new CompletionException("failed", new StatusCodeException(401)))
            .isPresent());
    assertTrue(
        AuthFailure.of(new UncheckedIOException("failed", new IOException("HTTP/1.1 401")))
            .isPresent());
    assertFalse(AuthFailure.of(new UncheckedIOException(new IOException("line 401"))).isPresent());
  }

  @Test
  void ring_of_causes_ends() {
    Exception one = new Exception("one");
    Exception two = new Exception("two", one);
    one.initCause(two);
    assertFalse(AuthFailure.of(one).isPresent());
  }

  /** For a failure the bare number is a key or an index, not a status. */
  @Test
  void bare_number_as_message_of_a_failure_is_none() {
    assertFalse(AuthFailure.of(new NoSuchElementException("401")).isPresent());
    assertFalse(AuthFailure.of(new NullPointerException(null)).isPresent());
  }

  @Test
  void class_of_a_failure_is_none() {
    assertFalse(AuthFailure.of(new AuthorNotFoundError()).isPresent());
  }

  @Test
  void failure_that_cannot_even_say_its_message_is_none() {
    assertFalse(
        AuthFailure.of(
                new RuntimeException() {
                  @Override
                  public String getMessage() {
                    throw new IllegalStateException();
                  }
                })
            .isPresent());
  }

  @Test
  void long_message_is_looked_at_in_its_beginning() {
    assertTrue(AuthFailure.of("HTTP/1.1 401 " + "1 ".repeat(1 << 20)).isPresent());
    assertFalse(AuthFailure.of("status ".repeat(1 << 18) + "HTTP/1.1 401").isPresent());
  }

  public static class StatusCodeException extends Exception {
    private static final long serialVersionUID = 1;
    private final int status;

    StatusCodeException(int status) {
      super("upstream said 401 Unauthorized");
      this.status = status;
    }

    public int statusCode() {
      return status;
    }
  }

  /** Not public itself: its public parent has the attribute. */
  static class InheritingException extends StatusCodeException {
    private static final long serialVersionUID = 1;

    InheritingException() {
      super(401);
    }
  }

  public static class GetStatusException extends Exception {
    private static final long serialVersionUID = 1;
    private final String status;

    GetStatusException(String status) {
      super("401 Unauthorized");
      this.status = status;
    }

    public String getStatus() {
      return status;
    }
  }

  public static class CodeException extends Exception {
    private static final long serialVersionUID = 1;
    private final Integer code;

    CodeException(Integer code) {
      super("401 Unauthorized");
      this.code = code;
    }

    public Integer getCode() {
      return code;
    }
  }

  public static class ThrowingException extends Exception {
    private static final long serialVersionUID = 1;

    ThrowingException() {
      super("401 Unauthorized");
    }

    public int statusCode() {
      throw new IllegalStateException();
    }
  }

  public static class SideEffectException extends Exception {
    private static final long serialVersionUID = 1;

    SideEffectException() {
      super("401 Unauthorized");
    }

    public void code() {
      throw new AssertionError("not an attribute");
    }
  }

  static class AuthorNotFoundError extends Exception {
    private static final long serialVersionUID = 1;
  }
}
