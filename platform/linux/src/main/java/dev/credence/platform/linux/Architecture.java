package dev.credence.platform.linux;

import java.util.Locale;

/// What differs between the processor architectures that we run on. System calls of newer kernels
/// (pidfd_open and later) have one number everywhere; older ones are reached through libc, which
/// knows, except where libc does something else than the kernel.
enum Architecture {
  /// Here the kernel packs `struct epoll_event` to 12 bytes.
  X86_64(0x10000, 0x20000, 12, 4, 115, 116, 250, 321),
  AARCH64(0x4000, 0x8000, 16, 8, 158, 159, 219, 280);

  /// `pidfd_open(2)`.
  static final int SYS_PIDFD_OPEN = 434;

  /// `pidfd_send_signal(2)`.
  static final int SYS_PIDFD_SEND_SIGNAL = 424;

  /// `close_range(2)`.
  static final int SYS_CLOSE_RANGE = 436;

  /// `openat2(2)`.
  static final int SYS_OPENAT2 = 437;

  private final int directoryFlag;
  private final int noFollowFlag;
  private final int epollEventSize;
  private final int epollDataOffset;
  private final int getGroups;
  private final int setGroups;
  private final int keyctl;
  private final int bpf;

  Architecture(
      int directoryFlag,
      int noFollowFlag,
      int epollEventSize,
      int epollDataOffset,
      int getGroups,
      int setGroups,
      int keyctl,
      int bpf) {
    this.directoryFlag = directoryFlag;
    this.noFollowFlag = noFollowFlag;
    this.epollEventSize = epollEventSize;
    this.epollDataOffset = epollDataOffset;
    this.getGroups = getGroups;
    this.setGroups = setGroups;
    this.keyctl = keyctl;
    this.bpf = bpf;
  }

  /// The one that this JVM runs on.
  ///
  /// @throws UnsupportedOperationException on any other
  @ForbiddenApiAllowed("the architecture is a property of the machine, not configuration")
  static Architecture current() {
    return of(System.getProperty("os.name"), System.getProperty("os.arch"));
  }

  static Architecture of(String system, String architecture) {
    if ("Linux".equals(system)) {
      switch (architecture) {
        case "amd64", "x86_64" -> {
          return X86_64;
        }
        case "aarch64" -> {
          return AARCH64;
        }
        default -> {}
      }
    }
    throw new UnsupportedOperationException(
        String.format(
            Locale.ROOT,
            "system %s on %s (expected: Linux on x86_64 or aarch64)",
            system,
            architecture));
  }

  /// `O_DIRECTORY`.
  int directoryFlag() {
    return directoryFlag;
  }

  /// `O_NOFOLLOW`.
  int noFollowFlag() {
    return noFollowFlag;
  }

  /// Number of `getgroups(2)`.
  int getGroups() {
    return getGroups;
  }

  /// Number of `setgroups(2)`, which the kernel does for one thread, and libc for all.
  int setGroups() {
    return setGroups;
  }

  int epollEventSize() {
    return epollEventSize;
  }

  int epollDataOffset() {
    return epollDataOffset;
  }

  /// Number of `keyctl(2)`, which libc does not have.
  int keyctl() {
    return keyctl;
  }

  /// Number of `bpf(2)`, which libc does not have.
  int bpf() {
    return bpf;
  }
}
