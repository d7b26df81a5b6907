package dev.credence.server.core.model;

import java.util.Locale;

/// The life of an authority: prepared → active → old → (tainted) → revoked. The names are stored.
public enum AuthorityState {
  /// In the bundle, so that everybody knows it before it signs. It does not sign yet.
  PREPARED,
  /// The one of its server and kind that signs.
  ACTIVE,
  /// It signed; what it signed is valid.
  OLD,
  /// As old, but what it signed is renewed with the active one at once. It never signs anything
  /// again but its revocation list.
  TAINTED,
  /// Not in the bundle any more: nothing that it signed is valid. Its key is destroyed.
  REVOKED;

  /// The word in lists.
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /// True if it is in the bundle.
  public boolean isTrusted() {
    return this != REVOKED;
  }

  /// True if what it signed need not be replaced.
  public boolean isSound() {
    return isTrusted() && this != TAINTED;
  }
}
