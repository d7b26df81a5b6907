/// What a daemon reads before it serves: a strict YAML file and its data folder. Start at {@link
/// dev.credence.platform.config.ConfigReader}; a component declares its {@link
/// dev.credence.platform.config.Key}s and gets every problem of a file at once.
@NullMarked
package dev.credence.platform.config;

import org.jspecify.annotations.NullMarked;
