/// Properties of Linux processes: the `unix:` selectors under SPIRE's names, and how far a process
/// is apart from others.
///
/// Start with [dev.credence.attestors.linux.UnixAttestor] and
/// [dev.credence.attestors.linux.IsolationMeter]. What can be believed of each property, and why,
/// stands at the class that reads it.
@NullMarked
package dev.credence.attestors.linux;

import org.jspecify.annotations.NullMarked;
