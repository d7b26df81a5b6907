package dev.credence.e2e.rig;

import com.google.protobuf.Duration;
import dev.credence.e2e.client.Admin;
import dev.credence.e2e.client.Selectors;
import dev.credence.proto.admin.v1.CreateSubjectRequest;
import dev.credence.proto.admin.v1.Subject;
import dev.credence.proto.common.v1.Isolation;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/// An agent or a service that is about to be registered. Used by one thread.
public final class NewSubject {

  private final Admin admin;
  private final CreateSubjectRequest.Builder request;

  NewSubject(Admin admin, CreateSubjectRequest.Builder request) {
    this.admin = admin;
    this.request = request;
  }

  /// The word by which a workload finds it.
  public NewSubject hint(String hint) {
    request.setHint(hint);
    return this;
  }

  /// Lifetime of its SVIDs.
  public NewSubject ttl(java.time.Duration ttl) {
    request.setSvidTtl(Duration.newBuilder().setSeconds(ttl.toSeconds()));
    return this;
  }

  /// A DNS name in its SVIDs.
  public NewSubject dns(String name) {
    request.addDnsNames(name);
    return this;
  }

  /// With JWT-SVIDs, or without.
  public NewSubject jwt(boolean yes) {
    request.setJwt(yes);
    return this;
  }

  /// How far its processes must be apart from others.
  public NewSubject apart(Isolation minimum) {
    request.getGovernanceBuilder().setMinimumIsolation(minimum);
    return this;
  }

  /// Only on nodes that have these.
  public NewSubject onNodes(String... selectors) {
    request.setAnyNode(false).addAllNodeSelectors(Selectors.of(selectors));
    return this;
  }

  /// Registers it for the process that runs the test.
  public Subject forThisProcess() {
    return forProcesses("unix:uid:" + uid(), "unix:path:" + executable());
  }

  /// Registers it for processes that have all of these.
  public Subject forProcesses(String... selectors) {
    if (admin.owners().stream().noneMatch(owner -> owner.getName().equals(request.getOwner()))) {
      var owner = admin.owner(request.getOwner());
      if (!owner.getName().equals(request.getOwner())) {
        throw new AssertionError("owner " + owner.getName() + " of " + Arrays.toString(selectors));
      }
    }
    return admin.create(request.addAllSelectors(Selectors.of(selectors)));
  }

  private static int uid() {
    try {
      return (Integer) Files.getAttribute(Path.of("/proc/self"), "unix:uid");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Path executable() {
    try {
      return Path.of("/proc/self/exe").toRealPath();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
