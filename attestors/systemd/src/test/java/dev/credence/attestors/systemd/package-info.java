/// Tests, against a real message bus.
@NullMarked
package dev.credence.attestors.systemd;

import org.jspecify.annotations.NullMarked;
