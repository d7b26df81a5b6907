/// Which implementation of the algorithms is used: one codebase, two speeds. Start at {@link
/// dev.credence.platform.crypto.CryptoProviders}.
@NullMarked
package dev.credence.platform.crypto;

import org.jspecify.annotations.NullMarked;
