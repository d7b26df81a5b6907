package dev.credence.certs;

/** Bytes are not the DER that was expected. */
public final class DerException extends Exception {
  private static final long serialVersionUID = 1L;

  DerException(String message) {
    super(message);
  }
}
