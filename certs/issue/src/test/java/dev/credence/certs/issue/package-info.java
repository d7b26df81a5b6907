/// Tests of issuing; start at AuthorityTest.
@NullMarked
package dev.credence.certs.issue;

import org.jspecify.annotations.NullMarked;
