package dev.credence.bench;

import dev.credence.certs.CertificateRequest;
import dev.credence.certs.Id;
import dev.credence.certs.PrivateKeys;
import dev.credence.platform.crypto.CryptoProviders;
import java.security.Provider;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/// What one JWT-SVID costs the server: decided and recorded in a transaction, signed, verified.
final class JwtBench implements Bench {

  private static final int SINGLE = 2_000;
  private static final int BATCHES = 100;
  private static final int BATCH = 50;

  @Override
  public String name() {
    return "jwt";
  }

  @Override
  public void run(Report report) throws Exception {
    report.section(
        "JWT-SVIDs at the server: CPU per token (decided, event durable, signed and checked)");
    for (var crypto : List.of(CryptoProviders.fastest(), CryptoProviders.jdk())) {
      measure(report, crypto);
    }
  }

  private static void measure(Report report, Provider crypto) throws Exception {
    var name = CryptoProviders.describe(crypto);
    try (var scratch = Scratch.create();
        var server = InProcessServer.start(scratch.folder(), crypto)) {
      var keys = PrivateKeys.generateP256(crypto, new SecureRandom());
      var execution = server.issue(CertificateRequest.create(keys, crypto));
      var warmUp = new WarmUp(report, ProcessStat.self());
      var spent = warmUp.run(() -> round(server, execution));
      report.row(name + ": one at a time; " + warmUp, spent.single());
      report.row(name + ": in batches of " + BATCH, spent.batch());
    }
  }

  private static CpuOfCalls round(InProcessServer server, Id execution) throws Exception {
    var before = ThreadCpu.now();
    for (int i = 0; i < SINGLE; i++) {
      server.token(execution);
    }
    var single = ThreadCpu.now().since(before);
    before = ThreadCpu.now();
    batches(server, execution, BATCHES);
    return new CpuOfCalls(single, SINGLE, ThreadCpu.now().since(before), BATCHES * BATCH);
  }

  private static void batches(InProcessServer server, Id execution, int batches) throws Exception {
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int batch = 0; batch < batches; batch++) {
        var running = new ArrayList<Future<?>>();
        for (int i = 0; i < BATCH; i++) {
          running.add(
              threads.submit(() -> {
                server.token(execution);
                return true;
              }));
        }
        for (var one : running) {
          one.get();
        }
      }
    }
  }
}
