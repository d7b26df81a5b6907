package dev.credence.platform.logging;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.pattern.CompositeConverter;
import java.util.stream.Collectors;

/// Sets a stack trace's lines in, so that a line in an exception's message can't pass for an entry.
final class IndentedTrace extends CompositeConverter<ILoggingEvent> {
  @Override
  protected String transform(ILoggingEvent event, String text) {
    return indented(text);
  }

  static String indented(String text) {
    return text.lines()
        .map(line -> "    " + SingleLine.escaped(line.replace("\t", "  ")) + "\n")
        .collect(Collectors.joining());
  }
}
