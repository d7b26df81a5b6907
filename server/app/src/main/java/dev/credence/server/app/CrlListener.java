package dev.credence.server.app;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.credence.certs.Id;
import dev.credence.server.core.RevocationLists;
import dev.credence.server.core.ServerException;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Serves `GET /crl/AUTHORITY-ID.crl` over plain HTTP, on loopback unless told otherwise: a CRL is
/// signed, and is for everybody. It has a few threads of its own, so that whoever asks slowly or
/// too often is only in the way of others who ask for CRLs.
final class CrlListener implements AutoCloseable {
  private static final Pattern PATH = Pattern.compile("/crl/([a-z2-7]{26})\\.crl");
  private static final int THREADS = 4;
  private static final int WAITING = 64;

  private final Optional<HttpServer> server;
  private final ThreadPoolExecutor threads;

  private CrlListener(Optional<HttpServer> server, ThreadPoolExecutor threads) {
    this.server = server;
    this.threads = threads;
  }

  static CrlListener start(Optional<InetSocketAddress> listen, RevocationLists lists)
      throws IOException {
    var threads =
        new ThreadPoolExecutor(
            THREADS,
            THREADS,
            1,
            TimeUnit.MINUTES,
            new ArrayBlockingQueue<>(WAITING),
            task -> Thread.ofPlatform().name("crl").daemon().unstarted(task),
            // Whoever comes on top of that is turned away: its connection is closed.
            new ThreadPoolExecutor.AbortPolicy());
    threads.allowCoreThreadTimeOut(true);
    if (listen.isEmpty()) {
      return new CrlListener(Optional.empty(), threads);
    }
    InetSocketAddress wanted = StartProblem.resolve("crl.listen", listen.get());
    try {
      HttpServer server = HttpServer.create(wanted, WAITING);
      server.setExecutor(threads);
      server.createContext("/", exchange -> answer(exchange, lists));
      server.start();
      return new CrlListener(Optional.of(server), threads);
    } catch (BindException e) {
      throw StartProblem.bind("crl.listen", wanted, e);
    }
  }

  private static void answer(HttpExchange exchange, RevocationLists lists) throws IOException {
    try (exchange) {
      reply(exchange, lists);
    }
  }

  private static void reply(HttpExchange exchange, RevocationLists lists) throws IOException {
    boolean head = exchange.getRequestMethod().equals("HEAD");
    if (!head && !exchange.getRequestMethod().equals("GET")) {
      exchange.getResponseHeaders().set("Allow", "GET, HEAD");
      exchange.sendResponseHeaders(405, -1);
      return;
    }
    Matcher path = PATH.matcher(exchange.getRequestURI().getRawPath());
    try {
      Optional<byte[]> list = path.matches() ? list(lists, path.group(1)) : Optional.empty();
      if (list.isEmpty()) {
        exchange.sendResponseHeaders(404, -1);
      } else {
        send(exchange, list.get(), head);
      }
    } catch (ServerException e) {
      exchange.sendResponseHeaders(503, -1);
    }
  }

  private static void send(HttpExchange exchange, byte[] list, boolean head) throws IOException {
    var headers = exchange.getResponseHeaders();
    headers.set("Content-Type", "application/pkix-crl");
    headers.set("Cache-Control", "public, max-age=" + RevocationLists.REFRESH.toSeconds());
    exchange.sendResponseHeaders(200, head ? -1 : list.length);
    if (!head) {
      exchange.getResponseBody().write(list);
    }
  }

  private static Optional<byte[]> list(RevocationLists lists, String authority)
      throws ServerException {
    try {
      return lists.of(Id.parse(authority));
    } catch (IllegalArgumentException notAnId) {
      return Optional.empty();
    }
  }

  /// Where it is; empty: off.
  Optional<InetSocketAddress> address() {
    return server.map(HttpServer::getAddress);
  }

  @Override
  public void close() {
    server.ifPresent(it -> it.stop(0));
    threads.shutdownNow();
  }
}
