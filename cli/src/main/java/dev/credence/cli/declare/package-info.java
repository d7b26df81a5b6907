/// Declarations: YAML files of persons, owners, agents and services, read strictly and written.
/// Start at [DeclarationFiles].
@NullMarked
package dev.credence.cli.declare;

import org.jspecify.annotations.NullMarked;
