package dev.credslots.internal.posix;

import com.kenai.jffi.ArrayFlags;
import com.kenai.jffi.Function;
import com.kenai.jffi.HeapInvocationBuffer;
import com.kenai.jffi.Invoker;
import com.kenai.jffi.LastError;
import com.kenai.jffi.Library;
import com.kenai.jffi.MemoryIO;
import com.kenai.jffi.Type;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import jnr.constants.platform.Errno;

/** The calls of {@link Exec}, through jffi for the reasons {@link NativeExchange} gives. */
final class NativeExec {
  private static final MemoryIO MEMORY = MemoryIO.getInstance();
  private static final int SIGSET_BYTES = 128; // glibc's, the largest.
  private static final int SIGQUIT = 3;

  private static final boolean MAC = System.getProperty("os.name", "").startsWith("Mac");
  private static final int SIG_UNBLOCK = MAC ? 2 : 1;

  // ioctl and not fcntl: with no third argument it is called alike where the variadic ones of a
  // function go elsewhere (macOS on ARM). BSD's numbers, which Linux has on POWER too.
  private static final boolean BSD_NUMBERS =
      MAC || System.getProperty("os.arch", "").startsWith("ppc");
  private static final long FIOCLEX = BSD_NUMBERS ? 0x20006601 : 0x5451;
  private static final long FIONCLEX = BSD_NUMBERS ? 0x20006602 : 0x5450;

  private NativeExec() {}

  /**
   * Returns only if it failed.
   *
   * @throws LinkageError if the native part can't be loaded; nothing was changed then
   */
  static Exec.Refusal replace(Exec.Program program) {
    Function ioctl = function("ioctl", Type.SINT32, Type.ULONG);
    Function setenv = function("setenv", Type.POINTER, Type.POINTER, Type.SINT32);
    Function unsetenv = function("unsetenv", Type.POINTER);
    Function execvp = function("execvp", Type.POINTER, Type.POINTER);
    unblockQuit();
    for (String name : program.unset()) {
      HeapInvocationBuffer arguments = buffer(unsetenv);
      put(arguments, Exec.encoded(name));
      call(unsetenv, arguments);
    }
    for (Map.Entry<String, String> variable : program.set().entrySet()) {
      HeapInvocationBuffer arguments = buffer(setenv);
      put(arguments, Exec.encoded(variable.getKey()));
      put(arguments, Exec.encoded(variable.getValue()));
      arguments.putInt(1);
      if (call(setenv, arguments) != 0) {
        return failed();
      }
    }
    List<byte[]> words = RawWords.of(program.words());
    long vector = MEMORY.allocateMemory((words.size() + 1) * 8L, true);
    for (int i = 0; i < words.size(); i++) {
      MEMORY.putAddress(vector + i * 8L, copy(words.get(i)));
    }
    for (int descriptor : Descriptors.open()) {
      if (descriptor > 2) {
        HeapInvocationBuffer arguments = buffer(ioctl);
        arguments.putInt(descriptor);
        arguments.putLong(program.keep().contains(descriptor) ? FIONCLEX : FIOCLEX);
        call(ioctl, arguments);
      }
    }
    HeapInvocationBuffer arguments = buffer(execvp);
    arguments.putAddress(MEMORY.getAddress(vector));
    arguments.putAddress(vector);
    call(execvp, arguments);
    return failed();
  }

  private static void unblockQuit() {
    Function empty = function("sigemptyset", Type.POINTER);
    Function add = function("sigaddset", Type.POINTER, Type.SINT32);
    Function mask = function("pthread_sigmask", Type.SINT32, Type.POINTER, Type.POINTER);
    long set = MEMORY.allocateMemory(SIGSET_BYTES, true);
    HeapInvocationBuffer arguments = buffer(empty);
    arguments.putAddress(set);
    call(empty, arguments);
    arguments = buffer(add);
    arguments.putAddress(set);
    arguments.putInt(SIGQUIT);
    call(add, arguments);
    arguments = buffer(mask);
    arguments.putInt(SIG_UNBLOCK);
    arguments.putAddress(set);
    arguments.putAddress(0);
    call(mask, arguments);
  }

  private static Function function(String name, Type... parameters) {
    long address = Library.getDefault().getSymbolAddress(name);
    if (address == 0) {
      throw new UnsatisfiedLinkError(name);
    }
    return new Function(address, Type.SINT32, parameters);
  }

  private static HeapInvocationBuffer buffer(Function function) {
    return new HeapInvocationBuffer(function.getCallContext());
  }

  private static int call(Function function, HeapInvocationBuffer arguments) {
    return Invoker.getInstance().invokeInt(function, arguments);
  }

  private static void put(HeapInvocationBuffer arguments, byte[] text) {
    byte[] terminated = Arrays.copyOf(text, text.length + 1);
    arguments.putArray(terminated, 0, terminated.length, ArrayFlags.IN);
  }

  /** With a zero behind it. Never freed: the program it is for takes the place of all memory. */
  private static long copy(byte[] bytes) {
    long address = MEMORY.allocateMemory(bytes.length + 1L, true);
    MEMORY.putByteArray(address, bytes, 0, bytes.length);
    return address;
  }

  private static Exec.Refusal failed() {
    Errno errno = Errno.valueOf(LastError.getInstance().get());
    Exec.Kind kind =
        switch (errno) {
          case ENOENT, ENOTDIR -> Exec.Kind.NOT_FOUND;
          case EACCES, EPERM, ENOEXEC, EISDIR -> Exec.Kind.NOT_EXECUTABLE;
          default -> Exec.Kind.FAILED;
        };
    return new Exec.Refusal(kind, errno.description());
  }
}
