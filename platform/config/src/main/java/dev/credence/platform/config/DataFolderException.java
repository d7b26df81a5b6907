package dev.credence.platform.config;

import java.io.IOException;

/// A data folder that cannot be used; the message is a line for people.
public final class DataFolderException extends IOException {
  private static final long serialVersionUID = 1L;

  DataFolderException(String message) {
    super(message);
  }

  DataFolderException(String message, Throwable cause) {
    super(message, cause);
  }
}
