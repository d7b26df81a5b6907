package dev.credence.cli;

import com.google.protobuf.ListValue;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import dev.credence.attestors.code.MeasuredCode;
import dev.credence.cli.print.Sheet;
import dev.credence.cli.print.ShellWord;
import dev.credence.cli.print.Text;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;

/// What a folder of code was measured to be.
///
/// @param place that was measured
record MeasuredCodeView(String place, MeasuredCode code) {

  /// What leads to exactly this code: all of it, and the file that is run.
  private List<String> toRegister() {
    var selectors = new ArrayList<String>();
    selectors.add("code:tree:" + code.tree());
    code.entry().ifPresent(entry -> selectors.add("code:entry:" + entry.path()));
    return selectors;
  }

  /// What follows from the tree's digest.
  private List<String> alsoTrue() {
    var selectors = new ArrayList<String>();
    code.entry().ifPresent(entry -> selectors.add("code:sha256:" + entry.digest()));
    code.lock().ifPresent(lock -> selectors.add("code:lock:" + lock.digest()));
    return selectors;
  }

  /// The selectors on lines of their own, as `agent create` takes them.
  void print(PrintWriter out) {
    toRegister().forEach(selector -> out.println(option(selector)));
    out.println();
    var sheet =
        new Sheet()
            .line("Measured", place)
            .line("Files", Text.of("%d", code.files()))
            .line("Bytes", Text.of("%d", code.bytes()))
            .line("Lock file", code.lock().map(lock -> lock.path()))
            .lines("Also true", alsoTrue());
    ignored(sheet);
    sheet.print(out);
  }

  private static String option(String selector) {
    return "--selector " + ShellWord.of(selector);
  }

  private void ignored(Sheet sheet) {
    var told = new ArrayList<>(code.ignored().some());
    if (code.ignored().count() > told.size()) {
      told.add(Text.of("and %d more", code.ignored().count() - told.size()));
    }
    sheet.lines("Ignored", told);
  }

  Struct json() {
    return Struct.newBuilder()
        .putFields("place", text(place))
        .putFields("selectors", texts(toRegister()))
        .putFields("alsoTrue", texts(alsoTrue()))
        .putFields("files", number(code.files()))
        .putFields("bytes", number(code.bytes()))
        .putFields("lockFile", text(code.lock().map(lock -> lock.path()).orElse("")))
        .putFields("ignoredCount", number(code.ignored().count()))
        .putFields("ignored", texts(code.ignored().some()))
        .build();
  }

  private static Value text(String text) {
    return Value.newBuilder().setStringValue(text).build();
  }

  /// As everywhere in JSON here: 64 bits do not fit its numbers.
  private static Value number(long number) {
    return text(Long.toString(number));
  }

  private static Value texts(List<String> texts) {
    var list = ListValue.newBuilder();
    texts.forEach(each -> list.addValues(text(each)));
    return Value.newBuilder().setListValue(list).build();
  }
}
