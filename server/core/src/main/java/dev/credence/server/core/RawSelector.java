package dev.credence.server.core;

/// A selector as a caller wrote it, before it was checked.
public record RawSelector(String type, String name, String value) {
  @Override
  public String toString() {
    return type + ":" + name + ":" + value;
  }
}
