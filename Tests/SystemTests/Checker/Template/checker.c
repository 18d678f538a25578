/*
 * Writes numbered records for ever, so that whoever reads the disk later can say whether it is
 * exactly what it was after one of them. CheckerRecord.swift reads what is written here.
 *
 * The file has 1024 slots of a block each, and one more block: the branches. Record n goes to the
 * slot mix(n) % 1024, so that old blocks are overwritten all the time, in no order. Each is on the
 * disk before the next is begun. A branch is what one run of this program wrote, or one machine:
 * a fork, which resumes in the middle of a run, begins a new one once it hears its own name. One
 * that is restored with its memory must be told to.
 *
 * The file is there before the first boot and keeps its size, so its blocks never move, and it can
 * be read without the journal. Built as one static file: cc -static -O2 -s.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { BLOCK = 4096, SLOTS = 1024, MOST_BRANCHES = 254, LONGEST_NAME = 65 };

static const char RECORDS[] = "/var/lib/checker/records";
static const char ACKNOWLEDGED[] = "/run/checker/acknowledged";
static const char PAUSE[] = "/run/checker/pause";   /* there while somebody wants no writes */
static const char PAUSED[] = "/run/checker/paused"; /* there while nothing is written */
static const char BRANCH[] = "/run/checker/branch"; /* there until a new branch has begun */
static const char RATE[] = "/run/checker/rate";     /* most records in a second */

/* Blocks are little-endian, as the processors are that run this. */
static const uint64_t RECORD_MAGIC = 0x44524f4345525643;   /* "CVRECORD" */
static const uint64_t BRANCHES_MAGIC = 0x48434e4152425643; /* "CVBRANCH" */

struct record {
  uint64_t magic, number, branch, first; /* first: number of the branch's first record */
  uint64_t payload[507], checksum;
};

struct branches {
  uint64_t magic, count;
  struct { uint64_t branch, first; } entries[MOST_BRANCHES]; /* oldest first */
  uint64_t nothing, checksum;
};

_Static_assert(sizeof(struct record) == BLOCK && sizeof(struct branches) == BLOCK, "one block");

static union { /* aligned, because the page cache is passed by */
  struct record record;
  struct branches branches;
} block __attribute__((aligned(BLOCK)));

static struct branches known; /* the last entry is this branch's */
static uint64_t number;       /* of the last record that is on the disk */
static char name[LONGEST_NAME];
static int file = -1;

static void fail(const char *what) {
  fprintf(stderr, "checker: %s: %s\n", what, strerror(errno));
  exit(1); /* init starts it again, and that is a new branch */
}

/* The finisher of splitmix64: each bit of the result depends on each of the value. */
static uint64_t mix(uint64_t value) {
  value = (value ^ value >> 30) * 0xbf58476d1ce4e5b9;
  value = (value ^ value >> 27) * 0x94d049bb133111eb;
  return value ^ value >> 31;
}

/* One byte more in a CRC32C. */
static uint32_t add_byte(uint32_t sum, unsigned char byte) {
  static uint32_t table[256];
  if (table[1] == 0)
    for (uint32_t i = 0; i < 256; i++) {
      table[i] = i;
      for (int bit = 0; bit < 8; bit++) table[i] = table[i] >> 1 ^ (table[i] & 1 ? 0x82f63b78 : 0);
    }
  return sum >> 8 ^ table[(sum ^ byte) & 255];
}

/* Of a block without its last eight bytes, where it belongs. */
static uint64_t checksum(const void *bytes) {
  const unsigned char *byte = bytes;
  uint32_t sum = ~0u;
  for (size_t i = 0; i < BLOCK - sizeof(uint64_t); i++) sum = add_byte(sum, byte[i]);
  return ~sum;
}

static void open_records(void) {
  /* Neither the guest's page cache nor its journal come between a write and the disk. */
  file = open(RECORDS, O_RDWR | O_DIRECT | O_DSYNC | O_CLOEXEC);
  if (file < 0) fail(RECORDS);
}

static void read_block(uint64_t slot) {
  if (pread(file, &block, BLOCK, (off_t)slot * BLOCK) != BLOCK) fail("read");
}

/* Returns when the block is on the disk. */
static void write_block(uint64_t slot) {
  if (pwrite(file, &block, BLOCK, (off_t)slot * BLOCK) != BLOCK) fail("write");
}

/* Says what is on the disk. Readers see the old lines or the new. */
static void acknowledge(void) {
  const char *fresh = "/run/checker/fresh";
  FILE *out = fopen(fresh, "we");
  if (!out) fail(fresh);
  uint64_t branch = known.entries[known.count - 1].branch;
  fprintf(out, "%llu %016llx\n", (unsigned long long)number, (unsigned long long)branch);
  for (uint64_t i = 0; i < known.count; i++)
    fprintf(out, "%016llx %llu\n", (unsigned long long)known.entries[i].branch,
            (unsigned long long)known.entries[i].first);
  if (fclose(out) != 0 || rename(fresh, ACKNOWLEDGED) != 0) fail(ACKNOWLEDGED);
}

static uint64_t new_branch(void) {
  struct timespec now;
  uint64_t random = 0;
  /* Forks that wake at once may have the same random numbers, but never the same name. */
  if (getrandom(&random, sizeof random, 0) != sizeof random) fail("random");
  for (const char *letter = name; *letter; letter++) random = mix(random ^ (uint64_t)*letter);
  clock_gettime(CLOCK_REALTIME, &now);
  return mix(random ^ (uint64_t)now.tv_sec << 30 ^ (uint64_t)now.tv_nsec);
}

/* The branch is on the disk before its first record. */
static void begin_branch(void) {
  if (gethostname(name, sizeof name - 1) != 0) fail("gethostname");
  /* A branch that wrote no record has left nothing behind. */
  while (known.count > 0 && known.entries[known.count - 1].first > number) known.count--;
  if (known.count == MOST_BRANCHES)
    memmove(known.entries, known.entries + 1, sizeof known.entries[0] * --known.count);
  known.entries[known.count].branch = new_branch();
  known.entries[known.count++].first = number + 1;
  memset(known.entries + known.count, 0, sizeof known.entries[0] * (MOST_BRANCHES - known.count));
  known.magic = BRANCHES_MAGIC;
  known.checksum = checksum(&known);
  block.branches = known;
  write_block(SLOTS);
  fprintf(stderr, "checker: branch %016llx goes on after record %llu\n",
          (unsigned long long)known.entries[known.count - 1].branch, (unsigned long long)number);
  acknowledge();
}

/* Finds the newest record and the branches that led to it. */
static void look_back(void) {
  read_block(SLOTS);
  if (block.branches.magic == BRANCHES_MAGIC && checksum(&block) == block.branches.checksum)
    known = block.branches;
  for (uint64_t slot = 0; slot < SLOTS; slot++) {
    read_block(slot);
    if (block.record.magic == RECORD_MAGIC && block.record.number > number &&
        checksum(&block) == block.record.checksum)
      number = block.record.number;
  }
}

static void write_record(void) {
  const uint64_t step = 0x9e3779b97f4a7c15;
  uint64_t branch = known.entries[known.count - 1].branch, next = number + 1;
  uint64_t state = next ^ mix(branch);
  block.record.magic = RECORD_MAGIC;
  block.record.number = next;
  block.record.branch = branch;
  block.record.first = known.entries[known.count - 1].first;
  for (size_t i = 0; i < 507; i++) block.record.payload[i] = mix(state += step);
  block.record.checksum = checksum(&block);
  write_block(mix(next) % SLOTS);
  number = next;
  acknowledge();
}

/* Lets go of the file for as long as it is asked to: then the root can be mounted read-only. */
static void rest(void) {
  close(file);
  if (close(open(PAUSED, O_WRONLY | O_CREAT | O_CLOEXEC, 0644)) != 0) fail(PAUSED);
  while (access(PAUSE, F_OK) == 0) usleep(10000);
  open_records();
  unlink(PAUSED);
}

static long rate(void) {
  long most = 0;
  FILE *in = fopen(RATE, "re");
  if (in && fscanf(in, "%ld", &most) != 1) most = 0;
  if (in) fclose(in);
  return most < 1 || most > 10000 ? 200 : most;
}

static struct timespec later(struct timespec time, long nanoseconds) {
  time.tv_nsec += nanoseconds;
  time.tv_sec += time.tv_nsec / 1000000000;
  time.tv_nsec %= 1000000000;
  return time;
}

int main(void) {
  char present[LONGEST_NAME] = "";
  struct timespec due, now;
  mkdir("/run/checker", 0755);
  unlink(PAUSED); /* an earlier run's */
  open_records();
  look_back();
  begin_branch();
  long pause = 1000000000 / rate();
  for (;;) {
    clock_gettime(CLOCK_MONOTONIC, &now);
    due = later(now, pause);
    if (access(PAUSE, F_OK) == 0) {
      rest();
      pause = 1000000000 / rate();
    }
    bool is_asked = access(BRANCH, F_OK) == 0;
    if (is_asked || (gethostname(present, sizeof present - 1) == 0 && strcmp(present, name) != 0))
      begin_branch();
    if (is_asked) unlink(BRANCH);
    write_record();
    clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &due, NULL);
  }
}
