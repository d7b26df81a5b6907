/// What every story is told with: numbered steps, deadlines, logs of what took part. Start at
/// [Story].
@NullMarked
package dev.credence.e2e.story;

import org.jspecify.annotations.NullMarked;
