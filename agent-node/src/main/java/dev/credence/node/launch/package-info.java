/// Starting programs for local callers (`credence run`): from the node's own copy of their code, in
/// a group and a view of the file system of their own, with the caller's rights and never more.
///
/// Start at {@link dev.credence.node.launch.LaunchService}. One request goes {@link
/// dev.credence.node.launch.LaunchConnection} (who asks, for what) → {@link
/// dev.credence.node.launch.LaunchDecision} (every check, and the measured copy, before anything is
/// made) → {@link dev.credence.node.launch.LaunchStart} (held, looked at, registered, let go) →
/// {@link dev.credence.node.launch.LaunchAttendance} (until it has ended). Meanwhile it is in
/// {@link dev.credence.node.launch.LaunchTable}, where {@link
/// dev.credence.node.launch.LaunchAttestor} finds it when the process asks for its identity.
@NullMarked
package dev.credence.node.launch;

import org.jspecify.annotations.NullMarked;
