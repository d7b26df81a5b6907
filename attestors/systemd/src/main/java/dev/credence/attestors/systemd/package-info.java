/// Properties of systemd units, asked of systemd over D-Bus.
@NullMarked
package dev.credence.attestors.systemd;

import org.jspecify.annotations.NullMarked;
