package dev.credence.cli.print;

/// Text in a command line that a person copies into a shell.
public final class ShellWord {

  private ShellWord() {}

  /// One word to the shell, whatever is in it: who named the file must not get to run anything.
  public static String of(String text) {
    // Quoted last: what is cut must not be the closing quote.
    var line = Printable.line(text);
    return line.matches("[A-Za-z0-9_.:/@%+=,-]+") ? line : "'" + line.replace("'", "'\\''") + "'";
  }
}
