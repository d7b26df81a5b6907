/// The server's edge: one class per gRPC service, one chain around every call, wire types in,
/// domain types out. Start at {@link dev.credence.server.rpc.RpcServices}; who may call what is
/// {@link dev.credence.server.rpc.CallTable}.
@NullMarked
package dev.credence.server.rpc;

import org.jspecify.annotations.NullMarked;
