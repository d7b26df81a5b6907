package dev.credence.platform.config;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/// Flattens a YAML document to entries with dotted names and line numbers. Refuses what our files
/// never need: several documents, aliases, a key twice, deep nesting.
final class YamlTree {
  private static final int MAX_CHARACTERS = 1 << 20;
  private static final int MAX_DEPTH = 8;

  private final String file;
  private final List<Entry> entries = new ArrayList<>();
  private final List<Problem> problems = new ArrayList<>();
  private final Set<String> names = new HashSet<>();

  private YamlTree(String file) {
    this.file = file;
  }

  static YamlTree parse(String file, String text) {
    YamlTree tree = new YamlTree(file);
    LoadSettings settings =
        LoadSettings.builder()
            .setLabel(file)
            .setCodePointLimit(MAX_CHARACTERS)
            .setMaxAliasesForCollections(0)
            .setAllowRecursiveKeys(false)
            .build();
    try {
      Optional<Node> root = new Compose(settings).composeString(text);
      root.ifPresent(tree::top);
    } catch (MarkedYamlEngineException e) {
      int line = e.getProblemMark().map(mark -> mark.getLine() + 1).orElse(1);
      tree.problem(line, "not YAML: " + Printable.of(e.getProblem()));
    } catch (YamlEngineException e) {
      tree.problem(1, "not YAML: " + Printable.of(String.valueOf(e.getMessage())));
    }
    return tree;
  }

  List<Entry> entries() {
    return List.copyOf(entries);
  }

  List<Problem> problems() {
    return List.copyOf(problems);
  }

  private void top(Node root) {
    if (root instanceof MappingNode mapping) {
      mapping(mapping, "", 1);
    } else if (!(root instanceof ScalarNode scalar && isNull(scalar))) {
      problem(line(root), "not a mapping of keys to values");
    }
  }

  private void mapping(MappingNode mapping, String prefix, int depth) {
    if (depth > MAX_DEPTH) {
      problem(line(mapping), String.format(Locale.ROOT, "nested deeper than %d levels", MAX_DEPTH));
      return;
    }
    for (NodeTuple tuple : mapping.getValue()) {
      if (tuple.getKeyNode() instanceof ScalarNode key) {
        entry(prefix + key.getValue(), line(key), tuple.getValueNode(), depth);
      } else {
        problem(line(tuple.getKeyNode()), "a key is not a plain word");
      }
    }
  }

  private void entry(String name, int line, Node value, int depth) {
    if (!names.add(name)) {
      problem(
          line,
          String.format(Locale.ROOT, "key \"%s\" stands here a second time", Printable.of(name)));
      return;
    }
    switch (value) {
      case MappingNode nested -> mapping(nested, name + ".", depth + 1);
      case SequenceNode sequence -> sequence(name, line, sequence);
      case ScalarNode scalar ->
          entries.add(
              new Entry(
                  name, line, false, isNull(scalar) ? List.of() : List.of(scalar.getValue())));
      default ->
          problem(
              line, String.format(Locale.ROOT, "key \"%s\": unusable value", Printable.of(name)));
    }
  }

  private void sequence(String name, int line, SequenceNode sequence) {
    List<String> scalars = new ArrayList<>();
    for (Node element : sequence.getValue()) {
      if (element instanceof ScalarNode scalar) {
        scalars.add(scalar.getValue());
      } else {
        problem(
            line(element),
            String.format(
                Locale.ROOT,
                "key \"%s\": an element of the list is not a plain value",
                Printable.of(name)));
      }
    }
    entries.add(new Entry(name, line, true, List.copyOf(scalars)));
  }

  private void problem(int line, String text) {
    problems.add(new Problem(line, String.format(Locale.ROOT, "%s:%d: %s", file, line, text)));
  }

  private static boolean isNull(ScalarNode scalar) {
    return scalar.isPlain()
        && (scalar.getValue().isEmpty()
            || scalar.getValue().equals("~")
            || scalar.getValue().equals("null"));
  }

  private static int line(Node node) {
    return node.getStartMark().map(mark -> mark.getLine() + 1).orElse(1);
  }
}
