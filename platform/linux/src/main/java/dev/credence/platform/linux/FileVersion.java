package dev.credence.platform.linux;

/// What changes when the content of a file may have changed. Equal versions, more than the clock's
/// granularity apart from the last change, mean equal content.
///
/// @param device as in `st_dev` of stat(2)
/// @param inode number of the inode on that device
/// @param modifiedNanos last change of the content, nanoseconds since 1970
/// @param changedNanos last change of content or attributes; users cannot set it
/// @param size in bytes
public record FileVersion(
    long device, long inode, long modifiedNanos, long changedNanos, long size) {}
