/*
 * Counts, and on request kills or fails, the file system calls of one process below one directory.
 *
 * Preloaded with LD_PRELOAD. One counter for the whole process: call N is the same call on every
 * run of the same program, whichever thread makes it. A call and its number are one step (a mutex
 * is held over both), so when call N is faulted, calls 1 to N-1 have ended and N+1 has not begun.
 *
 *   FAULT_ROOT=DIR        calls on paths below DIR count; without it the shim does nothing
 *   FAULT_TRACE=FILE      a line per counted call: number, call, path(s) below DIR, detail, by tabs
 *   FAULT_KILL_AT=N       SIGKILL just before call N is carried out
 *   FAULT_KILL_AFTER=N    SIGKILL just after call N was carried out
 *   FAULT_ERROR_AT=N      call N fails with FAULT_ERRNO (a name or a number, default EIO)
 *   FAULT_SHORT_WRITE=N   call N, if it writes, writes half and the process is killed
 *   FAULT_LOCKS=1         taking an OS lock counts as well (for ENOLCK)
 *   FAULT_TARGET=NAME     name of the executable to act in, default java, * for any
 *
 * A shell that execs java passes all this on; java itself takes LD_PRELOAD and FAULT_* out of its
 * environment, so that what it starts runs without the shim.
 *
 * Not seen: writes through mmap, stdio (fopen, fwrite), calls made inside libc (mkstemp), io_uring.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

#define EXPORT __attribute__((visibility("default")))

static char root[PATH_MAX];
static size_t root_length;
static char trace[PATH_MAX];
static long kill_at, kill_after, error_at, short_write_at, error_number = EIO;
static int count_locks;
static int active;
static long counter;
static pthread_mutex_t gate_lock = PTHREAD_MUTEX_INITIALIZER;

/* ---- the next definition of a function, and dlsym, which is ours too ---- */

typedef void *(*dlsym_function)(void *, const char *);

static dlsym_function real_dlsym(void) {
  static dlsym_function found;
  if (!found) {
    const char *versions[] = {"GLIBC_2.34", "GLIBC_2.17", "GLIBC_2.2.5", NULL};
    for (int i = 0; !found && versions[i]; i++) {
      found = (dlsym_function)dlvsym(RTLD_NEXT, "dlsym", versions[i]);
    }
    if (!found) {
      static const char message[] = "faultshim: no dlsym in this libc\n";
      syscall(SYS_write, 2, message, sizeof message - 1);
      abort();
    }
  }
  return found;
}

#define NEXT(name) \
  ({ \
    static __typeof__(&name) next_; \
    if (!next_) next_ = (__typeof__(&name))real_dlsym()(RTLD_NEXT, #name); \
    next_; \
  })

/* ---- configuration ---- */

static long number_of(const char *variable) {
  const char *text = getenv(variable);
  return text ? strtol(text, NULL, 10) : 0;
}

static long errno_of(const char *text) {
  static const struct {
    const char *name;
    int number;
  } names[] = {{"EIO", EIO},       {"ENOSPC", ENOSPC}, {"EROFS", EROFS}, {"EMFILE", EMFILE},
               {"ENOLCK", ENOLCK}, {"EACCES", EACCES}, {"EPERM", EPERM}, {"EXDEV", EXDEV},
               {"EINVAL", EINVAL}, {"EBUSY", EBUSY},   {"EDQUOT", EDQUOT}, {"ENOSYS", ENOSYS}};
  for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
    if (!strcmp(names[i].name, text)) return names[i].number;
  }
  long number = strtol(text, NULL, 10);
  if (number > 0) return number;
  static const char message[] = "faultshim: FAULT_ERRNO is not known\n";
  syscall(SYS_write, 2, message, sizeof message - 1);
  _exit(125);
}

__attribute__((constructor)) static void configure(void) {
  const char *directory = getenv("FAULT_ROOT");
  if (!directory || !*directory) return;

  const char *target = getenv("FAULT_TARGET");
  if (!target) target = "java";
  char executable[PATH_MAX];
  ssize_t length = readlink("/proc/self/exe", executable, sizeof executable - 1);
  if (length < 0) return;
  executable[length] = 0;
  const char *slash = strrchr(executable, '/');
  if (strcmp(target, "*") && strcmp(target, slash ? slash + 1 : executable)) return;

  if (!realpath(directory, root)) {
    static const char message[] = "faultshim: FAULT_ROOT does not exist\n";
    syscall(SYS_write, 2, message, sizeof message - 1);
    _exit(125);
  }
  root_length = strlen(root);
  const char *file = getenv("FAULT_TRACE");
  if (file) snprintf(trace, sizeof trace, "%s", file);
  kill_at = number_of("FAULT_KILL_AT");
  kill_after = number_of("FAULT_KILL_AFTER");
  error_at = number_of("FAULT_ERROR_AT");
  short_write_at = number_of("FAULT_SHORT_WRITE");
  count_locks = number_of("FAULT_LOCKS") == 1;
  const char *error = getenv("FAULT_ERRNO");
  if (error) error_number = errno_of(error);

  static const char *variables[] = {
      "LD_PRELOAD",     "FAULT_ROOT",  "FAULT_TRACE",       "FAULT_KILL_AT", "FAULT_KILL_AFTER",
      "FAULT_ERROR_AT", "FAULT_ERRNO", "FAULT_SHORT_WRITE", "FAULT_LOCKS",   "FAULT_TARGET"};
  for (size_t i = 0; i < sizeof variables / sizeof variables[0]; i++) unsetenv(variables[i]);
  active = 1;
}

/* ---- which paths are below the root ---- */

/* 1 if path is the root or below it; then below is what follows the root. */
static int is_below(const char *path, char *below) {
  if (strncmp(path, root, root_length)) return 0;
  if (path[root_length] == 0) {
    strcpy(below, ".");
    return 1;
  }
  if (path[root_length] != '/') return 0;
  snprintf(below, PATH_MAX, "%s", path + root_length + 1);
  return 1;
}

static int fd_path(int fd, char *path) {
  char name[64];
  snprintf(name, sizeof name, "/proc/self/fd/%d", fd);
  ssize_t length = syscall(SYS_readlinkat, AT_FDCWD, name, path, PATH_MAX - 1);
  if (length < 0) return 0;
  path[length] = 0;
  return path[0] == '/';
}

/*
 * The kernel knows which file a descriptor is, whoever opened it and however it was duplicated,
 * so it is asked each time instead of keeping a table of opens.
 */
static int fd_below(int fd, char *below) {
  if (!active || fd < 0) return 0;
  char path[PATH_MAX];
  int saved = errno;
  int answer = fd_path(fd, path) && is_below(path, below);
  errno = saved;
  return answer;
}

/* The parent is resolved, the last name is not: a call on a link is a call on the link. */
static int path_below(int directory, const char *path, char *below) {
  if (!active) return 0;
  if (!path) return fd_below(directory, below); /* futimesat(fd, NULL, …), which JDK 17 calls */
  if (!*path) return fd_below(directory, below); /* AT_EMPTY_PATH */
  int saved = errno;
  char joined[PATH_MAX * 2 + 2], resolved[PATH_MAX], whole[PATH_MAX * 2];
  if (path[0] == '/') {
    snprintf(joined, sizeof joined, "%s", path);
  } else {
    char base[PATH_MAX];
    int found = directory == AT_FDCWD
                    ? syscall(SYS_getcwd, base, sizeof base) > 0
                    : fd_path(directory, base);
    if (!found) {
      errno = saved;
      return 0;
    }
    snprintf(joined, sizeof joined, "%s/%s", base, path);
  }
  size_t length = strlen(joined);
  while (length > 1 && joined[length - 1] == '/') joined[--length] = 0;
  char *slash = strrchr(joined, '/');
  const char *last = slash + 1;
  int answer;
  if (!strcmp(last, ".") || !strcmp(last, "..")) {
    answer = realpath(joined, resolved) && is_below(resolved, below);
  } else {
    *slash = 0;
    if (realpath(slash == joined ? "/" : joined, resolved)) {
      snprintf(whole, sizeof whole, "%s/%s", strcmp(resolved, "/") ? resolved : "", last);
    } else { /* no such parent: the call will fail, and counts if it was meant for the root */
      *slash = '/';
      snprintf(whole, sizeof whole, "%s", joined);
    }
    answer = is_below(whole, below);
  }
  errno = saved;
  return answer;
}

/* ---- the gate ---- */

static __attribute__((noreturn)) void die(void) {
  for (;;) syscall(SYS_kill, syscall(SYS_getpid), SIGKILL);
}

static void write_trace(long number, const char *call, const char *one, const char *two,
                        const char *detail, const char *fault) {
  if (!trace[0]) return;
  char line[PATH_MAX * 2 + 256];
  int length = snprintf(line, sizeof line, "%ld\t%s\t%s%s%s\t%s\t%s\n", number, call, one,
                        two ? " -> " : "", two ? two : "", detail, fault);
  if (length >= (int)sizeof line) length = sizeof line - 1;
  /* Opened for each line: nothing the program closes or inherits can lose it. */
  int fd = syscall(SYS_openat, AT_FDCWD, trace, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
  if (fd < 0) return;
  syscall(SYS_write, fd, line, length);
  syscall(SYS_close, fd);
}

enum { CARRY_OUT, FAIL, HALF };

static __thread long here; /* number of the call this thread is carrying out */

/* Numbers the call; on CARRY_OUT and HALF the gate stays shut until leave(). */
static int enter(const char *call, const char *one, const char *two, const char *detail,
                 int writes) {
  int saved = errno;
  pthread_mutex_lock(&gate_lock);
  long number = here = ++counter;
  if (number == kill_at) {
    write_trace(number, call, one, two, detail, "killed before");
    die();
  }
  if (number == error_at) {
    write_trace(number, call, one, two, detail, "failed");
    pthread_mutex_unlock(&gate_lock);
    errno = (int)error_number;
    return FAIL;
  }
  int half = writes && number == short_write_at;
  write_trace(number, call, one, two, detail,
              half ? "half, then killed" : number == kill_after ? "killed after" : "");
  errno = saved;
  return half ? HALF : CARRY_OUT;
}

static void leave(void) {
  int saved = errno;
  if (here == kill_after) die();
  pthread_mutex_unlock(&gate_lock);
  errno = saved;
}

/* ---- calls on one path, on one descriptor, on two paths ---- */

#define ON_PATH(type, call, directory, path, detail, carry_out) \
  do { \
    char below_[PATH_MAX]; \
    if (!path_below(directory, path, below_)) return carry_out; \
    if (enter(call, below_, NULL, detail, 0) == FAIL) return -1; \
    type result_ = carry_out; \
    leave(); \
    return result_; \
  } while (0)

#define ON_FD(type, call, fd, detail, carry_out) \
  do { \
    char below_[PATH_MAX]; \
    if (!fd_below(fd, below_)) return carry_out; \
    if (enter(call, below_, NULL, detail, 0) == FAIL) return -1; \
    type result_ = carry_out; \
    leave(); \
    return result_; \
  } while (0)

#define ON_TWO(call, from_directory, from, to_directory, to, detail, carry_out) \
  do { \
    char from_[PATH_MAX] = "(outside)", to_[PATH_MAX] = "(outside)"; \
    int any_ = path_below(from_directory, from, from_); \
    any_ |= path_below(to_directory, to, to_); \
    if (!any_) return carry_out; \
    if (enter(call, from_, to_, detail, 0) == FAIL) return -1; \
    int result_ = carry_out; \
    leave(); \
    return result_; \
  } while (0)

/* ---- open ---- */

static int opens_to_change(int flags) {
  return (flags & O_ACCMODE) != O_RDONLY || (flags & (O_CREAT | O_TRUNC)) ||
         (flags & O_TMPFILE) == O_TMPFILE;
}

static void open_detail(int flags, char *detail, size_t size) {
  snprintf(detail, size, "%s%s%s%s%s",
           (flags & O_ACCMODE) == O_RDONLY ? "r" : (flags & O_ACCMODE) == O_WRONLY ? "w" : "rw",
           flags & O_CREAT ? " create" : "", flags & O_EXCL ? " excl" : "",
           flags & O_TRUNC ? " truncate" : "", flags & O_APPEND ? " append" : "");
}

#define OPEN(call, directory, path, flags, carry_out) \
  do { \
    char detail_[64]; \
    if (!opens_to_change(flags)) return carry_out; \
    open_detail(flags, detail_, sizeof detail_); \
    ON_PATH(int, call, directory, path, detail_, carry_out); \
  } while (0)

#define MODE(last) \
  mode_t mode = 0; \
  if ((flags & O_CREAT) || (flags & O_TMPFILE) == O_TMPFILE) { \
    va_list arguments; \
    va_start(arguments, last); \
    mode = (mode_t)va_arg(arguments, int); \
    va_end(arguments); \
  }

EXPORT int open(const char *path, int flags, ...) {
  MODE(flags);
  OPEN("open", AT_FDCWD, path, flags, NEXT(open)(path, flags, mode));
}

EXPORT int open64(const char *path, int flags, ...) {
  MODE(flags);
  OPEN("open", AT_FDCWD, path, flags, NEXT(open64)(path, flags, mode));
}

EXPORT int openat(int directory, const char *path, int flags, ...) {
  MODE(flags);
  OPEN("openat", directory, path, flags, NEXT(openat)(directory, path, flags, mode));
}

EXPORT int openat64(int directory, const char *path, int flags, ...) {
  MODE(flags);
  OPEN("openat", directory, path, flags, NEXT(openat64)(directory, path, flags, mode));
}

/* What a libc with _FORTIFY_SOURCE makes of open without a mode. */
EXPORT int __open_2(const char *path, int flags) { return open(path, flags); }
EXPORT int __open64_2(const char *path, int flags) { return open64(path, flags); }
EXPORT int __openat_2(int directory, const char *path, int flags) {
  return openat(directory, path, flags);
}
EXPORT int __openat64_2(int directory, const char *path, int flags) {
  return openat64(directory, path, flags);
}

EXPORT int creat(const char *path, mode_t mode) {
  OPEN("creat", AT_FDCWD, path, O_WRONLY | O_CREAT | O_TRUNC, NEXT(creat)(path, mode));
}

EXPORT int creat64(const char *path, mode_t mode) {
  OPEN("creat", AT_FDCWD, path, O_WRONLY | O_CREAT | O_TRUNC, NEXT(creat64)(path, mode));
}

/* ---- write ---- */

#define WRITE(call, fd, bytes, carry_out, carry_out_half) \
  do { \
    char below_[PATH_MAX], detail_[64]; \
    if (!fd_below(fd, below_)) return carry_out; \
    snprintf(detail_, sizeof detail_, "%zu bytes", (size_t)(bytes)); \
    switch (enter(call, below_, NULL, detail_, 1)) { \
      case FAIL: \
        return -1; \
      case HALF: \
        carry_out_half; \
        die(); \
    } \
    ssize_t result_ = carry_out; \
    leave(); \
    return result_; \
  } while (0)

EXPORT ssize_t write(int fd, const void *data, size_t size) {
  WRITE("write", fd, size, NEXT(write)(fd, data, size), NEXT(write)(fd, data, size / 2));
}

EXPORT ssize_t pwrite(int fd, const void *data, size_t size, off_t at) {
  WRITE("pwrite", fd, size, NEXT(pwrite)(fd, data, size, at),
        NEXT(pwrite)(fd, data, size / 2, at));
}

EXPORT ssize_t pwrite64(int fd, const void *data, size_t size, off64_t at) {
  WRITE("pwrite", fd, size, NEXT(pwrite64)(fd, data, size, at),
        NEXT(pwrite64)(fd, data, size / 2, at));
}

static size_t total(const struct iovec *parts, int count) {
  size_t sum = 0;
  for (int i = 0; i < count; i++) sum += parts[i].iov_len;
  return sum;
}

/* Half of all the bytes, at an offset or, if that is negative, where the descriptor stands. */
static void write_half(int fd, const struct iovec *parts, int count, off64_t at) {
  size_t left = total(parts, count) / 2;
  for (int i = 0; i < count && left > 0; i++) {
    size_t size = parts[i].iov_len < left ? parts[i].iov_len : left;
    if (at < 0) {
      syscall(SYS_write, fd, parts[i].iov_base, size);
    } else {
      syscall(SYS_pwrite64, fd, parts[i].iov_base, size, at);
      at += size;
    }
    left -= size;
  }
}

EXPORT ssize_t writev(int fd, const struct iovec *parts, int count) {
  WRITE("writev", fd, total(parts, count), NEXT(writev)(fd, parts, count),
        write_half(fd, parts, count, -1));
}

EXPORT ssize_t pwritev(int fd, const struct iovec *parts, int count, off_t at) {
  WRITE("pwritev", fd, total(parts, count), NEXT(pwritev)(fd, parts, count, at),
        write_half(fd, parts, count, at));
}

EXPORT ssize_t pwritev64(int fd, const struct iovec *parts, int count, off64_t at) {
  WRITE("pwritev", fd, total(parts, count), NEXT(pwritev64)(fd, parts, count, at),
        write_half(fd, parts, count, at));
}

/* How newer JDKs copy a file without reading it. */
EXPORT ssize_t copy_file_range(int in, off64_t *in_at, int out, off64_t *out_at, size_t size,
                               unsigned int flags) {
  WRITE("copy_file_range", out, size,
        NEXT(copy_file_range)(in, in_at, out, out_at, size, flags),
        NEXT(copy_file_range)(in, in_at, out, out_at, size / 2, flags));
}

extern ssize_t sendfile(int out, int in, off_t *at, size_t size);
extern ssize_t sendfile64(int out, int in, off64_t *at, size_t size);

EXPORT ssize_t sendfile(int out, int in, off_t *at, size_t size) {
  WRITE("sendfile", out, size, NEXT(sendfile)(out, in, at, size),
        NEXT(sendfile)(out, in, at, size / 2));
}

EXPORT ssize_t sendfile64(int out, int in, off64_t *at, size_t size) {
  WRITE("sendfile", out, size, NEXT(sendfile64)(out, in, at, size),
        NEXT(sendfile64)(out, in, at, size / 2));
}

/* ---- size and durability ---- */

EXPORT int ftruncate(int fd, off_t size) {
  ON_FD(int, "ftruncate", fd, "", NEXT(ftruncate)(fd, size));
}

EXPORT int ftruncate64(int fd, off64_t size) {
  ON_FD(int, "ftruncate", fd, "", NEXT(ftruncate64)(fd, size));
}

EXPORT int truncate(const char *path, off_t size) {
  ON_PATH(int, "truncate", AT_FDCWD, path, "", NEXT(truncate)(path, size));
}

EXPORT int truncate64(const char *path, off64_t size) {
  ON_PATH(int, "truncate", AT_FDCWD, path, "", NEXT(truncate64)(path, size));
}

EXPORT int fallocate(int fd, int mode, off_t at, off_t size) {
  ON_FD(int, "fallocate", fd, "", NEXT(fallocate)(fd, mode, at, size));
}

EXPORT int fallocate64(int fd, int mode, off64_t at, off64_t size) {
  ON_FD(int, "fallocate", fd, "", NEXT(fallocate64)(fd, mode, at, size));
}

EXPORT int fsync(int fd) { ON_FD(int, "fsync", fd, "", NEXT(fsync)(fd)); }

EXPORT int fdatasync(int fd) { ON_FD(int, "fdatasync", fd, "", NEXT(fdatasync)(fd)); }

/* ---- names ---- */

EXPORT int rename(const char *from, const char *to) {
  ON_TWO("rename", AT_FDCWD, from, AT_FDCWD, to, "", NEXT(rename)(from, to));
}

EXPORT int renameat(int from_directory, const char *from, int to_directory, const char *to) {
  ON_TWO("renameat", from_directory, from, to_directory, to, "",
         NEXT(renameat)(from_directory, from, to_directory, to));
}

EXPORT int renameat2(int from_directory, const char *from, int to_directory, const char *to,
                     unsigned int flags) {
  ON_TWO("renameat2", from_directory, from, to_directory, to,
         flags & RENAME_EXCHANGE    ? "exchange"
         : flags & RENAME_NOREPLACE ? "noreplace"
                                    : "",
         NEXT(renameat2)(from_directory, from, to_directory, to, flags));
}

EXPORT int link(const char *from, const char *to) {
  ON_TWO("link", AT_FDCWD, from, AT_FDCWD, to, "", NEXT(link)(from, to));
}

EXPORT int linkat(int from_directory, const char *from, int to_directory, const char *to,
                  int flags) {
  ON_TWO("linkat", from_directory, from, to_directory, to, "",
         NEXT(linkat)(from_directory, from, to_directory, to, flags));
}

EXPORT int symlink(const char *target, const char *path) {
  ON_PATH(int, "symlink", AT_FDCWD, path, target, NEXT(symlink)(target, path));
}

EXPORT int symlinkat(const char *target, int directory, const char *path) {
  ON_PATH(int, "symlinkat", directory, path, target, NEXT(symlinkat)(target, directory, path));
}

EXPORT int unlink(const char *path) {
  ON_PATH(int, "unlink", AT_FDCWD, path, "", NEXT(unlink)(path));
}

EXPORT int unlinkat(int directory, const char *path, int flags) {
  ON_PATH(int, "unlinkat", directory, path, flags & AT_REMOVEDIR ? "directory" : "",
          NEXT(unlinkat)(directory, path, flags));
}

EXPORT int rmdir(const char *path) {
  ON_PATH(int, "rmdir", AT_FDCWD, path, "", NEXT(rmdir)(path));
}

EXPORT int remove(const char *path) {
  ON_PATH(int, "remove", AT_FDCWD, path, "", NEXT(remove)(path));
}

EXPORT int mkdir(const char *path, mode_t mode) {
  ON_PATH(int, "mkdir", AT_FDCWD, path, "", NEXT(mkdir)(path, mode));
}

EXPORT int mkdirat(int directory, const char *path, mode_t mode) {
  ON_PATH(int, "mkdirat", directory, path, "", NEXT(mkdirat)(directory, path, mode));
}

EXPORT int mknod(const char *path, mode_t mode, dev_t device) {
  ON_PATH(int, "mknod", AT_FDCWD, path, "", NEXT(mknod)(path, mode, device));
}

EXPORT int mkfifo(const char *path, mode_t mode) {
  ON_PATH(int, "mkfifo", AT_FDCWD, path, "", NEXT(mkfifo)(path, mode));
}

/* ---- attributes ---- */

static const char *mode_detail(mode_t mode, char *detail, size_t size) {
  snprintf(detail, size, "%04o", (unsigned)mode);
  return detail;
}

EXPORT int chmod(const char *path, mode_t mode) {
  char detail[16];
  ON_PATH(int, "chmod", AT_FDCWD, path, mode_detail(mode, detail, sizeof detail),
          NEXT(chmod)(path, mode));
}

EXPORT int fchmod(int fd, mode_t mode) {
  char detail[16];
  ON_FD(int, "fchmod", fd, mode_detail(mode, detail, sizeof detail), NEXT(fchmod)(fd, mode));
}

EXPORT int fchmodat(int directory, const char *path, mode_t mode, int flags) {
  char detail[16];
  ON_PATH(int, "fchmodat", directory, path, mode_detail(mode, detail, sizeof detail),
          NEXT(fchmodat)(directory, path, mode, flags));
}

EXPORT int chown(const char *path, uid_t owner, gid_t group) {
  ON_PATH(int, "chown", AT_FDCWD, path, "", NEXT(chown)(path, owner, group));
}

EXPORT int lchown(const char *path, uid_t owner, gid_t group) {
  ON_PATH(int, "lchown", AT_FDCWD, path, "", NEXT(lchown)(path, owner, group));
}

EXPORT int fchown(int fd, uid_t owner, gid_t group) {
  ON_FD(int, "fchown", fd, "", NEXT(fchown)(fd, owner, group));
}

EXPORT int fchownat(int directory, const char *path, uid_t owner, gid_t group, int flags) {
  ON_PATH(int, "fchownat", directory, path, "",
          NEXT(fchownat)(directory, path, owner, group, flags));
}

EXPORT int utimes(const char *path, const struct timeval times[2]) {
  ON_PATH(int, "utimes", AT_FDCWD, path, "", NEXT(utimes)(path, times));
}

EXPORT int lutimes(const char *path, const struct timeval times[2]) {
  ON_PATH(int, "lutimes", AT_FDCWD, path, "", NEXT(lutimes)(path, times));
}

EXPORT int futimes(int fd, const struct timeval times[2]) {
  ON_FD(int, "futimes", fd, "", NEXT(futimes)(fd, times));
}

EXPORT int futimesat(int directory, const char *path, const struct timeval times[2]) {
  ON_PATH(int, "futimesat", directory, path, "", NEXT(futimesat)(directory, path, times));
}

EXPORT int futimens(int fd, const struct timespec times[2]) {
  ON_FD(int, "futimens", fd, "", NEXT(futimens)(fd, times));
}

EXPORT int utimensat(int directory, const char *path, const struct timespec times[2], int flags) {
  ON_PATH(int, "utimensat", directory, path, "",
          NEXT(utimensat)(directory, path, times, flags));
}

extern int setxattr(const char *, const char *, const void *, size_t, int);
extern int lsetxattr(const char *, const char *, const void *, size_t, int);
extern int fsetxattr(int, const char *, const void *, size_t, int);

EXPORT int setxattr(const char *path, const char *name, const void *value, size_t size,
                    int flags) {
  ON_PATH(int, "setxattr", AT_FDCWD, path, name, NEXT(setxattr)(path, name, value, size, flags));
}

EXPORT int lsetxattr(const char *path, const char *name, const void *value, size_t size,
                     int flags) {
  ON_PATH(int, "lsetxattr", AT_FDCWD, path, name, NEXT(lsetxattr)(path, name, value, size, flags));
}

EXPORT int fsetxattr(int fd, const char *name, const void *value, size_t size, int flags) {
  ON_FD(int, "fsetxattr", fd, name, NEXT(fsetxattr)(fd, name, value, size, flags));
}

/* ---- locks, on request ---- */

#define FCNTL(function) \
  va_list arguments; \
  va_start(arguments, command); \
  void *argument = va_arg(arguments, void *); \
  va_end(arguments); \
  int locks = count_locks && (command == F_SETLK || command == F_SETLKW || \
                              command == F_OFD_SETLK || command == F_OFD_SETLKW); \
  char below[PATH_MAX]; \
  if (locks && ((struct flock *)argument)->l_type != F_UNLCK && fd_below(fd, below)) { \
    if (enter("lock", below, NULL, "", 0) == FAIL) return -1; \
    if (here == kill_after) die(); \
    pthread_mutex_unlock(&gate_lock); /* waiting for a lock must not stop the other threads */ \
  } \
  return NEXT(function)(fd, command, argument);

EXPORT int fcntl(int fd, int command, ...) { FCNTL(fcntl) }

EXPORT int fcntl64(int fd, int command, ...) { FCNTL(fcntl64) }

/* ---- the ways around: syscall() and dlsym() on libc itself, as jnr-ffi does ---- */

EXPORT long syscall(long number, ...) {
  va_list arguments;
  va_start(arguments, number);
  long a[6];
  for (int i = 0; i < 6; i++) a[i] = va_arg(arguments, long);
  va_end(arguments);
  if (active) {
    switch (number) {
      case SYS_renameat2:
        return renameat2((int)a[0], (const char *)a[1], (int)a[2], (const char *)a[3],
                         (unsigned)a[4]);
      case SYS_renameat:
        return renameat((int)a[0], (const char *)a[1], (int)a[2], (const char *)a[3]);
      case SYS_linkat:
        return linkat((int)a[0], (const char *)a[1], (int)a[2], (const char *)a[3], (int)a[4]);
      case SYS_symlinkat:
        return symlinkat((const char *)a[0], (int)a[1], (const char *)a[2]);
      case SYS_unlinkat:
        return unlinkat((int)a[0], (const char *)a[1], (int)a[2]);
      case SYS_mkdirat:
        return mkdirat((int)a[0], (const char *)a[1], (mode_t)a[2]);
      case SYS_fchmod:
        return fchmod((int)a[0], (mode_t)a[1]);
      case SYS_fsync:
        return fsync((int)a[0]);
      case SYS_fdatasync:
        return fdatasync((int)a[0]);
      default:
        break;
    }
  }
  return NEXT(syscall)(number, a[0], a[1], a[2], a[3], a[4], a[5]);
}

#define OURS(name) {#name, (void *)&name}

static const struct {
  const char *name;
  void *function;
} ours[] = {OURS(open),      OURS(open64),    OURS(openat),    OURS(openat64),  OURS(creat),
            OURS(creat64),   OURS(write),     OURS(pwrite),    OURS(pwrite64),  OURS(writev),
            OURS(pwritev),   OURS(pwritev64), OURS(sendfile),  OURS(sendfile64),
            OURS(copy_file_range),            OURS(ftruncate), OURS(ftruncate64),
            OURS(truncate),  OURS(truncate64), OURS(fallocate), OURS(fallocate64),
            OURS(fsync),     OURS(fdatasync), OURS(rename),    OURS(renameat),  OURS(renameat2),
            OURS(link),      OURS(linkat),    OURS(symlink),   OURS(symlinkat), OURS(unlink),
            OURS(unlinkat),  OURS(rmdir),     OURS(remove),    OURS(mkdir),     OURS(mkdirat),
            OURS(mknod),     OURS(mkfifo),    OURS(chmod),     OURS(fchmod),    OURS(fchmodat),
            OURS(chown),     OURS(lchown),    OURS(fchown),    OURS(fchownat),  OURS(utimes),
            OURS(lutimes),   OURS(futimes),   OURS(futimesat), OURS(futimens),  OURS(utimensat),
            OURS(setxattr),  OURS(lsetxattr), OURS(fsetxattr), OURS(fcntl),     OURS(fcntl64),
            OURS(syscall)};

/*
 * A library that opens libc by name and asks it for renameat2 passes the preloaded one by.
 * RTLD_NEXT depends on who asks, so it goes on as a jump, with the asker's return address.
 */
EXPORT void *dlsym(void *handle, const char *name) {
  if (active && handle != RTLD_NEXT) {
    for (size_t i = 0; i < sizeof ours / sizeof ours[0]; i++) {
      if (!strcmp(ours[i].name, name)) return ours[i].function;
    }
  }
  return real_dlsym()(handle, name);
}
