package dev.credslots.testkit;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.Proxy;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** A person's browser, one address at a time. */
public final class Browser {

  private Browser() {}

  /**
   * A page.
   *
   * @param location where it sends the browser; empty if nowhere
   */
  public record Page(int status, Optional<URI> location, String text) {}

  /** Opens an address and follows nothing. */
  public static Page open(URI address) throws IOException {
    HttpURLConnection connection =
        (HttpURLConnection) address.toURL().openConnection(Proxy.NO_PROXY);
    connection.setInstanceFollowRedirects(false);
    connection.setConnectTimeout(10_000);
    connection.setReadTimeout(30_000);
    int status = connection.getResponseCode();
    var stream = status >= 400 ? connection.getErrorStream() : connection.getInputStream();
    String text = stream == null ? "" : new String(stream.readAllBytes(), StandardCharsets.UTF_8);
    return new Page(
        status, Optional.ofNullable(connection.getHeaderField("Location")).map(URI::create), text);
  }

  /** Agrees on the page of an {@link OAuthServer}; where the browser is sent with the answer. */
  public static URI agree(URI authorizePage) throws IOException {
    Page page = open(authorizePage);
    return page.location().orElseThrow(() -> new IOException("no redirect but " + page));
  }
}
