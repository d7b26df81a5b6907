/// Stories through the built program: real processes, real sockets, real files. Start at
/// [DemoStoryTest] and [DevStoryTest].
@NullMarked
package dev.credence.e2e.stories;

import org.jspecify.annotations.NullMarked;
