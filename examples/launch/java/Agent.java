/** An agent in Java: asks the node who it is, with a class of its own. JDK only. */
public final class Agent {
  private static final String GREETING = "books the invoices";

  private Agent() {}

  public static void main(String[] arguments) throws Exception {
    try {
      String id = Workload.spiffeId(System.getenv("SPIFFE_ENDPOINT_SOCKET"));
      System.out.println("identity " + id + " " + GREETING);
    } catch (Workload.Refused e) {
      System.out.println("no identity: " + e.getMessage());
      System.exit(1);
    }
  }
}
