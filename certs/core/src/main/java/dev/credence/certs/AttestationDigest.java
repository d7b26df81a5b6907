package dev.credence.certs;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Computes the digest of an attestation record that goes into the certificate: SHA-256 over the
 * canonical encoding of docs/spec/execution-extension.md, so that node, server and auditors get the
 * same 32 bytes from the same facts. Every value must be given; properties are a set. Confined to
 * one thread.
 */
public final class AttestationDigest {
  private static final byte[] DOMAIN =
      "credence-attestation-v1".getBytes(StandardCharsets.US_ASCII);
  private static final int MAX_STRING = 65_535;

  private final TreeSet<byte[]> properties = new TreeSet<>(Arrays::compareUnsigned);
  private byte @Nullable [] mark;
  private byte @Nullable [] executable;
  private byte @Nullable [] process;
  private @Nullable CodeAssurance code;
  private @Nullable Isolation isolation;

  private AttestationDigest() {}

  /** An empty record. */
  public static AttestationDigest builder() {
    return new AttestationDigest();
  }

  /**
   * Where and since when the process runs.
   *
   * @param bootId /proc/sys/kernel/random/boot_id
   * @param pidNamespace inode of the pid namespace
   * @param pid its pid there
   * @param startTime clock ticks since boot
   */
  public AttestationDigest process(String bootId, long pidNamespace, int pid, long startTime) {
    process =
        Der.concatenated(field(utf8(bootId)), number(pidNamespace), number(pid), number(startTime));
    return this;
  }

  /**
   * What changes when the process executes another program.
   *
   * @param device device of the executable
   * @param inode inode of the executable
   * @param startCode field 26 of /proc/PID/stat
   * @param startStack field 28
   * @param argStart field 48
   */
  public AttestationDigest image(
      long device, long inode, long startCode, long startStack, long argStart) {
    mark =
        Der.concatenated(
            number(device), number(inode), number(startCode), number(startStack), number(argStart));
    return this;
  }

  /** User, group and the executable's path as the kernel shows it. */
  public AttestationDigest owner(int uid, int gid, String path) {
    executable =
        Der.concatenated(
            number(Integer.toUnsignedLong(uid)),
            number(Integer.toUnsignedLong(gid)),
            field(utf8(path)));
    return this;
  }

  /**
   * One attested property; the same one twice counts once.
   *
   * @param type the selector's type
   * @param name the selector's name
   * @param value the selector's value
   * @param says what it says about the code, if it speaks about code
   * @param source where it was read
   */
  public AttestationDigest property(
      String type, String name, String value, Optional<CodeAssurance> says, String source) {
    properties.add(
        Der.concatenated(
            field(utf8(type)),
            field(utf8(name)),
            field(utf8(value)),
            number(says.map(CodeAssurance::code).orElse(0)),
            field(utf8(source))));
    return this;
  }

  /** The two assurance values that follow from the properties. */
  public AttestationDigest assurance(CodeAssurance ofCode, Isolation apart) {
    code = ofCode;
    isolation = apart;
    return this;
  }

  /**
   * The bytes that are hashed.
   *
   * @throws IllegalStateException if a part was not given
   */
  public byte[] encode() {
    if (process == null || mark == null || executable == null) {
      throw new IllegalStateException("attestation digest: process, image or owner missing");
    }
    if (code == null || isolation == null) {
      throw new IllegalStateException("attestation digest: assurance missing");
    }
    var out = new ByteArrayOutputStream();
    out.writeBytes(field(DOMAIN));
    out.writeBytes(process);
    out.writeBytes(mark);
    out.writeBytes(executable);
    out.writeBytes(number(code.code()));
    out.writeBytes(number(isolation.code()));
    out.writeBytes(number(properties.size()));
    for (byte[] property : properties) {
      out.writeBytes(field(property));
    }
    return out.toByteArray();
  }

  /**
   * The digest.
   *
   * @throws IllegalStateException if a part was not given
   */
  public Sha256 digest() {
    return Sha256.of(encode());
  }

  private static byte[] number(long value) {
    return field(ByteBuffer.allocate(Long.BYTES).putLong(value).array());
  }

  private static byte[] field(byte[] content) {
    return ByteBuffer.allocate(Integer.BYTES + content.length)
        .putInt(content.length)
        .put(content)
        .array();
  }

  private static boolean isAscii(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) >= 0x80) {
        return false;
      }
    }
    return true;
  }

  private static byte[] utf8(String text) {
    if (text.length() <= MAX_STRING && isAscii(text)) {
      return text.getBytes(StandardCharsets.US_ASCII);
    }
    try {
      ByteBuffer encoded = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(text));
      byte[] bytes = new byte[encoded.remaining()];
      encoded.get(bytes);
      if (bytes.length > MAX_STRING) {
        throw new IllegalArgumentException(
            "attested text of " + bytes.length + " bytes (expected: at most " + MAX_STRING + ")");
      }
      return bytes;
    } catch (CharacterCodingException e) {
      throw new IllegalArgumentException(
          "attested text " + Printable.quoted(text) + " (expected: valid Unicode)", e);
    }
  }
}
