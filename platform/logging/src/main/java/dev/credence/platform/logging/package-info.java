/// The log of a daemon: one format, one place, bounded. Start at {@link
/// dev.credence.platform.logging.DaemonLog}.
@NullMarked
package dev.credence.platform.logging;

import org.jspecify.annotations.NullMarked;
