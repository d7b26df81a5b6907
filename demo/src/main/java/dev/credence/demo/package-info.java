/**
 * Three small programs that know nothing of Credence but the standard: they use java-spiffe as it
 * is published. Start at {@link dev.credence.demo.DemoTool} and {@link
 * dev.credence.demo.DemoAgent}; {@link dev.credence.demo.DemoStranger} is the one who must be
 * refused.
 */
@NullMarked
package dev.credence.demo;

import org.jspecify.annotations.NullMarked;
