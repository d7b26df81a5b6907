package dev.credence.transport;

import dev.credence.transport.LocalHttp.Answer;
import dev.credence.transport.LocalHttp.Question;
import dev.credence.transport.LocalHttpException.Reason;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.handler.codec.PrematureChannelClosureException;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpVersion;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;

/// One question and its answer on one connection.
final class LocalHttpExchange extends SimpleChannelInboundHandler<FullHttpResponse> {
  private final Question question;
  private final CompletableFuture<Answer> answer;

  LocalHttpExchange(Question question, CompletableFuture<Answer> answer) {
    this.question = question;
    this.answer = answer;
  }

  /// Sees first who serves there, and sends nothing to a stranger.
  @Override
  public void channelActive(ChannelHandlerContext context) throws IOException {
    int uid = ((EpollDomainSocketChannel) context.channel()).peerCredentials().uid();
    if (!question.server().test(uid)) {
      fail(
          context,
          new LocalHttpException(
              Reason.STRANGER,
              question.socket() + " is served by uid " + Integer.toUnsignedString(uid)));
      return;
    }
    var request =
        new DefaultFullHttpRequest(
            HttpVersion.HTTP_1_1, HttpMethod.GET, question.target(), Unpooled.EMPTY_BUFFER);
    request
        .headers()
        .set(HttpHeaderNames.HOST, "localhost")
        .set(HttpHeaderNames.ACCEPT, "application/json")
        .set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
    var _ = context.writeAndFlush(request);
  }

  @Override
  protected void channelRead0(ChannelHandlerContext context, FullHttpResponse response) {
    if (response.decoderResult().isFailure()) {
      fail(context, malformed(response.decoderResult().cause()));
      return;
    }
    answer.complete(new Answer(response.status().code(), ByteBufUtil.getBytes(response.content())));
    var _ = context.close();
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    fail(context, brokenOff());
  }

  private LocalHttpException brokenOff() {
    return new LocalHttpException(
        Reason.UNREACHABLE, question.socket() + ": closed before the whole answer was there");
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    fail(context, cause instanceof IOException ? cause : malformed(cause));
  }

  private LocalHttpException malformed(Throwable cause) {
    if (cause instanceof PrematureChannelClosureException) {
      return brokenOff();
    }
    return new LocalHttpException(
        Reason.MALFORMED,
        question.socket()
            + ": the answer is not one of HTTP/1.1 of bounded length ("
            + cause.getClass().getSimpleName()
            + ")",
        cause);
  }

  private void fail(ChannelHandlerContext context, Throwable cause) {
    answer.completeExceptionally(cause);
    var _ = context.close();
  }
}
