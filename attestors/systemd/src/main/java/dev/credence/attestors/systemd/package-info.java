/// What systemd says of the unit that a process belongs to.
///
/// Start with [dev.credence.attestors.systemd.SystemdAttestor]. The client of the message bus is
/// small and our own (docs/adr/0017): one question at a time, answers of bounded length, in bounded
/// time.
@NullMarked
package dev.credence.attestors.systemd;

import org.jspecify.annotations.NullMarked;
