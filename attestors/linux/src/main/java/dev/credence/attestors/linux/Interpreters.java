package dev.credence.attestors.linux;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/// The one list of programs that run other programs: to know that `/usr/bin/python3` runs is not to
/// know which program runs. What tells such an executable counts as `claimed`.
///
/// Two signs, and either suffices. The name is what a registered path ends in. The content is
/// looked through when a file is hashed, for whoever copies an interpreter gives it any name; the
/// marks are symbols or names of environment variables that the interpreter cannot work without. A
/// Java launcher is an interpreter of jars like any other. The lists cannot be complete: a
/// registration that must be sure demands `launcher`.
final class Interpreters {
  private static final Set<String> NAMES =
      Set.of(
          // shells
          "sh",
          "bash",
          "rbash",
          "dash",
          "ash",
          "zsh",
          "ksh",
          "mksh",
          "lksh",
          "yash",
          "fish",
          "csh",
          "tcsh",
          "nu",
          "pwsh",
          "xonsh",
          // languages
          "python",
          "pypy",
          "ipython",
          "node",
          "nodejs",
          "deno",
          "bun",
          "qjs",
          "ruby",
          "jruby",
          "irb",
          "truffleruby",
          "perl",
          "php",
          "php-cgi",
          "php-fpm",
          "lua",
          "luajit",
          "java",
          "jshell",
          "jwebserver",
          "dotnet",
          "mono",
          "erl",
          "beam.smp",
          "escript",
          "elixir",
          "julia",
          "R",
          "Rscript",
          "guile",
          "racket",
          "sbcl",
          "clisp",
          "gosh",
          "ocaml",
          "ghci",
          "runghc",
          "scala",
          "kotlin",
          "groovy",
          "clojure",
          "bb",
          "tclsh",
          "wish",
          "expect",
          "awk",
          "gawk",
          "mawk",
          "nawk",
          "original-awk",
          "sed",
          "bc",
          "dc",
          "m4",
          "octave",
          "gnuplot",
          "sqlite3",
          "psql",
          // programs that are given a program to run
          "env",
          "busybox",
          "toybox",
          "make",
          "gmake",
          "ninja",
          "xargs",
          "find",
          "script",
          "gdb",
          "lldb",
          "vim",
          "nvim",
          "vi",
          "emacs",
          "electron",
          "wasmtime",
          "wasmer",
          "wine",
          "wine64",
          "uwsgi",
          "uvx",
          "uv",
          "watchexec",
          "ld.so");

  /// The dynamic loader (`ld-linux-x86-64.so.2 PROGRAM`) and emulators (`qemu-aarch64 PROGRAM`).
  private static final Pattern FAMILIES =
      Pattern.compile("ld-(linux|musl)-?.*|ld-[0-9.]+\\.so|qemu-.*|python.*-config");

  /// `python3.12`, `perl5.36.0`, `lua5.4`, `ruby3.1`, `node18`, `php8.2`, `bash-static`.
  private static final Pattern VERSION =
      Pattern.compile("(-static|-dbg|-debug)?(-?v?[0-9][0-9.]*)?(t|d|m|td)?(-static|-dbg)?");

  private static final List<byte[]> MARKS =
      List.of(
          mark("Py_BytesMain"),
          mark("pypy_main_startup"),
          mark("NODE_OPTIONS"),
          mark("DENO_DIR"),
          mark("BUN_INSTALL"),
          mark("ruby_run_node"),
          mark("perl_parse"),
          mark("php_module_startup"),
          mark("LUA_INIT"),
          mark("JLI_Launch"),
          mark("DOTNET_ROOT"),
          mark("JULIA_LOAD_PATH"),
          mark("Rf_initialize_R"),
          mark("Tcl_Main"),
          mark("BASH_EXECUTION_STRING"),
          mark("ZDOTDIR"),
          mark("KSH_VERSION"),
          mark("__fish_"),
          mark("BusyBox is copyrighted"),
          // The dynamic loader's own option.
          mark("--inhibit-cache"),
          // A variable that every POSIX shell sets, dash among them.
          mark("OPTIND"));

  private Interpreters() {}

  private static byte[] mark(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  /// True if an executable at this path is one, to judge by its name.
  static boolean hasName(String path) {
    String name = path.substring(path.lastIndexOf('/') + 1);
    return FAMILIES.matcher(name).matches()
        || NAMES.contains(name)
        || NAMES.stream()
            .anyMatch(known ->
                name.startsWith(known)
                    && VERSION.matcher(name.substring(known.length())).matches());
  }

  /// A search for marks in a file that is read piece by piece.
  static ContentSearch search() {
    return new ContentSearch(MARKS);
  }

  /// Looks for any of several byte strings. For one thread.
  static final class ContentSearch {
    private final List<byte[]> marks;
    private final boolean[] begins = new boolean[256];
    private final int overlap;
    private byte[] tail = new byte[0];
    private boolean found;

    ContentSearch(List<byte[]> marks) {
      this.marks = marks;
      this.overlap = marks.stream().mapToInt(mark -> mark.length).max().orElse(1) - 1;
      marks.forEach(mark -> begins[Byte.toUnsignedInt(mark[0])] = true);
    }

    /// Takes the next piece.
    void update(byte[] piece, int length) {
      if (found) {
        return;
      }
      // A mark may begin in the last piece and end in this one.
      byte[] seam = Arrays.copyOf(tail, tail.length + Math.min(length, overlap));
      System.arraycopy(piece, 0, seam, tail.length, seam.length - tail.length);
      found = contains(seam, seam.length) || contains(piece, length);
      tail =
          length >= overlap
              ? Arrays.copyOfRange(piece, length - overlap, length)
              : Arrays.copyOfRange(seam, Math.max(0, seam.length - overlap), seam.length);
    }

    boolean found() {
      return found;
    }

    private boolean contains(byte[] bytes, int length) {
      for (int i = 0; i < length; i++) {
        if (begins[Byte.toUnsignedInt(bytes[i])] && isMarkAt(bytes, i, length)) {
          return true;
        }
      }
      return false;
    }

    private boolean isMarkAt(byte[] bytes, int at, int length) {
      for (byte[] mark : marks) {
        int end = at + mark.length;
        if (end <= length && Arrays.equals(mark, 0, mark.length, bytes, at, end)) {
          return true;
        }
      }
      return false;
    }
  }
}
