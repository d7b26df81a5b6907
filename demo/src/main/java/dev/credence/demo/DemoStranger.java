package dev.credence.demo;

import io.grpc.Status;
import io.spiffe.exception.X509ContextException;
import io.spiffe.workloadapi.DefaultWorkloadApiClient;

/** A process that nobody registered. It asks for an SVID like the others, and must be refused. */
public final class DemoStranger {
  private DemoStranger() {}

  /** Prints {@code got ...} and exits with 0, or {@code refused: ...} and exits with 1. */
  @ForbiddenApiAllowed("the entry point: a demo prints")
  public static void main(String[] args) throws Exception {
    try (var client = DefaultWorkloadApiClient.newClient()) {
      var context = client.fetchX509Context();
      System.out.println("got " + context.getDefaultSvid().getSpiffeId());
    } catch (X509ContextException e) {
      var status = Status.fromThrowable(e);
      System.out.println("refused: " + status.getCode() + " (" + status.getDescription() + ")");
      System.exit(1);
    }
  }
}
