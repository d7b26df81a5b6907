package dev.credence.node;

import dev.credence.certs.Id;
import dev.credence.platform.linux.ProcessMark;

/// An execution that the server holds to be running on this node.
record HostedByServer(Id execution, Id subject, Id registration, ProcessMark mark) {}
