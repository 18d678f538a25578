/*
 * Tells a machine who it is. A fork resumes on memory that was another machine's, and must get its
 * own name, keys, random numbers and time before it serves. docs/identity.md has the words.
 *
 *   identity           reads one request on standard input and replies on standard output
 *   identity --serve   serves requests on the virtio-serial port org.covey.identity.0, for ever
 *
 * Built with grow.c: cc -static -Os -s. Nothing is acted on before its request is whole.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <linux/random.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <net/route.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdio_ext.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define DIGITS "0123456789"
#define LETTERS "abcdefghijklmnopqrstuvwxyz"

enum {
  LONGEST_REQUEST = 2048, MOST_LINES = 16, SEED_BYTES = 64,
  LONGEST_WORD = 32, /* of keys and tags, which are echoed */
  LONGEST_REPLY = 4096, /* MOST_LINES keys and reasons fit */
  LAST_CARD = 1024, /* the highest interface number that is looked at */
  CHILD_SECONDS = 20, /* a program that takes longer is ended */
  LEASE_SECONDS = 5, /* until DHCP hears of an address that was told: first answers come first */
  HOST_PATIENCE_MS = 1000, /* for a host to end its request, or to be there for the reply */
  LOOK_AGAIN_MS = 10000, /* nothing should get lost; if it does, this bounds the wait */
};

/* Actions return NULL when done, UNKNOWN when the machine has no such thing, else the reason. */
static const char UNKNOWN[] = "unknown";
static char reason[160];
static const char hex[] = DIGITS "abcdef";

static const char *because(const char *what) {
  snprintf(reason, sizeof reason, "%s: %s", what, strerror(errno));
  return reason;
}

static bool fits(const char *text, const char *letters, size_t least, size_t most) {
  size_t length = strspn(text, letters);
  return text[length] == 0 && length >= least && length <= most;
}

/* Pairs of lower-case digits to bytes; false unless there are just so many, and so separated. */
static bool read_pairs(const char *text, char separator, unsigned char *bytes, size_t count) {
  for (size_t i = 0; i < count; i++) {
    const char *high = text[0] ? strchr(hex, text[0]) : NULL;
    const char *low = high && text[1] ? strchr(hex, text[1]) : NULL;
    if (!low) return false;
    bytes[i] = (unsigned char)((high - hex) << 4 | (low - hex));
    text += 2;
    if (separator && i + 1 < count && *text++ != separator) return false;
  }
  return *text == 0;
}

/* Writes over what is there; a file that was longer is cut, a setting of the kernel's is not. */
static bool write_line(const char *path, int flags, mode_t mode, const char *line) {
  int file = open(path, O_WRONLY | O_CLOEXEC | flags, mode);
  if (file < 0) return false;
  int size = dprintf(file, "%s\n", line);
  bool written = size > 0 && (!(flags & O_CREAT) || ftruncate(file, size) == 0);
  return close(file) == 0 && written;
}

/* Readers see the old line or the new. Nothing is synchronised, and a line of the same length is
 * one write in its place: a new file costs a fork without hardware virtualization 50 ms. */
static const char *replace_line(const char *path, mode_t mode, const char *line) {
  char fresh[64];
  struct stat facts;
  bool fits_in = stat(path, &facts) == 0 && facts.st_size == (off_t)strlen(line) + 1;
  if (fits_in) return write_line(path, 0, 0, line) ? NULL : because(path);
  snprintf(fresh, sizeof fresh, "%s.covey", path);
  unlink(fresh);
  if (write_line(fresh, O_CREAT | O_EXCL, mode, line) && rename(fresh, path) == 0) return NULL;
  const char *failure = because(path);
  unlink(fresh);
  return failure;
}

static const char *set_hostname(const char *name) {
  const char *file = "/etc/hostname"; /* it is read at a boot, and so may be half for a moment */
  if (!fits(name, LETTERS DIGITS "-", 1, 63) || name[0] == '-' || name[strlen(name) - 1] == '-')
    return "a name has 1 to 63 of a-z, 0-9 and inner hyphens";
  if (sethostname(name, strlen(name)) != 0) return because("sethostname");
  return write_line(file, O_CREAT, 0644, name) ? NULL : because(file);
}

static const char *set_machine_id(const char *id) {
  const char *old = "/var/lib/dbus/machine-id"; /* a link to the first, or not there, or its own */
  struct stat facts;
  if (!fits(id, hex, 32, 32) || fits(id, "0", 32, 32))
    return "a machine-id has 32 lower-case hexadecimal digits, not all of them 0";
  const char *failure = replace_line("/etc/machine-id", 0444, id);
  if (failure || lstat(old, &facts) != 0 || !S_ISREG(facts.st_mode)) return failure;
  return replace_line(old, 0444, id);
}

/* The network card with the lowest number; bridges and tunnels have no device behind them. */
static bool find_card(int asker, struct ifreq *card) {
  static char known[IFNAMSIZ]; /* asked for first: to a fork every look is dear */
  char device[64];
  memcpy(card->ifr_name, known, sizeof known);
  if (known[0] && ioctl(asker, SIOCGIFHWADDR, card) == 0) return true;
  for (int number = 1; number <= LAST_CARD; number++) {
    memset(card, 0, sizeof *card);
    card->ifr_ifindex = number;
    if (ioctl(asker, SIOCGIFNAME, card) != 0) continue;
    snprintf(device, sizeof device, "/sys/class/net/%.*s/device", IFNAMSIZ, card->ifr_name);
    if (access(device, F_OK) != 0 || ioctl(asker, SIOCGIFHWADDR, card) != 0) continue;
    if (card->ifr_hwaddr.sa_family != ARPHRD_ETHER) continue;
    memcpy(known, card->ifr_name, sizeof known);
    return true;
  }
  return false;
}

static bool set_card(int asker, struct ifreq *card) {
  if (ioctl(asker, SIOCSIFHWADDR, card) == 0) return true;
  struct ifreq state = *card;
  /* Drivers other than virtio's may want the card down for it. */
  if (errno != EBUSY || ioctl(asker, SIOCGIFFLAGS, &state) != 0) return false;
  short flags = state.ifr_flags;
  state.ifr_flags = (short)(flags & ~IFF_UP);
  bool is_set = ioctl(asker, SIOCSIFFLAGS, &state) == 0 && ioctl(asker, SIOCSIFHWADDR, card) == 0;
  state.ifr_flags = flags;
  return ioctl(asker, SIOCSIFFLAGS, &state) == 0 && is_set;
}

static const char *set_mac(const char *text) {
  /* A new address is announced, or the network would go on sending to the one before it. */
  static const char announce[] = "/proc/sys/net/ipv4/conf/all/arp_notify";
  static bool announces;
  unsigned char mac[6];
  struct ifreq card;
  if (!read_pairs(text, ':', mac, sizeof mac) || mac[0] & 1)
    return "a card's address is like 52:54:00:12:34:56";
  int asker = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (asker < 0) return because("socket");
  const char *failure = find_card(asker, &card) ? NULL : "there is no network card";
  if (!failure && memcmp(card.ifr_hwaddr.sa_data, mac, sizeof mac) != 0) {
    memcpy(card.ifr_hwaddr.sa_data, mac, sizeof mac);
    if (!announces && !(announces = write_line(announce, 0, 0, "1"))) failure = because(announce);
    else if (!set_card(asker, &card)) failure = because(card.ifr_name);
  }
  close(asker);
  return failure;
}

/* The way out of a card's network: it goes with the card's last address. */
static bool read_gateway(const char *name, struct rtentry *route) {
  char line[256], card[IFNAMSIZ];
  unsigned long to, gateway, flags;
  FILE *routes = fopen("/proc/net/route", "re");
  bool is_there = false;
  while (routes && !is_there && fgets(line, sizeof line, routes))
    is_there = sscanf(line, "%15s %lx %lx %lx", card, &to, &gateway, &flags) == 4 &&
               strcmp(card, name) == 0 && to == 0 && (flags & RTF_GATEWAY);
  if (routes) fclose(routes);
  if (!is_there) return false;
  struct sockaddr_in anywhere = {.sin_family = AF_INET}, way = {.sin_family = AF_INET};
  way.sin_addr.s_addr = (in_addr_t)gateway; /* printed as it lies in memory */
  memcpy(&route->rt_dst, &anywhere, sizeof anywhere);
  memcpy(&route->rt_genmask, &anywhere, sizeof anywhere);
  memcpy(&route->rt_gateway, &way, sizeof way);
  route->rt_flags = RTF_UP | RTF_GATEWAY;
  return true;
}

static char told_address[INET_ADDRSTRLEN]; /* by this request: what a DHCP client is to find */

static const char *set_address(const char *text) {
  const char *malformed = "an address is like 10.77.0.5/24";
  const char *slash = strchr(text, '/');
  char dotted[INET_ADDRSTRLEN] = "";
  struct sockaddr_in address = {.sin_family = AF_INET};
  if (!slash || slash - text >= INET_ADDRSTRLEN || !fits(slash + 1, DIGITS, 1, 2)) return malformed;
  memcpy(dotted, text, (size_t)(slash - text));
  int prefix = atoi(slash + 1);
  if (prefix < 1 || prefix > 32 || inet_pton(AF_INET, dotted, &address.sin_addr) != 1)
    return malformed;
  struct ifreq card;
  struct rtentry route = {.rt_metric = 0};
  int asker = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (asker < 0) return because("socket");
  const char *failure = find_card(asker, &card) ? NULL : "there is no network card";
  if (!failure) {
    bool has_gateway = read_gateway(card.ifr_name, &route);
    char name[IFNAMSIZ];
    memcpy(name, card.ifr_name, sizeof name);
    route.rt_dev = name;
    memcpy(&card.ifr_addr, &address, sizeof address);
    bool is_set = ioctl(asker, SIOCSIFADDR, &card) == 0;
    address.sin_addr.s_addr = htonl(~0u << (32 - prefix));
    memcpy(&card.ifr_netmask, &address, sizeof address);
    is_set = is_set && ioctl(asker, SIOCSIFNETMASK, &card) == 0;
    if (is_set && has_gateway) is_set = ioctl(asker, SIOCADDRT, &route) == 0 || errno == EEXIST;
    if (!is_set) failure = because(name);
  }
  close(asker);
  if (!failure) memcpy(told_address, dotted, sizeof told_address);
  return failure;
}

static const char *add_seed(const char *digits) {
  union {
    struct rand_pool_info pool;
    char room[sizeof(struct rand_pool_info) + SEED_BYTES];
  } seed;
  if (!read_pairs(digits, 0, (unsigned char *)seed.pool.buf, SEED_BYTES))
    return "a seed has 128 lower-case hexadecimal digits";
  seed.pool.entropy_count = 8 * SEED_BYTES;
  seed.pool.buf_size = SEED_BYTES;
  int random = open("/dev/urandom", O_RDWR | O_CLOEXEC);
  const char *failure = NULL;
  /* Without the second, the generator keeps the key that came with the memory for a minute. */
  if (random < 0 || ioctl(random, RNDADDENTROPY, &seed) != 0 || ioctl(random, RNDRESEEDCRNG) != 0)
    failure = because("/dev/urandom");
  if (random >= 0) close(random);
  explicit_bzero(&seed, sizeof seed);
  return failure;
}

static const char *set_time(const char *text) {
  const char *fraction = strchr(text, '.');
  struct timespec time = {.tv_sec = strtoll(text, NULL, 10)};
  if (!fraction || !fits(text, DIGITS ".", 11, 22) || !fits(fraction + 1, DIGITS, 9, 9))
    return "a time is SECONDS.NANOSECONDS, the latter with nine digits";
  time.tv_nsec = strtol(fraction + 1, NULL, 10);
  return clock_settime(CLOCK_REALTIME, &time) == 0 ? NULL : because("clock_settime");
}

/* Runs a program to its end. What it prints must not get into the reply. */
static const char *run(const char *const arguments[]) {
  pid_t child = fork();
  if (child < 0) return because("fork");
  if (child == 0) {
    int null = open("/dev/null", O_RDWR);
    if (null < 0 || dup2(null, STDIN_FILENO) < 0 || dup2(null, STDOUT_FILENO) < 0) _exit(126);
    alarm(CHILD_SECONDS); /* outlives exec */
    execv(arguments[0], (char *const *)arguments);
    _exit(127);
  }
  int status;
  if (waitpid(child, &status, 0) < 0) return because(arguments[0]); /* no signal is handled */
  bool ended = WIFEXITED(status);
  snprintf(reason, sizeof reason, "%s ended with %s %d", arguments[0], ended ? "status" : "signal",
           ended ? WEXITSTATUS(status) : WTERMSIG(status));
  return status == 0 ? NULL : reason;
}

/* Runs a program a while later, and does not wait for it. */
static const char *run_later(const char *const arguments[], unsigned seconds) {
  while (waitpid(-1, NULL, WNOHANG) > 0) continue; /* earlier ones */
  pid_t child = fork();
  if (child != 0) return child < 0 ? because("fork") : NULL;
  int null = open("/dev/null", O_RDWR);
  for (int file = STDIN_FILENO; file <= STDERR_FILENO; file++) dup2(null, file);
  close_range(STDERR_FILENO + 1, ~0u, 0); /* the port is another's, should this program end */
  sleep(seconds);
  execv(arguments[0], (char *const *)arguments);
  _exit(127);
}

static bool read_word(const char *path, char word[64]) {
  FILE *file = fopen(path, "re");
  bool is_there = file && fscanf(file, "%63s", word) == 1;
  if (file) fclose(file);
  return is_there;
}

/* A listener keeps the keys that it started with until it is told to read them again. */
static void tell_sshd(void) {
  char number[64], name[64], path[80];
  if (!read_word("/run/sshd.pid", number) || !fits(number, DIGITS, 1, 9)) return;
  snprintf(path, sizeof path, "/proc/%s/comm", number);
  if (read_word(path, name) && strcmp(name, "sshd") == 0) kill(atoi(number), SIGHUP);
}

/* Keys that are made when first needed are not made here. */
static const char *renew_ssh_keys(const char *word) {
  static const char *const keygen[] = {"/usr/bin/ssh-keygen", "-q", "-t", "ed25519", "-N", "",
                                       "-f", "/etc/ssh/covey_new_key", NULL};
  if (strcmp(word, "renew") != 0) return "it can only be renewed";
  if (chdir("/etc/ssh") != 0) return errno == ENOENT ? NULL : because("/etc/ssh");
  DIR *folder = opendir(".");
  const char *failure = folder ? NULL : because("/etc/ssh");
  bool had_keys = false;
  for (struct dirent *entry; !failure && (entry = readdir(folder));) {
    if (fnmatch("ssh_host_*_key*", entry->d_name, 0) != 0) continue;
    had_keys = true;
    if (unlink(entry->d_name) != 0) failure = because(entry->d_name);
  }
  if (folder) closedir(folder);
  if (failure || !had_keys || access(keygen[0], X_OK) != 0) return failure;
  unlink("covey_new_key"); /* an earlier try's */
  failure = run(keygen);
  if (!failure && (rename("covey_new_key.pub", "ssh_host_ed25519_key.pub") != 0 ||
                   rename("covey_new_key", "ssh_host_ed25519_key") != 0))
    failure = because("/etc/ssh");
  if (!failure) tell_sshd();
  return failure;
}

static const char *renew_lease(const char *word) {
  const char *const hook[] = {"/usr/lib/covey/renew-lease", told_address[0] ? told_address : NULL,
                              NULL};
  if (strcmp(word, "renew") != 0) return "it can only be renewed";
  if (access(hook[0], X_OK) != 0) return UNKNOWN;
  return told_address[0] ? run_later(hook, LEASE_SECONDS) : run(hook);
}

static const char *write_disks(const char *word) {
  return strcmp(word, "-") != 0 ? "it takes no value but -" : (sync(), NULL);
}

const char *grow_root(const char *unknown); /* grow.c */

static const char *grow(const char *word) {
  return strcmp(word, "-") != 0 ? "it takes no value but -" : grow_root(UNKNOWN);
}
static const struct {
  const char *key;
  const char *(*act)(const char *value);
} actions[] = {
    {"hostname", set_hostname}, {"machine-id", set_machine_id}, {"mac", set_mac},
    {"address", set_address},   {"seed", add_seed},             {"time", set_time},
    {"lease", renew_lease},     {"ssh-keys", renew_ssh_keys},   {"sync", write_disks},
    {"grow", grow},
};

static bool perform(const char *key, const char *value, FILE *out) {
  const char *failure = UNKNOWN;
  for (size_t i = 0; i < sizeof actions / sizeof *actions; i++)
    if (strcmp(actions[i].key, key) == 0) failure = actions[i].act(value);
  if (!failure) fprintf(out, "done %s\n", key);
  else if (failure == UNKNOWN) fprintf(out, "unknown %s\n", key);
  else fprintf(out, "failed %s %s\n", key, failure);
  return !failure;
}

static struct {
  size_t length;
  char last;
  const char *wrong; /* why nothing of it may be acted on */
  char text[LONGEST_REQUEST + 1];
} request;

/* Takes the request's next byte; true when an empty line has ended it. */
static bool take(char byte) {
  bool ends = byte == '\n' && (request.last == '\n' || request.length == 0);
  request.last = byte ? byte : ' ';
  if (ends) return true;
  if (byte != '\n' && (byte < ' ' || byte > '~')) request.wrong = "it is not plain text";
  else if (request.length == LONGEST_REQUEST) request.wrong = "it is too long";
  else request.text[request.length++] = byte;
  return false;
}

/* Cuts the request into keys and values, in turns; returns the number of lines. */
static size_t cut(const char *parts[2 * MOST_LINES]) {
  size_t count = 0;
  char *rest = request.text;
  while (!request.wrong && *rest) {
    char *key = strsep(&rest, "\n"), *value = strchr(key, ' ');
    if (!value || value[1] == 0) request.wrong = "a line is not KEY VALUE";
    else if (count == MOST_LINES) request.wrong = "it has too many lines";
    if (request.wrong) break;
    *value++ = 0;
    if (!fits(key, LETTERS "-", 1, LONGEST_WORD)) request.wrong = "a key is not of letters";
    if (strcmp(key, "tag") == 0 && !fits(value, LETTERS DIGITS, 1, LONGEST_WORD))
      request.wrong = "a tag is not of letters and digits";
    parts[2 * count] = key;
    parts[2 * count++ + 1] = value;
  }
  return count;
}

/* Acts on the request, which ends with it; whether all was done. */
static bool answer(FILE *out) {
  const char *parts[2 * MOST_LINES], *tag = "";
  size_t count = cut(parts);
  bool done = !request.wrong;
  told_address[0] = 0;
  if (!done) fprintf(out, "failed request %s\n", request.wrong);
  for (size_t i = 0; !request.wrong && i < 2 * count; i += 2)
    if (strcmp(parts[i], "tag") == 0) tag = parts[i + 1];
    else done &= perform(parts[i], parts[i + 1], out);
  fprintf(out, *tag ? "end %s\n" : "end\n", tag);
  explicit_bzero(&request, sizeof request); /* it held the seed */
  return done;
}

static int serve_once(void) {
  int byte;
  while ((byte = getchar()) != EOF && !take((char)byte)) continue;
  if (byte == EOF) request.wrong = "it does not end with an empty line";
  return answer(stdout) && fflush(stdout) == 0 ? 0 : 1;
}

/* The smallest guests have no udev, which would name the device after the port. */
static int open_port(void) {
  DIR *ports = opendir("/sys/class/virtio-ports");
  int found = -1;
  for (struct dirent *entry; ports && found < 0 && (entry = readdir(ports));) {
    char path[300], name[64];
    snprintf(path, sizeof path, "/sys/class/virtio-ports/%s/name", entry->d_name);
    if (!read_word(path, name) || strcmp(name, "org.covey.identity.0") != 0) continue;
    snprintf(path, sizeof path, "/dev/%s", entry->d_name);
    found = open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC);
  }
  if (ports) closedir(ports);
  return found;
}

/* Data may come before the news that its host is connected: until then nothing is written. */
static bool becomes_writable(int port) {
  struct pollfd state = {.fd = port, .events = POLLOUT};
  for (int tries = 0; tries < HOST_PATIENCE_MS; tries++, usleep(1000))
    if (poll(&state, 1, 0) > 0 && state.revents & POLLOUT) return true;
  return false;
}

/* While no host is connected the port reads as ended and polls as hung up: neither can be waited
 * for. An edge-triggered epoll sleeps until its state changes or data comes, and forgets nothing. */
static int serve(void) {
  static char buffer[LONGEST_REPLY];
  struct epoll_event event = {.events = EPOLLIN | EPOLLET};
  int port, watch = epoll_create1(EPOLL_CLOEXEC);
  while ((port = open_port()) < 0) sleep(1); /* it has not been plugged in yet */
  FILE *out = fdopen(port, "w");
  if (watch < 0 || !out || epoll_ctl(watch, EPOLL_CTL_ADD, port, &event) != 0) return 1;
  setvbuf(out, buffer, _IOFBF, sizeof buffer); /* a reply is one write */
  for (;;) {
    char chunk[512];
    ssize_t count = read(port, chunk, sizeof chunk);
    for (ssize_t i = 0; i < count; i++) {
      if (!take(chunk[i])) continue;
      answer(out);
      /* A host that left does not hear its reply; the next one must not hear it instead. */
      if (!becomes_writable(port) || fflush(out) != 0) __fpurge(out), clearerr(out);
    }
    if (count > 0) continue;
    if (count < 0 && errno != EAGAIN && errno != EINTR) return 1; /* init starts it again */
    int patience = request.last ? HOST_PATIENCE_MS : LOOK_AGAIN_MS;
    if (epoll_wait(watch, &event, 1, patience) == 0 && request.last)
      explicit_bzero(&request, sizeof request); /* nobody is left to end it */
  }
}

int main(int count, char *arguments[]) {
  umask(022);
  if (count == 1) return serve_once();
  if (count == 2 && strcmp(arguments[1], "--serve") == 0) return grow_root(UNKNOWN), serve();
  return fputs("usage: identity [--serve]\n", stderr), 64;
}
