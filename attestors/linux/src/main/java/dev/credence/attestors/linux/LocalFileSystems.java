package dev.credence.attestors.linux;

/// File systems whose content only this machine's kernel serves. With any other (network, FUSE,
/// shared with a host), what we read need not be what the process executed, so it counts as
/// `claimed`.
final class LocalFileSystems {
  static final String MADE_UP =
      "it is on a FUSE file system, whose program may show every reader another content";

  private LocalFileSystems() {}

  static boolean contains(String type) {
    return dev.credence.platform.linux.LocalFileSystems.contains(type);
  }

  /// True if a program answers for the content; such a file is not read at all.
  static boolean isMadeUp(String type) {
    return dev.credence.platform.linux.LocalFileSystems.isMadeUp(type);
  }
}
