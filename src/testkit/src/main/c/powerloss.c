/* Takes an ext4's power away: what was not made durable is gone at the next mount. Argument: its root. */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/ioctl.h>

#define FS_IOC_SHUTDOWN _IOR('X', 125, uint32_t)
#define WITHOUT_FLUSHING_THE_LOG 2

int main(int argc, char **argv) {
  uint32_t flag = WITHOUT_FLUSHING_THE_LOG;
  int root = argc == 2 ? open(argv[1], O_RDONLY) : -1;
  if (root < 0 || ioctl(root, FS_IOC_SHUTDOWN, &flag) < 0) {
    perror("powerloss");
    return 1;
  }
  return 0;
}
