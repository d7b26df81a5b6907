package dev.credence.platform.linux;

/// One name in a folder, as the kernel lists it. By the time somebody opens it, it may be something
/// else.
///
/// @param name exactly: its UTF-8 form is the name's bytes
public record FolderEntry(String name, Kind kind) {
  /// What is under a name.
  public enum Kind {
    FILE("regular file"),
    FOLDER("folder"),
    LINK("symbolic link"),
    FIFO("FIFO"),
    SOCKET("socket"),
    DEVICE("device"),
    /// The file system did not say; asking for the file's own facts tells.
    UNKNOWN("unknown");

    private final String label;

    Kind(String label) {
      this.label = label;
    }

    /// The word for people.
    public String label() {
      return label;
    }

    /// `d_type` of getdents64(2).
    static Kind ofListing(int type) {
      return switch (type) {
        case 1 -> FIFO;
        case 2, 6 -> DEVICE;
        case 4 -> FOLDER;
        case 8 -> FILE;
        case 10 -> LINK;
        case 12 -> SOCKET;
        default -> UNKNOWN;
      };
    }

    /// The type bits of `st_mode`: the same numbers, 12 bits to the left.
    static Kind ofMode(int mode) {
      return ofListing(mode >>> 12 & 0xf);
    }
  }
}
