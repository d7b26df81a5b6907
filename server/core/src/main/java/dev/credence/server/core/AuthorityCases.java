package dev.credence.server.core;

import java.util.List;

/// The use cases of authorities, and the list of them. Thread-safe.
public final class AuthorityCases {
  private final AuthorityParts parts;
  private final PrepareAuthority prepare;
  private final ActivateAuthority activate;
  private final TaintAuthority taint;
  private final RevokeAuthority revoke;

  AuthorityCases(AuthorityParts parts) {
    this.parts = parts;
    this.prepare = new PrepareAuthority(parts);
    this.activate = new ActivateAuthority(parts);
    this.taint = new TaintAuthority(parts);
    this.revoke = new RevokeAuthority(parts);
  }

  /// All there ever were, in order of creation.
  public List<AuthorityView> list() throws ServerException {
    return parts
        .plumbing()
        .database()
        .read(view ->
            view.authorities().all().stream().map(each -> parts.shown(view, each)).toList());
  }

  public PrepareAuthority prepare() {
    return prepare;
  }

  public ActivateAuthority activate() {
    return activate;
  }

  public TaintAuthority taint() {
    return taint;
  }

  public RevokeAuthority revoke() {
    return revoke;
  }
}
