package dev.credence.transport;

import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;

/// Hands the peer's chain to a {@link PeerCheck}, in either direction. Being an *extended* trust
/// manager keeps JSSE from adding checks of its own, such as of host names.
final class SvidTrustManager extends X509ExtendedTrustManager {
  private final PeerCheck check;

  SvidTrustManager(PeerCheck check) {
    this.check = check;
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine)
      throws CertificateException {
    check.check(List.of(chain));
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine)
      throws CertificateException {
    check.check(List.of(chain));
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket)
      throws CertificateException {
    check.check(List.of(chain));
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket)
      throws CertificateException {
    check.check(List.of(chain));
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String type) throws CertificateException {
    check.check(List.of(chain));
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String type) throws CertificateException {
    check.check(List.of(chain));
  }

  /// None: a client is not told whom we trust, and sends the one chain that it has.
  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return new X509Certificate[0];
  }
}
