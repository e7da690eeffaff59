package dev.credslots.oauth;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Flow.Subscriber;
import java.util.concurrent.Flow.Subscription;
import org.junit.jupiter.api.Test;

class OnceBodyTest {
  private final OnceBody body = new OnceBody(new byte[] {1, 2, 3});
  private final List<String> seen = new ArrayList<>();

  private void subscribe() {
    body.subscribe(
        new Subscriber<ByteBuffer>() {
          @Override
          public void onSubscribe(Subscription subscription) {
            subscription.request(Long.MAX_VALUE);
          }

          @Override
          public void onNext(ByteBuffer bytes) {
            seen.add(bytes.remaining() + " bytes");
          }

          @Override
          public void onError(Throwable failure) {
            seen.add("error");
          }

          @Override
          public void onComplete() {
            seen.add("end");
          }
        });
  }

  @Test
  void body_is_there_once() {
    subscribe();
    subscribe();
    assertEquals(List.of("3 bytes", "end", "error"), seen);
    assertFalse(body.withdraw());
  }

  @Test
  void withdrawn_body_is_not_there() {
    assertTrue(body.withdraw());
    assertTrue(body.withdraw());
    subscribe();
    assertEquals(List.of("error"), seen);
    assertTrue(body.withdraw());
  }
}
