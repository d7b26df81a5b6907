package dev.credence.bench;

import dev.credence.certs.CertificateRequest;
import dev.credence.certs.PrivateKeys;
import dev.credence.platform.crypto.CryptoProviders;
import java.io.IOException;
import java.security.Provider;
import java.security.SecureRandom;
import java.security.Signature;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/// CPU of one X.509-SVID at the server, in process: use case, signature, check of what was signed,
/// execution and event durable in SQLite. Not in it: TLS and gRPC, and the client's making of keys
/// and requests, which are made beforehand.
record IssuanceBench() implements Bench {

  private static final int SINGLE = 2_000;
  private static final int BATCHES = 100;
  private static final int BATCH = 50;
  private static final int RAW = 5_000;

  @Override
  public String name() {
    return "issuance";
  }

  @Override
  public void run(Report report) throws Exception {
    report.section(
        "Issuance at the server: CPU per SVID (execution opened, certificate signed and checked,"
            + " events durable)");
    for (var crypto : List.of(CryptoProviders.fastest(), CryptoProviders.jdk())) {
      measure(report, crypto);
    }
  }

  private static void measure(Report report, Provider crypto) throws Exception {
    var name = CryptoProviders.describe(crypto);
    try (var scratch = Scratch.create();
        var server = InProcessServer.start(scratch.folder(), crypto)) {
      var warmUp = new WarmUp(report, ProcessStat.self());
      var spent = warmUp.run(() -> round(server, crypto));
      double raw = raw(crypto);
      report.row(name + ": one at a time; " + warmUp, spent.single());
      report.row(name + ": in batches of " + BATCH, spent.batch());
      report.row(name + ": raw sign + verify + verify, for comparison", Sample.micros(raw));
      report.row(name + ": raw ÷ batches", Math.round(100 * raw / spent.nanosInBatches()) + " %");
    }
  }

  private static CpuOfCalls round(InProcessServer server, Provider crypto) throws Exception {
    var requests = requests(crypto, SINGLE + BATCHES * BATCH);
    var before = ThreadCpu.now();
    for (var request : requests.subList(0, SINGLE)) {
      server.issue(request);
    }
    var single = ThreadCpu.now().since(before);
    before = ThreadCpu.now();
    batches(server, requests.subList(SINGLE, requests.size()));
    return new CpuOfCalls(single, SINGLE, ThreadCpu.now().since(before), BATCHES * BATCH);
  }

  private static void batches(InProcessServer server, List<byte[]> requests) throws Exception {
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int batch = 0; batch < requests.size() / BATCH; batch++) {
        var running = new ArrayList<Future<?>>();
        for (var request : requests.subList(batch * BATCH, (batch + 1) * BATCH)) {
          running.add(
              threads.submit(() -> {
                server.issue(request);
                return true;
              }));
        }
        for (var one : running) {
          one.get();
        }
      }
    }
  }

  private static List<byte[]> requests(Provider crypto, int count) {
    var random = new SecureRandom();
    var requests = new ArrayList<byte[]>(count);
    for (int i = 0; i < count; i++) {
      requests.add(CertificateRequest.create(PrivateKeys.generateP256(crypto, random), crypto));
    }
    return requests;
  }

  /// The cryptography alone: sign the certificate, verify the request's signature, verify what was
  /// signed.
  private static double raw(Provider crypto) throws Exception {
    var keys = PrivateKeys.generateP256(crypto, new SecureRandom());
    var message = new byte[600];
    long began = 0;
    for (int i = -RAW; i < RAW; i++) {
      if (i == 0) {
        began = cpu();
      }
      var sign = Signature.getInstance("SHA256withECDSA", crypto);
      sign.initSign(keys.getPrivate());
      sign.update(message);
      var signature = sign.sign();
      for (int check = 0; check < 2; check++) {
        var verify = Signature.getInstance("SHA256withECDSA", crypto);
        verify.initVerify(keys.getPublic());
        verify.update(message);
        if (!verify.verify(signature)) {
          throw new IllegalStateException("the signature does not hold");
        }
      }
    }
    return (double) (cpu() - began) / RAW;
  }

  private static long cpu() throws IOException {
    return ThreadCpu.now().all();
  }
}
