package dev.credence.server.core;

import dev.credence.certs.Id;
import dev.credence.server.core.model.Bar;
import dev.credence.server.core.model.Execution;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/// The server's answer to a [StreamHello].
///
/// @param hosted running executions of that node, which it must now settle; what it holds from
///   before the stream opened and is not here has ended
/// @param bars agents and services that are barred on it; what changes is pushed
/// @param renewLeaseEvery how often it is to say that it is there
public record Welcome(
    Id node,
    Map<String, String> labels,
    List<Execution> hosted,
    List<Bar> bars,
    Duration renewLeaseEvery) {
  public Welcome {
    labels = Map.copyOf(labels);
    hosted = List.copyOf(hosted);
    bars = List.copyOf(bars);
  }
}
