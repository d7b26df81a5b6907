package dev.credence.cli;

import dev.credence.cli.client.CommandFailure;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;

/// By what a person is known.
final class PersonOptions {

  @Option(
      names = "--oidc-issuer",
      paramLabel = "URL",
      description = "The OpenID provider of the person's account; with --oidc-subject.")
  String issuer = "";

  @Option(
      names = "--oidc-subject",
      paramLabel = "SUBJECT",
      description = "The account at that provider: the token's `sub`.")
  String subject = "";

  @Option(
      names = "--administrator",
      paramLabel = "NAME",
      description = "The person's name in an administrator's SVID.")
  String administrator = "";

  @Option(
      names = "--uid",
      paramLabel = "UID",
      description =
          "A uid on the server's host that stands for this person. May be repeated; those given replace all before.")
  private List<String> uids = new ArrayList<>();

  List<Integer> uids() {
    return uids.stream().map(PersonOptions::uid).toList();
  }

  private static int uid(String text) {
    try {
      return Integer.parseUnsignedInt(text);
    } catch (NumberFormatException e) {
      throw Checked.refused("--uid", text, "a number from 0 to 4294967294");
    }
  }

  void check() {
    if (issuer.isEmpty() != subject.isEmpty()) {
      throw CommandFailure.usage("--oidc-issuer and --oidc-subject go together");
    }
  }
}
