package dev.credence.e2e.client;

import com.google.protobuf.ByteString;
import java.security.SecureRandom;

/// Fresh ids for mutations.
public final class RequestIds {

  private static final SecureRandom RANDOM = new SecureRandom();

  private RequestIds() {}

  /// 16 random bytes.
  public static ByteString next() {
    var bytes = new byte[16];
    RANDOM.nextBytes(bytes);
    return ByteString.copyFrom(bytes);
  }
}
