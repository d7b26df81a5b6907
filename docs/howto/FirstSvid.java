import io.spiffe.workloadapi.DefaultX509Source;

/// Prints the SPIFFE ID of this process. The socket comes from SPIFFE_ENDPOINT_SOCKET.
///
/// java -cp 'target/dist/demo-lib/*' docs/howto/FirstSvid.java
class FirstSvid {
  void main() throws Exception {
    try (var source = DefaultX509Source.newSource()) {
      var svid = source.getX509Svid();
      IO.println(svid.getSpiffeId());
      IO.println("valid until " + svid.getLeaf().getNotAfter().toInstant());
    }
  }
}
