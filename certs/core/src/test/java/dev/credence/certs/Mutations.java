package dev.credence.certs;

import java.util.Arrays;
import java.util.Random;

/** Spoils bytes at random, from a seed. */
final class Mutations {
  private final Random random;

  Mutations(long seed) {
    random = new Random(seed);
  }

  byte[] of(byte[] original) {
    byte[] bytes = original.clone();
    for (int i = random.nextInt(4); i >= 0; i--) {
      bytes = once(bytes);
    }
    return bytes;
  }

  private byte[] once(byte[] bytes) {
    if (bytes.length == 0) {
      return new byte[] {(byte) random.nextInt()};
    }
    int at = random.nextInt(bytes.length);
    switch (random.nextInt(7)) {
      case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
      case 1 -> bytes[at] = (byte) random.nextInt();
      case 2 -> bytes[at] = new byte[] {0, 1, 0x7f, -128, -1, 0x30}[random.nextInt(6)];
      case 3 -> bytes = Arrays.copyOf(bytes, at);
      case 4 -> bytes = Arrays.copyOf(bytes, bytes.length + 1 + random.nextInt(4));
      case 5 -> bytes = removed(bytes, at, 1 + random.nextInt(4));
      default -> bytes = Der.concatenated(bytes, Arrays.copyOfRange(bytes, at, bytes.length));
    }
    return bytes;
  }

  private static byte[] removed(byte[] bytes, int at, int count) {
    int end = Math.min(bytes.length, at + count);
    return Der.concatenated(Arrays.copyOf(bytes, at), Arrays.copyOfRange(bytes, end, bytes.length));
  }
}
