package dev.credence.platform.config;

import java.util.List;

/// What stands in the file under one key. `lines[0]` is the line of the key itself.
record Entry(String name, int line, boolean list, List<String> scalars) {}
