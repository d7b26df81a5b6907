package dev.credence.certs.issue;

import dev.credence.certs.JwtBundle;
import java.util.List;

/// The JWT authorities of one server: which one signs now, and which ones are trusted. Thread-safe;
/// both may change at any time, and what signs is always among what is trusted.
public interface JwtAuthorities {
  /// The one that signs.
  JwtAuthority current();

  /// All that are trusted.
  JwtBundle trusted();

  /// A single one that never changes.
  static JwtAuthorities only(JwtAuthority authority) {
    JwtBundle trusted = JwtBundle.of(authority.trustDomain(), List.of(authority.publicKey()));
    return new JwtAuthorities() {
      @Override
      public JwtAuthority current() {
        return authority;
      }

      @Override
      public JwtBundle trusted() {
        return trusted;
      }
    };
  }
}
