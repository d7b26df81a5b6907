package dev.credence.e2e.fuzz;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/// Inputs that are kept: one line of `corpus.tsv` each, target, hex, and what it once did.
final class Corpus {
  private Corpus() {}

  /// Those of one target.
  static List<byte[]> of(Target target) throws IOException {
    var kept = new ArrayList<byte[]>();
    try (var in = Corpus.class.getResourceAsStream("corpus.tsv")) {
      if (in == null) {
        throw new IOException("corpus.tsv is not there");
      }
      for (var line : new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList()) {
        var cells = line.split("\t", -1);
        if (cells[0].equals(target.name())) {
          kept.add(HexFormat.of().parseHex(cells[1]));
        }
      }
    }
    return kept;
  }
}
