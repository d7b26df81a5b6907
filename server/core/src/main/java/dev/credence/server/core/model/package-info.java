/// The server's vocabulary as immutable values (docs/VOCABULARY.md). Start at
/// [dev.credence.server.core.model.Subject].
@NullMarked
package dev.credence.server.core.model;

import org.jspecify.annotations.NullMarked;
