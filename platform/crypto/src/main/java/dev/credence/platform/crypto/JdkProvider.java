package dev.credence.platform.crypto;

import java.security.Provider;
import java.security.Security;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// One provider that answers for the JDK's own: elliptic curves, RSA and digests live in three of
/// them, and our code is handed exactly one. It holds no algorithm itself and is never installed.
final class JdkProvider extends Provider {
  private static final long serialVersionUID = 1L;

  private final transient List<Provider> parts =
      Stream.of("SunEC", "SunRsaSign", "SUN")
          .map(Security::getProvider)
          .filter(Objects::nonNull)
          .toList();

  JdkProvider() {
    super("CredenceJdk", "1", "the JDK's elliptic curves, RSA and digests");
    if (parts.isEmpty()) {
      throw new IllegalStateException(
          "the JDK offers no crypto provider (expected: SunEC, SunRsaSign, SUN)");
    }
  }

  @Override
  public @Nullable Service getService(String type, String algorithm) {
    for (Provider part : parts) {
      Service service = part.getService(type, algorithm);
      if (service != null) {
        return service;
      }
    }
    return null;
  }
}
