package dev.credence.e2e.attacks;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// A story of the attack suite: a test method. It runs where the host can do what it needs, and
/// says why it does not run elsewhere. docs/reference/attacks.md is made of these.
@Test
@ExtendWith(TrickExtension.class)
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@Documented
public @interface Trick {
  /// The trick, in a few words; unique.
  String name();

  /// What must come of it: `refused: REASON`, `ended: REASON`, or a clause.
  String outcome();

  /// What the host must be able to do.
  Needs[] needs() default {};
}
