package dev.credence.attestors.linux;

/// File systems whose content only this machine's kernel serves. With any other (network, FUSE,
/// shared with a host), what we read need not be what the process executed, so it counts as
/// `claimed`.
final class LocalFileSystems {
  private LocalFileSystems() {}

  static boolean contains(String type) {
    return dev.credence.platform.linux.LocalFileSystems.contains(type);
  }
}
