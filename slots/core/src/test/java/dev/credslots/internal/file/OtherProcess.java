package dev.credslots.internal.file;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Small programs that tests start on their own class path. */
final class OtherProcess {

  private OtherProcess() {}

  static Process start(Class<?> main, String... arguments) throws IOException {
    return underUmask("077", main, arguments);
  }

  static Process underUmask(String umask, Class<?> main, String... arguments) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                "/bin/sh",
                "-c",
                "umask " + umask + "; exec \"$0\" \"$@\"",
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                main.getName()));
    command.addAll(List.of(arguments));
    return new ProcessBuilder(command).redirectErrorStream(true).start();
  }

  /** Holds a lock, says so, and keeps it until its input ends or it is killed. */
  static final class Holder {
    public static void main(String[] arguments) throws Exception {
      LockFile lock =
          LockFile.acquire(Path.of(arguments[0]), Deadline.in(Duration.ofSeconds(20)))
              .orElseThrow();
      System.out.println("held");
      System.out.flush();
      while (System.in.read() >= 0) {
        // Until the test closes the pipe.
      }
      lock.close();
    }

    private Holder() {}
  }

  /** Says whether the lock is free. */
  static final class Trier {
    public static void main(String[] arguments) throws Exception {
      LockFile lock =
          LockFile.acquire(Path.of(arguments[0]), Deadline.in(Duration.ZERO)).orElse(null);
      System.out.println(lock == null ? "busy" : "free");
    }

    private Trier() {}
  }

  /** Makes a lease, or only looks at a file as {@link LeaseFile} does, until it is killed. */
  static final class Lessee {
    public static void main(String[] arguments) throws Exception {
      Path file = Path.of(arguments[0]);
      AutoCloseable kept;
      if (arguments[1].equals("lease")) {
        kept = LeaseFile.create(file, "lease".getBytes(StandardCharsets.US_ASCII));
      } else {
        FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
        channel.lock(0, Long.MAX_VALUE, true);
        kept = channel;
      }
      System.out.println("held");
      System.out.flush();
      while (System.in.read() >= 0) {
        // Until the test closes the pipe.
      }
      kept.close();
    }

    private Lessee() {}
  }

  /** Says what a living process's lease holds. */
  static final class Looker {
    public static void main(String[] arguments) throws Exception {
      byte[] content = new LeaseReader().read(Path.of(arguments[0])).orElse(null);
      System.out.println(content == null ? "dead" : new String(content, StandardCharsets.US_ASCII));
    }

    private Looker() {}
  }

  /** Makes one of everything and prints the modes. */
  static final class Modes {
    public static void main(String[] arguments) throws Exception {
      Path directory = Path.of(arguments[0]);
      AtomicFile.replace(directory.resolve("replaced"), new byte[] {1});
      AtomicFile.create(directory.resolve("created"), new byte[] {1});
      AtomicFile.privateDirectory(directory.resolve("made"));
      AtomicFile.openPrivate(directory.resolve("opened")).close();
      List<String> modes = new ArrayList<>();
      for (String name : List.of("replaced", "created", "made", "opened")) {
        modes.add(
            PosixFilePermissions.toString(Files.getPosixFilePermissions(directory.resolve(name))));
      }
      System.out.println(String.join(" ", modes));
    }

    private Modes() {}
  }
}
