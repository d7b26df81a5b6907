/// Everything that asks the Linux kernel something the JDK does not: who is on a socket, whether a
/// process is still the same one, when it ends.
///
/// Start with [dev.credence.platform.linux.PinnedProcess]: it puts the rest in the right order. All
/// foreign-function code of the project is in this package; programs that use it are started with
/// `--enable-native-access`.
@NullMarked
package dev.credence.platform.linux;

import org.jspecify.annotations.NullMarked;
