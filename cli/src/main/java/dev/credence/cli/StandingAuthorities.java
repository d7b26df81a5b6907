package dev.credence.cli;

import dev.credence.cli.print.Times;
import dev.credence.proto.admin.v1.StandingAuthority;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/// Standing authority on the command line: `TASK=ROLE[,ROLE]...[;DURATION[;BUDGET]]`.
final class StandingAuthorities {

  private static final String OPTION = "--standing-authority";
  private static final Pattern FORM =
      Pattern.compile("(?<task>[^=;]+)=(?<roles>[^;]+)(;(?<duration>[^;]*)(;(?<budget>[^;]+))?)?");

  private StandingAuthorities() {}

  static StandingAuthority parse(String text) {
    var matcher = FORM.matcher(text);
    if (!matcher.matches()) {
      throw Checked.refused(OPTION, text, "TASK=ROLE[,ROLE]...[;DURATION[;BUDGET]]");
    }
    var authority =
        StandingAuthority.newBuilder()
            .setTaskType(matcher.group("task"))
            .addAllRoles(List.of(matcher.group("roles").split(",", -1)))
            .setBudget(Optional.ofNullable(matcher.group("budget")).orElse(""));
    Optional.ofNullable(matcher.group("duration"))
        .filter(duration -> !duration.isEmpty())
        .ifPresent(duration -> authority.setDuration(Wire.of(Checked.duration(OPTION, duration))));
    return authority.build();
  }

  static String format(StandingAuthority authority) {
    var text =
        new StringBuilder(
            authority.getTaskType() + " as " + String.join(", ", authority.getRolesList()));
    if (authority.hasDuration()) {
      text.append(", at most ").append(Times.format(authority.getDuration()));
    }
    if (!authority.getBudget().isEmpty()) {
      text.append(", budget ").append(authority.getBudget());
    }
    return text.toString();
  }
}
