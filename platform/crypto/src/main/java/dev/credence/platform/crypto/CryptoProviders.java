package dev.credence.platform.crypto;

import com.amazon.corretto.crypto.provider.AmazonCorrettoCryptoProvider;
import com.amazon.corretto.crypto.provider.SelfTestStatus;
import java.security.Provider;
import java.security.Security;

/// Chooses the provider that signs, verifies, digests and makes keys. Everything takes the chosen
/// one as a parameter; only the mains of server and node also install it ({@link #installFirst}),
/// because JSSE takes its signatures from installed providers alone.
///
/// Stateless and thread-safe. Each call of {@link #jdk()} makes a new provider object.
public final class CryptoProviders {
  private CryptoProviders() {}

  /// The Amazon Corretto Crypto Provider where its native library loads and its self-tests pass
  /// (about ten times the JDK's speed at P-256), else {@link #jdk()}.
  public static Provider fastest() {
    return corretto() ? AmazonCorrettoCryptoProvider.INSTANCE : jdk();
  }

  /// The JDK's own implementations of EC, RSA and SHA-2 behind one provider.
  public static Provider jdk() {
    return new JdkProvider();
  }

  /// Puts `crypto` before all other providers, so that TLS uses it. Does nothing for {@link
  /// #jdk()}, whose parts are installed already, and nothing the second time. For mains.
  @ForbiddenApiAllowed("the one place where a provider is installed; called by mains only")
  public static void installFirst(Provider crypto) {
    if (!(crypto instanceof JdkProvider)) {
      Security.insertProviderAt(crypto, 1);
    }
  }

  /// For people and logs: name and version, and why it isn't the fast one.
  public static String describe(Provider crypto) {
    String name = crypto.getName() + " " + crypto.getVersionStr();
    return crypto instanceof JdkProvider ? "JDK " + Runtime.version().feature() + why() : name;
  }

  private static String why() {
    return corretto() ? "" : " (the fast provider does not load on this machine)";
  }

  private static boolean corretto() {
    AmazonCorrettoCryptoProvider accp = AmazonCorrettoCryptoProvider.INSTANCE;
    return accp.getLoadingError() == null && accp.runSelfTests() == SelfTestStatus.PASSED;
  }
}
