package dev.credence.transport;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.MethodDescriptor;
import io.grpc.ServerServiceDefinition;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.ServerCalls;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;

/// One unary method over strings, so that tests need no generated code.
final class Echo {
  static final MethodDescriptor<String, String> METHOD =
      MethodDescriptor.<String, String>newBuilder(new Text(), new Text())
          .setType(MethodDescriptor.MethodType.UNARY)
          .setFullMethodName("test.Echo/Call")
          .build();

  private Echo() {}

  static ServerServiceDefinition service(UnaryOperator<String> answer) {
    return ServerServiceDefinition.builder("test.Echo")
        .addMethod(
            METHOD,
            ServerCalls.<String, String>asyncUnaryCall((request, observer) -> {
              observer.onNext(answer.apply(request));
              observer.onCompleted();
            }))
        .build();
  }

  static String call(Channel channel, String text) {
    return ClientCalls.blockingUnaryCall(
        channel, METHOD, CallOptions.DEFAULT.withDeadlineAfter(60, TimeUnit.SECONDS), text);
  }

  /// Waits for a connection instead of failing with the first attempt to make one.
  static String callWhenReady(Channel channel, String text) {
    return ClientCalls.blockingUnaryCall(
        channel,
        METHOD,
        CallOptions.DEFAULT.withWaitForReady().withDeadlineAfter(60, TimeUnit.SECONDS),
        text);
  }

  private static final class Text implements MethodDescriptor.Marshaller<String> {
    @Override
    public InputStream stream(String value) {
      return new ByteArrayInputStream(value.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public String parse(InputStream stream) {
      try {
        return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
