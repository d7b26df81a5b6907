package dev.credence.node.launch;

import java.util.List;
import java.util.Set;

/// Which environment variables tell programs, libraries or interpreters which code to run, or where
/// to look for it. No list of names can be complete, so whole families count; docs/howto/launch.md
/// has them all. Pure.
public final class CodeVariables {
  static final Set<String> NAMES =
      Set.of(
          "ALSA_CONFIG_PATH",
          "BROWSER",
          "CDPATH",
          "CLASSPATH",
          "EDITOR",
          "ENV",
          "FPATH",
          "GCONV_PATH",
          "GEM_HOME",
          "GEM_PATH",
          "GETCONF_DIR",
          "GLIBC_TUNABLES",
          "HF_HOME",
          "HOME",
          "HOSTALIASES",
          "IFS",
          "LOCPATH",
          "LOGNAME",
          "NLSPATH",
          "PAGER",
          "PATH",
          "PHPRC",
          "PHP_INI_SCAN_DIR",
          "PROMPT_COMMAND",
          "PS4",
          "RESOLV_HOST_CONF",
          "SHELL",
          "SHELLOPTS",
          "SPIFFE_ENDPOINT_SOCKET",
          "SSLKEYLOGFILE",
          "USER",
          "VISUAL",
          "ZDOTDIR");

  static final List<String> PREFIXES =
      List.of(
          "BASH",
          "BUNDLE_",
          "CORECLR_",
          "DOTNET_",
          "DYLD_",
          "ERL_",
          "GDK_",
          "GIO_",
          "GIT_",
          "GST_",
          "GTK_",
          "GUILE_",
          "JAVA_",
          "JDK_",
          "JULIA_",
          "KRB5",
          "LD_",
          "LUA",
          "MALLOC_",
          "MONO_",
          "NODE_",
          "NPM_CONFIG_",
          "NUMBA_",
          "ODBC",
          "OPENSSL_",
          "PERL",
          "PIP_",
          "PYTHON",
          "QML",
          "QT_",
          "RUBY",
          "R_",
          "SASL_",
          "TCL",
          "TORCH",
          "TRITON_",
          "XDG_",
          "npm_config_");

  static final List<String> SUFFIXES =
      List.of(
          "_CACHE_DIR",
          "_ENGINES",
          "_HOOK",
          "_JAVA_OPTS",
          "_LIBRARY_PATH",
          "_LOADABLES_PATH",
          "_MODULES",
          "_MODULES_CACHE",
          "_MODULE_PATH",
          "_OPTIONS",
          "_PLUGINS",
          "_PLUGIN_DIR",
          "_PLUGIN_PATH",
          "_PRELOAD",
          "_STARTUP");

  /// Of those families, but not known to load code.
  static final Set<String> HARMLESS = Set.of("NODE_ENV", "NODE_EXTRA_CA_CERTS");

  private CodeVariables() {}

  /// True for those.
  public static boolean changesCode(String name) {
    return NAMES.contains(name)
        || (!HARMLESS.contains(name)
            && (PREFIXES.stream().anyMatch(name::startsWith)
                || SUFFIXES.stream().anyMatch(name::endsWith)));
  }
}
