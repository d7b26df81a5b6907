package dev.credence.e2e.kills;

import dev.credence.e2e.faults.Bomb;
import dev.credence.e2e.kills.Kill.Occasion;
import dev.credence.e2e.kills.Kill.Victim;
import dev.credence.e2e.program.Running;
import dev.credence.e2e.story.Console;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;

/// One pair, killed and checked round by round, until there were enough kills. For one thread.
final class Rounds implements Callable<Integer>, AutoCloseable {
  /// How many of the kills of a pair are of the programs as they are built.
  static final int AT_THE_END = 4;

  private static final Duration DEATH = Duration.ofSeconds(20);
  private static final int MOST_STEPS = 400;
  private static final int REPEATED = 8;
  private static final int BUILT_MICROS = 300_000;

  private final String name;
  private final Random random;
  private final Deque<Kill> deck;
  private final Tally tally;
  private final Pair pair;
  private final Book book = new Book();
  private final Lives lives;
  private final Joins joins;
  private final Newcomer newcomer;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private int newcomers;

  /// @param deck shared by all pairs: what is to be killed next
  Rounds(String name, long seed, Deque<Kill> deck, Tally tally, Pair pair) {
    this.name = name;
    this.random = new Random(seed);
    this.deck = deck;
    this.tally = tally;
    this.pair = pair;
    this.lives = new Lives(book, new Random(random.nextLong()), pair.selectors());
    this.joins = new Joins(book, new Random(random.nextLong()));
    this.newcomer = new Newcomer(pair.crashing(), pair.place(), book, tally);
  }

  /// A deck for several pairs; it never ends.
  static Deque<Kill> deck(Random random, int kills) {
    var deck = new ArrayDeque<Kill>();
    while (deck.size() < 2 * kills + 100) {
      deck.addAll(Kill.deck(random));
    }
    return deck;
  }

  private Kill next() {
    synchronized (deck) {
      return deck.pop();
    }
  }

  @Override
  public Integer call() throws Exception {
    int rounds = 0;
    while (tally.more()) {
      var kill = next();
      rounds++;
      try {
        round(kill);
      } catch (Exception | AssertionError e) {
        tally.abandon();
        throw new AssertionError(
            name + ", round " + rounds + ", " + kill + ": " + e.getMessage(), e);
      }
    }
    pair.broken(pair.anew(), "read anew");
    built();
    pair.last(book, lives.entitled());
    return rounds;
  }

  private void round(Kill kill) throws Exception {
    long began = System.nanoTime();
    if (kill.victim() == Victim.NEWCOMER) {
      pair.broken(
          newcomer.run(pair.admin(), kill, "newcomer-" + ++newcomers, random), "a newcomer");
    } else {
      killOne(kill);
    }
    int unknown = book.again(pair.admin(), random, REPEATED);
    lives.resolved();
    pair.refill();
    pair.check(book, lives.entitled());
    var line =
        "  %s: %s: %d asked for, %d unknown then (%d ms)"
            .formatted(
                name, kill, book.all().size(), unknown, (System.nanoTime() - began) / 1_000_000);
    pair.note(line);
    Console.line(line);
  }

  private void killOne(Kill kill) throws Exception {
    var stop = new AtomicBoolean();
    var loads = new ArrayList<Future<?>>();
    loads.add(threads.submit(() -> load(lives, stop)));
    loads.add(threads.submit(() -> load(joins, stop)));
    var victims = victims(kill);
    // What dies at its start is killed at any moment first.
    var first =
        kill.occasion() == Occasion.START
            ? new Kill(kill.victim(), Bomb.ANYWHERE, Occasion.LOAD)
            : kill;
    for (var victim : victims) {
      say(victim, first.bomb(random));
    }
    if (kill.occasion() == Occasion.EXIT) {
      pair.exit();
    } else if (kill.occasion() == Occasion.ROTATION) {
      new Rotation(book).run(pair.admin());
    }
    for (var victim : victims) {
      dies(victim, first);
    }
    stop.set(true);
    for (var load : loads) {
      load.get();
    }
    comeBack(kill);
  }

  private List<Running> victims(Kill kill) {
    return switch (kill.victim()) {
      case SERVER -> List.of(pair.server());
      case BOTH -> List.of(pair.server(), pair.node());
      default -> List.of(pair.node());
    };
  }

  private static void say(Running victim, String bomb) {
    try {
      victim.say(bomb);
    } catch (IOException e) {
      throw new AssertionError("the victim is dead already\n" + victim.log(), e);
    }
  }

  private void load(Load load, AtomicBoolean stop) {
    try {
      for (int i = 0; i < MOST_STEPS && !stop.get(); i++) {
        if (!load.step(pair.admin())) {
          return;
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /// A point that is not come to is no failure here: the tally tells.
  private void dies(Running victim, Kill kill) throws Exception {
    String who = victim == pair.server() ? " of a server" : " of a node";
    try {
      int exit = victim.exit(DEATH);
      if (exit != 137) {
        throw new IllegalStateException("exit " + exit + " (expected: 137)\n" + victim.log());
      }
      tally.killed(kill.point() + who);
    } catch (AssertionError notReached) {
      Console.line("  " + name + ": " + kill + " was not come to");
      victim.signal("KILL");
      victim.exit(DEATH);
      tally.killed(Bomb.ANYWHERE + who);
    }
  }

  /// The same with the programs as they are built and started by people: they have no bomb in them,
  /// so they are killed from outside, under load.
  private void built() throws Exception {
    for (int i = 0; i < AT_THE_END / 2; i++) {
      killBoth(i == 0 ? " with a bomb" : ", as built");
      pair.restartServer(true);
      pair.restartNode(true);
      int _ = book.again(pair.admin(), random, REPEATED);
      lives.resolved();
      pair.check(book, lives.entitled());
    }
  }

  private void killBoth(String which) throws Exception {
    var stop = new AtomicBoolean();
    var loads =
        List.of(threads.submit(() -> load(lives, stop)), threads.submit(() -> load(joins, stop)));
    // Any moment will do.
    LockSupport.parkNanos(1_000L * random.nextInt(BUILT_MICROS));
    for (var victim : List.of(pair.server(), pair.node())) {
      victim.signal("KILL");
      Newcomer.died(victim);
      tally.killed(
          Bomb.ANYWHERE + (victim == pair.server() ? " of a server" : " of a node") + which);
    }
    stop.set(true);
    for (var load : loads) {
      load.get();
    }
  }

  private void comeBack(Kill kill) throws Exception {
    boolean server = kill.victim() != Victim.NODE;
    boolean node = kill.victim() != Victim.SERVER;
    if (kill.occasion() == Occasion.START) {
      dieAtStart(kill);
    }
    if (node && random.nextBoolean()) {
      pair.exit(); // while nobody looks
    }
    if (server) {
      pair.restartServer(false);
    }
    if (node) {
      pair.restartNode(false);
    }
  }

  private void dieAtStart(Kill kill) throws Exception {
    if (kill.victim() == Victim.SERVER) {
      pair.serverDiesAtStart(kill.bomb(random));
      tally.killed(kill.point() + " of a server that starts");
    } else {
      pair.nodeDiesAtStart(kill.bomb(random));
      tally.killed(kill.point() + " of a node");
    }
  }

  @Override
  public void close() {
    threads.shutdownNow();
    pair.close();
  }
}
