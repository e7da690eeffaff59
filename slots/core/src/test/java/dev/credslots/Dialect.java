package dev.credslots;

import dev.credslots.credential.ClaudeFormat;
import dev.credslots.credential.CodexFormat;
import dev.credslots.credential.CredentialFormat;
import dev.credslots.testkit.FakeClient;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Puts the simple logins of {@link World} into a client's language. They name no account, so that
 * what a test expects of Claude Code's files without an identity file is expected of any.
 */
final class Dialect {
  private static final Pattern LOGIN =
      Pattern.compile(
          "\\{\"claudeAiOauth\":\\{\"accessToken\":\"([^\"]*)\",(?:\"refreshToken\":\"([^\"]*)\",?)?"
              + "(?:\"subscriptionType\":\"(\\w+)\",)?(?:\"expiresAt\":(\\d+))?\\}(?:,\"mcpOAuth\":\\{\\})?\\}");

  private static final Pattern ACCESS = Pattern.compile("\"access_token\":\"(at-[^\"]+)\"");
  private static final Pattern LIFETIME = Pattern.compile("\"expires_in\":\"?(\\d{1,8})");

  private final FakeClient client;
  private final Map<String, String> said = new HashMap<>();

  Dialect(FakeClient client) {
    this.client = client;
  }

  CredentialFormat format() {
    return client == FakeClient.CODEX ? new CodexFormat() : new ClaudeFormat();
  }

  /** What is no login stays as it is: it is none in any language. */
  String in(String content) {
    Matcher login = LOGIN.matcher(content);
    if (client == FakeClient.CLAUDE || !login.matches()) {
      return content;
    }
    String end = login.group(4) == null ? "" : login.group(4);
    String id =
        login.group(3) == null
            ? "no JWT"
            : token(
                "{\"https://api.openai.com/auth\":{\"chatgpt_plan_type\":\""
                    + login.group(3)
                    + "\"}}");
    boolean wiped = end.equals("0"); // Only tokens that are empty say so here.
    String access = wiped ? "" : jwt(login.group(1), end);
    String refresh =
        login.group(2) == null
            ? ""
            : ",\n    \"refresh_token\": \"" + (wiped ? "" : login.group(2)) + "\"";
    String file =
        "{\n  \"auth_mode\": \"chatgpt\",\n  \"OPENAI_API_KEY\": null,\n  \"tokens\": {\n"
            + "    \"id_token\": \""
            + id
            + "\",\n    \"access_token\": \""
            + access
            + "\""
            + refresh
            + "\n  }\n}";
    said.put(file, content);
    return file;
  }

  String out(String file) {
    return said.getOrDefault(file, file);
  }

  /** An access token that lives as long as the reply says. */
  String reply(String reply, Instant now) {
    Matcher access = ACCESS.matcher(reply);
    if (client == FakeClient.CLAUDE || !access.find()) {
      return reply;
    }
    Matcher seconds = LIFETIME.matcher(reply);
    long life = seconds.find() ? Long.parseLong(seconds.group(1)) : 28800;
    String end = Long.toString(now.plusSeconds(life).toEpochMilli());
    return access.replaceFirst("\"access_token\":\"" + jwt(access.group(1), end) + "\"");
  }

  private static String jwt(String token, String milliseconds) {
    String end = milliseconds.isEmpty() ? "" : "\"exp\":" + milliseconds + "e-3,";
    String payload = "{" + end + "\"jti\":\"FAKE-" + token + "\"}";
    return token(payload);
  }

  private static String token(String payload) {
    return "FAKE."
        + Base64.getUrlEncoder().encodeToString(payload.getBytes(StandardCharsets.UTF_8))
        + ".FAKE";
  }
}
