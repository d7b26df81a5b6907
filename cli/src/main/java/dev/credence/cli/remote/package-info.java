/// A server on another machine: enrolment, and the files that an administrator's SVID is kept in.
/// Start at [RemoteServer].
@NullMarked
package dev.credence.cli.remote;

import org.jspecify.annotations.NullMarked;
