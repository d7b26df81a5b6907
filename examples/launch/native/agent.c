/* An agent in C: asks the node who it is. The C library only. */
#include <stdio.h>
#include <stdlib.h>

#include "workload.h"

static const char GREETING[] = "books the invoices";

int main(void) {
  char id[2048];
  const char *endpoint = getenv("SPIFFE_ENDPOINT_SOCKET");
  if (endpoint == NULL || spiffe_id(endpoint, id, sizeof id) != 0) {
    puts("no identity: the node knows no agent like this process (credence explain says why)");
    return 1;
  }
  printf("identity %s %s\n", id, GREETING);
  return 0;
}
