package dev.credence.cli;

import dev.credence.proto.admin.v1.SubjectChange;
import dev.credence.proto.admin.v1.SubjectLifeGrpc;
import dev.credence.proto.admin.v1.SubjectLifeGrpc.SubjectLifeBlockingStub;
import dev.credence.proto.admin.v1.SubjectLifeRequest;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// Suspend, resume, retire: they differ in the call alone.
@Command
final class SubjectTransition implements Runnable {

  @Parameters(paramLabel = "NAME", description = "OWNER/NAME, NAME where it is unique, or its id.")
  private String reference = "";

  @Mixin private final ChangeOption change = new ChangeOption();
  @Mixin private final AdminOption server = new AdminOption();
  @Mixin private final OutputOption output = new OutputOption();

  private final SubjectWords words;
  private final Call call;
  private final Terminal terminal;

  /// One of the calls.
  @FunctionalInterface
  interface Call {
    SubjectChange make(SubjectLifeBlockingStub stub, SubjectLifeRequest request);
  }

  SubjectTransition(SubjectWords words, Call call, Terminal terminal) {
    this.words = words;
    this.call = call;
    this.terminal = terminal;
  }

  @Override
  public void run() {
    var request = SubjectLifeRequest.newBuilder().setKind(words.kind()).setReference(reference);
    try (var connection = server.connect(terminal)) {
      var changed =
          connection.change(
              SubjectLifeGrpc::newBlockingStub,
              (stub, id) -> call.make(stub, request.setOptions(change.with(id)).build()));
      output
          .format()
          .print(
              terminal.out(), changed, new ChangeView(changed.getChange()).sheet(terminal.times()));
    }
  }
}
