/// What people and scripts see: tables, sheets and JSON. Start at [Output].
@NullMarked
package dev.credence.cli.print;

import org.jspecify.annotations.NullMarked;
