package dev.credence.certs.issue;

import static dev.credence.certs.issue.StrangersCheck.requireEqual;
import static dev.credence.certs.issue.StrangersCheck.requireSame;

import dev.credence.certs.DerException;
import dev.credence.certs.DerReader;
import dev.credence.certs.ExecutionFacts;
import dev.credence.certs.SvidException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// The part of [StrangersCheck] that looks at the extensions: exactly the profile's, each of them
/// once. Thread-safe.
final class StrangersExtensions {
  private static final HexFormat HEX = HexFormat.of();

  // Object identifiers as their DER has them.
  private static final String BASIC_CONSTRAINTS = "551d13";
  private static final String KEY_USAGE = "551d0f";
  private static final String EXTENDED_KEY_USAGE = "551d25";
  private static final String SAN = "551d11";
  private static final String SKI = "551d0e";
  private static final String AKI = "551d23";
  private static final String CRL = "551d1f";
  // 1.3.6.1.4.1.32473.1
  private static final String EXECUTION = "2b0601040181fd5901";

  private static final Set<String> CRITICAL = Set.of(BASIC_CONSTRAINTS, KEY_USAGE);
  private static final Set<String> PLAIN = Set.of(EXTENDED_KEY_USAGE, SAN, SKI, AKI);

  // SEQUENCE {}: cA=false, in its only DER form
  private static final byte[] NOT_A_CA = {0x30, 0x00};
  // BIT STRING with the first bit alone, digitalSignature
  private static final byte[] SIGNS = {0x03, 0x02, 0x07, (byte) 0x80};
  // SEQUENCE { serverAuth, clientAuth }
  private static final byte[] BOTH_PURPOSES =
      HEX.parseHex("301406082b0601050507030106082b06010505070302");
  private static final byte[] TRUE = {(byte) 0xff};
  private static final int KEY_USAGES = 9;
  private static final int URI = 0x86;
  private static final int DNS = 0x82;

  private final byte[] authorityKeyId;
  private final Optional<byte[]> lists;
  private final Set<String> plain;
  private final Set<String> plainOfWorkload;

  StrangersExtensions(byte[] authorityKeyId, Optional<String> lists) {
    this.authorityKeyId = authorityKeyId;
    this.lists = lists.map(StrangersExtensions::point);
    var others = new HashSet<>(PLAIN);
    if (lists.isPresent()) {
      others.add(CRL);
    }
    this.plain = Set.copyOf(others);
    others.add(EXECUTION);
    this.plainOfWorkload = Set.copyOf(others);
  }

  /// @param subjectKeyId computed from the certified key
  void require(DerReader outer, SvidTemplate template, byte[] subjectKeyId) throws DerException {
    boolean workload = template instanceof SvidTemplate.Workload;
    Map<String, byte[]> critical = new HashMap<>();
    Map<String, byte[]> others = new HashMap<>();
    read(outer, critical, others);
    requireEqual("critical extensions", critical.keySet(), CRITICAL);
    requireEqual("other extensions", others.keySet(), workload ? plainOfWorkload : plain);
    requireSame("cA false", value(critical, BASIC_CONSTRAINTS), NOT_A_CA);
    requireUsage(value(critical, KEY_USAGE));
    requireSame("purposes", value(others, EXTENDED_KEY_USAGE), BOTH_PURPOSES);
    requireSame("SKI", value(others, SKI), wrapped(DerReader.OCTET_STRING, subjectKeyId));
    requireSame(
        "AKI", value(others, AKI), wrapped(DerReader.SEQUENCE, wrapped(0x80, authorityKeyId)));
    if (lists.isPresent()) {
      requireSame("revocation point", value(others, CRL), lists.get());
    }
    requireNames(new DerReader(value(others, SAN)), template);
    if (template instanceof SvidTemplate.Workload agent) {
      requireEqual("execution", execution(value(others, EXECUTION)), agent.execution());
    }
  }

  private static void read(
      DerReader outer, Map<String, byte[]> critical, Map<String, byte[]> others)
      throws DerException {
    DerReader all = outer.enter(DerReader.SEQUENCE, "extensions");
    outer.end("extensions");
    while (all.hasMore()) {
      DerReader one = all.enter(DerReader.SEQUENCE, "extension");
      String type = HEX.formatHex(one.content(DerReader.OBJECT_IDENTIFIER, "extension"));
      boolean isCritical = one.nextIs(DerReader.BOOLEAN);
      if (isCritical) {
        // FALSE is the default, which DER leaves out.
        requireSame("critical", one.content(DerReader.BOOLEAN, "critical"), TRUE);
      }
      byte[] value = one.content(DerReader.OCTET_STRING, "extension");
      one.end("extension");
      boolean twice = critical.containsKey(type) || others.containsKey(type);
      requireEqual("extension " + type + " twice", twice, false);
      (isCritical ? critical : others).put(type, value);
    }
  }

  private static byte[] value(Map<String, byte[]> extensions, String type) {
    byte[] value = extensions.get(type);
    if (value == null) {
      throw new IllegalStateException("issued certificate: extension " + type + " missing");
    }
    return value;
  }

  private static void requireUsage(byte[] value) throws DerException {
    var reader = new DerReader(value);
    byte[] bits = reader.content(DerReader.BIT_STRING, "key usage");
    reader.end("key usage");
    for (int bit = 0; bit < KEY_USAGES; bit++) {
      int at = 1 + bit / 8;
      boolean used = at < bits.length && (bits[at] & (0x80 >> (bit % 8))) != 0;
      requireEqual("key usage " + bit, used, bit == 0);
    }
    requireSame("key usage", value, SIGNS);
  }

  private static void requireNames(DerReader value, SvidTemplate template) throws DerException {
    List<String> found = new ArrayList<>();
    DerReader names = value.enter(DerReader.SEQUENCE, "names");
    value.end("names");
    while (names.hasMore()) {
      boolean uri = names.nextIs(URI);
      byte[] name = names.content(uri ? URI : DNS, "names");
      // Each byte a character, so that no two names look alike.
      found.add((uri ? "URI:" : "DNS:") + new String(name, StandardCharsets.ISO_8859_1));
    }
    List<String> expected = new ArrayList<>();
    expected.add("URI:" + template.id());
    if (template instanceof SvidTemplate.Workload workload) {
      workload.dnsNames().forEach(name -> expected.add("DNS:" + name));
    }
    requireEqual("names", found, expected);
  }

  private static ExecutionFacts execution(byte[] value) {
    try {
      return ExecutionFacts.parse(value);
    } catch (SvidException e) {
      throw new IllegalStateException("issued certificate: " + e.getMessage(), e);
    }
  }

  /// SEQUENCE { SEQUENCE { [0] { [0] { [6] url } } } }
  private static byte[] point(String url) {
    byte[] value = url.getBytes(StandardCharsets.US_ASCII);
    for (int tag : new int[] {URI, 0xa0, 0xa0, 0x30, 0x30}) {
      value = wrapped(tag, value);
    }
    return value;
  }

  /// One element of at most 255 bytes.
  private static byte[] wrapped(int tag, byte[] content) {
    byte[] head =
        content.length < 0x80
            ? new byte[] {(byte) tag, (byte) content.length}
            : new byte[] {(byte) tag, (byte) 0x81, (byte) content.length};
    byte[] element = Arrays.copyOf(head, head.length + content.length);
    System.arraycopy(content, 0, element, head.length, content.length);
    return element;
  }
}
