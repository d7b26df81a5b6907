package dev.credence.e2e.kills;

import dev.credence.e2e.client.Admin;
import dev.credence.e2e.faults.Bomb;
import dev.credence.e2e.kills.Asked.Outcome;
import dev.credence.e2e.program.Running;
import dev.credence.node.CrashingNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;

/// A machine that is killed while it joins, again and again, and is one node all the same.
final class Newcomer {
  private static final Duration SOON = Duration.ofSeconds(60);

  private final Crashing crashing;
  private final Place place;
  private final Book book;
  private final Tally tally;

  Newcomer(Crashing crashing, Place place, Book book, Tally tally) {
    this.crashing = crashing;
    this.place = place;
    this.book = book;
    this.tally = tally;
  }

  /// Joins with a kill at that point, and is evicted.
  ///
  /// @return what is not as it must be
  List<String> run(Admin admin, Kill kill, String name, Random random) throws Exception {
    var broken = new ArrayList<String>();
    var before = nodes(admin);
    var config = place.nodeConfig(name, token(admin, name));
    int made = 1;
    if (kill.occasion() == Kill.Occasion.REJOIN) {
      try (var node = crashing.node(config)) {
        node.signal("KILL");
        node.exit(SOON);
      }
      tally.killed(Bomb.ANYWHERE + " of a node");
      place.loseBundle(name, token(admin, name + "-again"));
      made = 2;
    }
    try (var node = crashing.armed(CrashingNode.class, config, kill.bomb(random))) {
      died(node);
    }
    tally.killed(kill.point() + " of a node");
    try (var node = crashing.node(config)) {
      var after = nodes(admin);
      after.removeAll(before);
      if (after.size() != made) {
        broken.add("%s became nodes %s (expected: %d)".formatted(name, after, made));
      }
      broken.addAll(place.tokenLeft(name));
      node.signal("KILL");
      node.exit(SOON);
      for (String one : after) {
        var _ = book.ask(admin, Joins.decision("node-evicted", one));
      }
    }
    return broken;
  }

  private String token(Admin admin, String name) throws InterruptedException {
    var token = Joins.Token.of(name);
    if (book.ask(admin, token.deed()) != Outcome.ACKNOWLEDGED) {
      throw new AssertionError(token.deed() + ": not answered");
    }
    return token.secret();
  }

  static void died(Running process) throws InterruptedException {
    int exit = process.exit(SOON);
    if (exit != 137) {
      throw new AssertionError("exit " + exit + " (expected: 137, of SIGKILL)\n" + process.log());
    }
  }

  private static Set<String> nodes(Admin admin) {
    var ids = new TreeSet<String>();
    admin.nodes().forEach(node -> ids.add(node.getId()));
    return ids;
  }
}
