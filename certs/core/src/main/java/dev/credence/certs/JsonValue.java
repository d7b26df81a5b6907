package dev.credence.certs;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A JSON value (RFC 8259), as tokens and key sets hold it. Immutable. Members keep the order in
 * which they were read; no name is there twice.
 */
public sealed interface JsonValue {

  /**
   * An object.
   *
   * @param values by name
   */
  record Members(Map<String, JsonValue> values) implements JsonValue {
    /** Copies the map and keeps its order. */
    public Members {
      values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
    }

    /**
     * Reads an object of bytes that nobody vouches for: UTF-8, no name twice, not too deep. The
     * caller bounds their number.
     *
     * @throws JwtException with reason MALFORMED
     */
    public static Members parse(byte[] utf8) throws JwtException {
      try {
        return JsonText.members(utf8);
      } catch (JsonException e) {
        throw new JwtException(JwtException.Reason.MALFORMED, String.valueOf(e.getMessage()), e);
      }
    }

    /** The member of that name, if it is there. */
    public Optional<JsonValue> get(String name) {
      return Optional.ofNullable(values.get(name));
    }

    @Override
    public void writeTo(StringBuilder out) {
      char before = '{';
      for (Map.Entry<String, JsonValue> member : values.entrySet()) {
        out.append(before);
        JsonText.quote(member.getKey(), out);
        out.append(':');
        member.getValue().writeTo(out);
        before = ',';
      }
      out.append(values.isEmpty() ? "{}" : "}");
    }
  }

  /**
   * An array.
   *
   * @param values in order
   */
  record Elements(List<JsonValue> values) implements JsonValue {
    /** Copies the list. */
    public Elements {
      values = List.copyOf(values);
    }

    /** An array of texts. */
    public static Elements ofTexts(List<String> texts) {
      return new Elements(texts.stream().<JsonValue>map(Text::new).toList());
    }

    @Override
    public void writeTo(StringBuilder out) {
      char before = '[';
      for (JsonValue value : values) {
        out.append(before);
        value.writeTo(out);
        before = ',';
      }
      out.append(values.isEmpty() ? "[]" : "]");
    }
  }

  /**
   * A string.
   *
   * @param value without quotes and escapes
   */
  record Text(String value) implements JsonValue {
    @Override
    public void writeTo(StringBuilder out) {
      JsonText.quote(value, out);
    }
  }

  /**
   * A number.
   *
   * @param literal as it is written, so that no precision is lost
   */
  record Numeral(String literal) implements JsonValue {
    /** A whole number. */
    public static Numeral of(long value) {
      return new Numeral(Long.toString(value));
    }

    /** The nearest double. */
    public double toDouble() {
      return Double.parseDouble(literal);
    }

    @Override
    public void writeTo(StringBuilder out) {
      out.append(literal);
    }
  }

  /**
   * True or false.
   *
   * @param value which
   */
  record Truth(boolean value) implements JsonValue {
    @Override
    public void writeTo(StringBuilder out) {
      out.append(value);
    }
  }

  /** The value null. */
  record Nothing() implements JsonValue {
    @Override
    public void writeTo(StringBuilder out) {
      out.append("null");
    }
  }

  /** Appends the value, without white space. */
  void writeTo(StringBuilder out);

  /** The value as text, without white space: the same for equal values. */
  default String write() {
    var out = new StringBuilder();
    writeTo(out);
    return out.toString();
  }
}
