package dev.credence.platform.logging;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.PatternLayout;
import ch.qos.logback.classic.encoder.JsonEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.encoder.Encoder;
import ch.qos.logback.core.encoder.EncoderBase;
import ch.qos.logback.core.encoder.LayoutWrappingEncoder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.bridge.SLF4JBridgeHandler;

/// Sets the log up in code: to stderr, as text or JSON, also what libraries write by way of
/// java.util.logging. Line ends and control characters in what is logged are escaped, so that
/// nobody writes lines of their own; and what libraries say is bounded, since strangers can make
/// them talk. For mains only, once.
public final class DaemonLog {
  private static final String LINE =
      "%d{yyyy-MM-dd'T'HH:mm:ss.SSS'Z', UTC} %-5level %line(%msg %pairs) %n%trace(%ex)";

  private DaemonLog() {}

  /// Does nothing if it runs inside of a program with another log.
  public static void configure(LogSettings settings) {
    if (!(LoggerFactory.getILoggerFactory() instanceof LoggerContext context)) {
      return;
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
    context.addTurboFilter(new LibraryLimit(System::nanoTime));
    quiet(context, settings.level());
    SLF4JBridgeHandler.removeHandlersForRootLogger();
    SLF4JBridgeHandler.install();
  }

  /// Libraries speak up when something is wrong.
  private static void quiet(LoggerContext context, LogLevel level) {
    Level libraries = level == LogLevel.DEBUG ? Level.INFO : Level.WARN;
    context.getLogger("io.netty").setLevel(libraries);
    context.getLogger("io.grpc").setLevel(libraries);
    // grpc sets an option that Unix sockets don't know, and Netty says so for each of them.
    context.getLogger("io.netty.bootstrap").setLevel(Level.ERROR);
  }

  private static Encoder<ILoggingEvent> encoder(LogFormat format, LoggerContext context) {
    EncoderBase<ILoggingEvent> encoder =
        switch (format) {
          case JSON -> json();
          case TEXT -> text(context);
        };
    encoder.setContext(context);
    encoder.start();
    return encoder;
  }

  private static JsonEncoder json() {
    var json = new JsonEncoder();
    json.setWithSequenceNumber(false);
    json.setWithContext(false);
    return json;
  }

  static EncoderBase<ILoggingEvent> text(LoggerContext context) {
    var layout = new PatternLayout();
    layout.getInstanceConverterMap().put("line", SingleLine::new);
    layout.getInstanceConverterMap().put("pairs", Pairs::new);
    layout.getInstanceConverterMap().put("trace", IndentedTrace::new);
    layout.setContext(context);
    layout.setPattern(LINE);
    layout.start();
    var text = new LayoutWrappingEncoder<ILoggingEvent>();
    text.setLayout(layout);
    return text;
  }
}
