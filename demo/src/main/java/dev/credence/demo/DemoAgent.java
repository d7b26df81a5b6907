package dev.credence.demo;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.URL;
import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.SSLContext;

/**
 * An agent: puts each line of its standard input to the tool and prints the answer. Usage: {@code
 * DemoAgent HOST:PORT SPIFFE_ID_OF_THE_TOOL}. Ends with its standard input.
 */
public final class DemoAgent {
  private static final int PATIENCE_MILLIS = 10_000;

  private DemoAgent() {}

  /** Prints its SVID, then {@code answer: ...} for each line. */
  @ForbiddenApiAllowed("the entry point: a demo prints")
  public static void main(String[] args) throws Exception {
    try (var workload = Workload.open();
        var questions = new BufferedReader(new InputStreamReader(System.in, UTF_8))) {
      System.out.println(workload.introduction());
      var tls = workload.tlsWith(args[1]);
      for (String question = questions.readLine();
          question != null;
          question = questions.readLine()) {
        System.out.println(
            "answer: " + ask(new URL("https://" + args[0] + "/fares"), tls, question));
      }
    }
  }

  private static String ask(URL tool, SSLContext tls, String question) throws java.io.IOException {
    var connection = (HttpsURLConnection) tool.openConnection();
    connection.setSSLSocketFactory(tls.getSocketFactory());
    // SPIFFE peers are known by the URI in their certificate, which the trust manager has compared;
    // a host name says nothing here.
    connection.setHostnameVerifier((host, session) -> true);
    connection.setConnectTimeout(PATIENCE_MILLIS);
    connection.setReadTimeout(PATIENCE_MILLIS);
    connection.setDoOutput(true);
    try (var body = connection.getOutputStream()) {
      body.write(question.getBytes(UTF_8));
    }
    try (var answer = connection.getInputStream()) {
      return new String(answer.readAllBytes(), UTF_8);
    } finally {
      connection.disconnect();
    }
  }
}
