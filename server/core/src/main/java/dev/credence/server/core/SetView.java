package dev.credence.server.core;

/// A member of a set as it is shown.
///
/// @param thing "agent finance/invoice-bot"
/// @param state "active", "suspended", "retired"; empty: of a person
public record SetView(String set, String thing, String state) {}
