/// A window into the program's own package for the tests that compare documents with it. Start at
/// [ProgramCommands].
@NullMarked
package dev.credence.cli;

import org.jspecify.annotations.NullMarked;
