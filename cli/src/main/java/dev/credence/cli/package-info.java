/// The command line: one class per command. Start at [Main]; [CommandTree] names every command.
@NullMarked
package dev.credence.cli;

import org.jspecify.annotations.NullMarked;
