/// The server as a process: configuration, wiring, life cycle. The only reader of files, arguments
/// and the environment. Start at {@link dev.credence.server.app.ServerMain}, then {@link
/// dev.credence.server.app.CredenceServer}, which can be read top to bottom.
@NullMarked
package dev.credence.server.app;

import org.jspecify.annotations.NullMarked;
