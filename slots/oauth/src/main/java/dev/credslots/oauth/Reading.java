package dev.credslots.oauth;

import java.io.ByteArrayOutputStream;
import java.net.http.HttpHeaders;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.ResponseInfo;
import java.nio.ByteBuffer;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow.Subscription;
import org.jspecify.annotations.Nullable;

/**
 * Reads one reply and keeps what has come so far, for a body that stops in the middle may already
 * hold the new token. Thread-safe: the client writes, the caller looks whenever it gives up.
 */
final class Reading implements BodyHandler<Void>, BodySubscriber<Void> {
  private enum State {
    NOTHING,
    BEGUN,
    WHOLE,
    TOO_LARGE
  }

  private final int limit;
  private final ByteArrayOutputStream body = new ByteArrayOutputStream();
  private final CompletableFuture<Void> end = new CompletableFuture<>();
  private State state = State.NOTHING;
  private int status;
  private @Nullable HttpHeaders headers;
  private @Nullable Subscription subscription;

  /**
   * @param limit how many bytes of a body are read; what comes after them is not waited for
   */
  Reading(int limit) {
    this.limit = limit;
  }

  /**
   * What there is of a reply, or empty if not even its headers came.
   *
   * @param reason why it went no further, if it is not whole
   */
  synchronized Optional<Answer> soFar(String reason, Clock clock) {
    if (state == State.NOTHING || headers == null) {
      return Optional.empty();
    }
    if (state == State.WHOLE) {
      return Optional.of(
          new Answer.Replied(
              status,
              body.toByteArray(),
              headers.firstValue("Retry-After").flatMap(text -> RetryAfter.parse(text, clock))));
    }
    String why = state == State.TOO_LARGE ? "the reply is longer than " + limit + " bytes" : reason;
    return Optional.of(new Answer.Partial(status, body.toByteArray(), why));
  }

  @Override
  public synchronized BodySubscriber<Void> apply(ResponseInfo info) {
    state = State.BEGUN;
    status = info.statusCode();
    headers = info.headers();
    return this;
  }

  @Override
  public CompletionStage<Void> getBody() {
    return end;
  }

  @Override
  public void onSubscribe(Subscription given) {
    synchronized (this) {
      subscription = given;
    }
    given.request(Long.MAX_VALUE);
  }

  @Override
  public void onNext(List<ByteBuffer> buffers) {
    Subscription toCancel;
    synchronized (this) {
      for (ByteBuffer buffer : buffers) {
        keep(buffer);
      }
      if (state != State.TOO_LARGE) {
        return;
      }
      toCancel = subscription;
    }
    if (toCancel != null) {
      toCancel.cancel();
    }
    end.complete(null);
  }

  @Override
  public void onError(Throwable failure) {
    end.completeExceptionally(failure);
  }

  @Override
  public void onComplete() {
    synchronized (this) {
      if (state == State.BEGUN) {
        state = State.WHOLE;
      }
    }
    end.complete(null);
  }

  private synchronized void keep(ByteBuffer buffer) {
    byte[] bytes = new byte[Math.min(buffer.remaining(), limit - body.size())];
    if (bytes.length < buffer.remaining()) {
      state = State.TOO_LARGE;
    }
    buffer.get(bytes);
    body.write(bytes, 0, bytes.length);
  }
}
