package dev.credence.certs.issue;

import dev.credence.certs.Printable;
import java.util.HashSet;
import java.util.List;
import java.util.regex.Pattern;

/// The DNS names that an SVID may carry: lower case, letters, digits and hyphens (RFC 5280, section
/// 4.2.1.6; RFC 1123, section 2.1), never wildcards. Stateless.
final class DnsNames {
  private static final int MOST = 16;
  private static final int LONGEST = 253;
  private static final String LABEL = "[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?";
  private static final Pattern NAME = Pattern.compile(LABEL + "(\\." + LABEL + ")*");
  // An address in a DNS SAN would be believed by some and not by others.
  private static final Pattern ADDRESS = Pattern.compile("([0-9]+\\.)*[0-9]+");

  private DnsNames() {}

  static List<String> check(List<String> names) {
    if (names.size() > MOST || new HashSet<>(names).size() != names.size()) {
      throw new IllegalArgumentException(
          names.size() + " DNS names (expected: at most " + MOST + ", each once)");
    }
    for (String name : names) {
      if (name.length() > LONGEST
          || !NAME.matcher(name).matches()
          || ADDRESS.matcher(name).matches()) {
        throw new IllegalArgumentException(
            "DNS name "
                + Printable.quoted(name)
                + " (expected: lower-case labels of [a-z0-9-] with dots, no wildcard, no address)");
      }
    }
    return List.copyOf(names);
  }
}
