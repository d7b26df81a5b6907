/// Doors to parsers that are not public.
@NullMarked
package dev.credence.attestors.code;

import org.jspecify.annotations.NullMarked;
