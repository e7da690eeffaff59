package dev.credslots.oauth;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;

/** A server on loopback that does to each connection, in turn, what a test says, byte by byte. */
final class RawServer implements AutoCloseable {

  /** What is done to one connection; it is closed afterwards. */
  interface Behaviour {
    void serve(Connection connection) throws IOException, InterruptedException;
  }

  /** One connection. */
  record Connection(Socket socket, RawServer server) {
    /** Reads a whole request and remembers it. */
    void read() throws IOException {
      server.requests.add(request(socket.getInputStream()));
    }

    void write(String text) throws IOException {
      write(text.getBytes(ISO_8859_1));
    }

    void write(byte[] bytes) throws IOException {
      socket.getOutputStream().write(bytes);
      socket.getOutputStream().flush();
    }

    /** Waits until the test is over. */
    void hang() throws InterruptedException {
      server.over.await();
    }

    /** Closes so that the other side sees a reset, not an end. */
    void reset() throws IOException {
      socket.setSoLinger(true, 0);
    }
  }

  final List<String> requests = new CopyOnWriteArrayList<>();
  final List<Socket> connections = new CopyOnWriteArrayList<>();
  private final CountDownLatch over = new CountDownLatch(1);
  private final ServerSocket listening;

  /** The last behaviour is kept for all further connections. */
  RawServer(Behaviour... behaviours) throws IOException {
    this(0, behaviours);
  }

  RawServer(int port, Behaviour... behaviours) throws IOException {
    listening = new ServerSocket(port, 50, InetAddress.getByName("127.0.0.1"));
    Thread accepting = new Thread(() -> accept(behaviours), "raw-server");
    accepting.setDaemon(true);
    accepting.start();
  }

  /** Reads a request, then writes {@code reply} and closes. */
  static Behaviour replying(String reply) {
    return connection -> {
      connection.read();
      connection.write(reply);
    };
  }

  /** A whole reply with its length. */
  static String reply(String statusAndHeaders, String body) {
    return "HTTP/1.1 "
        + statusAndHeaders
        + "\r\nContent-Length: "
        + body.length()
        + "\r\n\r\n"
        + body;
  }

  URI url(String scheme) {
    return URI.create(scheme + "://127.0.0.1:" + listening.getLocalPort() + "/token");
  }

  @Override
  public void close() throws IOException {
    over.countDown();
    listening.close();
    for (Socket socket : connections) {
      socket.close();
    }
  }

  private void accept(Behaviour[] behaviours) {
    for (int i = 0; ; i++) {
      Behaviour behaviour = behaviours[Math.min(i, behaviours.length - 1)];
      try {
        Socket socket = listening.accept();
        connections.add(socket);
        Thread serving = new Thread(() -> serve(socket, behaviour), "raw-connection");
        serving.setDaemon(true);
        serving.start();
      } catch (IOException e) {
        return;
      }
    }
  }

  private void serve(Socket socket, Behaviour behaviour) {
    try (socket) {
      behaviour.serve(new Connection(socket, this));
    } catch (IOException e) {
      // The client went away, which some tests want.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static String request(InputStream in) throws IOException {
    ByteArrayOutputStream read = new ByteArrayOutputStream();
    int missing = -1;
    while (missing != 0) {
      int next = in.read();
      if (next < 0) {
        throw new IOException("no whole request");
      }
      read.write(next);
      String text = read.toString(ISO_8859_1);
      if (missing > 0) {
        missing--;
      } else if (text.endsWith("\r\n\r\n")) {
        missing = contentLength(text);
      }
    }
    return read.toString(ISO_8859_1);
  }

  private static int contentLength(String head) {
    for (String line : head.toLowerCase(Locale.ROOT).split("\r\n")) {
      if (line.startsWith("content-length:")) {
        return Integer.parseInt(line.substring(15).strip());
      }
    }
    return 0;
  }
}
