#include <stddef.h>

/* Asks the Workload API at ENDPOINT for the name of this process. 0: it is in ID; -1: there is none. */
int spiffe_id(const char *endpoint, char *id, size_t size);
