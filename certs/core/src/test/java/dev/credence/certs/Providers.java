package dev.credence.certs;

import com.amazon.corretto.crypto.provider.AmazonCorrettoCryptoProvider;
import java.security.Provider;
import java.security.Security;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;

/** The JDK's provider and, where it loads, the fast one. */
final class Providers {
  private Providers() {}

  static Provider jdk() {
    return Objects.requireNonNull(Security.getProvider("SunEC"), "SunEC");
  }

  static Stream<Named<Provider>> all() {
    AmazonCorrettoCryptoProvider fast = AmazonCorrettoCryptoProvider.INSTANCE;
    Stream<Provider> providers =
        fast.getLoadingError() == null ? Stream.of(jdk(), fast) : Stream.of(jdk());
    return providers.map(provider -> Named.of(provider.getName(), provider));
  }
}
