package dev.credence.cli;

import dev.credence.certs.Certificates;
import dev.credence.certs.ExecutionFacts;
import dev.credence.certs.SvidException;
import dev.credence.cli.client.CommandFailure;
import dev.credence.cli.print.Printable;
import dev.credence.cli.print.Text;
import dev.credence.proto.workload.X509SVID;
import dev.credence.proto.workload.X509SVIDResponse;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// Which of the SVIDs of a process is kept in files: the first one, of those with a hint if one is
/// wanted; then that of the same agent or service, whatever else the process gets by now, under
/// whatever hint. A server that read its files anew must not find that it is somebody else.
/// Confined to one thread.
final class SvidChoice {
  private final String hint;
  private final Optional<Path> chain;
  private Optional<String> subject = Optional.empty();

  private SvidChoice(String hint, Optional<Path> chain) {
    this.hint = hint;
    this.chain = chain;
  }

  /// The first, each time.
  static SvidChoice first() {
    return new SvidChoice("", Optional.empty());
  }

  /// For files that may be there from earlier.
  ///
  /// @param hint of the SVID; empty: that of the same subject as before
  /// @param chain the certificates that were written last
  static SvidChoice kept(String hint, Path chain) {
    return new SvidChoice(hint, Optional.of(chain));
  }

  X509SVID of(X509SVIDResponse answer) {
    List<X509SVID> wanted = hint.isEmpty() ? answer.getSvidsList() : hinted(answer);
    if (subject.isEmpty()) {
      subject = chain.flatMap(SvidChoice::writtenFor);
    }
    X509SVID svid = subject.isEmpty() ? wanted.getFirst() : same(wanted, subject.get());
    if (chain.isPresent()) {
      subject = Optional.of(subject(svid));
    }
    return svid;
  }

  private List<X509SVID> hinted(X509SVIDResponse answer) {
    List<X509SVID> found =
        answer.getSvidsList().stream().filter(svid -> svid.getHint().equals(hint)).toList();
    if (found.isEmpty()) {
      throw CommandFailure.failed(
          Text.of(
              "none of the %d SVIDs of this process has the hint \"%s\"",
              answer.getSvidsCount(), Printable.line(hint)));
    }
    return found;
  }

  private X509SVID same(List<X509SVID> wanted, String before) {
    return wanted.stream()
        .filter(svid -> subject(svid).equals(before))
        .findFirst()
        .orElseThrow(() ->
            CommandFailure.failed(
                Text.of(
                    "this process has no SVID any more of whom %s was written for, but one of %s; the files stay as they"
                        + " are (expected: the same agent or service; to change it, remove the file)",
                    chain.orElseThrow(), Printable.line(wanted.getFirst().getSpiffeId()))));
  }

  private static Optional<String> writtenFor(Path chain) {
    try {
      return Files.exists(chain)
          ? subject(Certificates.toDer(Certificates.parsePem(Files.readString(chain))))
          : Optional.empty();
    } catch (IOException | SvidException e) {
      return Optional.empty(); // not ours, or half of one: it is replaced
    }
  }

  private static String subject(X509SVID svid) {
    try {
      return subject(svid.getX509Svid().toByteArray()).orElse(svid.getSpiffeId());
    } catch (SvidException e) {
      throw CommandFailure.failed("the node's answer cannot be read: " + e.getMessage());
    }
  }

  /// The id of the agent or service, which a transfer to another owner keeps; SVIDs of other
  /// issuers have none.
  private static Optional<String> subject(byte[] chain) throws SvidException {
    return ExecutionFacts.of(Certificates.parseChain(chain).getFirst())
        .map(facts -> facts.agentId().toString());
  }
}
