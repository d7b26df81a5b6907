package dev.credence.attestors.container;

import java.util.List;
import java.util.Map;

/// What an engine says of a container. All of it was settled when the container was made; the
/// processes in it cannot change it.
///
/// @param pid of its first process, in the engine's pid namespace; 0: it does not run
/// @param starting it does not run yet, or is between two runs
/// @param image name of the image as the container was made with; a tag may mean another one by now
/// @param digest of the image's configuration, and so of all its content: `sha256:` and 64 hex
/// @param labels by key
/// @param environment `NAME=VALUE`, as it was when the container was made
record Container(
    int pid,
    boolean starting,
    String image,
    String digest,
    Map<String, String> labels,
    List<String> environment) {
  Container {
    labels = Map.copyOf(labels);
    environment = List.copyOf(environment);
  }
}
