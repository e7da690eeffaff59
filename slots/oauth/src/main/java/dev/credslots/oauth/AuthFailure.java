package dev.credslots.oauth;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A sign that a call failed because its access token was refused (HTTP 401), so that a new token
 * may help. A 403 is none: a fresh token would be refused, too.
 *
 * <p>Attributes come first, then exact patterns in messages, for "401" is also a line, a file and a
 * number of records. Answers "no" where it cannot tell, and never throws.
 *
 * @param sign what gave it away, for people; never a quotation
 */
public record AuthFailure(String sign) {
  private static final int REFUSED = 401;
  private static final int MAX_CAUSES = 16;

  /** Of a longer message only the beginning is looked at. */
  private static final int MAX_TEXT = 64 * 1024;

  private static final List<String> STATUS_METHODS =
      List.of("statusCode", "getStatusCode", "status", "getStatus", "code", "getCode");
  private static final List<String> RESPONSE_METHODS = List.of("response", "getResponse");

  /** The number alone: not 4012, 401.5, 401.txt or 1,401. */
  private static final String NUMBER = "(?<![\\w.,-])401(?![\\w-]|[.,]\\w)";

  private static final Pattern BARE = Pattern.compile("\\s*401\\s*");

  /** The wordings of HTTP itself, of Claude Code [thread] and of the usual HTTP libraries. */
  private static final List<Pattern> MESSAGES =
      List.of(
          Pattern.compile("\\bHTTP(/\\d(\\.\\d)?)? " + NUMBER),
          Pattern.compile(
              "\\bHTTP (response code:|error|status:?) " + NUMBER, Pattern.CASE_INSENSITIVE),
          Pattern.compile("\\bstatus[ _]?code " + NUMBER, Pattern.CASE_INSENSITIVE),
          Pattern.compile(
              "\\bstatus([ _]?code)?[\\\\\"']*\\s?[:=]\\s?[\\\\\"']*" + NUMBER,
              Pattern.CASE_INSENSITIVE),
          Pattern.compile("\\b[Ss]tatus " + NUMBER + "(?! [a-z])"),
          Pattern.compile(NUMBER + " (Unauthorized|UNAUTHORIZED)\\b"),
          Pattern.compile(NUMBER + " unauthorized(?!\\s*\\w)"),
          Pattern.compile(NUMBER + " Client Error: Unauthorized\\b"),
          Pattern.compile("\\bAPI Error: " + NUMBER),
          Pattern.compile("\\bOAuth token has expired\\b"),
          Pattern.compile("\"type\\\\*\"\\s*:\\s*\\\\*\"authentication_error\\\\*\""));

  /** Whether this HTTP status is it. */
  public static Optional<AuthFailure> of(int status) {
    return status == REFUSED ? Optional.of(new AuthFailure("status 401")) : Optional.empty();
  }

  /** Whether a text is the status itself, or a message that says so. */
  public static Optional<AuthFailure> of(String text) {
    return text.length() < 100 && BARE.matcher(text).matches() ? of(REFUSED) : ofMessage(text);
  }

  /**
   * Whether a failure or one of its causes says so. A failure with an HTTP status of its own
   * ({@code statusCode()}, {@code getStatus()} and their like, or a response that has one) is
   * judged by that and not by its message.
   */
  public static Optional<AuthFailure> of(Throwable failure) {
    Throwable each = failure;
    // Causes can form a ring; the bound ends it.
    for (int depth = 0; each != null && depth < MAX_CAUSES; depth++) {
      OptionalInt status = statusOf(each);
      Optional<AuthFailure> found =
          status.isPresent() ? of(status.getAsInt()) : ofMessage(messageOf(each));
      if (found.isPresent()) {
        return found;
      }
      each = causeOf(each);
    }
    return Optional.empty();
  }

  private static Optional<AuthFailure> ofMessage(String text) {
    String start = text.substring(0, Math.min(text.length(), MAX_TEXT));
    return MESSAGES.stream().anyMatch(pattern -> pattern.matcher(start).find())
        ? Optional.of(new AuthFailure("its message"))
        : Optional.empty();
  }

  private static String messageOf(Throwable failure) {
    try {
      String message = failure.getMessage();
      return message == null ? "" : message;
    } catch (RuntimeException e) {
      return "";
    }
  }

  private static @Nullable Throwable causeOf(Throwable failure) {
    try {
      return failure.getCause();
    } catch (RuntimeException e) {
      return null;
    }
  }

  private static OptionalInt statusOf(Throwable failure) {
    for (String name : STATUS_METHODS) {
      OptionalInt status = httpStatus(call(failure, name));
      if (status.isPresent()) {
        return status;
      }
    }
    for (String name : RESPONSE_METHODS) {
      if (call(failure, name) instanceof HttpResponse<?> response) {
        return OptionalInt.of(response.statusCode());
      }
    }
    return OptionalInt.empty();
  }

  /** A number that is one of HTTP's; the code of a database or of RPC is not. */
  private static OptionalInt httpStatus(@Nullable Object value) {
    int status = 0;
    if (value instanceof Integer number) {
      status = number;
    } else if (value instanceof String text && text.strip().matches("\\d{3}")) {
      status = Integer.parseInt(text.strip());
    }
    return status >= 100 && status <= 599 ? OptionalInt.of(status) : OptionalInt.empty();
  }

  /** What a public method of a public class returns; null if there is none or it will not say. */
  private static @Nullable Object call(Throwable failure, String name) {
    for (Class<?> type = failure.getClass();
        type != null && type != Throwable.class;
        type = type.getSuperclass()) {
      if (!Modifier.isPublic(type.getModifiers())) {
        continue;
      }
      try {
        Method method = type.getMethod(name);
        if (isPlain(method)) {
          return method.invoke(failure);
        }
      } catch (ReflectiveOperationException | RuntimeException | LinkageError e) {
        // Not there, not open, or it fails itself: then it tells nothing.
      }
    }
    return null;
  }

  /** Only what looks like reading an attribute is called. */
  private static boolean isPlain(Method method) {
    Class<?> type = method.getReturnType();
    return !Modifier.isStatic(method.getModifiers())
        && (type == int.class
            || type == Integer.class
            || type == String.class
            || HttpResponse.class.isAssignableFrom(type));
  }
}
