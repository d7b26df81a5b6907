/// What the documents say is what the code does. Start at [Documents].
@NullMarked
package dev.credence.e2e.docs;

import org.jspecify.annotations.NullMarked;
