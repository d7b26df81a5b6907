/// What happens when somebody lies or something dies. Start at [LyingNodeTest] and [CrashTest].
@NullMarked
package dev.credence.e2e.faults;

import org.jspecify.annotations.NullMarked;
