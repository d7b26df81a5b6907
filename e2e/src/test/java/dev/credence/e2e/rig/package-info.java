/// A server and nodes inside the test's own process, on temporary sockets, with a clock that the
/// test commands. Start at [Rig]:
///
/// ```java
/// try (var rig = Rig.start()) {
///   var agent = rig.agent("finance", "invoice-bot").forThisProcess();
///   var svid = rig.workload().fetchX509Svid();
///   assertThat(svid.spiffeId()).isEqualTo(agent.getSpiffeId());
/// }
/// ```
@NullMarked
package dev.credence.e2e.rig;

import org.jspecify.annotations.NullMarked;
