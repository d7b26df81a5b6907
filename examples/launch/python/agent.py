"""An agent in Python: asks the node who it is, with a module of its own. Standard library only."""
import os
import sys

import workload

GREETING = "books the invoices"

if __name__ == "__main__":
    try:
        print("identity", workload.spiffe_id(os.environ["SPIFFE_ENDPOINT_SOCKET"]), GREETING, flush=True)
    except workload.Refused as refused:
        print("no identity:", refused, flush=True)
        sys.exit(1)
