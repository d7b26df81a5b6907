package dev.credence.e2e.fuzz;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/// Makes inputs of inputs. The same seed makes the same ones.
final class Mutator {
  private static final int LONGEST = 4096;

  /// What parsers of text stumble over.
  private static final List<byte[]> WORDS =
      List.of(
          utf8("\u212a"),
          utf8("\ufeff"),
          utf8("\u00a0"),
          utf8("\ud83e\udd2f"),
          utf8("\\u0000"),
          utf8("\\ud800"),
          utf8("%2f"),
          utf8(".."),
          utf8("//"),
          utf8("-1"),
          utf8("9223372036854775808"),
          utf8("1e309"),
          utf8("\r\n"),
          utf8("&a *a"),
          utf8("!!"),
          utf8("\"\""),
          utf8("{}"),
          utf8("[[[[[[[["),
          utf8("null"),
          // of YAML
          utf8("- "),
          utf8(": "),
          utf8("&a "),
          utf8("*a"),
          utf8("!!x "),
          utf8("? "),
          utf8("|\n"),
          utf8(">-\n "),
          utf8("---\n"),
          utf8("...\n"),
          utf8("%YAML 1.2\n"),
          utf8("%TAG ! x\n"),
          utf8("<<: *a"),
          utf8("\t"),
          utf8("\u0085"),
          utf8("\u2028"),
          utf8("~"),
          utf8("#"),
          utf8("'"),
          utf8("{"),
          utf8("["),
          utf8("\"\\U0011ffff\""),
          utf8("\"\\ud800\""),
          // of bytes
          utf8("=="),
          new byte[] {0},
          new byte[] {-1, -1, -1, -1},
          new byte[] {(byte) 0xc0, (byte) 0x80},
          new byte[] {0x30, (byte) 0x84, 0x7f, -1, -1, -1},
          new byte[] {(byte) 0x80});

  private final Random random;

  Mutator(long seed) {
    this.random = new Random(seed);
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  int below(int bound) {
    return random.nextInt(bound);
  }

  /// A new input of one of these, or of two.
  byte[] next(List<byte[]> pool) {
    byte[] bytes = pool.get(below(pool.size())).clone();
    if (below(8) == 0) {
      bytes = spliced(bytes, pool.get(below(pool.size())));
    }
    for (int i = below(5); i >= 0; i--) {
      bytes = once(bytes);
    }
    return bytes.length > LONGEST ? Arrays.copyOf(bytes, LONGEST) : bytes;
  }

  private byte[] spliced(byte[] one, byte[] other) {
    int cut = below(one.length + 1);
    int from = below(other.length + 1);
    return joined(
        Arrays.copyOf(one, cut), new byte[0], Arrays.copyOfRange(other, from, other.length));
  }

  private byte[] once(byte[] bytes) {
    if (bytes.length == 0) {
      return WORDS.get(below(WORDS.size())).clone();
    }
    int at = below(bytes.length);
    int end = Math.min(bytes.length, at + 1 + below(8));
    byte[] before = Arrays.copyOf(bytes, at);
    byte[] piece = Arrays.copyOfRange(bytes, at, end);
    byte[] after = Arrays.copyOfRange(bytes, end, bytes.length);
    return switch (below(9)) {
      case 0 -> {
        bytes[at] ^= (byte) (1 << below(8));
        yield bytes;
      }
      case 1 -> {
        bytes[at] = (byte) random.nextInt();
        yield bytes;
      }
      case 2 -> {
        bytes[at] = (byte) (bytes[at] + (random.nextBoolean() ? 1 : -1));
        yield bytes;
      }
      case 3 -> before;
      case 4 -> joined(before, new byte[0], after);
      case 5 -> joined(before, joined(piece, piece, piece), after);
      case 6 ->
          joined(
              before, WORDS.get(below(WORDS.size())), Arrays.copyOfRange(bytes, at, bytes.length));
      case 7 -> joined(before, WORDS.get(below(WORDS.size())), after);
      default -> joined(before, piece, joined(piece, new byte[0], after));
    };
  }

  private static byte[] joined(byte[] one, byte[] two, byte[] three) {
    var out = new ByteArrayOutputStream();
    out.writeBytes(one);
    out.writeBytes(two);
    out.writeBytes(three);
    return out.toByteArray();
  }
}
