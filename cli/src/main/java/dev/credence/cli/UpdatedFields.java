package dev.credence.cli;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.MessageOrBuilder;
import dev.credence.cli.client.CommandFailure;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// What an update changes: what was given a value, and what `--clear` empties. Immutable.
///
/// @param clearable options that `--clear` may name, without dashes, each with its field on the
///   wire
record UpdatedFields(Map<String, String> clearable) {

  UpdatedFields {
    clearable = Map.copyOf(clearable);
  }

  /// The fields of a message that have a value.
  static Stream<String> of(MessageOrBuilder message) {
    return message.getAllFields().keySet().stream().map(FieldDescriptor::getName);
  }

  /// Both together.
  ///
  /// @param given fields with a new value
  /// @param cleared values of `--clear`
  /// @throws CommandFailure naming the option that is none, or that is given a value too; or if
  ///   there is nothing to update
  Set<String> with(Collection<String> given, List<String> cleared) {
    var fields = new LinkedHashSet<>(given);
    for (var option : cleared) {
      var name = option.startsWith("--") ? option.substring(2) : option;
      if (!fields.add(field(name))) {
        throw CommandFailure.usage("--clear " + name + " and --" + name + " exclude each other");
      }
    }
    if (fields.isEmpty()) {
      throw CommandFailure.usage(
          "nothing to update: give at least one of the options with a value");
    }
    return fields;
  }

  private String field(String option) {
    var field = clearable.get(option);
    if (field == null) {
      throw Checked.refused(
          "--clear",
          option,
          "one of " + clearable.keySet().stream().sorted().collect(Collectors.joining(", ")));
    }
    return field;
  }
}
