package dev.credence.e2e.kills;

import dev.credence.e2e.faults.Bomb;
import dev.credence.node.PointListener;
import dev.credence.server.store.CommitListener;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/// One thing to kill.
///
/// @param victim who dies
/// @param point where
/// @param occasion what happens meanwhile
record Kill(Victim victim, String point, Occasion occasion) {

  enum Victim {
    SERVER,
    NODE,
    /// Both at once.
    BOTH,
    /// A machine that joins.
    NEWCOMER
  }

  enum Occasion {
    /// Changes, as always.
    LOAD,
    /// It has just been started, after another kill.
    START,
    /// A process with executions exits.
    EXIT,
    /// Authorities are rotated.
    ROTATION,
    /// A machine that had joined has lost its bundle, and joins again.
    REJOIN
  }

  private static Kill of(Victim victim, Enum<?> point, Occasion occasion) {
    return new Kill(victim, point.name(), occasion);
  }

  /// Every kind once, in an order of chance.
  static List<Kill> deck(Random random) {
    var deck = new ArrayList<Kill>();
    deck.addAll(ofServer());
    deck.addAll(ofNode());
    deck.addAll(ofNewcomer());
    for (Occasion occasion : List.of(Occasion.LOAD, Occasion.START)) {
      deck.add(new Kill(Victim.SERVER, Bomb.ANYWHERE, occasion));
      deck.add(new Kill(Victim.NODE, Bomb.ANYWHERE, occasion));
    }
    deck.add(new Kill(Victim.SERVER, Bomb.ANYWHERE, Occasion.ROTATION));
    deck.add(new Kill(Victim.BOTH, Bomb.ANYWHERE, Occasion.LOAD));
    Collections.shuffle(deck, random);
    return deck;
  }

  private static List<Kill> ofServer() {
    return Arrays.stream(CommitListener.Point.values())
        .map(point -> of(Victim.SERVER, point, Occasion.LOAD))
        .toList();
  }

  private static List<Kill> ofNode() {
    return Arrays.stream(PointListener.Point.values())
        .flatMap(point ->
            switch (point) {
              case CURSOR_MOVED, PROCESS_KEY_MADE, EXECUTION_OPENED, EXECUTION_RENEWED ->
                  java.util.stream.Stream.of(of(Victim.NODE, point, Occasion.LOAD));
              case STREAM_OPENED, WELCOMED, SETTLED ->
                  java.util.stream.Stream.of(of(Victim.NODE, point, Occasion.START));
              case END_FOUND, END_REPORTED ->
                  java.util.stream.Stream.of(of(Victim.NODE, point, Occasion.EXIT));
              case RENEWAL_ANSWERED, BUNDLE_KEPT, SVID_KEPT ->
                  java.util.stream.Stream.of(of(Victim.NODE, point, Occasion.ROTATION));
              default -> java.util.stream.Stream.<Kill>of();
            })
        .toList();
  }

  private static List<Kill> ofNewcomer() {
    return Arrays.stream(PointListener.Point.values())
        .flatMap(point ->
            switch (point) {
              case KEY_WRITTEN,
                  JOIN_SENT,
                  JOIN_ANSWERED,
                  SERVER_KEPT,
                  BUNDLE_KEPT,
                  SVID_KEPT,
                  TOKEN_FORGOTTEN ->
                  java.util.stream.Stream.of(of(Victim.NEWCOMER, point, Occasion.START));
              case OLD_SVID_REMOVED, KEY_REPLACED ->
                  java.util.stream.Stream.of(of(Victim.NEWCOMER, point, Occasion.REJOIN));
              default -> java.util.stream.Stream.<Kill>of();
            })
        .toList();
  }

  /// How the bomb is set. What happens seldom is not waited for often.
  String bomb(Random random) {
    int latest =
        switch (victim) {
          case NODE, NEWCOMER -> occasion == Occasion.LOAD ? 3 : 1;
          case SERVER, BOTH -> occasion == Occasion.START ? 2 : 20;
        };
    return Bomb.words(point, point.equals(Bomb.ANYWHERE) ? micros() : latest, random);
  }

  private int micros() {
    return occasion == Occasion.START ? 1_500_000 : 400_000;
  }

  @Override
  public String toString() {
    return victim + " at " + point + ", " + occasion;
  }
}
