package dev.credence.demo;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsExchange;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;

/**
 * A tool service: an HTTPS server that talks to one agent only, and prints which agent, of which
 * owner, in which execution called. Usage: {@code DemoTool SPIFFE_ID_OF_THE_AGENT}. Ends with its
 * standard input.
 */
public final class DemoTool {
  private static final int LONGEST_QUESTION = 200;

  private final PrintStream out;

  private DemoTool(PrintStream out) {
    this.out = out;
  }

  /** Prints its SVID, then {@code listening HOST:PORT}, then a line for each call. */
  @ForbiddenApiAllowed("the entry point: a demo prints")
  public static void main(String[] args) throws Exception {
    try (var workload = Workload.open()) {
      System.out.println(workload.introduction());
      var server = new DemoTool(System.out).serve(workload.tlsWith(args[0]));
      System.out.println(
          "listening "
              + server.getAddress().getAddress().getHostAddress()
              + ":"
              + server.getAddress().getPort());
      System.in.transferTo(java.io.OutputStream.nullOutputStream());
      server.stop(0);
    }
  }

  private HttpsServer serve(SSLContext tls) throws IOException {
    var server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setHttpsConfigurator(
        new HttpsConfigurator(tls) {
          @Override
          public void configure(HttpsParameters connection) {
            SSLParameters parameters = getSSLContext().getDefaultSSLParameters();
            parameters.setNeedClientAuth(true);
            connection.setSSLParameters(parameters);
          }
        });
    server.createContext("/fares", this::answer);
    server.start();
    return server;
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      var leaf =
          (X509Certificate) ((HttpsExchange) exchange).getSSLSession().getPeerCertificates()[0];
      var caller = Caller.of(leaf);
      var question =
          printable(new String(exchange.getRequestBody().readNBytes(LONGEST_QUESTION), UTF_8));
      out.println("called by " + caller.sentence() + ": " + question);
      var answer =
          ("214 francs, for " + caller.agent().name() + " of " + caller.agent().owner())
              .getBytes(UTF_8);
      exchange.sendResponseHeaders(200, answer.length);
      exchange.getResponseBody().write(answer);
    } catch (Caller.NotAnAgentException e) {
      out.println("refused: " + e.getMessage());
      exchange.sendResponseHeaders(403, -1);
    }
  }

  private static String printable(String text) {
    return text.replaceAll("[^\\x20-\\x7e]", "?");
  }
}
