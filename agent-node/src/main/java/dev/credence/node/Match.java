package dev.credence.node;

import dev.credence.certs.CodeAssurance;
import dev.credence.certs.Id;

/// A registration whose selectors all hold for a process, and whose demands are met.
///
/// @param code what the matched selectors say about the code: the weakest among those that speak to
///   it
record Match(Registration registration, CodeAssurance code) {
  Id subjectId() {
    return registration.subject().id();
  }
}
