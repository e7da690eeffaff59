package dev.credslots.internal.posix;

import com.kenai.jffi.ArrayFlags;
import com.kenai.jffi.Function;
import com.kenai.jffi.HeapInvocationBuffer;
import com.kenai.jffi.Invoker;
import com.kenai.jffi.LastError;
import com.kenai.jffi.Library;
import com.kenai.jffi.Type;
import jnr.constants.platform.Errno;

/**
 * The only class that names one of jffi, so that nothing of it is loaded before an exchange.
 *
 * <p>jffi is what jnr-ffi stands on. jnr-ffi itself would write a class that implements an
 * interface of ours: on the module path it can't see one in a package that isn't exported, nor
 * finds the ASM it writes with, and that costs three times as long (230–350 ms against 70–130
 * here).
 */
final class NativeExchange {
  private static final int AT_FDCWD = -100;
  private static final int RENAME_EXCHANGE = 2;

  // The same numbers on every processor Linux and OpenJDK run on, but for ENOSYS on MIPS.
  private static final int ENOENT = 2;
  private static final int EACCES = 13;
  private static final int EINVAL = 22;
  private static final int ENOSYS = 38;
  private static final int EOPNOTSUPP = 95;

  /** 0 in a libc without it (musl until 2024, glibc before 2.28). */
  private static final long ADDRESS = Library.getDefault().getSymbolAddress("renameat2");

  private NativeExchange() {}

  enum Kind {
    DONE,
    UNSUPPORTED,
    MISSING,
    DENIED,
    FAILED
  }

  /**
   * @param reason for {@link Kind#FAILED}, otherwise empty
   */
  record Answer(Kind kind, String reason) {}

  /**
   * @throws LinkageError if the native part can't be loaded
   */
  static Answer swap(byte[] a, byte[] b) {
    if (ADDRESS == 0) {
      return new Answer(Kind.UNSUPPORTED, "");
    }
    Function renameat2 =
        new Function(
            ADDRESS,
            Type.SINT32,
            Type.SINT32,
            Type.POINTER,
            Type.SINT32,
            Type.POINTER,
            Type.UINT32);
    HeapInvocationBuffer arguments = new HeapInvocationBuffer(renameat2.getCallContext());
    arguments.putInt(AT_FDCWD);
    arguments.putArray(a, 0, a.length, ArrayFlags.IN);
    arguments.putInt(AT_FDCWD);
    arguments.putArray(b, 0, b.length, ArrayFlags.IN);
    arguments.putInt(RENAME_EXCHANGE);
    if (Invoker.getInstance().invokeInt(renameat2, arguments) == 0) {
      return new Answer(Kind.DONE, "");
    }
    // Of this thread, saved by jffi before anything else of the JVM could change it.
    int errno = LastError.getInstance().get();
    return switch (errno) {
      case ENOENT -> new Answer(Kind.MISSING, "");
      case EACCES -> new Answer(Kind.DENIED, "");
      case EINVAL, ENOSYS, EOPNOTSUPP -> new Answer(Kind.UNSUPPORTED, "");
      default -> new Answer(Kind.FAILED, reason(errno));
    };
  }

  private static String reason(int errno) {
    return Errno.valueOf(errno).description();
  }
}
