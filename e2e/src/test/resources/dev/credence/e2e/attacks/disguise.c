/* disguise SHOWN SOCKET: has the kernel show SHOWN as the program that it runs, which takes a user namespace of its own; then
   connects to SOCKET and passes on what comes, both ways, between it and standard input. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/prctl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

struct area {
  unsigned long begin, end;
  int rights;
};

/* The program's file may be mapped no more: its memory becomes a copy of itself. */
static void leave_file(void) {
  char own[4096], line[8192];
  ssize_t length = readlink("/proc/self/exe", own, sizeof own - 1);
  if (length < 0) exit(3);
  own[length] = 0;
  struct area areas[64];
  int count = 0;
  FILE *maps = fopen("/proc/self/maps", "r");
  while (maps && count < 64 && fgets(line, sizeof line, maps)) {
    char rights[8], path[4096] = "";
    struct area *a = &areas[count];
    sscanf(line, "%lx-%lx %7s %*s %*s %*s %4095s", &a->begin, &a->end, rights, path);
    if (strcmp(path, own)) continue;
    a->rights = (rights[0] == 'r' ? PROT_READ : 0) | (rights[1] == 'w' ? PROT_WRITE : 0) | (rights[2] == 'x' ? PROT_EXEC : 0);
    count++;
  }
  fclose(maps);
  for (int i = 0; i < count; i++) {
    size_t size = areas[i].end - areas[i].begin;
    char *copy = mmap(0, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    memcpy(copy, (void *)areas[i].begin, size);
    mprotect(copy, size, areas[i].rights);
    if (mremap(copy, size, size, MREMAP_MAYMOVE | MREMAP_FIXED, (void *)areas[i].begin) == MAP_FAILED) exit(4);
  }
}

static void show(const char *path) {
  char line[4096];
  unsigned long long field[64] = {0};
  FILE *stat = fopen("/proc/self/stat", "r");
  if (!stat || !fgets(line, sizeof line, stat)) exit(5);
  fclose(stat);
  int number = 3;
  for (char *word = strtok(strrchr(line, ')') + 2, " "); word && number < 64; word = strtok(0, " ")) field[number++] = strtoull(word, 0, 10);
  struct prctl_mm_map map = {
      .start_code = field[26], .end_code = field[27], .start_stack = field[28], .start_data = field[45], .end_data = field[46],
      .start_brk = field[47], .brk = (unsigned long)sbrk(0), .arg_start = field[48], .arg_end = field[49], .env_start = field[50],
      .env_end = field[51], .exe_fd = open(path, O_RDONLY)};
  if (prctl(PR_SET_MM, PR_SET_MM_MAP, &map, sizeof map, 0)) {
    perror("prctl");
    exit(6);
  }
}

static void pass_on(int from, int to) {
  char bytes[4096];
  ssize_t count = read(from, bytes, sizeof bytes);
  if (count <= 0 || write(to, bytes, count) != count) exit(0);
}

int main(int argc, char **argv) {
  if (argc != 3) return 2;
  leave_file();
  show(argv[1]);
  struct sockaddr_un there = {.sun_family = AF_UNIX};
  strncpy(there.sun_path, argv[2], sizeof there.sun_path - 1);
  int node = socket(AF_UNIX, SOCK_STREAM, 0);
  if (connect(node, (struct sockaddr *)&there, sizeof there)) return 7;
  struct pollfd both[2] = {{.fd = 0, .events = POLLIN}, {.fd = node, .events = POLLIN}};
  while (poll(both, 2, -1) > 0) {
    if (both[0].revents) pass_on(0, node);
    if (both[1].revents) pass_on(node, 0);
  }
  return 0;
}
