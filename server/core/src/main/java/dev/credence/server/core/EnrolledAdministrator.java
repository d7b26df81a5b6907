package dev.credence.server.core;

import dev.credence.attestors.join.EnrollmentToken;
import java.time.Instant;

/// An administrator with an enrolment token as it leaves the server, once. The token never prints
/// its secret.
public record EnrolledAdministrator(
    EnrollmentToken token, Instant expiresAt, AdministratorView administrator) {}
