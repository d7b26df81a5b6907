/// `credence demo`: the whole story on real processes. Start at [DemoStory].
@NullMarked
package dev.credence.cli.demo;

import org.jspecify.annotations.NullMarked;
