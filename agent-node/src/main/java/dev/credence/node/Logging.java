package dev.credence.node;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.PatternLayout;
import ch.qos.logback.classic.encoder.JsonEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.encoder.Encoder;
import ch.qos.logback.core.encoder.EncoderBase;
import ch.qos.logback.core.encoder.LayoutWrappingEncoder;
import dev.credence.node.NodeConfig.LogSettings;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Sets the log up: to stderr, as text or JSON. For the main only.
final class Logging {
  private static final String LINE =
      "%d{yyyy-MM-dd'T'HH:mm:ss.SSS'Z', UTC} %-5level %line(%msg %kvp) %n%trace(%ex)";

  private Logging() {}

  static void configure(LogSettings settings) {
    if (!(LoggerFactory.getILoggerFactory() instanceof LoggerContext context)) {
      return; // embedded in a program with another log
    }
    context.reset();
    var appender = new ConsoleAppender<ILoggingEvent>();
    appender.setContext(context);
    appender.setTarget("System.err");
    appender.setEncoder(encoder(settings.format(), context));
    appender.start();
    var root = context.getLogger(Logger.ROOT_LOGGER_NAME);
    root.addAppender(appender);
    root.setLevel(Level.valueOf(settings.level().name()));
    context.getLogger("io.netty").setLevel(Level.WARN);
    context.getLogger("io.grpc").setLevel(Level.WARN);
    // grpc sets an option that Unix sockets don't know, and Netty says so for each of them.
    context.getLogger("io.netty.bootstrap").setLevel(Level.ERROR);
  }

  private static Encoder<ILoggingEvent> encoder(LogSettings.Format format, LoggerContext context) {
    EncoderBase<ILoggingEvent> encoder =
        switch (format) {
          case JSON -> new JsonEncoder();
          case TEXT -> text(context);
        };
    encoder.setContext(context);
    encoder.start();
    return encoder;
  }

  static EncoderBase<ILoggingEvent> text(LoggerContext context) {
    var layout = new PatternLayout();
    layout.getInstanceConverterMap().put("line", SingleLine::new);
    layout.getInstanceConverterMap().put("trace", IndentedTrace::new);
    layout.setContext(context);
    layout.setPattern(LINE);
    layout.start();
    var text = new LayoutWrappingEncoder<ILoggingEvent>();
    text.setLayout(layout);
    return text;
  }
}
