package dev.credence.node.launch;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// Where and for how many programs are started.
///
/// @param socket where callers connect
/// @param mode who may, as `rw-rw-rw-`
/// @param api the Workload API's socket, which programs find in their environment
/// @param name of the node's group, unlike that of every other node on this machine
/// @param untouchable folders that no view may cover: the node's own data, programs and sockets
/// @param hidden the node's data folder, which programs do not see where that can be had; empty:
///   the Workload API's socket is in it, so that it cannot
/// @param perUid most launches of one caller's user at once
/// @param total most launches at once; a user gets one more only while it has fewer than are free
/// @param forRoot of these, root's alone
public record LaunchSettings(
    Path socket,
    String mode,
    Path api,
    String name,
    List<Path> untouchable,
    Optional<Path> hidden,
    int perUid,
    int total,
    int forRoot) {
  /// Most launches of one user at once.
  public static final int USUAL_PER_UID = 64;

  /// Most launches at once.
  public static final int USUAL_TOTAL = 256;

  /// Of these, root's alone.
  public static final int USUAL_FOR_ROOT = 16;

  public LaunchSettings {
    untouchable = List.copyOf(untouchable);
  }
}
