/// A server on real sockets for the tests of this module. Start at RpcRig.
package dev.credence.server.rig;
