package dev.credence.transport;

import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.netty.channel.EventLoopGroup;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/// A channel whose event loop lives as long as it does.
final class OwnLoopChannel extends ManagedChannel {
  private static final long STOP_SECONDS = 5;

  private final ManagedChannel channel;
  private final EventLoopGroup loop;
  private final AtomicBoolean ending = new AtomicBoolean();

  OwnLoopChannel(ManagedChannel channel, EventLoopGroup loop) {
    this.channel = channel;
    this.loop = loop;
  }

  @Override
  public ManagedChannel shutdown() {
    channel.shutdown();
    endLoop();
    return this;
  }

  @Override
  public ManagedChannel shutdownNow() {
    channel.shutdownNow();
    endLoop();
    return this;
  }

  private void endLoop() {
    if (ending.compareAndSet(false, true)) {
      Thread.ofVirtual().name("uds-client-end").start(this::awaitEnd);
    }
  }

  private void awaitEnd() {
    try {
      while (!channel.awaitTermination(1, TimeUnit.MINUTES)) {
        // calls are still open
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    var _ = loop.shutdownGracefully(0, STOP_SECONDS, TimeUnit.SECONDS);
  }

  @Override
  public boolean isShutdown() {
    return channel.isShutdown();
  }

  @Override
  public boolean isTerminated() {
    return channel.isTerminated();
  }

  @Override
  public boolean awaitTermination(long timeout, TimeUnit unit) throws InterruptedException {
    return channel.awaitTermination(timeout, unit);
  }

  @Override
  public ConnectivityState getState(boolean requestConnection) {
    return channel.getState(requestConnection);
  }

  @Override
  public void notifyWhenStateChanged(ConnectivityState source, Runnable callback) {
    channel.notifyWhenStateChanged(source, callback);
  }

  @Override
  public void resetConnectBackoff() {
    channel.resetConnectBackoff();
  }

  @Override
  public void enterIdle() {
    channel.enterIdle();
  }

  @Override
  public <Q, A> ClientCall<Q, A> newCall(MethodDescriptor<Q, A> method, CallOptions options) {
    return channel.newCall(method, options);
  }

  @Override
  public String authority() {
    return channel.authority();
  }
}
