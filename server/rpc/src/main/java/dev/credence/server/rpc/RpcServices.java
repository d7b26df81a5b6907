package dev.credence.server.rpc;

import dev.credence.server.core.RecordRefusedCall;
import dev.credence.server.core.ServerCore;
import dev.credence.server.core.ServerException.Kind;
import dev.credence.server.core.model.Actor;
import dev.credence.transport.CallerSvid;
import dev.credence.transport.ReadableRequests;
import io.grpc.BindableService;
import io.grpc.Metadata;
import io.grpc.ServerBuilder;
import io.grpc.ServerInterceptors;
import io.grpc.ServerMethodDefinition;
import io.grpc.ServerServiceDefinition;
import java.security.SecureRandom;
import java.security.cert.CertificateException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;
import org.slf4j.LoggerFactory;

/// All services of the server with the chain around each of them. The same set goes onto every
/// listener: what a caller may do is decided by {@link CallTable}, never by where it came in.
///
/// Handlers may block: each call has a virtual thread. Close it after the listeners.
public final class RpcServices implements AutoCloseable {
  /// What the services need.
  ///
  /// @param callers verifies the SVIDs of callers; must be a transport filter of every TLS listener
  /// @param admins decides who administers over the local socket
  /// @param userNames names of local users by uid
  /// @param version of this software
  /// @param pushed called for each message pushed to a node
  public record Parts(
      ServerCore core,
      CallerSvid callers,
      AdminAccess admins,
      IntFunction<Optional<String>> userNames,
      String version,
      Runnable pushed) {}

  private final ExecutorService handlers = Executors.newVirtualThreadPerTaskExecutor();
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          task -> Thread.ofPlatform().name("rpc-timer").daemon().unstarted(task));
  private final List<ServerServiceDefinition> services = new ArrayList<>();

  private final RecordRefusedCall refusals;

  private RpcServices(RecordRefusedCall refusals) {
    this.refusals = refusals;
  }

  /// Puts all of it together.
  ///
  /// @param standard further services, such as health and reflection
  /// @throws IllegalStateException if a method has no row in {@link CallTable}
  public static RpcServices of(Parts parts, List<BindableService> standard) {
    var all = new RpcServices(parts.core().recordRefusedCall());
    var sessions = new SyncSessions(System::nanoTime);
    var _ =
        all.timer.scheduleWithFixedDelay(
            () -> guarded(sessions::closeStalled),
            SyncSessions.LOOK_EVERY.toSeconds(),
            SyncSessions.LOOK_EVERY.toSeconds(),
            TimeUnit.SECONDS);
    var chain =
        new CallChain(
            new Callers(parts.callers(), parts.admins()),
            all.refusals,
            new CallChain.Guards(
                new CallChain.Limits(
                    new CallLimits(CallLimits.Bounds.standard()),
                    CallerRates.standard(System::nanoTime),
                    AddressRates.standard(System::nanoTime)),
                parts.core().administration()::requireActive,
                parts.core().clock()),
            all.timer,
            new SecureRandom());
    List<BindableService> bare = new ArrayList<>(all.own(parts, sessions));
    bare.addAll(standard);
    bare.forEach(service ->
        all.services.add(
            ServerInterceptors.interceptForward(
                ReadableRequests.of(service, all::unreadable), chain)));
    CallTable.requireCovers(all.methods());
    return all;
  }

  private Metadata unreadable() {
    CallScope scope = CallScope.current();
    refusals.run(scope.caller().actor(), scope.method(), Kind.INVALID, ReadableRequests.MESSAGE);
    return Errors.trailers(Errors.label(Kind.INVALID), scope.id());
  }

  private static void guarded(Runnable task) {
    try {
      task.run();
    } catch (RuntimeException | Error e) { // the timer would never run it again
      LoggerFactory.getLogger(RpcServices.class).atError().setCause(e).log("failed; runs again");
    }
  }

  private List<BindableService> own(Parts parts, SyncSessions sessions) {
    ServerCore core = parts.core();
    return List.of(
        new AttestationService(core, handlers),
        new NodeService(core, new SyncSession.Parts(core, sessions, handlers, parts.pushed())),
        new OwnersService(core, parts.userNames()),
        new SubjectsService(core),
        new SubjectLifeService(core.life()),
        new OwnerLifeService(core.life()),
        new PersonsService(core.life().persons(), core.administration()),
        new SetsService(core.life().sets()),
        new AdministratorsService(core.administration()),
        new EnrollmentService(core),
        new OwnAdministratorService(core),
        new NodesService(core),
        new ExecutionsService(core),
        new EndsService(core),
        new EventsService(core, handlers),
        new AuthoritiesService(core),
        new CareService(core, parts.version()),
        new TrustService(core, parts.version()));
  }

  private List<String> methods() {
    return services.stream()
        .flatMap(service -> service.getMethods().stream())
        .map(ServerMethodDefinition::getMethodDescriptor)
        .map(method -> method.getFullMethodName())
        .toList();
  }

  /// Adds everything to a listener.
  public void addTo(ServerBuilder<?> listener) {
    var _ = listener.executor(handlers).addServices(services);
  }

  /// Records a client whose certificate chain did not hold in the TLS handshake. Never blocks. Who
  /// it was is not known: what it showed is not to be believed.
  public void refusedHandshake(CertificateException reason) {
    var stranger = new Actor.Anonymous("tls");
    handlers.execute(() ->
        refusals.run(stranger, "tls-handshake", Kind.REFUSED, String.valueOf(reason.getMessage())));
  }

  /// Ends its threads.
  @Override
  public void close() {
    timer.shutdownNow();
    handlers.shutdown();
  }
}
