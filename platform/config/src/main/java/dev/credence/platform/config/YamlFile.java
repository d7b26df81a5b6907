package dev.credence.platform.config;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.common.ScalarStyle;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.DocumentStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.MappingEndEvent;
import org.snakeyaml.engine.v2.events.MappingStartEvent;
import org.snakeyaml.engine.v2.events.NodeEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.events.SequenceEndEvent;
import org.snakeyaml.engine.v2.events.SequenceStartEvent;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/// Reads YAML of unknown origin, event by event, within bounds: size, depth, number of values,
/// number of documents. What our files never need is refused: anchors and aliases, tags, keys that
/// are no plain words, a key twice. All problems are told; after one of the bounds or of the syntax
/// nothing more is read.
public final class YamlFile {
  private final String label;
  private final Bounds bounds;
  private final List<YamlNode> documents = new ArrayList<>();
  private final List<Problem> problems = new ArrayList<>();
  private Iterator<Event> events = List.<Event>of().iterator();
  private int values;

  private YamlFile(String label, Bounds bounds) {
    this.label = label;
    this.bounds = bounds;
  }

  /// How much is read.
  ///
  /// @param documents in one file
  /// @param values scalars, lists and mappings, in all
  public record Bounds(int characters, int depth, int documents, int values) {}

  /// What was read, and what was wrong with it.
  ///
  /// @param documents those that are not empty, up to the first problem of syntax
  public record Read(List<YamlNode> documents, List<Problem> problems) {
    public Read {
      documents = List.copyOf(documents);
      problems = List.copyOf(problems);
    }
  }

  /// Reads it. Never throws, whatever the text is.
  ///
  /// @param label how the problems call the file
  public static Read read(String label, String text, Bounds bounds) {
    var file = new YamlFile(label, bounds);
    file.read(text);
    return new Read(file.documents, file.problems);
  }

  private void read(String text) {
    if (text.length() > bounds.characters) {
      problem(
          1,
          String.format(
              Locale.ROOT,
              "%d characters (expected: at most %d)",
              text.length(),
              bounds.characters));
      return;
    }
    try {
      events =
          new Parse(
                  LoadSettings.builder()
                      .setLabel(label)
                      .setCodePointLimit(Integer.MAX_VALUE)
                      .build())
              .parseString(text)
              .iterator();
      documents();
    } catch (MarkedYamlEngineException e) {
      int line = e.getProblemMark().map(mark -> mark.getLine() + 1).orElse(1);
      problem(line, "not YAML: " + Printable.of(e.getProblem()));
    } catch (YamlEngineException e) {
      problem(1, "not YAML: " + Printable.of(String.valueOf(e.getMessage())));
    } catch (IndexOutOfBoundsException | IllegalArgumentException e) {
      // The library's own slips, both found by fuzzing: escapes cut off, or beyond Unicode.
      problem(
          1,
          "not YAML: an escape in double quotes names no character (expected: \\x, \\u or \\U and 2, 4 or 8 hex digits of one)");
    } catch (TooMuch e) {
      problem(e.line, e.text);
    }
  }

  private void documents() {
    int begun = 0;
    while (events.hasNext()) {
      if (events.next() instanceof DocumentStartEvent start) {
        if (++begun > bounds.documents) {
          throw new TooMuch(
              line(start),
              bounds.documents == 1
                  ? "another document begins (expected: one)"
                  : String.format(
                      Locale.ROOT, "more than %d documents in one file", bounds.documents));
        }
        YamlNode root = node(events.next(), 1);
        if (!(root instanceof YamlNode.Scalar scalar && scalar.isNull())) {
          documents.add(root);
        }
      }
    }
  }

  private YamlNode node(Event event, int depth) {
    int line = line(event);
    if (++values > bounds.values) {
      throw new TooMuch(
          line, String.format(Locale.ROOT, "more than %d values in one file", bounds.values));
    }
    if (event instanceof AliasEvent alias) {
      problem(
          line,
          String.format(
              Locale.ROOT,
              "alias *%s (expected: the value itself; aliases are not read)",
              Printable.of(alias.getAlias().getValue())));
      return new YamlNode.Scalar(line, "", true);
    }
    checkProperties(event, line);
    return switch (event) {
      case ScalarEvent scalar ->
          new YamlNode.Scalar(
              line, scalar.getValue(), scalar.getScalarStyle() == ScalarStyle.PLAIN);
      case SequenceStartEvent _ -> sequence(line, deeper(depth, line));
      case MappingStartEvent _ -> mapping(line, deeper(depth, line));
      default -> throw new TooMuch(line, "not YAML: a value is missing");
    };
  }

  private void checkProperties(Event event, int line) {
    if (event instanceof NodeEvent node && node.getAnchor().isPresent()) {
      problem(
          line,
          String.format(
              Locale.ROOT,
              "anchor &%s (expected: none; aliases are not read)",
              Printable.of(node.getAnchor().get().getValue())));
    }
    Optional<String> tag =
        switch (event) {
          case ScalarEvent scalar -> scalar.getTag();
          case SequenceStartEvent sequence -> sequence.getTag();
          case MappingStartEvent mapping -> mapping.getTag();
          default -> Optional.empty();
        };
    // "!" alone only says that a scalar is a text.
    tag.filter(it -> !it.equals("!"))
        .ifPresent(it ->
            problem(line, String.format(Locale.ROOT, "tag %s (expected: none)", Printable.of(it))));
  }

  private int deeper(int depth, int line) {
    if (depth > bounds.depth) {
      throw new TooMuch(
          line, String.format(Locale.ROOT, "nested deeper than %d levels", bounds.depth));
    }
    return depth + 1;
  }

  private YamlNode sequence(int line, int depth) {
    List<YamlNode> elements = new ArrayList<>();
    for (Event event = events.next(); !(event instanceof SequenceEndEvent); event = events.next()) {
      elements.add(node(event, depth));
    }
    return new YamlNode.Sequence(line, elements);
  }

  private YamlNode mapping(int line, int depth) {
    List<YamlNode.Field> fields = new ArrayList<>();
    Set<String> keys = new HashSet<>();
    for (Event event = events.next(); !(event instanceof MappingEndEvent); event = events.next()) {
      YamlNode key = node(event, depth);
      YamlNode value = node(events.next(), depth);
      if (!(key instanceof YamlNode.Scalar word)) {
        problem(key.line(), "a key is not a plain word");
      } else if (!keys.add(word.text())) {
        problem(
            word.line(),
            String.format(
                Locale.ROOT, "key \"%s\" stands here a second time", Printable.of(word.text())));
      } else {
        fields.add(new YamlNode.Field(word.text(), word.line(), value));
      }
    }
    return new YamlNode.Mapping(line, fields);
  }

  private void problem(int line, String text) {
    problems.add(new Problem(line, String.format(Locale.ROOT, "%s:%d: %s", label, line, text)));
  }

  private static int line(Event event) {
    return event.getStartMark().map(mark -> mark.getLine() + 1).orElse(1);
  }

  /// Ends the reading.
  private static final class TooMuch extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int line;
    private final String text;

    TooMuch(int line, String text) {
      super(text, null, false, false);
      this.line = line;
      this.text = text;
    }
  }
}
