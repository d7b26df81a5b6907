package dev.credence.server.core;

import dev.credence.server.core.model.Actor;
import dev.credence.server.core.model.Page;

/// Administrators on other machines: who they are, how they come to their SVIDs, and what they may.
/// Thread-safe.
public final class Administration {
  private final CoreSettings settings;
  private final Looking looking;
  private final EnrollAdministrator enroll;
  private final AdministratorCertificates certificates;
  private final ChangeAdministrators changes;

  /// @param changes also done although the clock is not believed: whoever moves it must not keep an
  ///   administrator by that
  Administration(
      EnrollAdministrator enroll,
      AdministratorCertificates certificates,
      ChangeAdministrators changes,
      CoreSettings settings,
      Looking looking) {
    this.settings = settings;
    this.looking = looking;
    this.enroll = enroll;
    this.certificates = certificates;
    this.changes = changes;
  }

  /// New administrators, and tokens.
  public EnrollAdministrator enroll() {
    return enroll;
  }

  /// SVIDs, by a token or for the pinned key.
  public AdministratorCertificates certificates() {
    return certificates;
  }

  /// Updates, suspensions, removals.
  public ChangeAdministrators changes() {
    return changes;
  }

  /// Passes if whoever calls has that right now. Errors: REFUSED, which is an event, UNAVAILABLE.
  public void require(Actor actor, Right right) throws ServerException {
    Reach _ = looking.as(actor).read(right, (_, reach) -> reach);
  }

  /// Passes if an administrator may call at all now; records nothing. Errors: REFUSED, UNAVAILABLE.
  public void requireActive(Actor.Administrator actor) throws ServerException {
    boolean _ = looking.unrecorded(view -> Reach.active(view, actor).name().equals(actor.name()));
  }

  /// The caller's own record. Errors: REFUSED, UNAVAILABLE.
  public AdministratorView self(Actor.Administrator actor) throws ServerException {
    return looking
        .as(actor)
        .read(
            Right.LOOK_AT_OWN,
            (view, _) ->
                AdministratorRules.view(view, settings.trustDomain(), Reach.active(view, actor)));
  }

  /// By name or id. Errors: NOT_FOUND, REFUSED, UNAVAILABLE.
  public AdministratorView show(Actor actor, String reference) throws ServerException {
    return looking
        .as(actor)
        .read(
            Right.LOOK,
            (view, _) ->
                AdministratorRules.view(
                    view, settings.trustDomain(), AdministratorRules.known(view, reference)));
  }

  /// In order of creation, removed ones too. Errors: INVALID (page), REFUSED, UNAVAILABLE.
  public Page<AdministratorView> list(Actor actor, Page.Request page) throws ServerException {
    return looking
        .as(actor)
        .paged(
            Right.LOOK,
            (view, _) -> {
              var found = view.administrators().list(page);
              return new Page<>(
                  found.items().stream()
                      .map(it -> AdministratorRules.view(view, settings.trustDomain(), it))
                      .toList(),
                  found.next());
            });
  }
}
