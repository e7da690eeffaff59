package dev.credslots.oauth;

import java.io.IOException;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.ByteBuffer;
import java.util.concurrent.Flow.Subscriber;
import java.util.concurrent.Flow.Subscription;
import java.util.concurrent.atomic.AtomicReference;

/**
 * A request body that is handed to the client at most once, and that can say for certain that it
 * was not.
 *
 * <p>The client asks for it after it has connected, agreed on TLS and sent the headers [seen with
 * 17 and 25, source], so as long as it has not asked, no server has the token.
 *
 * <p>The JDK's client may repeat a request by itself: after a failed connect always, and after a
 * connection that broke, fresh or not, where the embedding program set {@code
 * jdk.httpclient.enableAllMethodRetry} [source: MultiExchange of JDK 25]. A single-use token sent
 * twice can revoke the login, so the second time this body is not there. Thread-safe.
 */
final class OnceBody implements BodyPublisher {
  private enum State {
    HELD,
    HANDED_OVER,
    WITHDRAWN
  }

  private final BodyPublisher bytes;
  private final AtomicReference<State> state = new AtomicReference<>(State.HELD);

  OnceBody(byte[] body) {
    this.bytes = BodyPublishers.ofByteArray(body);
  }

  /**
   * Keeps the body from being sent if that is still possible.
   *
   * @return true if not one byte of it has been handed to the client, nor ever will be
   */
  boolean withdraw() {
    state.compareAndSet(State.HELD, State.WITHDRAWN);
    return state.get() == State.WITHDRAWN;
  }

  @Override
  public long contentLength() {
    return bytes.contentLength();
  }

  @Override
  public void subscribe(Subscriber<? super ByteBuffer> subscriber) {
    if (state.compareAndSet(State.HELD, State.HANDED_OVER)) {
      bytes.subscribe(subscriber);
      return;
    }
    subscriber.onSubscribe(
        new Subscription() {
          @Override
          public void request(long count) {}

          @Override
          public void cancel() {}
        });
    subscriber.onError(new IOException("not sent a second time"));
  }
}
