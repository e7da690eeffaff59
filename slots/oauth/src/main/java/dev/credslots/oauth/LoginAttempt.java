package dev.credslots.oauth;

import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * One person's one try to log in: the address to open, and what comes back of it. Nothing is sent
 * by it. To be closed, which ends the waiting. Thread-safe.
 */
public final class LoginAttempt implements AutoCloseable {
  private final Provider provider;
  private final Authorization authorization;
  private final Pkce pkce;
  private final String state;
  private @Nullable CallbackServer callback;

  LoginAttempt(Provider provider, Authorization authorization, RandomGenerator random) {
    this.provider = provider;
    this.authorization = authorization;
    this.pkce = Pkce.random(random);
    // Not the verifier, as some clients have it: the state is in the browser's history.
    this.state = Pkce.text(random);
  }

  /** The page to open; who reads it can begin a login and not end it. */
  public URI url() {
    Map<String, String> parameters = new LinkedHashMap<>(authorization.parameters());
    parameters.put("response_type", "code");
    parameters.put("client_id", provider.clientId());
    parameters.put("redirect_uri", authorization.redirectUri().toString());
    if (!provider.scopes().isEmpty()) {
      parameters.put("scope", String.join(" ", provider.scopes()));
    }
    parameters.put("code_challenge", pkce.challenge());
    parameters.put("code_challenge_method", "S256");
    parameters.put("state", state);
    String separator = authorization.url().getRawQuery() == null ? "?" : "&";
    return URI.create(authorization.url() + separator + TokenParameters.form(parameters));
  }

  /**
   * Begins to wait for the browser, on this machine's own address.
   *
   * @return why that cannot be, as the rest of a sentence; then what the browser gets has to be
   *     pasted
   */
  public synchronized Optional<String> listen() {
    URI redirect = authorization.redirectUri();
    if (!CallbackServer.canWaitAt(redirect)) {
      return Optional.of("the provider sends the browser elsewhere");
    }
    try {
      callback = CallbackServer.listen(redirect, new RedirectReader(state));
      return Optional.empty();
    } catch (IOException e) {
      return Optional.of("port " + redirect.getPort() + " is in use");
    }
  }

  /**
   * Waits for the browser, after {@link #listen}; the port is free again afterwards.
   *
   * @return the server's answer to this attempt; empty if none came in time
   */
  public Optional<Redirected> await(Duration patience) throws InterruptedException {
    CallbackServer listening;
    synchronized (this) {
      listening = callback;
    }
    if (listening == null) {
      throw new IllegalStateException("nobody listens");
    }
    try {
      return Optional.ofNullable(listening.await(patience));
    } finally {
      close();
    }
  }

  /**
   * Understands what a person pasted: the whole address the browser was sent to, its query, {@code
   * code#state}, or the code alone, which is taken without a state: the server knows which attempt
   * it gave it for.
   */
  public Redirected pasted(String text) {
    return new RedirectReader(state).pasted(text);
  }

  CodeExchange exchange(Redirected.Code answer) {
    return new CodeExchange(
        answer.code(),
        pkce.verifier(),
        authorization.redirectUri(),
        authorization.stateInExchange() ? Optional.of(state) : Optional.empty());
  }

  @Override
  public synchronized void close() {
    if (callback != null) {
      callback.close();
      callback = null;
    }
  }

  /** Says nothing of what is secret, or may be. */
  @Override
  public String toString() {
    return "LoginAttempt[" + provider.name() + "]";
  }
}
