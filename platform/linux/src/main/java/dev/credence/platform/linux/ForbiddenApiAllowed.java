package dev.credence.platform.linux;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/// Marks the few places that may call what the build forbids elsewhere, with the reason.
@Retention(RetentionPolicy.CLASS)
@Target({ElementType.TYPE, ElementType.METHOD})
@interface ForbiddenApiAllowed {
  /// Why it is needed here.
  String value();
}
