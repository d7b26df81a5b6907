/// The attack suite: tricks to get an identity that one must not have, or to keep one that is no
/// longer true, each a story with the outcome that must be. Start at [Trick]; the table of all of
/// them is docs/reference/attacks.md.
@NullMarked
package dev.credence.e2e.attacks;

import org.jspecify.annotations.NullMarked;
