package dev.credence.certs.issue;

import dev.credence.platform.crypto.CryptoProviders;
import java.security.Provider;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;

/// The providers that everything is tested with: the JDK's and, where it loads, the fast one.
final class Providers {
  private Providers() {}

  static Stream<Named<Provider>> all() {
    Map<String, Provider> byName = new LinkedHashMap<>();
    for (Provider provider : new Provider[] {CryptoProviders.jdk(), CryptoProviders.fastest()}) {
      byName.put(CryptoProviders.describe(provider), provider);
    }
    return byName.entrySet().stream().map(entry -> Named.of(entry.getKey(), entry.getValue()));
  }

  static Provider jdk() {
    return CryptoProviders.jdk();
  }
}
