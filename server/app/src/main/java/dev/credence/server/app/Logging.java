package dev.credence.server.app;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.JsonEncoder;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.encoder.Encoder;
import org.slf4j.LoggerFactory;

/// Sets the log up in code: to stderr, as text or JSON. Line ends in what is logged are escaped, so
/// that nobody writes lines of their own.
final class Logging {
  private static final String TEXT =
      "%d{yyyy-MM-dd'T'HH:mm:ss.SSSXXX} %-5level %logger{0} - %replace(%replace(%msg %kvp{DOUBLE}){'[\\r\\n]', '\\\\n'}){'\\p{Cntrl}', '?'}%n"
          // a line of an exception's message is not to look like one of the log
          + "%replace(%ex){'\\R', '\n  '}%nopex";

  private Logging() {}

  static void configure(ServerConfig.Log settings) {
    LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
    context.reset();
    var appender = new ConsoleAppender<ILoggingEvent>();
    appender.setContext(context);
    appender.setTarget("System.err");
    appender.setEncoder(
        switch (settings.format()) {
          case TEXT -> text(context);
          case JSON -> json(context);
        });
    appender.start();
    Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    root.addAppender(appender);
    root.setLevel(Level.toLevel(settings.level().name()));
    quiet(context, settings.level());
  }

  /// Libraries speak up when something is wrong, and not about socket options of Unix sockets.
  private static void quiet(LoggerContext context, LogLevel level) {
    Level libraries = level == LogLevel.DEBUG ? Level.INFO : Level.WARN;
    context.getLogger("io.netty").setLevel(libraries);
    context.getLogger("io.grpc").setLevel(libraries);
    context.getLogger("io.netty.bootstrap").setLevel(Level.ERROR);
  }

  private static Encoder<ILoggingEvent> text(LoggerContext context) {
    var encoder = new PatternLayoutEncoder();
    encoder.setContext(context);
    encoder.setPattern(TEXT);
    encoder.start();
    return encoder;
  }

  private static Encoder<ILoggingEvent> json(LoggerContext context) {
    var encoder = new JsonEncoder();
    encoder.setContext(context);
    encoder.setWithSequenceNumber(false);
    encoder.setWithContext(false);
    encoder.start();
    return encoder;
  }
}
