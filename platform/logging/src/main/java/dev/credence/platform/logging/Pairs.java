package dev.credence.platform.logging;

import ch.qos.logback.classic.pattern.ClassicConverter;
import ch.qos.logback.classic.spi.ILoggingEvent;
import java.util.List;
import java.util.stream.Collectors;
import org.slf4j.event.KeyValuePair;

/// `key="value"` for each pair of an entry. Quotes and backslashes in a value are escaped: whoever
/// chooses one must not add pairs of his own.
final class Pairs extends ClassicConverter {
  @Override
  public String convert(ILoggingEvent event) {
    List<KeyValuePair> pairs = event.getKeyValuePairs();
    return pairs == null ? "" : pairs.stream().map(Pairs::pair).collect(Collectors.joining(" "));
  }

  private static String pair(KeyValuePair pair) {
    String value = String.valueOf(pair.value).replace("\\", "\\\\").replace("\"", "\\\"");
    return pair.key + "=\"" + value + "\"";
  }
}
