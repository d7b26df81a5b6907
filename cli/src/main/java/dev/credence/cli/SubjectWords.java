package dev.credence.cli;

import dev.credence.proto.common.v1.SubjectKind;

/// Agents and services have the same commands; these are the words that differ.
enum SubjectWords {
  AGENT("agent", "an AI agent", SubjectKind.SUBJECT_KIND_AGENT),
  SERVICE(
      "service",
      "a tool service or another workload that is no AI agent",
      SubjectKind.SUBJECT_KIND_SERVICE);

  private final String noun;
  private final String meaning;
  private final SubjectKind kind;

  SubjectWords(String noun, String meaning, SubjectKind kind) {
    this.noun = noun;
    this.meaning = meaning;
    this.kind = kind;
  }

  String noun() {
    return noun;
  }

  String meaning() {
    return meaning;
  }

  SubjectKind kind() {
    return kind;
  }
}
