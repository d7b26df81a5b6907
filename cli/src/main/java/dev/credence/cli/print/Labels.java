package dev.credence.cli.print;

import com.google.protobuf.ProtocolMessageEnum;
import dev.credence.proto.common.v1.Selector;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/// Wire values in the words of the documentation.
public final class Labels {

  private Labels() {}

  /// `ISOLATION_SHARED_UID` → `shared-uid`; empty for the unspecified value; a value from a newer
  /// peer as its number.
  public static String of(ProtocolMessageEnum value) {
    if (value instanceof Enum<?> constant && constant.name().equals("UNRECOGNIZED")) {
      return "unrecognized";
    }
    var descriptor = value.getValueDescriptor();
    var type =
        descriptor
            .getType()
            .getName()
            .replaceAll("(?<=[a-z])(?=[A-Z])", "_")
            .toUpperCase(Locale.ROOT);
    var label = descriptor.getName().substring(type.length() + 1);
    return label.equals("UNSPECIFIED") ? "" : label.toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /// `type:name:value`
  public static String of(Selector selector) {
    return selector.getType() + ":" + selector.getName() + ":" + selector.getValue();
  }

  /// `K=V, K=V`, in the order of the keys.
  public static String of(Map<String, String> labels) {
    return labels.entrySet().stream()
        .sorted(Map.Entry.comparingByKey())
        .map(entry -> entry.getKey() + "=" + entry.getValue())
        .collect(Collectors.joining(", "));
  }
}
