/// Measuring an agent's code: the digest of a tree of files, and the node's own store of copies.
@NullMarked
package dev.credence.attestors.code;

import org.jspecify.annotations.NullMarked;
