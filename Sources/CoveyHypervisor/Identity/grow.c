/*
 * Makes the root file system as large as its disk, which its host may have made larger. A part of the
 * identity program; docs/identity.md has the word for it.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>
#include <unistd.h>

/* As <ext4.h> of the kernel has it, which is for the kernel alone. */
#define EXT4_MAGIC 0xEF53
#define EXT4_RESIZE _IOW('f', 16, uint64_t)

/* Bytes of the disk that "/" lies on; 0 where it lies on a partition, in memory, or on several. */
static uint64_t disk_size(void) {
  struct stat facts;
  char path[80];
  unsigned long long sectors = 0;
  if (stat("/", &facts) != 0) return 0;
  snprintf(path, sizeof path, "/sys/dev/block/%u:%u/partition", major(facts.st_dev),
           minor(facts.st_dev));
  if (access(path, F_OK) == 0) return 0;
  snprintf(path, sizeof path, "/sys/dev/block/%u:%u/size", major(facts.st_dev),
           minor(facts.st_dev));
  FILE *file = fopen(path, "re");
  if (!file) return 0;
  if (fscanf(file, "%llu", &sectors) != 1) sectors = 0;
  fclose(file);
  return 512 * (uint64_t)sectors; /* whatever the disk's own blocks are */
}

/* NULL when it is so; "unknown" where there is nothing that could be done here. */
const char *grow_root(const char *unknown) {
  static char reason[160];
  struct statfs system;
  uint64_t bytes = disk_size();
  if (bytes == 0 || statfs("/", &system) != 0 || system.f_type != EXT4_MAGIC) return unknown;
  uint64_t blocks = bytes / (uint64_t)system.f_bsize;
  int root = open("/", O_RDONLY | O_CLOEXEC);
  /* The kernel answers at once where it is as large already. */
  int failed = root < 0 || ioctl(root, EXT4_RESIZE, &blocks) != 0;
  if (failed) snprintf(reason, sizeof reason, "resizing /: %s", strerror(errno));
  if (root >= 0) close(root);
  return failed ? reason : NULL;
}
