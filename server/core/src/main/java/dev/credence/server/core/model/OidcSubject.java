package dev.credence.server.core.model;

/// A human's account at an OpenID provider: the pair that is unique and stable.
public record OidcSubject(String issuer, String subject) {}
